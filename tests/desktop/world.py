"""What a test is given: the program, a place for pictures, and a desktop to start it on."""

from contextlib import contextmanager

from app import App
from dunst import Dunst
from session import Session


class World:
    def __init__(self, name, binary, shots):
        self.name, self.binary, self.shots = name, binary, shots
        self.figures = []
        self.last_words = ""

    def figure(self, text):
        """A figure for the summary line."""
        self.figures.append(text)

    def picture(self, app, window, name):
        """The window as it is on the screen, among the pictures."""
        path = self.shots / f"{name}.png"
        window.rest()
        # A notification would lie over the window.
        Dunst(app.session).put_away()
        app.picture(path)
        return path

    @contextmanager
    def desktop(self, **options):
        with Session(tell=self.figure, **options) as session:
            try:
                yield session
            except BaseException:
                # Looked at now: the desktop ends before anybody hears of the failure.
                self.keep_last_words(session)
                raise

    @contextmanager
    def app(self, keyring=True, panel=True, **settings):
        """A desktop with an app on it that was never started."""
        with self.desktop(keyring=keyring, panel=panel) as session:
            yield App(session, self.binary, **settings)

    def keep_last_words(self, session):
        try:
            session.picture(self.shots / f"failed-{self.name}.png")
        except Exception as error:
            self.last_words += f"no picture: {error}\n"
        for log in sorted(session.logs.glob("app-*.log")):
            self.last_words += f"--- {log.name}, its end\n{log.read_text(errors='replace')[-3000:]}\n"

    def explain(self):
        print(self.last_words, end="", flush=True)
