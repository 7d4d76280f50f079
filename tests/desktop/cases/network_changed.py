"""The network changes: the icon is no longer green at once, and the workspace is checked soon, once for all of it."""

import time

import network
from fakebff import FakeBff
from people import stored_workspace
from waiting import need, need_quick, stretched, until

# What a check asks first.
CHECK = "/v1/workflows"
# Of the range for examples: nobody has them.
HOME, CAFE = "192.0.2.7/24", "198.51.100.7/24"


def run(world):
    if not network.is_own():
        network.run_in_own(world)
        return
    network.ip("link", "set", "lo", "up")
    with FakeBff("pat_of_this_test") as bff, world.app() as app:
        stored_workspace(app, bff)
        app.open("--hidden")
        app.tray.until_state("Serving Team", 60)
        green = app.tray.icon()

        # A row of changes. The answer is held back.
        before = bff.asked.count(CHECK)
        bff.go_on.clear()
        until_taken_back(app)
        changed = time.monotonic()
        need(not bff.held.is_set(), "old news is taken back before anybody is asked")
        until("the icon is not green meanwhile", lambda: app.tray.icon() != green)
        need(bff.held.wait(stretched(8)), "the BFF is asked anew")
        world.figure(f"asked {time.monotonic() - changed:.1f} s after the last change")
        need(app.tray.state() == "Serving, checking Team", "nor while the answer is awaited")
        bff.go_on.set()
        app.tray.until_state("Serving Team")
        until("then it is green again", lambda: app.tray.icon() == green)
        checks = bff.asked.count(CHECK) - before
        need(checks == 1, f"one check for all changes, not {checks}")

        # A check that began before a change says nothing of what is true after it.
        bff.held.clear()
        bff.go_on.clear()
        network.ip("addr", "add", HOME, "dev", "lo")
        need(bff.held.wait(stretched(8)), "the BFF is asked once more")
        begun = bff.asked.count(CHECK)
        network.ip("addr", "del", CAFE, "dev", "lo")
        bff.go_on.set()
        app.tray.until_state("Serving Team")
        need(bff.asked.count(CHECK) == begun + 1, "the network changed during a check, so there was another")

        # A BFF that the new network does not lead to.
        bff.server.shutdown()
        bff.server.server_close()
        network.ip("addr", "del", HOME, "dev", "lo")
        app.tray.until_state("Needs attention: Team does not answer", 90)
        need_quick(app.quit(), 5, "the end, which is as fast as ever,")


def until_taken_back(app):
    """Changes the network, as when a cable is pulled and a wireless net takes over, until the tray no longer says that all is
    well. While it changes nobody is asked, though for no longer than ten seconds."""
    network.ip("addr", "add", CAFE, "dev", "lo")

    def look():
        for change in "add", "del":
            network.ip("addr", change, HOME, "dev", "lo")
        return app.tray.state() == "Serving, checking Team"

    until("old news is taken back", look, 8, instead=app.tray.state)
