"""Started twice: the second shows the window of the first and ends; one process serves. With `--quit`, the first one ends."""

from mcp import Mcp
from processes import Process
from waiting import need, until


def run(world):
    with world.app() as app:
        app.open("--hidden")
        app.until_serves()
        need(not app.windows(), "started for the tray, there is no window")
        need(not app.web_processes(), "and no web process")
        client = Mcp(app.port)

        took = again(app)
        app.until_window()
        client.tools()
        # Out of sight, so that it is seen when the third start was heard of: it may end before that.
        app.session.x("xdotool", "windowminimize", "--sync", app.until_window())
        until("the window is out of sight", lambda: not app.windows())
        again(app)
        until("it is in sight again", app.windows)
        need(len(app.windows()) == 1, "a third start makes no second window")
        app.close_window()
        again(app)
        app.until_window()
        need(app.process.runs(), "the first one lives on")
        until("one icon", lambda: app.tray.item())
        world.figure(f"the second ends after {took:.1f} s")

        again(app, "--quit")
        code, _ = app.process.wait(20)
        need(code == 0, f"asked by another start, it ended with {code}: {app.process.said()[-800:]}")
        again(app, "--quit")
        need(app.ask() is None, "where there is none to end, none is left running")


def again(app, *arguments):
    """Starts it once more, as the launcher entry does, or an installer."""
    second = Process([app.binary, *arguments], app.session.logs / "second.log", app.session.env)
    app.session.started.append(second)
    code, took = second.wait(20)
    need(code == 0, f"the second start ended with {code}: {second.said()[-800:]}")
    return took
