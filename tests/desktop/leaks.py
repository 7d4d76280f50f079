"""Looks for a token in everything a run has left."""

import base64
from pathlib import Path

import processes
from waiting import need


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

    The keyring's own file is looked at as well: it is encrypted.
    """
    wanted = forms(secret)
    looked = files(session.folder)
    need(any(path.suffix == ".json" for path in looked), "the settings file is among what is searched")
    for path in looked:
        content = path.read_bytes()
        need(not any(form in content for form in wanted), f"the token stands in {path.relative_to(session.folder)}")
    for pid in processes.tree(app.pid):
        for part in ("cmdline", "environ"):
            try:
                content = Path(f"/proc/{pid}/{part}").read_bytes()
            except OSError:
                continue
            need(not any(form in content for form in wanted), f"the token stands in the {part} of process {pid}")
    return len(looked)
