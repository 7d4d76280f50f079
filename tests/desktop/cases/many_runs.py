"""Hundreds of runs at once, all waiting for the person: what the app holds and uses, and whether the window stays smooth."""

import statistics
import threading
import time

import processes
from mcp import NEW, Mcp
from people import sandboxed
from runs import APPROVAL, start
from waiting import need, until

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
        threads = [threading.Thread(target=start_some, args=[app.port]) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        started = time.monotonic() - begun
        said = f"{RUNS} wait for you"
        until("all of them wait", lambda: any(label.startswith(said) for label in app.tray.labels()), 240, instead=lambda: app.tray.labels()[:3])
        world.figure(f"{RUNS} runs started in {started:.0f} s, all in the tray after {time.monotonic() - begun:.0f} s")
        shown = len(dunst.shown())
        need(shown < 40, f"they are gathered: {shown} notifications")
        world.figure(f"{shown} notifications")
        until("it has come to rest", lambda: used_in(app, 2) < 0.4, 120)
        after = processes.pss_alone(app.pid)
        world.figure(f"PSS of the app {before:.0f} → {after:.0f} MB")
        used = used_in(app, 15)
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


def start_some(port):
    client = Mcp(port, NEW, "Claude Code")
    for nth in range(RUNS // CLIENTS):
        start(client, APPROVAL, title=f"Release {nth}")


def used_in(app, seconds):
    before = processes.cpu_seconds(app.pid)
    time.sleep(seconds)
    return processes.cpu_seconds(app.pid) - before
