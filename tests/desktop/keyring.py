"""The person's keyring (GNOME Keyring), through the Secret Service's own interface."""

import dbus

import processes
from programs import program
from waiting import need, until

NAME = "org.freedesktop.secrets"
ROOT = "/org/freedesktop/secrets"
SERVICE = "org.freedesktop.Secret.Service"
# What the app writes beside each of its entries.
OURS = {"service": "io.agentruntime.desktop"}
# An empty one leaves no login keyring behind.
PASSWORD = b"a password of tests"


class Keyring:
    def __init__(self, session):
        self.session = session
        self.daemon = None

    def start(self, unlock=True):
        """Starts the daemon, as a login does: with the password, which makes or opens the login keyring."""
        command = [program("gnome-keyring-daemon"), "--foreground", "--components=secrets"]
        if unlock:
            command.append("--unlock")
        start = lambda: self.session.run("keyring", command, stdin=processes.PIPE)
        # What it does not remember, as who has asked it, cannot be had again by starting it anew.
        self.session.part("keyring", start, again=False)
        self.daemon = self.session.parts["keyring"].process
        self.daemon.popen.stdin.write(PASSWORD if unlock else b"")
        self.daemon.popen.stdin.close()
        self.session.until_owned(NAME)
        if unlock:
            until("a default keyring that is unlocked", lambda: self.collection() != "/" and not self.locked())

    def kill(self):
        """Ends the daemon without warning; everybody's sessions with it are gone."""
        self.daemon.kill()
        until("the keyring leaves the bus", lambda: not self.session.owned(NAME))

    def object(self, path, interface):
        return dbus.Interface(self.session.bus.get_object(NAME, path, introspect=False), interface)

    def collection(self):
        return self.object(ROOT, SERVICE).ReadAlias("default", signature="s")

    def locked(self):
        properties = self.object(self.collection(), dbus.PROPERTIES_IFACE)
        return bool(properties.Get("org.freedesktop.Secret.Collection", "Locked", signature="ss"))

    def lock(self):
        path = self.collection()
        self.object(ROOT, SERVICE).Lock([path], signature="ao")
        until("the keyring is locked", self.locked)

    def unlock(self):
        """As the dialog does when the person has typed the password; nobody is there to type it."""
        session = self.plain_session()
        secret = dbus.Struct((session, dbus.ByteArray(b""), dbus.ByteArray(PASSWORD), "text/plain"), signature="oayays")
        by_password = self.object(ROOT, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface")
        by_password.UnlockWithMasterPassword(self.collection(), secret, signature="o(oayays)")
        until("the keyring is unlocked", lambda: not self.locked())

    def plain_session(self):
        _, path = self.object(ROOT, SERVICE).OpenSession("plain", dbus.String("", variant_level=1), signature="sv")
        return path

    def entries(self):
        """The app's entries: a dictionary from their name, which is the workspace's id, to their text."""
        need(not self.locked(), "the keyring must be unlocked to look into it")
        found, locked = self.object(ROOT, SERVICE).SearchItems(OURS, signature="a{ss}")
        need(not locked, f"entries in a locked keyring: {locked}")
        session, entries = self.plain_session(), {}
        for path in found:
            item = self.object(path, dbus.PROPERTIES_IFACE)
            attributes = item.Get("org.freedesktop.Secret.Item", "Attributes", signature="ss")
            secret = self.object(path, "org.freedesktop.Secret.Item").GetSecret(session, signature="o")
            entries[str(attributes["username"])] = bytes(secret[2]).decode()
        return entries

    def delete(self, name):
        """Removes one of the app's entries behind its back, as its owner may."""
        found, _ = self.object(ROOT, SERVICE).SearchItems(OURS | {"username": name}, signature="a{ss}")
        need(len(found) == 1, f"one entry {name}, not {len(found)}")
        self.object(found[0], "org.freedesktop.Secret.Item").Delete()
