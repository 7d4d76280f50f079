"""Pictures of the real window: first run, and every view, light and dark, wide and narrow."""

from fakebff import FakeBff
from mcp import NEW, OLD, Mcp
from people import add_custom, add_sandbox
from runs import APPROVAL, FAILURE, start, wait
from waiting import need, until

PLACES = ["home", "runs", "insights", "approvals", "tools", "activity", "workspaces", "settings"]


def run(world):
    taken = []

    def take(name):
        taken.append(world.picture(app, window, name))

    with FakeBff("pat_" + "p" * 40) as bff, world.app() as app:
        bff.add("pat_" + "c" * 40, "CI pipeline", ["workflows:read"])
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
        shown = runs_of_every_kind(clients[1])
        for theme in ("light", "dark"):
            turn(window, theme)
            for place, run in shown.items():
                window.visit(f"run/{run}")
                window.until_shows("Timeline")
                take(f"run-{place}-{theme}")
            for place in PLACES:
                visit(window, place)
                take(f"{place}-{theme}")
        window.go("workspaces")
        window.press("//main//button[contains(normalize-space(.), 'Team')]")
        for theme in ("light", "dark"):
            turn(window, theme)
            window.until_shows("Rotate token", "The account's tokens", "CI pipeline")
            take(f"token-{theme}")
        window.resize(400, 760)
        window.visit(f"run/{shown['parallel']}")
        window.until_shows("Timeline")
        take("run-parallel-narrow-dark")
        for place in PLACES:
            visit(window, place)
            take(f"{place}-narrow-dark")
        window.resize(960, 640)
        visit(window, "home")
        window.rest()
        app.session.picture(world.shots / "desktop.png")
        sizes = {path.name: path.stat().st_size for path in taken}
        need(all(size > 8_000 for size in sizes.values()), f"every picture shows something: {sizes}")
        world.figure(f"{len(sizes)} pictures")


def visit(window, place):
    window.visit(place)
    until("the view is there", lambda: not window.elements("//*[@role='status' and @aria-label='Loading']"))


def runs_of_every_kind(client):
    """One of parallel steps with a failure in it, one that waits, one that failed: their addresses."""
    work = "local n = 0 for i = 1, 4000000 do n = n + i end "
    script = lambda ident, name, code, *after: {
        "id": ident, "type": "lua_script", "name": name, "script": work + code, "depends_on": list(after),
    }
    graph = {"steps": [
        script("collect", "Collect the orders", "return {}"),
        script("north", "Price the north", "return {}", "collect"),
        script("south", "Price the south", "return {}", "collect"),
        script("west", "Price the west", work + "error('order 7 has no price')", "collect"),
        {"id": "ask", "type": "human_task", "name": "Ask the office", "task_type": "approval", "depends_on": ["north"],
         "task_payload": {"title": "Send 12 offers?", "description": "All but the west are priced."}},
        script("send", "Send the offers", "return {}", "ask", "south", "west"),
    ]}
    said, _ = client.call("workflows_create", {"name": "Price the offers", "graph": graph})
    priced = said["id"]
    client.call("workflows_publish_version", {"workflow_id": priced})
    parallel = start(client, priced)
    wait(client, priced, parallel)
    waiting = start(client, APPROVAL, title="Autumn release", author="Ana")
    wait(client, APPROVAL, waiting)
    start(client, FAILURE)
    return {"parallel": f"{priced}/{parallel}", "waiting": f"{APPROVAL}/{waiting}"}


def turn(window, theme):
    window.invoke("update_settings", change={"theme": theme})
    until(f"the page is {theme}", lambda: window.script("return document.documentElement.dataset.theme") == theme)
