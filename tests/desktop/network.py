"""A network of the test's own, which it may change: that of the machine is left alone.

The test is run once more, by itself, in a network namespace where there is nothing but the loopback device. On most
systems that asks for no rights.
"""

import os
import sys
from pathlib import Path

import processes
from programs import program
from waiting import Failed, Skipped

RUN = Path(__file__).with_name("run.py")
# Says to the test that it is the one within.
WITHIN = "DESKTOP_TESTS_OWN_NETWORK"
# As the person itself it would need rights to make one.
UNSHARE = [program("unshare"), "--user", "--map-root-user", "--net", "--"]
PATIENCE = 300


def is_own():
    return os.environ.get(WITHIN) == "yes"


def run_in_own(world):
    """Runs this very test in a network of its own, and passes on its figures."""
    try:
        tried = processes.run([*UNSHARE, program("ip"), "link", "set", "lo", "up"])
    except OSError as error:
        raise Skipped(f"no network of its own: {error}") from error
    if tried.returncode != 0:
        raise Skipped(f"no network of its own: {tried.stderr.strip()[:200]}")
    asked = ["--app", str(world.binary), "--shots", str(world.shots), "--only", world.name]
    command = [*UNSHARE, sys.executable, str(RUN), *asked]
    env = os.environ | {WITHIN: "yes"}
    ran = processes.run(command, PATIENCE, env=env)
    if ran.returncode != 0:
        raise Failed(f"in a network of its own:\n{(ran.stdout + ran.stderr)[-6000:]}")
    verdict = next(line for line in ran.stdout.splitlines() if world.name in line)
    figures = verdict.partition(" s  ")[2]
    if figures:
        world.figure(figures)


def ip(*arguments):
    """Changes the network."""
    processes.run([program("ip"), *arguments], check=True)
