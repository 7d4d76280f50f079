"""Looks for a token in everything a run has left."""

import base64
import os
import stat
from pathlib import Path

import processes
from programs import program
from waiting import Failed, need, until


def forms(secret):
    """The bytes a text is written in: plain, as UTF-16, as hex, and in base64 from each of the three places it may begin."""
    plain = secret.encode()
    found = [plain, plain[::-1], secret.encode("utf-16-le"), plain.hex().encode(), plain.hex().upper().encode()]
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + plain)
        # What the neighbours take part in is cut away at both ends.
        inner = whole[4 if shift else 0 : len(whole) - 4]
        found += [inner, inner.translate(bytes.maketrans(b"+/", b"-_"))]
    return found


def files(folder):
    """Every file: its path, and what tells it from what may take its place or is added to it."""
    found = {}

    def failed(error):
        # A folder that went is no leak; one that cannot be looked into may hold one.
        if not isinstance(error, FileNotFoundError):
            raise Failed(f"a folder cannot be searched: {error}")

    for place, _, names in os.walk(folder, onerror=failed):
        for path in (Path(place) / name for name in names):
            try:
                about = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(about.st_mode):
                found[path] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return found


def search(folder, look, read=Path.read_bytes):
    """Shows every file's content to `look`. Files come and go meanwhile, so it is done when all that is there was looked at."""
    looked, unread = {}, []

    def is_done():
        here = files(folder)
        unread[:] = [path for path, about in here.items() if looked.get(path) != about]
        for path in unread:
            try:
                content = read(path)
            except FileNotFoundError:
                # What has taken its place, perhaps under another name, is in the next list.
                continue
            look(path, content)
            looked[path] = here[path]
        return not unread

    until("all files are searched", is_done, every=0, instead=lambda: f"files that change all the time: {unread}")
    return looked


def need_nowhere(secret, session, app, read=Path.read_bytes):
    """No file of this desktop holds the secret: not the home, not what programs said, not the folder for passing things.

    The keyring's own file is looked at as well: it is encrypted. Nor does a notification, or what a process was started with.
    """
    wanted = forms(secret)

    def look(path, content):
        need(not any(form in content for form in wanted), f"the token stands in {path.relative_to(session.folder)}")

    looked = search(session.folder, look, read)
    need(any(path.suffix == ".json" for path in looked), "the settings file is among what is searched")
    shown = processes.run([program("dunstctl"), "history"], env=session.env, text=False).stdout
    need(not any(form in shown for form in wanted), "the token stands in a notification")
    for pid in processes.tree(app.pid):
        for part in ("cmdline", "environ"):
            try:
                content = Path(f"/proc/{pid}/{part}").read_bytes()
            except OSError:
                continue
            need(not any(form in content for form in wanted), f"the token stands in the {part} of process {pid}")
    return len(looked)


def need_found_where_planted(secret, session, app):
    """What looks for a token finds one that was put there."""
    planted = session.folder / "planted.log"
    for form in forms(secret):
        planted.write_bytes(b"..." + form + b"...")
        need_found("planted.log", form, secret, session, app)
    planted.unlink()


def need_found_where_moved(secret, session, app):
    """It finds one whose file is written as settings are, into a file beside it that then gets its name, just when the search
    comes by."""
    part, place = session.folder / ".planted.part", session.folder / "planted.log"

    def gone_before(path):
        if path == part:
            part.rename(place)
        return path.read_bytes()

    def replaced_after(path):
        content = path.read_bytes()
        if path == place and not content:
            part.write_bytes(secret.encode())
            part.rename(place)
        return content

    part.write_bytes(secret.encode())
    need_found("planted.log", secret, secret, session, app, gone_before)
    place.write_bytes(b"")
    need_found("planted.log", secret, secret, session, app, replaced_after)
    place.unlink()


def need_found(where, what, secret, session, app, read=Path.read_bytes):
    try:
        need_nowhere(secret, session, app, read)
    except Failed as found:
        need(where in str(found), f"another place: {found}")
    else:
        raise Failed(f"a planted token was not found in {where}: {what[:4]}...")
