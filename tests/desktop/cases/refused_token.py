"""A token that the platform does not take leaves nothing behind."""

import secrets

import leaks
from fakebff import FakeBff
from people import paste_token
from waiting import need


def run(world):
    wrong = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff("pat_the_right_one") as bff, world.app() as app:
        window = app.drive()
        paste_token(window, bff.url, wrong)
        window.until_shows("missing, wrong or revoked")
        world.picture(app, window, "token-refused")
        need(window.shows("Nothing was saved."), "the person is told that nothing was saved")
        need(bff.asked, "the BFF was asked")
        settings = app.settings()
        need(not settings.get("profiles") and not settings.get("unfinished"), f"the settings name nothing: {settings}")
        need(not app.session.keyring.entries(), "the keyring holds nothing")
        leaks.need_nowhere(wrong, app.session, app)

        # The form keeps what was typed; the right token is then taken.
        window.type("Access token", bff.token)
        window.click("Add workspace")
        window.until_shows("Serving", "as Team")
        need(list(app.session.keyring.entries().values()) == [bff.token], "the right token is stored")
        leaks.need_nowhere(wrong, app.session, app)
