"""The end: by SIGTERM, while somebody calls, and from the tray. Nothing is cut off, and the port is free at once."""

import threading

from fakebff import FakeBff
from mcp import NEW, Mcp
from people import stored_workspace
from waiting import Failed, need, need_quick, stretched, until

QUICK = 3


def run(world):
    with FakeBff("pat_" + "e" * 40) as bff, world.app() as app:
        stored_workspace(app, bff)
        with_a_call(world, app, bff)

        app.open("--hidden")
        app.tray.until_state("Serving Team")
        Mcp(app.port).listen()
        took = app.quit()
        world.figure(f"hidden, with a listener: {took:.1f} s")
        need_quick(took, QUICK, "the end with nothing under way")

        app.open()
        app.until_window()
        app.tray.click("Quit")
        code, took = app.process.wait(20)
        need(code == 0, f"quit from the tray, it ended with {code}")
        need_quick(took, QUICK, "quitting from the tray")
        need(app.ask() is None, "the port is free")


def with_a_call(world, app, bff):
    """A call that is under way gets its answer before the process ends."""
    app.open()
    app.tray.until_state("Serving Team")
    app.until_window()
    client, answers = Mcp(app.port, NEW), []

    def call():
        try:
            answers.append(client.call("workflows_list"))
        except (Failed, OSError) as error:
            answers.append(error)

    bff.go_on.clear()
    bff.held.clear()
    calling = threading.Thread(target=call)
    calling.start()
    need(bff.held.wait(stretched(15)), "the call reached the BFF")
    app.process.send(15)
    until("nobody new is let in", lambda: app.ask() is None)
    need(app.process.runs(), "the process waits for the call")
    bff.go_on.set()
    code, took = app.process.wait(20)
    calling.join(stretched(5))
    need(code == 0, f"it ended with {code}: {app.process.said()[-800:]}")
    need(isinstance(answers[0], tuple) and answers[0][1] is None, f"the call was answered: {answers}")
    world.figure(f"after the last call: {took:.1f} s")
