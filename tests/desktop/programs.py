"""The programs that tests may start: those of `programs.json`, which xtask installs where they are missing."""

import json
import os
from pathlib import Path

import processes
from waiting import Failed

# Whose rows of the list are ours.
OURS = "tests/desktop"
LISTED = [row for row in json.loads(Path(__file__).with_suffix(".json").read_text())["programs"] if OURS in row["by"]]


def program(name):
    """A program of the list. What is not in it is started nowhere, so that no test needs what nobody has installed."""
    if not any(row.get("program") == name for row in LISTED):
        raise Failed(f"{name} is not in programs.json: list it, with its package")
    return processes.Program(name)


def missing():
    """What is not there, or is another program of the same name: for each a line and the package that brings it."""
    found = [(fault(row), row["package"]) for row in LISTED]
    return [(line, package) for line, package in found if line]


def fault(row):
    """Why it is not what the tests need, if it is not."""
    if "file" in row:
        there = Path(row["file"]).is_file() and row["says"] in Path(row["file"]).read_text()
        return None if there else f"{row['file']} is not there"
    name = row["program"]
    # Without a display none opens a window, and all answer as on any other machine.
    env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    try:
        answer = processes.run([program(name), *row["ask"]], env=env | {"LC_ALL": "C.UTF-8"})
    except (OSError, processes.TooLong):
        return f"{name} is not there, or does not answer"
    said = answer.stdout + answer.stderr
    if answer.returncode == row.get("code", 0) and row["says"] in said:
        return None
    return f"{name} is another program here: asked {' '.join(row['ask'])!r} it says {said.strip()[:120]!r}"
