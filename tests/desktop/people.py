"""What people do in the window, as steps that several tests take."""

from contextlib import contextmanager

from dunst import Dunst

SANDBOX = {"name": "Sandbox", "backend": "sandbox", "url": None, "tenantId": None, "projectId": None, "token": None}


def add_sandbox(window):
    """Takes the sandbox, past the view; the view is a test of its own."""
    window.invoke("add_profile", profile=SANDBOX | {"keep": "keychain"})


@contextmanager
def sandboxed(world):
    """An app that serves the sandbox, its window, and the desktop's notifications."""
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        app.tray.until_state("Serving Sandbox", 60)
        yield app, window, Dunst(app.session)


def add_custom(window, bff, name="Team", keep="keychain", token=None):
    """Adds a workspace with a token, past the view."""
    return window.invoke(
        "add_profile",
        profile={
            "name": name,
            "backend": "custom",
            "url": bff.url,
            "tenantId": None,
            "projectId": None,
            "token": token or bff.token,
            "keep": keep,
        },
    )


def paste_token(window, url, token, name="Team"):
    """Goes through the first door and fills in the form."""
    window.click("Paste a token")
    window.click("Custom", kind="choice")
    window.type("Address", url)
    window.type("Access token", token)
    window.type("Name", name)
    window.click("Add workspace")


def stored_workspace(app, bff):
    """A workspace with its token in the keyring, of an app that has ended since. Gives its id."""
    window = app.drive()
    ident = add_custom(window, bff)["id"]
    window.end()
    app.quit()
    return ident
