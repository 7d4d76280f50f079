"""The panel dies and comes back, and the app's icon with it; and an app that was there before any panel is in the tray once
there is one."""

from mcp import Mcp
from people import add_sandbox
from tray import watch_for_icon
from waiting import need, until

# One for each time: of what was pressed a moment ago, menu and app must not be asked about again at once.
GROUPS = {"once": ("Chat", "chat", "chat_list_conversations"), "twice": ("Files", "files", "files_list")}


def run(world):
    with world.app(panel=False) as app:
        before_any_panel(world, app)
        panel_dies(world, app)


def before_any_panel(world, app):
    """At login the app may be sooner than the panel."""
    app.start("--hidden")
    app.until_serves()
    world.figure(f"icon {comes(app):.1f} s after the first panel")
    need(not app.windows(), "nothing but the icon has come")
    app.tray.until_state("Serving, but no workspace")
    app.tray.click("Open AgentRuntime")
    app.until_window()
    app.quit()


def panel_dies(world, app):
    window = app.drive()
    add_sandbox(window)
    app.tray.until_state("Serving Sandbox", 60)
    icon = app.tray.icon()
    client = Mcp(app.port)
    for nth, (label, group, tool) in GROUPS.items():
        entry = ("Tool groups", label)
        app.session.kill_panel()
        _, code = client.call("workflows_list")
        need(code is None, f"without a panel a call says {code}")
        # What happens meanwhile is in the menu of the next one.
        window.invoke("set_group", group=group, on=False)
        world.figure(f"{comes(app):.1f} s after the panel that died {nth}")
        app.tray.until_state("Serving Sandbox")
        need(app.tray.icon() == icon, "it is the same icon")
        until("its menu says what is so now", lambda: not app.tray.checked(*entry))
        app.tray.click(*entry)
        until("and is obeyed", lambda: app.tray.checked(*entry))
        until("by the server as well", lambda: tool in client.tools())


def comes(app):
    """Starts a panel, and waits for the app's icon in it; how long that took."""
    icon = watch_for_icon(app.session)
    app.session.start_panel()
    begun = app.session.parts["panel"].process.begun
    came = icon(15)
    until("the icon is the app's", app.tray.item)
    return came - begun
