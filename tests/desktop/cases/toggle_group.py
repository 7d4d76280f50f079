"""A group is switched in the tray: clients in both eras hear it, and the window shows it. And the other way round."""

from mcp import NEW, OLD, Mcp
from people import add_sandbox
from waiting import need, until

CHANGED = "notifications/tools/list_changed"
GROUP = ("Tool groups", "Chat")


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        app.tray.until_state("Serving Sandbox", 60)
        window.go("tools")
        clients = {version: Mcp(app.port, version) for version in (OLD, NEW)}
        ears = {version: client.listen() for version, client in clients.items()}
        need(app.tray.checked(*GROUP), "the group is on at first")

        app.tray.click(*GROUP)
        heard(clients, ears, False)
        until("the tray's mark is gone", lambda: not app.tray.checked(*GROUP))
        until("the window's switch is off", lambda: switched(window) == "false")
        need(app.settings()["groups_off"] == ["chat"], f"the settings keep it: {app.settings()}")

        window.press("//*[@role='switch' and @aria-label='Chat group']")
        # Where the person is asked first, that takes its moment.
        until("it is switched, or asked about", lambda: window.shows("Turn on Chat?") or switched(window) == "true")
        if window.shows("Turn on Chat?"):
            window.press("//*[@role='dialog' or @role='alertdialog']//button[normalize-space(.)='Turn on Chat']")
        heard(clients, ears, True)
        until("the tray's mark is back", lambda: app.tray.checked(*GROUP))

        # A call of a tool that is off names its switch.
        app.tray.click(*GROUP)
        heard(clients, ears, False)
        _, code = clients[OLD].call("chat_list_conversations")
        need(code == "group_off", f"a tool of a group that is off says {code}")

        # The desktop turns a mark by itself as it is pressed. Taken back at once from elsewhere, it goes all the same.
        for _ in range(5):
            app.tray.click(*GROUP)
            until("the press is heard", lambda: "chat" not in app.settings()["groups_off"], every=0.001)
            window.invoke("set_group", group="chat", on=False)
            until("the mark says what is so", lambda: not app.tray.checked(*GROUP))


def heard(clients, ears, on):
    for version, client in clients.items():
        ears[version].until(CHANGED)
        listed = any(name.startswith("chat_") for name in client.tools())
        need(listed == on, f"{version}: the tools of the group are{'' if listed else ' not'} listed")


def switched(window):
    [switch] = window.elements("//*[@role='switch' and @aria-label='Chat group']")
    return window.attribute(switch, "aria-checked")
