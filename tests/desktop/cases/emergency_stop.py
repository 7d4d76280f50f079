"""The emergency stop in the tray, with the BFF out of reach: nothing is served, risk is off, no call goes with the token; and
it dies when the BFF is back."""

import secrets

import leaks
from fakebff import FakeBff
from people import add_custom
from waiting import need, until


def run(world):
    token = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff(token) as bff, world.app() as app:
        window = app.drive()
        add_custom(window, bff)
        app.tray.until_state("Serving Team")
        window.invoke("set_risk", on=True)
        until("risk is on", lambda: window.snapshot()["risk"])
        bff.offline = True
        app.tray.click("Emergency stop", "Pause, switch risk off and revoke the token")
        app.tray.until_state("Paused")
        until("no call goes with it any more", lambda: app.settings()["profiles"][0]["token"] == "none", 30)
        need(not app.settings()["risk"], "risk is off")
        until("the port is closed", lambda: not app.answers())
        until("what is left is in sight", lambda: [task["kind"] for task in window.snapshot()["tasks"]] == ["revokeAsked"])
        need(token in bff.rows, "at the BFF it lives still")

        bff.offline = False
        [task] = window.snapshot()["tasks"]
        window.invoke("retry_task", task=task["id"])
        need(not bff.rows, "it is dead")
        until("nothing is left to do", lambda: not window.snapshot()["tasks"])
        until("the keyring forgot it", lambda: app.session.keyring.entries() == {})
        leaks.need_nowhere(token, app.session, app)
