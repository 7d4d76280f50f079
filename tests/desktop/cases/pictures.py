"""Pictures of the real window: every view, light and dark, wide and narrow; first run, and a port that is taken."""

from fakebff import FakeBff
from mcp import NEW, OLD, Mcp
from people import add_custom, add_sandbox
from waiting import need, until

PLACES = ["home", "tools", "activity", "workspaces", "settings"]


def run(world):
    taken = []

    def take(name):
        rest(window)
        app.picture(world.shots / f"{name}.png")
        taken.append(name)

    with FakeBff("pat_" + "p" * 40) as bff, world.app() as app:
        window = app.drive()
        window.until_shows("Try the sandbox")
        for theme in ("light", "dark"):
            turn(window, theme)
            take(f"first-run-{theme}")
        window.click("See what this is")
        window.until_shows("Three steps")
        take("what-this-is-dark")
        window.click("Back")
        window.click("Paste a token")
        window.until_shows("Access token")
        take("paste-a-token-dark")

        add_custom(window, bff, "Team")
        add_sandbox(window)
        app.tray.until_state("Serving Sandbox", 60)
        clients = [Mcp(app.port, OLD, "Cursor"), Mcp(app.port, NEW, "Claude Code")]
        for client in clients:
            for tool in ("workflows_list", "workflows_list", "files_list"):
                client.call(tool)
            client.call("workflows_get", {"workflow_id": "wf_of_nobody"})
        for theme in ("light", "dark"):
            turn(window, theme)
            for place in PLACES:
                window.go(place)
                until("the view is there", lambda: not window.elements("//*[@role='status' and @aria-label='Loading']"))
                take(f"{place}-{theme}")
        window.resize(400, 760)
        for place in PLACES:
            window.go(place)
            take(f"{place}-narrow-dark")
        window.resize(960, 640)
        window.go("home")
        app.session.picture(world.shots / "desktop.png")
        sizes = {name: (world.shots / f"{name}.png").stat().st_size for name in taken}
        need(all(size > 4_000 for size in sizes.values()), f"every picture shows something: {sizes}")
        world.figure(f"{len(sizes)} pictures")


def turn(window, theme):
    window.invoke("update_settings", change={"theme": theme})
    until(f"the page is {theme}", lambda: window.script("return document.documentElement.dataset.theme") == theme)


def rest(window):
    """Transitions end, and two frames are painted, before anybody looks."""
    window.ask_async(
        "Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime < 5000).map((a) => a.finished))"
        ".catch(() => {}).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )
