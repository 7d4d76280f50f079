"""A workflow that waits is answered from a notification's button, from the tray's menu, and from the window, and goes on."""

from cases.pictures import turn
from mcp import NEW, Mcp
from people import sandboxed
from runs import APPROVAL, result, start, until_completed, wait
from waiting import need, until


def run(world):
    with sandboxed(world) as (app, window, dunst):
        idle = app.tray.icon()
        client = Mcp(app.port, NEW, "Claude Code")
        client.tools()
        dunst.until_shown("Claude Code is connected")
        dunst.put_away()

        # From the notification.
        first = start(client, APPROVAL, title="Autumn release", author="Ana")
        said = wait(client, APPROVAL, first)
        need(said["outcome"] == "needs_approval", f"the run waits: {said}")
        asked = 'Publish "Autumn release"?'
        need("Publish with approval waits" in dunst.until_shown(asked), f"the workflow is named: {dunst.shown()}")
        until("the tray says that something waits", lambda: "1 waits for you" in " ".join(app.tray.labels()))
        until("the icon shows it", lambda: app.tray.icon() != idle)
        dunst.press("Approve", asked)
        until_completed(client, APPROVAL, first)
        need(result(client, APPROVAL, first, "publish")["published"] is True, "it was approved")
        dunst.until_shown("Publish with approval has finished")
        until("nothing waits any more", lambda: "waits for you" not in " ".join(app.tray.labels()))
        need([title for title, _ in dunst.shown()].count(asked) == 1, f"told once: {dunst.shown()}")
        dunst.put_away()

        # From the tray: rejected, which takes the workflow's other branch.
        second = start(client, APPROVAL, title="Winter release")
        wait(client, APPROVAL, second)
        dunst.until_shown('Publish "Winter release"?')
        named = 'Publish "Winter release"? · Publish with approval · …'
        until("the menu names task and workflow", lambda: app.tray.find("Waiting for you (1)", named), instead=app.tray.labels)
        app.tray.click("Waiting for you (1)", named, "Reject")
        until_completed(client, APPROVAL, second)
        need(result(client, APPROVAL, second, "shelve")["published"] is False, "it was rejected")
        # Its notification is withdrawn; the one that says that it has finished stays.
        until("one notification is left", lambda: dunst.displayed() == 1, instead=dunst.shown)
        dunst.put_away()

        # From the window, with a comment in the task's own field.
        third = start(client, APPROVAL, title="Spring release")
        wait(client, APPROVAL, third)
        window.go("approvals")
        window.until_shows('Publish "Spring release"?', "Spring release is ready")
        for theme in ("light", "dark"):
            turn(window, theme)
            world.picture(app, window, f"approvals-{theme}")
        window.type("Comment", "Looks good")
        window.click("Approve")
        until_completed(client, APPROVAL, third)
        published = result(client, APPROVAL, third, "publish")
        need(published["published"] is True and published["comment"] == "Looks good", f"with the comment: {published}")
        until("the inbox is empty", lambda: 'Publish "Spring release"?' not in window.text() or "Approved" in window.text())
        need(app.settings()["known_clients"] == ["Claude Code"], "who was greeted is remembered")
        window.end()
        app.quit()
