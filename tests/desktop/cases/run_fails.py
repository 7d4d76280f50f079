"""A run that fails: the notification says where and why, the tray shows it until somebody has looked, the window explains it."""

from cases.pictures import turn
from mcp import OLD, Mcp
from people import sandboxed
from runs import FAILURE, start, wait
from waiting import need, until


def run(world):
    with sandboxed(world) as (app, window, dunst):
        idle = app.tray.icon()
        client = Mcp(app.port, OLD, "Cursor")
        failed = start(client, FAILURE)
        need(wait(client, FAILURE, failed)["outcome"] == "failed", "it fails")
        text = dunst.until_shown("Check that fails on purpose failed")
        need("check" in text, f"the step is named: {text}")
        until("the tray says so", lambda: "1 failed" in app.tray.labels()[1], instead=app.tray.labels)
        until("the icon shows it", lambda: app.tray.icon() != idle)
        dunst.press("Open", "Check that fails on purpose failed")
        window.until_shows("order 2 has a negative amount")
        for theme in ("light", "dark"):
            turn(window, theme)
            world.picture(app, window, f"run-failed-{theme}")
        # Do not disturb: the next one is held back, and told afterwards at one stroke.
        until("the icon is quiet again", lambda: app.tray.icon() == idle)
        dunst.put_away()
        app.tray.click("Do not disturb", "For an hour")
        for _ in range(2):
            wait(client, FAILURE, start(client, FAILURE))
        until("the tray says so", lambda: "2 failed" in app.tray.labels()[1], instead=app.tray.labels)
        need(dunst.displayed() == 0, f"nothing is shown: {dunst.shown()}")
        app.tray.click("Do not disturb", "Off")
        text = dunst.until_shown("While you did not want to be disturbed")
        need(text == "2 runs failed", f"both are told: {text}")
        window.end()
        app.quit()
