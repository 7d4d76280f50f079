"""A desktop without a screen: X server, session bus, window manager, panel with a tray, keyring, notifications.

Everything lives in a folder of its own, which stands for the person's home, and ends with it.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import dbus
import dbus.bus
from dbus.mainloop.glib import DBusGMainLoop

import dunst
import processes
from keyring import Keyring
from waiting import Failed, until

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
    """`with Session() as session:` starts all of it, or, `keyring=False`, all but the keyring."""

    def __init__(self, keyring=True):
        self.wants_keyring = keyring
        # Short: the path of a socket may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="ard-"))
        self.home = self.folder / "home"
        self.logs = self.folder / "logs"
        self.started = []
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
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.bus is not None:
            self.bus.close()
        for process in reversed(self.started):
            process.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, name, command, **options):
        process = processes.Process(command, self.logs / f"{name}.log", self.env, **options)
        self.started.append(process)
        return process

    def start(self):
        # Without -noreset the server begins anew whenever its last client leaves, and takes with it who is just coming in.
        screen = ["-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"]
        self.env["DISPLAY"] = ":" + self.announced("xvfb", lambda fd: ["Xvfb", "-displayfd", fd, *screen])
        services = self.folder / "services"
        # The panel reads its settings through this one.
        shutil.copy("/usr/share/dbus-1/services/org.xfce.Xfconf.service", services)
        settings = self.folder / "bus.conf"
        settings.write_text(BUS.format(run=self.folder / "run", services=services))
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.announced(
            "bus", lambda fd: ["dbus-daemon", f"--config-file={settings}", "--nofork", "--nopidfile", f"--print-address={fd}"]
        )
        self.bus = dbus.bus.BusConnection(self.env["DBUS_SESSION_BUS_ADDRESS"], mainloop=DBusGMainLoop())
        channel = self.home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        channel.mkdir(parents=True)
        (channel / "xfce4-panel.xml").write_text(PANEL)
        self.run("openbox", ["openbox"])
        dunst.prepare(self.home)
        self.run("dunst", ["dunst", "-print"])
        self.run("panel", ["xfce4-panel", "--disable-wm-check"])
        self.keyring = Keyring(self)
        if self.wants_keyring:
            self.keyring.start()
        until("a window manager", self.has_window_manager)
        self.until_owned("org.freedesktop.Notifications")
        self.until_owned("org.kde.StatusNotifierWatcher")

    def announced(self, name, command):
        """Starts a program that says over a pipe what it is to be called by, and when it is ready."""
        read, write = os.pipe()
        try:
            process = self.run(name, command(str(write)), pass_fds=[write])
        finally:
            os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.readline().strip()
        if not said:
            raise Failed(f"{name} did not start: {process.said()[-400:]}")
        return said

    def owned(self, name):
        return self.bus.name_has_owner(name)

    def until_owned(self, name):
        until(f"{name} on the session bus", lambda: self.owned(name))

    def has_window_manager(self):
        said = subprocess.run(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.env, capture_output=True, text=True)
        return "window id" in said.stdout

    def x(self, *command):
        """Runs an X tool and gives what it said."""
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=20).stdout.strip()

    def picture(self, path):
        """The whole screen as a file."""
        subprocess.run(["import", "-silent", "-window", "root", str(path)], env=self.env, check=True, timeout=20)
