"""A keyring's daemon without a keyring in it, as the bus starts one by itself: it would ask to make one, and never answer."""

import time

from fakebff import FakeBff
from people import paste_token
from waiting import need


def run(world):
    with FakeBff("pat_" + "u" * 40) as bff, world.app(keyring=False) as app:
        app.session.keyring.start(unlock=False)
        window = app.drive()
        begun = time.monotonic()
        paste_token(window, bff.url, bff.token)
        window.until_shows("Keep in memory for this session", seconds=8)
        world.figure(f"said after {time.monotonic() - begun:.1f} s")
        need(not app.settings().get("profiles"), "nothing is kept before the person chose")
