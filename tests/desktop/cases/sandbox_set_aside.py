"""A sandbox whose file is damaged: the app comes up with a new one, and says where the old one lies."""

from mcp import Mcp
from people import sandboxed
from waiting import need


def run(world):
    with sandboxed(world) as (app, window, _):
        window.end()
        app.quit()
        database = app.state / "sandbox/sandbox.db"
        damaged = b"no database at all " * 400
        database.write_bytes(damaged)
        window = app.drive()
        app.tray.until_state("Serving Sandbox", 60)
        window.until_shows("The sandbox's files could not be opened", "set-aside")
        world.picture(app, window, "sandbox-set-aside")
        [kept] = (app.state / "sandbox/set-aside").iterdir()
        need((kept / "sandbox.db").read_bytes() == damaged, "what was there is kept as it was")
        need((kept / "vault.key").exists(), "with the key to its secrets")
        said, code = Mcp(app.port).call("workflows_list")
        need(code is None and len(said["workflows"]) == 4, f"a new sandbox serves: {code} {said}")
        window.end()
        app.quit()
