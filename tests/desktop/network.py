"""A network of the test's own, which it may change: that of the machine is left alone.

The test is run once more, by itself, in a network namespace where there is nothing but the loopback device. On most
systems that asks for no rights.
"""

import os
import subprocess
import sys
from pathlib import Path

from waiting import Failed, Skipped

RUN = Path(__file__).with_name("run.py")
# Says to the test that it is the one within.
WITHIN = "DESKTOP_TESTS_OWN_NETWORK"
# As the person itself it would need rights to make one.
UNSHARE = ["unshare", "--user", "--map-root-user", "--net", "--"]
PATIENCE = 300


def is_own():
    return os.environ.get(WITHIN) == "yes"


def run_in_own(world):
    """Runs this very test in a network of its own, and passes on its figures."""
    try:
        tried = subprocess.run([*UNSHARE, "ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    except OSError as error:
        raise Skipped(f"no network of its own: {error}") from error
    if tried.returncode != 0:
        raise Skipped(f"no network of its own: {tried.stderr.strip()[:200]}")
    asked = ["--app", world.binary, "--shots", world.shots, "--only", world.name]
    command = [*UNSHARE, sys.executable, RUN, *asked]
    env = os.environ | {WITHIN: "yes"}
    ran = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
    if ran.returncode != 0:
        raise Failed(f"in a network of its own:\n{ran.stdout[-6000:]}")
    verdict = next(line for line in ran.stdout.splitlines() if world.name in line)
    figures = verdict.partition(" s  ")[2]
    if figures:
        world.figure(figures)


def ip(*arguments):
    """Changes the network."""
    ran = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if ran.returncode != 0:
        raise Failed(f"ip {' '.join(arguments)}: {ran.stderr.strip()}")
