"""Starting at login, ticked in the tray: the system's entry is there and does start the app, hidden; unticked, it is gone."""

import os
import shutil

from gi.repository import Gio, GLib

from cases.settings_by_hand import write
from processes import Process, Program
from waiting import need, until

LOGIN = "Start at login"
GROUP = "Desktop Entry"


def run(world):
    with world.app() as app:
        put_into(app, "debug")
        start(app)
        need(not app.tray.find(LOGIN)[2].get("enabled", True), "a program in a build folder does not offer it")
        app.quit()

        # Installed, in a folder whose name must be quoted.
        put_into(app, 'My "best" $apps')
        start(app)
        need(not app.tray.checked(LOGIN), "it is off until somebody asks for it")
        need(not entries(app), "and there is no entry")
        # Where the entry has no place, the person is told, and the mark does not say otherwise.
        place = app.config.parent.parent / "autostart"
        place.write_text("no folder")
        choose(app)
        until("the mark is taken back", lambda: not app.tray.checked(LOGIN))
        need(not app.settings().get("start_at_login"), "the settings do not say what is not so")
        app.until_window()
        app.close_window()
        place.unlink()

        tick(app)
        [entry] = entries(app)
        command = command_of(entry)
        need(command[0] == str(app.binary), f"the entry starts this program, not {command}")
        app.quit()

        as_at_login(world, app, command)
        until("the mark is there after a start", lambda: app.tray.checked(LOGIN))
        choose(app)
        until("the mark is gone", lambda: not app.tray.checked(LOGIN))
        until("the settings say so", lambda: not app.settings()["start_at_login"])
        until("the entry is gone", lambda: not entries(app))

        # Switched off where the desktop lists such entries, which puts a line into it.
        tick(app)
        [entry] = entries(app)
        app.quit()
        entry.write_text(entry.read_text() + "Hidden=true\n")
        start(app)
        need(not app.tray.checked(LOGIN), "the tray says what the desktop does")
        tick(app)
        need("Hidden" not in entry.read_text(), "ticked, the entry is in force")

        # A hand in the file: while the app runs, and while it does not.
        write(app, start_at_login=False)
        until("the entry is gone", lambda: not entries(app))
        write(app, start_at_login=True)
        until("the entry is there", lambda: entries(app))
        until("the tray says so", lambda: app.tray.checked(LOGIN))
        # Which of the two was changed while it did not run, nobody knows: what the desktop will do is said.
        app.quit()
        write(app, start_at_login=False)
        start(app)
        need(entries(app), "the entry stays")
        until("the tray says so", lambda: app.tray.checked(LOGIN))
        until("and so do the settings", lambda: app.settings()["start_at_login"])


def start(app):
    """Starts it, and waits until its menu changes no more by itself."""
    app.open("--hidden")
    app.tray.until_state("Serving, but no workspace")


def choose(app):
    """Chooses the entry, and waits for the menu that comes of it. The mark alone says nothing: the desktop turns it at once."""
    before = app.tray.find(LOGIN)[0]
    app.tray.click(LOGIN)
    until("the menu is made anew", lambda: app.tray.find(LOGIN)[0] != before)


def tick(app):
    choose(app)
    until("the mark is there", lambda: app.tray.checked(LOGIN))
    until("the settings keep it", lambda: app.settings().get("start_at_login"))


def entries(app):
    return list((app.config.parent.parent / "autostart").glob("*"))


def command_of(entry):
    """What a desktop runs for an entry, read with the library that desktops read it with."""
    file = GLib.KeyFile()
    file.load_from_file(str(entry), GLib.KeyFileFlags.NONE)
    program = file.get_string(GROUP, "TryExec")
    need(os.access(program, os.X_OK), f"there is a program at {program}")
    need(Gio.DesktopAppInfo.new_from_filename(str(entry)), "the entry is whole, and the program it names is there")
    return GLib.shell_parse_argv(file.get_string(GROUP, "Exec"))[1]


def as_at_login(world, app, command):
    """Runs what the entry says, as the desktop does when a person logs in."""
    app.binary, arguments = Program(command[0]), command[1:]
    took = app.open(*arguments)
    app.tray.until_state("Serving, but no workspace")
    world.figure(f"icon {took:.0f} ms after login")
    need(not app.windows(), "there is no window")
    need(not app.web_processes(), "and no web process")
    # The launcher entry shows the window of what login started.
    second = Process([app.binary], app.session.logs / "second.log", app.session.env)
    app.session.started.append(second)
    need(second.wait(20)[0] == 0, "a second start hands over")
    app.until_window()


def put_into(app, name):
    """Goes on with a copy of the program in a folder of this name, wherever the program that is tested lies."""
    folder = app.session.home / name
    folder.mkdir()
    app.binary = Program(shutil.copy(app.binary, folder))
