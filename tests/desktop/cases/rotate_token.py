"""Rotate in the window, while a client goes on calling: it notices nothing, the keyring and the BFF have the new token alone.
And Revoke, first with the BFF out of reach."""

import secrets
import threading

import leaks
from fakebff import FakeBff
from mcp import NEW, Mcp
from people import add_custom
from waiting import need, stretched, until


def run(world):
    token = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff(token) as bff, world.app() as app:
        window = app.drive()
        add_custom(window, bff)
        window.until_shows("Serving")
        window.go("workspaces")
        window.press("//main//button[contains(normalize-space(.), 'Team')]")
        window.until_shows("laptop", token[-4:])

        with calling(app.port) as calls:
            for _ in range(2):
                until("calls go through", lambda before=len(calls): len(calls) > before + 5)
                window.click("Rotate token")
                window.press(in_dialog("Rotate token"))
                window.until_shows("Rotated. Your IDEs notice nothing.")
                window.press(in_dialog("Close"))
            until("calls go through with the last one", lambda before=len(calls): len(calls) > before + 5)
        refused = [code for code in calls if code is not None]
        need(not refused, f"of {len(calls)} calls some failed: {refused[:3]}")
        world.figure(f"{len(calls)} calls through 2 rotations")
        need(len(bff.made) == 3 and list(bff.rows) == [bff.made[2]], f"one token lives: {len(bff.rows)} of {len(bff.made)}")
        need(list(app.session.keyring.entries().values()) == [bff.made[2]], "the keyring has it, and no other")
        window.until_shows(bff.made[2][-4:])

        bff.offline = True
        window.click("Revoke token")
        window.until_shows("no answers until Team has another token")
        window.press(in_dialog("Revoke token"))
        window.until_shows("Nothing has changed.", "Meanwhile it still lives at the platform")
        _, code = Mcp(app.port).call("workflows_list")
        need(code == "unreachable", f"the token is in use still, and the BFF is away: {code}")
        window.click("Remove it here and revoke it later")
        window.until_shows("Team has no token now", "At the platform it still lives")
        bff.offline = False
        said, code = Mcp(app.port).call("workflows_list")
        need(code == "no_token", f"a client is told why: {code} {said}")
        window.press(in_dialog("Close"))
        window.go("home")
        window.click("Retry now")
        until("it is dead", lambda: not bff.rows)
        until("the keyring forgot it", lambda: app.session.keyring.entries() == {})
        for made in bff.made:
            leaks.need_nowhere(made, app.session, app)
            need(made not in window.script("return document.documentElement.outerHTML"), "the page holds no token")


def in_dialog(text):
    return f"//*[@role='dialog' or @role='alertdialog']//button[normalize-space(.)='{text}']"


class calling:
    """A client that calls again and again, and what came of each call: `None`, or the code of its error."""

    def __init__(self, port):
        self.client, self.ended, self.calls = Mcp(port, NEW), threading.Event(), []
        self.thread = threading.Thread(target=self.call, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self.calls

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(stretched(30))

    def call(self):
        while not self.ended.is_set():
            try:
                _, code = self.client.call("workflows_list")
            except Exception as error:
                code = repr(error)
            self.calls.append(code)
