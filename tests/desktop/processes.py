"""Processes as /proc shows them: who belongs to whom, what they hold and what they use."""

import os
import signal
import subprocess
import time
from pathlib import Path


def parent_and_name(pid):
    """The parent of a process and its name; the name stands in brackets and may hold anything."""
    text = Path(f"/proc/{pid}/stat").read_text()
    name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
    # A zombie holds nothing and does nothing any more.
    return (0 if rest[0] == "Z" else int(rest[1])), name


def tree(root):
    """The process and everything below it, as a dictionary from id to name."""
    known = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                known[int(entry)] = parent_and_name(entry)
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = {root: known[root][1]} if root in known else {}
    grew = True
    while grew:
        below = {pid: name for pid, (parent, name) in known.items() if parent in found and pid not in found}
        found.update(below)
        grew = bool(below)
    return found


def named(root, start):
    """Processes below `root` whose name begins like this. The kernel cuts names after 15 bytes."""
    return [pid for pid, name in tree(root).items() if pid != root and name.startswith(start[:15])]


def pss(root):
    """Proportional set size of a process and everything below it, in MB."""
    return sum(pss_alone(pid) for pid in tree(root))


def pss_alone(pid):
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def cpu_seconds(root):
    """CPU time of a process and everything below it, to the nanosecond, threads that have ended included."""
    total = 0.0
    for pid in tree(root):
        try:
            # The clock of another process: its id, inverted, and the scheduler's kind of clock.
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            continue
    return total


class Process:
    """A program that a test started, ended by its id and nothing else."""

    def __init__(self, command, log, env, **options):
        self.log = Path(log)
        self.begun = time.monotonic()
        with open(self.log, "ab") as out:
            options.setdefault("stdin", subprocess.DEVNULL)
            self.popen = subprocess.Popen(command, stdout=out, stderr=out, env=env, **options)
        self.pid = self.popen.pid

    def runs(self):
        return self.popen.poll() is None

    def said(self):
        return self.log.read_text(errors="replace")

    def send(self, number):
        if self.runs():
            os.kill(self.pid, number)

    def wait(self, seconds):
        """The exit code, and how long it took from now."""
        begun = time.monotonic()
        code = self.popen.wait(seconds)
        return code, time.monotonic() - begun

    def end(self, patience=5):
        """Asks it to end, then ends it."""
        self.send(signal.SIGTERM)
        try:
            self.popen.wait(patience)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self.popen.wait(patience)

    def kill(self):
        self.send(signal.SIGKILL)
        self.popen.wait(5)
