"""Hundreds of runs at once, all waiting for the person: what the app holds and uses, and whether the window stays smooth."""

import statistics
import threading
import time

import processes
from mcp import NEW, Mcp
from people import sandboxed
from runs import APPROVAL, start
from waiting import Failed, need, until, until_ended

RUNS = 1000
CLIENTS = 4
# Frames of a scroll from the top to the bottom and back.
SCROLL = """
const list = [...document.querySelectorAll("main *")].find((it) => it.scrollHeight > it.clientHeight + 400 && getComputedStyle(it).overflowY !== "visible");
const frames = [];
let last = performance.now(), step = 0;
window.scrolled = null;
const turn = (now) => {
  frames.push(now - last);
  last = now;
  step += 1;
  list.scrollTop = (list.scrollHeight * Math.min(step, 120 - step)) / 60;
  if (step < 120) requestAnimationFrame(turn);
  else window.scrolled = { frames: frames.slice(1), rows: document.querySelectorAll("main [role=row], main li").length };
};
requestAnimationFrame(turn);
"""


def run(world):
    with sandboxed(world) as (app, window, dunst):
        before = processes.pss_alone(app.pid)
        begun = time.monotonic()
        failed = []
        threads = [threading.Thread(target=start_some, args=[app.port, failed], daemon=True) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        until_ended("all runs are started", threads, 240)
        need(not failed, f"clients that could not start theirs: {failed}")
        started = time.monotonic() - begun
        until("all of them wait", lambda: all_wait(app), 240, instead=lambda: app.tray.labels()[:3])
        world.figure(f"{RUNS} runs started in {started:.0f} s, all in the tray after {time.monotonic() - begun:.0f} s")
        shown = len(dunst.shown())
        need(shown < 40, f"they are gathered: {shown} notifications")
        world.figure(f"{shown} notifications")
        processes.until_rests(app.pid, 0.4, 2, 120)
        after = processes.pss_alone(app.pid)
        world.figure(f"PSS of the app {before:.0f} → {after:.0f} MB")
        used = processes.used_in(app.pid, 15)
        world.figure(f"CPU {used:.2f} s in 15 s with all of them waiting")
        need(processes.pss_alone(app.pid) < after + 40, "it does not grow while nothing happens")

        window.visit("runs")
        window.until_shows("Publish with approval")
        window.script(SCROLL)
        seen = until("it has scrolled", lambda: window.script("return window.scrolled"), 60)
        frames = sorted(seen["frames"])
        world.figure(f"scrolling {RUNS} rows: frame median {statistics.median(frames):.0f} ms, 95 % {frames[int(len(frames) * 0.95)]:.0f} ms, {seen['rows']} rows in the page")
        need(seen["rows"] < 200, "the list is virtual")
        window.end()
        app.quit(60)


def all_wait(app):
    state = app.tray.labels()[1]
    if " failed" in state:
        # Then they never all do.
        raise Failed(f"{state}: {failures(app.port)}")
    return state.startswith(f"{RUNS} wait for you")


def failures(port):
    """Why runs failed."""
    client = Mcp(port, NEW, "Claude Code")
    said, _ = client.call("workflows_list_runs", {"workflow_id": APPROVAL, "status": "failed"})
    asked = [{"workflow_id": APPROVAL, "run_id": run["run_id"]} for run in said["runs"][:3]]
    return [client.call("runs_get_summary", one)[0]["error"] for one in asked]


def start_some(port, failed):
    try:
        client = Mcp(port, NEW, "Claude Code")
        for nth in range(RUNS // CLIENTS):
            start(client, APPROVAL, title=f"Release {nth}")
    except Exception as error:
        failed.append(error)
