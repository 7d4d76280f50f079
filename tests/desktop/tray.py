"""The app's icon in the tray and its menu, read and clicked over D-Bus as a panel does it.

The icon is a StatusNotifierItem, the menu a com.canonical.dbusmenu. Every change gives the menu new ids, so each click
reads the menu first.
"""

import time
from pathlib import Path

import dbus
from gi.repository import GLib

from waiting import Failed, need, until

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"


def properties(bus, name, path, interface):
    return dbus.Interface(bus.get_object(name, path, introspect=False), dbus.PROPERTIES_IFACE).GetAll(interface)


def watch_for_icon(session):
    """Begins to listen for an icon; what it returns waits for it, and gives the moment it came."""
    came = []
    match = session.bus.add_signal_receiver(lambda _: came.append(time.monotonic()), "StatusNotifierItemRegistered", WATCHER)
    context = GLib.MainContext.default()

    def look():
        while context.iteration(False):
            pass
        return came

    def wait(seconds):
        try:
            # Often: the moment is a figure.
            return until("an icon in the tray", look, seconds, every=0.002)[0]
        finally:
            match.remove()

    return wait


class Tray:
    def __init__(self, session, pid):
        self.bus = session.bus
        self.pid = pid

    def item(self):
        """The icon of our process: its bus name and path."""
        items = properties(self.bus, WATCHER, "/StatusNotifierWatcher", WATCHER)["RegisteredStatusNotifierItems"]
        daemon = dbus.Interface(self.bus.get_object("org.freedesktop.DBus", "/"), "org.freedesktop.DBus")
        for item in items:
            name, _, path = str(item).partition("/")
            if int(daemon.GetConnectionUnixProcessID(name)) == self.pid:
                return name, "/" + path
        raise LookupError(f"no icon of process {self.pid} among {[str(item) for item in items]}")

    def look(self):
        return properties(self.bus, *self.item(), ITEM)

    def icon(self):
        """The picture that is shown, byte by byte."""
        look = self.look()
        name = str(look["IconName"])
        path = Path(name) if name.startswith("/") else Path(str(look["IconThemePath"])) / f"{name}.png"
        return path.read_bytes()

    def menu(self):
        """What the menu looks like now: (id, label, properties, children)."""
        menu = self.interface()
        menu.AboutToShow(0)
        return entry(menu.GetLayout(0, -1, dbus.Array([], signature="s"))[1])

    def interface(self):
        name, _ = self.item()
        path = self.look()["Menu"]
        return dbus.Interface(self.bus.get_object(name, path, introspect=False), "com.canonical.dbusmenu")

    def labels(self):
        return [label for _, label, _, _ in walk(self.menu()) if label]

    def state(self):
        """The line at the top."""
        return self.menu()[3][0][1]

    def until_state(self, start, seconds=15):
        until(f"the tray says {start!r}", lambda: self.state().startswith(start), seconds, instead=self.state)

    def find(self, *path):
        """The entry at the end of `path`. A part that ends with "…" names how the label begins: a menu that is made anew may
        have learnt more, or say another age."""
        here = self.menu()
        for wanted in path:
            begins = wanted.removesuffix("…")
            fitting = [child for child in here[3] if child[1] == wanted or begins != wanted and child[1].startswith(begins)]
            if not fitting:
                raise LookupError(f"no {wanted!r} among {[child[1] for child in here[3]]}")
            here = fitting[0]
        return here

    def checked(self, *path):
        return int(self.find(*path)[2].get("toggle-state", -1)) == 1

    def click(self, *path):
        """Chooses an entry, e.g. `click("Tool groups", "Chat")`."""
        until(f"the entry {path} is chosen", lambda: self.chose(*path))

    def chose(self, *path):
        """Whether the entry was still there when it was chosen: the menu may be made anew after it was read."""
        ident, _, look, _ = self.find(*path)
        need(look.get("enabled", True), f"the entry {path} is greyed out")
        now = dbus.UInt32(int(time.time()) & 0xFFFFFFFF)
        try:
            self.interface().Event(ident, "clicked", dbus.Int32(0, variant_level=1), now)
        except dbus.DBusException as error:
            if "does not refer to a menu item" in str(error):
                return False
            raise Failed(f"the entry {path} cannot be chosen: {error}") from error
        return True


def entry(node):
    ident, look, children = node
    look = {str(key): value for key, value in look.items()}
    # A single underscore marks the letter to press with Alt, a double one is an underscore.
    label = str(look.get("label", "")).replace("__", "\0").replace("_", "").replace("\0", "_")
    return int(ident), label, look, [entry(child) for child in children]


def walk(node):
    yield node
    for child in node[3]:
        yield from walk(child)
