"""Drives the app's window through WebKit's own WebDriver, over plain HTTP.

The app is started by the test, as a person would start it, and not by the driver: it is told by its environment to let
itself be driven, and where to wait for the driver (`App`). Only the first window of a process can be driven this way; a
window that is opened anew is looked at from outside.
"""

import http.client
import json
import random
import socket
from pathlib import Path

from parts import Part
from programs import program
from waiting import Failed, stretched, until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


# Said of an element that was replaced, moved or covered between being found and being used: nothing was done to it.
NOT_DONE = ("stale element reference", "element not interactable", "element click intercepted", "no such element")
# Those that were given: a port is free until who asked for it listens, and the next one may ask before.
GIVEN = set()
# From here on, up to where the system takes ports for those who do not care which.
FIRST_PORT = 15_000


def free_port():
    """A port that nobody listens on now, and that no connection of somebody else is given before it is needed."""
    lowest, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    while True:
        port = random.randrange(FIRST_PORT, max(int(lowest), FIRST_PORT + 1000))
        if port in GIVEN:
            continue
        with socket.socket() as listener:
            # As the app does: connections of an earlier program may still be closing.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            GIVEN.add(port)
            return port


class Window:
    """The first window of an app that was started with `driven=True`."""

    def __init__(self, app):
        self.port = free_port()
        target = f"127.0.0.1:{app.inspector}"
        command = [program("WebKitWebDriver"), f"--port={self.port}", f"--target={target}"]
        session = app.session
        self.driver = session.run("webdriver", command)
        process = app.process
        session.parts["webdriver"] = Part("WebDriver", self.driver, matters=process.runs)
        until("the driver listens", lambda: self.ask("GET", "/status")["ready"])
        # The page is asked through the session, so it must have been made before.
        waiting = ("127.0.0.1", app.inspector)
        until("the app waits for the driver", lambda: socket.create_connection(waiting, 1).close() is None)
        self.id = self.ask("POST", "/session", {"capabilities": {}}, 30)["sessionId"]

    def ask(self, method, path, body=None, seconds=20):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=stretched(seconds))
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"content-type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise LookupError(f"{value['error']}: {value.get('message', '')}")
        return value

    def command(self, method, path, body=None):
        return self.ask(method, f"/session/{self.id}{path}", body)

    def script(self, text, *arguments):
        return self.command("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def ask_async(self, text, *arguments):
        """Runs a script that calls `done` with its answer when it has one."""
        script = f"const done = arguments[arguments.length - 1]; {text}"
        return self.command("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def invoke(self, name, /, **arguments):
        """Calls one of the app's commands, as the page does. For what a test is not about: it asks past the views."""
        script = """window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
            .then((ok) => done({ ok }), (failure) => done({ failure }));"""
        answer = self.ask_async(script, name, arguments)
        if "failure" in answer:
            raise Failed(f"the command {name} failed: {answer['failure']}")
        return answer.get("ok")

    def snapshot(self):
        return self.invoke("snapshot")

    def text(self):
        """What a person reads on the page."""
        return self.script("return document.body.innerText")

    def shows(self, *texts):
        text = self.text()
        return all(wanted in text for wanted in texts)

    def until_shows(self, *texts, seconds=15):
        until(f"the window shows {texts}", lambda: self.shows(*texts), seconds, instead=self.text)

    def elements(self, path):
        found = self.command("POST", "/elements", {"using": "xpath", "value": path})
        return [element[ELEMENT] for element in found]

    def element(self, path):
        """The first visible element that the XPath names; waits for it."""

        def look():
            shown = [found for found in self.elements(path) if self.command("GET", f"/element/{found}/displayed")]
            return shown[:1]

        return until(f"on the page: {path}", look)[0]

    def click(self, *words, kind="button"):
        """Presses what a person knows by these words: its text, or the label it has for a screen reader."""
        self.press(labelled(kind, *words))

    def press(self, path):
        """Presses the first visible element that the XPath names."""
        self.use(path, lambda element: self.command("POST", f"/element/{element}/click", {}))

    def type(self, label, text):
        def write(field):
            self.command("POST", f"/element/{field}/clear", {})
            self.command("POST", f"/element/{field}/value", {"text": text})

        self.use(f"//input[@id=//label[normalize-space(.)={quoted(label)}]/@for]", write)

    def use(self, path, act):
        """Does something to an element once, which may be replaced between being found and being used."""

        def look():
            try:
                act(self.element(path))
            except LookupError as error:
                if str(error).startswith(NOT_DONE):
                    return False
                raise Failed(f"with {path}: {error}") from error
            except (OSError, http.client.HTTPException) as error:
                # It may have been done all the same.
                raise Failed(f"no answer from the driver, with {path}: {error!r}") from error
            return True

        until(f"it is done with {path}", look)

    def attribute(self, element, name):
        return self.command("GET", f"/element/{element}/attribute/{name}")

    def go(self, place):
        """To one of the places on the rail."""
        self.press(f"//nav//a[@href='#{place}']")
        until(f"the place {place}", lambda: self.elements(f"//nav//a[@href='#{place}' and @aria-current='page']"))

    def visit(self, address):
        """To a page that is on no rail, by its address."""
        self.script(f"location.hash = {json.dumps(address)}")

    def resize(self, width, height):
        self.command("POST", "/window/rect", {"width": width, "height": height})
        until("the window has its new size", lambda: abs(self.script("return innerWidth") - width) < 60)

    def rest(self):
        """Waits until transitions have ended and two frames are painted."""
        self.ask_async(
            """const short = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 5000);
            Promise.allSettled(short.map((one) => one.finished))
                .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));"""
        )

    def end(self):
        """Lets go of the window. The app goes on."""
        self.driver.end()


def labelled(kind, *words):
    """An XPath to elements of a kind that have all these words in their text or their label."""
    tests = [f"contains(normalize-space(.), {quoted(word)}) or contains(@aria-label, {quoted(word)})" for word in words]
    kinds = {
        "button": "(self::button or @role='button')",
        "switch": "@role='switch'",
        "choice": "@role='radio'",
        "link": "self::a",
    }
    return f"//*[{kinds[kind]} and " + " and ".join(f"({test})" for test in tests) + "]"


def quoted(text):
    """XPath has no escapes: a text with both kinds of quotes is put together."""
    if "'" not in text:
        return f"'{text}'"
    return "concat(" + ", \"'\", ".join(f"'{part}'" for part in text.split("'")) + ")"
