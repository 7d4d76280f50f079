"""Calls are exported: the person names a file in the system's dialog, and the calls stand in it. Cancelled, nothing is written."""

import csv
import io
import json
from pathlib import Path

from mcp import WHO, Mcp
from people import add_sandbox
from waiting import need, until

COLUMNS = "id,at,client,tool,group,target,arguments,code,duration_ms".split(",")
QUERY = {"text": None, "tool": None, "client": None, "failedOnly": False, "before": None, "limit": 50}
# A spreadsheet would run it as a formula.
FORMULA = "=HYPERLINK(0)"
# A client is named with its version.
CLIENT = f"{FORMULA} {WHO['version']}"
CALLS = 120


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        app.tray.until_state("Serving Sandbox", 60)
        client = Mcp(app.port, name=FORMULA)
        for _ in range(CALLS - 1):
            client.call("workflows_list", {"limit": 1})
        client.call("workflows_get", {"workflow_id": "wf_none"})
        until("all calls are kept", lambda: window.invoke("activity", query=QUERY)["total"] == CALLS)

        folder = app.session.home / "exports"
        folder.mkdir()
        begin(window, "json", QUERY)
        path = choose(app, folder / "calls.json")
        need(result(window) == {"ok": str(path)}, "the page is told where the file is")
        calls = json.loads(path.read_text())
        need(len(calls) == CALLS, f"all {CALLS} calls are in the file, not {len(calls)}")
        need({call["client"] for call in calls} == {CLIENT}, "with their client")

        begin(window, "csv", QUERY | {"failedOnly": True})
        path = choose(app, folder / "calls.csv")
        need(result(window) == {"ok": str(path)}, "the page is told where the file is")
        text = path.read_bytes().decode()
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        need(head == COLUMNS, f"the columns have names: {head}")
        need([row[3] for row in rows] == ["workflows_get"], f"only the call that failed: {rows}")
        need(rows[0][2] == "'" + CLIENT, "no spreadsheet runs what a client chose as its name")

        before = sorted(folder.iterdir())
        begin(window, "csv", QUERY)
        dialog(app)
        app.session.x("xdotool", "key", "Escape")
        need(result(window) == {"ok": None}, "cancelled is no failure")
        need(sorted(folder.iterdir()) == before, "and nothing is written")

        begin(window, "csv", QUERY)
        choose(app, Path("/proc/calls.csv"), there=False)
        answer = result(window)
        need(answer.get("failure", {}).get("code") == "not_exported", f"where no file can be, the page is told: {answer}")


def begin(window, form, query):
    """Asks for an export and does not wait: the dialog is open until somebody answers it."""
    window.script(
        """window.exported = null;
        window.__TAURI_INTERNALS__.invoke("export_activity", { query: arguments[0], format: arguments[1] })
            .then((ok) => { window.exported = { ok }; }, (failure) => { window.exported = { failure }; });""",
        query,
        form,
    )


def result(window):
    return until("the export has ended", lambda: window.script("return window.exported"))


def dialog(app):
    """The system's dialog, in front."""

    def look():
        found = app.session.x("xdotool", "search", "--all", "--onlyvisible", "--pid", str(app.pid), "--name", ".").split()
        return [one for one in found if one not in app.windows()]

    [found] = until("the dialog", look)
    app.session.x("xdotool", "windowactivate", "--sync", found)
    return found


def choose(app, path, there=True):
    """Names a file in the dialog, as a person does who types a path."""
    found = dialog(app)
    app.session.x("xdotool", "key", "--clearmodifiers", "ctrl+a")
    app.session.x("xdotool", "type", "--delay", "5", str(path))
    app.session.x("xdotool", "key", "Return")
    if there:
        until(f"the file {path.name}", path.exists, instead=lambda: found)
    return path
