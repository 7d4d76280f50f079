"""Processes: started and ended, and as /proc shows them: who belongs to whom, what they hold and what they use.

Nothing else starts a program (a test of xtask holds that), and nothing is started that is not known to be there.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from waiting import Failed, stretched, until

PIPE = subprocess.PIPE
# What a program that has not ended in time raises.
TooLong = subprocess.TimeoutExpired


class Program(str):
    """A program that may be started: one of the list (`programs.program`), or, by its path, the one under test."""


def known(command):
    """The command, if its program may be started."""
    if not isinstance(command[0], Program) and command[0] != sys.executable:
        raise Failed(f"{command[0]!r} is started without being listed in programs.json")
    return command


def run(command, seconds=20, check=False, **options):
    """Runs a program to its end: its exit code and what it said."""
    options = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL} | options
    ran = subprocess.run(known(command), timeout=stretched(seconds), **options)
    if check and ran.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with {ran.returncode}: {ran.stderr[-400:]}")
    return ran


def listen(command, env):
    """Starts a program whose lines are read as they come."""
    return subprocess.Popen(known(command), env=env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


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
    """CPU time of a process and of each below it, by id, to the nanosecond, threads that have ended included."""
    times = {}
    for pid in tree(root):
        try:
            # The clock of another process: its id, inverted, and the scheduler's kind of clock.
            times[pid] = time.clock_gettime((~pid << 3) | 2)
        except OSError:
            continue
    return times


def used_in(root, seconds):
    """The CPU time it takes, with everything below it, in so many seconds from now. What ends meanwhile takes its time along."""
    before = cpu_seconds(root)
    time.sleep(seconds)
    return sum(used - before.get(pid, 0) for pid, used in cpu_seconds(root).items())


def until_rests(root, most, seconds, patience):
    """Waits until it takes no more CPU time than `most` in so many seconds; how much that was. What belongs to the start, and
    is late on a busy machine, does not count."""
    seen = []

    def look():
        seen.append(used_in(root, seconds))
        return seen[-1] < most

    until(f"it rests, taking less than {most} s of CPU in {seconds} s", look, patience, instead=lambda: seen)
    return seen[-1]


class Process:
    """A program that a test started, ended by its id and nothing else."""

    def __init__(self, command, log, env, **options):
        self.log = Path(log)
        # Whether the test itself has ended it, or waits for its end.
        self.meant_to_end = False
        self.begun = time.monotonic()
        with open(self.log, "ab") as out:
            options.setdefault("stdin", subprocess.DEVNULL)
            self.popen = subprocess.Popen(known(command), stdout=out, stderr=out, env=env, **options)
        self.pid = self.popen.pid

    def runs(self):
        return self.popen.poll() is None

    def said(self):
        return self.log.read_text(errors="replace")

    def died(self):
        """Whether it has ended by itself."""
        return not self.meant_to_end and not self.runs()

    def how(self):
        """How it ended."""
        code = self.popen.returncode
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"

    def send(self, number):
        self.meant_to_end = True
        if self.runs():
            os.kill(self.pid, number)

    def wait(self, seconds):
        """The exit code, and how long it took from now."""
        self.meant_to_end = True
        begun = time.monotonic()
        code = self.popen.wait(stretched(seconds))
        return code, time.monotonic() - begun

    def end(self, patience=5):
        """Asks it to end, then ends it."""
        self.send(signal.SIGTERM)
        try:
            self.popen.wait(stretched(patience))
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        self.send(signal.SIGKILL)
        self.popen.wait(stretched(5))
