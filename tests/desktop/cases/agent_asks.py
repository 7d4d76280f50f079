"""An agent that wants to answer a task asks the person first; what they do not allow is not sent."""

import threading

from cases.pictures import turn
from mcp import NEW, Mcp
from people import sandboxed
from runs import APPROVAL, result, start, until_completed, wait
from waiting import need, until, until_ended

ASKS = 'Claude Code 1 wants to approve “Publish "Spring release"?”'


def run(world):
    with sandboxed(world) as (app, window, dunst):
        client = Mcp(app.port, NEW, "Claude Code")

        # Not allowed, from the tray.
        answer = Answer(client)
        dunst.until_shown(ASKS)
        # The tray and the notification hear of it at the same time, and neither waits for the other.
        until("the menu names it", lambda: ASKS in app.tray.labels())
        window.go("approvals")
        window.until_shows("Claude Code 1")
        for theme in ("light", "dark"):
            turn(window, theme)
            world.picture(app, window, f"agent-asks-{theme}")
        need("Allow" not in app.tray.labels(), "what would be sent is to be read before it is allowed")
        app.tray.click("Waiting for you…", ASKS, "Don't allow")
        need(answer.code() == "declined", "the agent hears that it may not")
        need(wait(client, APPROVAL, answer.run)["outcome"] == "needs_approval", "the task still waits")
        dunst.put_away()

        # Allowed, from the notification.
        second = Answer(client, answer.run, answer.task, result=None)
        dunst.until_shown(ASKS, times=2)
        dunst.press("Allow", ASKS)
        need(second.code() is None, "the agent's answer was taken")
        until_completed(client, APPROVAL, answer.run)
        need(result(client, APPROVAL, answer.run, "publish")["published"] is True, "with what the agent sent")

        # With the setting off nobody is asked.
        window.invoke("update_settings", change={"askBeforeAnswers": False})
        third = Answer(client)
        need(third.code() is None, "nobody is asked")
        window.end()
        app.quit()


class Answer:
    """A call of `tasks_complete` that waits for the person."""

    def __init__(self, client, run=None, task=None, result={"comment": "by the agent"}):
        self.run = run or start(client, APPROVAL, title="Spring release")
        self.task = task or wait(client, APPROVAL, self.run)["tasks"][0]["task_id"]
        self.said, self.result = None, result
        self.thread = threading.Thread(target=self.call, args=[client], daemon=True)
        self.thread.start()

    def call(self, client):
        arguments = {
            "workflow_id": APPROVAL,
            "run_id": self.run,
            "task_id": self.task,
            "approved": True,
        } | ({"result": self.result} if self.result else {})
        self.said = client.call("tasks_complete", arguments, 120)

    def code(self):
        until_ended("the call", [self.thread], 30)
        need(self.said is not None, "the call ends")
        return self.said[1]
