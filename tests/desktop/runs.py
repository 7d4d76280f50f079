"""Runs as clients start them, through the app's own server."""

from waiting import need, until

APPROVAL = "wf_example_approval"
FAILURE = "wf_example_failure"


def start(client, workflow, **params):
    """Starts a run; its id."""
    said, code = client.call("workflows_execute_command", {"workflow_id": workflow, "command": "start", "params": params})
    need(code is None, f"the run starts: {said}")
    return said["run_id"]


def wait(client, workflow, run, seconds=30):
    """Waits for a run with the app's own tool; what it says."""
    asked = {"workflow_id": workflow, "run_id": run, "max_seconds": seconds}
    said, code = client.call("runs_wait", asked, seconds + 30)
    need(code is None, f"the run is waited for: {said}")
    return said


def until_completed(client, workflow, run):
    """Waits until somebody's answer has let the run end well."""
    until("the workflow goes on", lambda: wait(client, workflow, run)["outcome"] == "completed", 30)


def result(client, workflow, run, step):
    """What came of a step."""
    said, code = client.call("runs_get_context", {"workflow_id": workflow, "run_id": run})
    need(code is None, f"the variables are read: {said}")
    return said["steps"].get(step, {}).get("result")
