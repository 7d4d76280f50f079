"""A desktop without a screen: X server, session bus, window manager, panel with a tray, keyring, notifications.

Everything lives in a folder of its own, which stands for the person's home, and ends with it.
"""

import os
import shutil
import tempfile
from pathlib import Path

import dbus
import dbus.bus
from dbus.mainloop.glib import DBusGMainLoop

import dunst
import processes
from keyring import Keyring
from parts import Part
from programs import program
from waiting import DESKTOPS, Failed, until

NOTIFICATIONS = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"

PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="systray"/>
  </property>
</channel>
"""

# No service folder but ours: what a test does not start must not be started behind its back by the bus.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={run}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class Session:
    """`with Session() as session:` starts all of it, or all but the keyring (`keyring=False`) or the panel (`panel=False`).

    `tell` hears, as a figure, of a part that died and was started anew.
    """

    def __init__(self, keyring=True, panel=True, tell=print):
        self.wants_keyring, self.wants_panel, self.tell = keyring, panel, tell
        # Short: the path of a socket may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="ard-"))
        self.home = self.folder / "home"
        self.logs = self.folder / "logs"
        self.started = []
        self.parts = {}
        self.keyring = None
        self.bus = None
        for name in ("home/.config", "home/.local/share", "home/.cache", "run", "tmp", "logs", "services"):
            (self.folder / name).mkdir(parents=True)
        os.chmod(self.folder / "run", 0o700)
        kept = {name: os.environ[name] for name in ("PATH", "RUST_BACKTRACE") if name in os.environ}
        self.env = kept | {
            "HOME": str(self.home),
            "USER": "test",
            "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local/share"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CURRENT_DESKTOP": "XFCE",
            "TMPDIR": str(self.folder / "tmp"),
            "GDK_BACKEND": "x11",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
        }

    def __enter__(self):
        DESKTOPS.append(self)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        DESKTOPS.remove(self)
        if self.bus is not None:
            self.bus.close()
        for process in reversed(self.started):
            process.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, name, command, **options):
        process = processes.Process(command, self.logs / f"{name}.log", self.env, **options)
        self.started.append(process)
        return process

    def part(self, name, start, again=True, **options):
        """Starts a program that has to live as long as the desktop; `again`, if it may be started once more."""
        self.parts[name] = Part(name, start(), start if again else None, **options)

    def tend(self):
        """Looks after the parts; whether one was started anew."""
        return any([part.tend(self.tell) for part in list(self.parts.values())])

    def start(self):
        # Without -noreset the server begins anew whenever its last client leaves, and takes with it who is just coming in.
        screen = ["-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"]
        self.env["DISPLAY"] = ":" + self.announced("X server", lambda fd: [program("Xvfb"), "-displayfd", fd, *screen])
        services = self.folder / "services"
        # The panel reads its settings through this one.
        shutil.copy("/usr/share/dbus-1/services/org.xfce.Xfconf.service", services)
        settings = self.folder / "bus.conf"
        settings.write_text(BUS.format(run=self.folder / "run", services=services))
        bus = [program("dbus-daemon"), f"--config-file={settings}", "--nofork", "--nopidfile"]
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.announced("bus", lambda fd: [*bus, f"--print-address={fd}"])
        self.bus = dbus.bus.BusConnection(self.env["DBUS_SESSION_BUS_ADDRESS"], mainloop=DBusGMainLoop())
        channel = self.home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        channel.mkdir(parents=True)
        (channel / "xfce4-panel.xml").write_text(PANEL)
        dunst.prepare(self.home)
        self.part("window manager", lambda: self.run("openbox", [program("openbox")]))
        self.part("notification daemon", lambda: self.run("dunst", [program("dunst"), "-print"]))
        if self.wants_panel:
            self.start_panel()
        self.keyring = Keyring(self)
        if self.wants_keyring:
            self.keyring.start()
        until("a window manager", self.has_window_manager)
        self.until_owned(NOTIFICATIONS)
        if self.wants_panel:
            self.until_owned(WATCHER)

    def start_panel(self):
        """Starts the panel; also once more, where a test has ended it."""
        start = lambda: self.run("panel", [program("xfce4-panel"), "--disable-wm-check"])
        self.part("panel", start, useful=lambda: self.owned(WATCHER))

    def kill_panel(self):
        """Ends it without warning, and its tray with it."""
        self.parts["panel"].process.kill()
        until("the tray leaves the bus", lambda: not self.owned(WATCHER))

    def announced(self, name, command):
        """Starts a program that says over a pipe what it is to be called by, and when it is ready."""
        read, write = os.pipe()
        try:
            process = self.run(name.replace(" ", "-"), command(str(write)), pass_fds=[write])
        finally:
            os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.readline().strip()
        if not said:
            raise Failed(f"{name} did not start: {process.said()[-400:]}")
        # Everything else is connected to it.
        self.part(name, lambda: process, again=False)
        return said

    def owned(self, name):
        return self.bus.name_has_owner(name)

    def until_owned(self, name):
        until(f"{name} on the session bus", lambda: self.owned(name))

    def has_window_manager(self):
        return "window id" in self.x("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")

    def x(self, name, *arguments):
        """Runs an X tool and gives what it said."""
        return self.x_tool(name, *arguments).stdout.strip()

    def x_tool(self, name, *arguments):
        """Runs an X tool and gives how it ended."""
        return processes.run([program(name), *arguments], env=self.env)

    def picture(self, path, window="root"):
        """The whole screen, or a window as it is on it, as a file."""
        processes.run([program("import"), "-silent", "-window", window, str(path)], env=self.env, check=True)
