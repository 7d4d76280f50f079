"""The parts of a test's desktop, each of which has to live as long as the test, unless the test ends it itself."""

import time

from waiting import Failed, stretched

# How long a part that lives may be of no use before it counts as dead: a panel starts its tray anew by itself, once.
NUMB = 3


class Part:
    """A program that the others need.

    `again` starts it anew, once; what cannot be had again fails the test. `useful` says whether it does its work, for a
    program that may lose that and live. `matters` says whether anybody still needs it.
    """

    def __init__(self, name, process, again=None, useful=None, matters=lambda: True):
        self.name, self.process, self.again, self.useful, self.matters = name, process, again, useful, matters
        # What a test has learnt from it would be gone with it.
        self.relied_on = False
        self.numb_since = None
        self.looked = 0

    def fault(self):
        """Why it is of no use, if it is not."""
        if self.process.meant_to_end or not self.matters():
            return None
        if self.process.died():
            return self.process.how()
        return "lives and does nothing" if self.is_numb() else None

    def is_numb(self):
        now = time.monotonic()
        # It costs a question over the bus.
        if self.useful is None or now - self.looked < 1:
            return False
        self.looked = now
        try:
            useful = self.useful()
        except Exception:  # Whom it asks has died, which is another part's fault.
            useful = False
        self.numb_since = None if useful else self.numb_since or now
        return self.numb_since is not None and now - self.numb_since > stretched(NUMB)

    def tend(self, tell):
        """Starts it anew where it has died and that can be done; whether it was."""
        fault = self.fault()
        if fault is None:
            return False
        if self.again is None or self.relied_on:
            words = self.process.said()[-600:].strip()
            raise Failed(f"a part of the test's desktop has died: the {self.name} {fault}; its last words: {words!r}")
        again, self.again = self.again, None
        self.process.end()
        self.process, self.numb_since = again(), None
        tell(f"the {self.name}, which {fault}, was started anew")
        return True
