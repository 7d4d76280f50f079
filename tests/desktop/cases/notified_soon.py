"""From the step's event in the sandbox to the notification: how long it takes, over the live stream."""

import statistics
from datetime import datetime

from dunst import heard
from mcp import NEW, Mcp
from people import sandboxed
from runs import APPROVAL, start, wait
from waiting import need_quick, until

TIMES = 20


def run(world):
    with sandboxed(world) as (app, window, dunst):
        client = Mcp(app.port, NEW, "Claude Code")
        client.tools()
        dunst.until_shown("Claude Code is connected")
        took = []
        with heard(app.session) as notices:
            for nth in range(TIMES):
                title = f'Publish "Release {nth}"?'
                run = start(client, APPROVAL, title=f"Release {nth}")
                [task] = wait(client, APPROVAL, run)["tasks"]
                until("it is notified", lambda: notices.when(title), instead=notices.titles)
                created = datetime.fromisoformat(task["created_at"].replace("Z", "+00:00")).timestamp()
                took.append((notices.when(title) - created) * 1000)
                window.invoke("answer_task", workflowId=APPROVAL, runId=run, taskId=task["task_id"], approved=True, result={})
                # An answer makes room for the next: only three at a time are shown one by one.
                until("it is withdrawn", lambda: title in dunst.gone())
        took.sort()
        world.figure(f"event to notification: median {statistics.median(took):.0f} ms, {took[0]:.0f} to {took[-1]:.0f}, {len(took)} times")
        need_quick(statistics.median(took) / 1000, 3, "by the stream, not by looking, it")
        window.end()
        app.quit()
