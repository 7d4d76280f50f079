"""The app under test: started as a person or the session starts it, looked at, ended by its id."""

import http.client
import json
import os

import processes
import tray
from parts import Part
from waiting import Failed, need, stretched, until
from webdriver import Window, free_port

# What has a window of its own while the app's window is open.
WEB_PROCESS = "WebKitWebProcess"
TITLE = "AgentRuntime Desktop"
# A debug build on a busy machine.
PATIENCE = 30


class App:
    """One person's app: where it keeps things, and its running process."""

    def __init__(self, session, binary, port=None, **settings):
        self.session = session
        self.binary = processes.Program(binary)
        self.port = port or free_port()
        self.config = session.home / ".config/agentruntime-desktop/settings.json"
        self.state = session.home / ".local/share/agentruntime-desktop"
        self.process = None
        self.inspector = None
        self.starts = 0
        # A port of its own, so that a test never meets the app of whoever runs it.
        self.config.parent.mkdir(parents=True)
        self.config.write_text(json.dumps({"version": 1, "port": self.port, "language": "en", **settings}))

    def start(self, *arguments, driven=False, env=None):
        """Starts it and does not wait. `driven` lets `Window` drive its first window."""
        env = self.session.env | (env or {})
        if driven:
            self.inspector = free_port()
            # What the usual driver for Tauri sets, and where WebKit then waits for a driver.
            env |= {"TAURI_WEBVIEW_AUTOMATION": "true", "WEBKIT_INSPECTOR_SERVER": f"127.0.0.1:{self.inspector}"}
        self.starts += 1
        name = f"app-{self.starts}"
        self.process = processes.Process([self.binary, *arguments], self.session.logs / f"{name}.log", env)
        self.session.started.append(self.process)
        # No part of the desktop, but nobody waits for one that has died either.
        self.session.parts[f"the app on port {self.port}"] = Part("app", self.process)
        self.tray = tray.Tray(self.session, self.process.pid)
        return self.process

    def open(self, *arguments, **options):
        """Starts it, waits for its icon, and gives the milliseconds that took."""
        icon = tray.watch_for_icon(self.session)
        process = self.start(*arguments, **options)
        return (icon(PATIENCE) - process.begun) * 1000

    def drive(self):
        """Starts it and drives its window."""
        self.open(driven=True)
        window = Window(self)
        until("the page has something to read", lambda: window.text().strip(), PATIENCE)
        return window

    @property
    def pid(self):
        return self.process.pid

    def settings(self):
        return json.loads(self.config.read_text())

    def entry(self, ident):
        """The name of a workspace's entry in the keyring."""
        return next(profile["entry"] for profile in self.settings()["profiles"] if profile["id"] == ident)

    def web_processes(self):
        return processes.named(self.pid, WEB_PROCESS)

    def windows(self):
        """The windows that a person sees, by X id."""
        ours = ["--all", "--onlyvisible", "--pid", str(self.pid), "--name", f"^{TITLE}"]
        while True:
            found = self.session.x_tool("xdotool", "search", *ours)
            # It looks at every window there is, and breaks off where one goes while it looks: a notification, say.
            if "X Error" not in found.stderr:
                return found.stdout.split()

    def until_window(self):
        """The one window, with something painted in it."""
        window = until("a window", self.windows, PATIENCE)
        need(len(window) == 1, f"one window, not {window}")
        until("the page is painted", lambda: self.colours(window[0]) > 60, PATIENCE)
        return window[0]

    def colours(self, window):
        """How many colours a window shows: a page with words has hundreds, an empty one a handful."""
        path = self.session.folder / "window.png"
        self.session.picture(path, window)
        return int(self.session.x("identify", "-format", "%k", str(path)) or 0)

    def picture(self, path):
        """The window as it is on the screen."""
        [window] = self.windows()
        self.session.picture(path, window)

    def close_window(self):
        """Closes it as its own button does."""
        window = self.until_window()
        # On a busy machine a press was lost on its way to the window manager once: a person presses again.
        for last in (False, False, True):
            self.session.x("xdotool", "windowactivate", "--sync", window)
            self.session.x("xdotool", "key", "--clearmodifiers", "alt+F4")
            try:
                return until("the window is closed", lambda: not self.windows(), 5)
            except Failed as failed:
                active = self.session.x("xdotool", "getactivewindow")
                print(f"{failed}; {window} was to be closed, {active} is active", flush=True)
                if last:
                    raise

    def ask(self, path="/nothing-here"):
        """The status of a plain request, or None where nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=stretched(5))
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except ConnectionRefusedError:
            return None
        finally:
            connection.close()

    def until_serves(self):
        until(f"something serves on port {self.port}", lambda: self.ask() == 404, PATIENCE)

    def quit(self, seconds=20):
        """Tells it to end and gives how long it took; it must end well."""
        self.process.send(15)
        code, took = self.process.wait(seconds)
        if code != 0:
            raise Failed(f"the app ended with {code}: {self.process.said()[-800:]}")
        return took

    def answers(self):
        """Whether it can still be asked, for a process that must live on."""
        return os.path.exists(f"/proc/{self.pid}") and self.ask() == 404
