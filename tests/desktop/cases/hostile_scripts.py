"""Scripts that mean harm, through the app as people have it: each fails its own run, the app answers meanwhile and lives on."""

import time

import processes
from mcp import NEW, Mcp
from people import sandboxed
from runs import start, wait
from waiting import need, until

# Each with a word of how its run fails. Five more kinds are tried with the program without a window.
HOSTILE = {
    "a loop": ("while true do end", "ran longer"),
    "a runaway pattern": ("return {x = string.find(string.rep('a', 1e5), '.-.-.-.-b')}", "ran longer"),
    "memory": ("local t = {} for i = 1, math.huge do t[i] = {i} end", "memory"),
    "depth": ("local function f() return 1 + f() end return {x = f()}", "lua"),
    "coroutines": ("while true do coroutine.resume(coroutine.create(function() while true do end end)) end", "ran longer"),
    "metamethods": ("local t = setmetatable({}, {__index = function() while true do end end}) return {x = t.y}", "ran longer"),
    "pcall": ("while true do pcall(function() while true do end end) end", "ran longer"),
    "a callback": ("return {x = string.gsub('a', 'a', function() while true do end end)}", "ran longer"),
    "a sort": ("table.sort(table.create(1e5, 1), function() while true do end end)", "ran longer"),
    "an error in tostring": ("error(setmetatable({}, {__tostring = function() error('again') end}))", "lua"),
}


def run(world):
    with sandboxed(world) as (app, window, dunst):
        client = Mcp(app.port, NEW, "Cursor")
        runs = {kind: (published(client, script, 1 if how == "ran longer" else 30), how) for kind, (script, how) in HOSTILE.items()}
        begun = time.monotonic()
        runs = {kind: (workflow, start(client, workflow), how) for kind, (workflow, how) in runs.items()}
        slowest = 0.0
        for kind, (workflow, ident, how) in runs.items():
            asked = time.monotonic()
            client.call("workflows_list")
            slowest = max(slowest, time.monotonic() - asked)
            need(wait(client, workflow, ident)["outcome"] == "failed", f"{kind} fails")
            error = summary(client, workflow, ident)["error"]
            need(how in error, f"{kind} fails as it should: {error}")
        world.figure(f"{len(runs)} in {time.monotonic() - begun:.1f} s, the slowest answer beside them after {slowest * 1000:.0f} ms")
        need(app.answers(), "the app lives")

        # A stop in the middle, of a process that is there for nothing else.
        until("those before it have ended", lambda: not workers(app), 30)
        workflow = published(client, "while true do end", 30)
        ident = start(client, workflow)
        worker = until("it is under way", lambda: workers(app))
        stopped, code = client.call("workflows_execute_command", {"workflow_id": workflow, "command": "stop", "run_id": ident, "mode": "immediate"})
        need(code is None, f"it is stopped: {stopped}")
        until("its process has ended", lambda: not set(worker) & set(workers(app)))

        # The app is killed while a script runs, twice: the third start does not meet it.
        ident = start(client, workflow)
        window.end()
        for _ in range(2):
            until("it is under way", lambda: workers(app))
            app.process.kill()
            app.open("--hidden")
            app.tray.until_state("Serving Sandbox", 60)
        client = Mcp(app.port, NEW, "Cursor")
        need(wait(client, workflow, ident)["outcome"] == "failed", "it is given up")
        said = summary(client, workflow, ident)
        need(said["failure_code"] == "RUN_STALLED_OR_TIMED_OUT", f"and says why: {said}")
        app.quit()


def published(client, script, seconds=1):
    """A workflow of this one script, with so many seconds; its id."""
    step = {"id": "only", "type": "lua_script", "name": "Only", "script": script, "timeout_s": seconds}
    made, code = client.call("workflows_create", {"name": "Hostile", "graph": {"steps": [step]}})
    need(code is None, f"the workflow is made: {made}")
    said, code = client.call("workflows_publish_version", {"workflow_id": made["id"]})
    need(code is None, f"it is published: {said}")
    return made["id"]


def summary(client, workflow, ident):
    said, code = client.call("runs_get_summary", {"workflow_id": workflow, "run_id": ident})
    need(code is None, f"the run's status: {said}")
    return said


def workers(app):
    """The processes in which the app runs scripts."""
    return processes.named(app.pid, "script-worker")
