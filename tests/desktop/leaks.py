"""Looks for a token in everything a run has left."""

import base64
import subprocess
from pathlib import Path

import processes
from waiting import Failed, need


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
    return [path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()]


def need_nowhere(secret, session, app):
    """No file of this desktop holds the secret: not the home, not what programs said, not the folder for passing things.

    The keyring's own file is looked at as well: it is encrypted. Nor does a notification, or what a process was started with.
    """
    wanted = forms(secret)
    looked = files(session.folder)
    need(any(path.suffix == ".json" for path in looked), "the settings file is among what is searched")
    for path in looked:
        content = path.read_bytes()
        need(not any(form in content for form in wanted), f"the token stands in {path.relative_to(session.folder)}")
    shown = subprocess.run(["dunstctl", "history"], env=session.env, capture_output=True, timeout=10).stdout
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
        try:
            need_nowhere(secret, session, app)
        except Failed as found:
            need("planted.log" in str(found), f"another place: {found}")
        else:
            raise Failed(f"a planted token was not found: {form[:4]}...")
    planted.unlink()
