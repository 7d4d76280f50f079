"""Tokens age: their owner is reminded, told of their end, or they are rotated by themselves when nobody calls."""

import json
import secrets
from datetime import datetime, timedelta, timezone

import leaks
from cases.notified import notices
from fakebff import MADE, FakeBff
from people import stored_workspace
from waiting import need, until

OLD = "The token of Team has reached the age you set. Open the workspace to rotate it."
ENDS = "The token of Team ends within a day. Rotate it now, and nothing stops."
ROTATED = "Team has a new token, and the old one is being revoked. Your IDEs notice nothing."


def run(world):
    token = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff(token) as bff, world.app() as app:
        stored_workspace(app, bff)
        # Older than the 90 days after which its owner is reminded.
        app.open("--hidden")
        until("its owner is reminded", lambda: OLD in notices(app))
        app.quit()
        app.open("--hidden")
        app.tray.until_state("Serving Team")
        app.quit()
        need(notices(app).count(OLD) == 1, "reminded once")

        tomorrow = datetime.now(timezone.utc) + timedelta(hours=20)
        age(app, expires_at=tomorrow.isoformat())
        app.open("--hidden")
        until("its owner hears that it ends", lambda: ENDS in notices(app))
        app.quit()

        age(app, care={"kind": "rotate", "days": 30})
        app.open("--hidden")
        until("it is rotated by itself", lambda: ROTATED in notices(app), 30)
        until("the old one is dead", lambda: token not in bff.rows and len(bff.rows) == 1)
        [fresh] = bff.rows
        until("the keyring has the new one alone", lambda: list(app.session.keyring.entries().values()) == [fresh])
        for made in bff.made:
            leaks.need_nowhere(made, app.session, app)


def age(app, expires_at=None, care=None):
    """Writes what time alone would bring into the settings of an app that does not run."""
    settings = app.settings()
    [profile] = settings["profiles"]
    if expires_at:
        profile["facts"]["expires_at"] = expires_at
    if care:
        profile["care"] = care
        # What was given to the app today is not rotated today.
        profile["facts"]["added_at"] = MADE
    app.config.write_text(json.dumps(settings))
