#!/usr/bin/env python3
"""End-to-end tests of the desktop app: the real program on a desktop without a screen. See README.md."""

import argparse
import importlib
import os
import sys
import time
import traceback
from pathlib import Path

DEBIAN_PYTHON = "/usr/bin/python3"
CASES = [
    "first_run",
    "paste_token",
    "refused_token",
    "toggle_group",
    "close_window",
    "web_process_killed",
    "keyring_locked",
    "keyring_locked_later",
    "keyring_restarted",
    "keyring_absent",
    "keyring_unset",
    "keyring_entry_missing",
    "port_taken",
    "port_taken_first_run",
    "start_at_login",
    "settings_by_hand",
    "export_activity",
    "network_changed",
    "rotate_token",
    "rotation_cut_off",
    "emergency_stop",
    "token_refused_later",
    "token_age",
    "notified",
    "notified_soon",
    "approvals",
    "agent_asks",
    "run_fails",
    "hostile_scripts",
    "sandbox_set_aside",
    "many_runs",
    "panel_restarted",
    "second_start",
    "ending",
    "headless",
    "idle",
    "pictures",
    "desktop_dies",
]


def with_dbus():
    """Debian's python3-dbus and python3-gi belong to Debian's own Python; another one may come first in the PATH."""
    try:
        import dbus
        import gi
    except ImportError:
        if sys.executable == DEBIAN_PYTHON:
            sys.exit("python3-dbus and python3-gi are needed (see README.md)")
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", required=True, type=Path, help="the program agentruntime-desktop")
    parser.add_argument("--shots", required=True, type=Path, help="the folder for pictures of the window")
    parser.add_argument("--failed", type=Path, help="a file for the names of what failed, and why, a line each")
    parser.add_argument("--only", action="append", choices=CASES, help="one test alone; may be repeated")
    return parser.parse_args()


def main():
    asked = arguments()
    # Only Python's modules; a .pyc file would be written into the work tree.
    sys.dont_write_bytecode = True
    from programs import missing
    from waiting import Skipped
    from world import World

    faults = missing()
    if faults:
        packages = " ".join(sorted({package for _, package in faults}))
        sys.exit("\n".join(line for line, _ in faults) + f"\non Debian: apt-get install {packages}")
    if not os.access(asked.app, os.X_OK):
        sys.exit(f"there is no program at {asked.app}")
    asked.shots.mkdir(parents=True, exist_ok=True)
    lines, failed, skipped = [], [], 0
    for name in asked.only or CASES:
        world = World(name, asked.app.resolve(), asked.shots.resolve())
        begun = time.monotonic()
        try:
            importlib.import_module(f"cases.{name}").run(world)
            verdict = "ok    "
        except KeyboardInterrupt:
            raise
        except Skipped as reason:
            world.figure(str(reason))
            verdict, skipped = "skip  ", skipped + 1
        except BaseException as fault:
            traceback.print_exc()
            world.explain()
            verdict = "FAILED"
            failed.append(f"{name}: {fault or type(fault).__name__}".splitlines()[0])
        line = f"{verdict} {name:22} {time.monotonic() - begun:5.1f} s  {'; '.join(world.figures)}"
        print(line, flush=True)
        lines.append(line)
    print(f"\nSummary\n" + "\n".join(lines))
    print(f"desktop: {len(lines) - len(failed) - skipped} passed, {len(failed)} failed" + (f", {skipped} skipped" if skipped else ""))
    if asked.failed:
        asked.failed.write_text("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    with_dbus()
    sys.exit(main())
