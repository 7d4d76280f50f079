"""A small MCP client, in both eras of the protocol.

Old: `initialize`, then a session that every request names, and a GET stream on which the server speaks by itself.
New (2026-07-28): no session; every request says who asks, and `subscriptions/listen` is a request whose answer goes on.
"""

import http.client
import itertools
import json
import queue
import threading

from waiting import Failed, need, stretched

OLD, NEW = "2025-11-25", "2026-07-28"
META = "io.modelcontextprotocol/"
WHO = {"name": "desktop-tests", "version": "1"}


class Mcp:
    def __init__(self, port, version=OLD, name=None):
        self.port, self.version = port, version
        self.who = WHO | ({"name": name} if name else {})
        self.session = None
        self.ids = itertools.count(1)
        if version == OLD:
            params = {"protocolVersion": OLD, "capabilities": {}, "clientInfo": self.who}
            self.greeting = self.ask("initialize", params)
            self.notify("notifications/initialized")
        else:
            self.greeting = self.ask("server/discover")

    def connect(self, method, body, more, seconds=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=stretched(seconds))
        headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"} | more
        if self.session:
            headers |= {"mcp-session-id": self.session, "mcp-protocol-version": OLD}
        connection.request(method, "/mcp", None if body is None else json.dumps(body), headers)
        return connection, connection.getresponse()

    def request(self, method, params, seconds=30):
        params, headers = dict(params or {}), {}
        if self.version == NEW:
            params["_meta"] = {
                META + "protocolVersion": NEW,
                META + "clientCapabilities": {},
                META + "clientInfo": self.who,
            }
            headers = {"mcp-protocol-version": NEW, "mcp-method": method}
            if "name" in params:
                headers["mcp-name"] = params["name"]
        body = {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": params}
        connection, answer = self.connect("POST", body, headers, seconds)
        return body["id"], connection, answer

    def ask(self, method, params=None, seconds=30):
        """The result of a request."""
        ident, connection, answer = self.request(method, params, seconds)
        try:
            text = answer.read().decode()
            if answer.status != 200:
                raise Failed(f"{method} was answered with {answer.status}: {text[:400]}")
            self.session = answer.getheader("mcp-session-id") or self.session
            said = next(message for message in messages(text) if message.get("id") == ident)
        finally:
            connection.close()
        if "error" in said:
            raise Failed(f"{method} failed: {said['error']}")
        return said["result"]

    def notify(self, method):
        connection, answer = self.connect("POST", {"jsonrpc": "2.0", "method": method}, {})
        need(answer.status == 202, f"{method} was answered with {answer.status}")
        connection.close()

    def tools(self):
        return {tool["name"] for tool in self.ask("tools/list")["tools"]}

    def call(self, tool, arguments=None, seconds=30):
        """What a tool answered, and the code of its error or None."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments or {}}, seconds)
        said = json.loads(result["content"][0]["text"])
        return said, (said["error"]["code"] if result.get("isError") else None)

    def listen(self):
        """Listens for what the server says by itself; returns once it hears."""
        if self.version == OLD:
            connection, answer = self.connect("GET", None, {"accept": "text/event-stream"})
        else:
            _, connection, answer = self.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
        need(answer.status == 200, f"the stream was answered with {answer.status}")
        ear = Ear(connection, answer)
        if self.version == NEW:
            ear.until("notifications/subscriptions/acknowledged")
        return ear


class Ear:
    """A stream that a thread reads."""

    def __init__(self, connection, answer):
        self.connection, self.heard = connection, queue.Queue()
        threading.Thread(target=self.read, args=[answer], daemon=True).start()

    def read(self, answer):
        try:
            for line in answer:
                if line.startswith(b"data:") and line[5:].strip():
                    self.heard.put(json.loads(line[5:]))
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.heard.put(None)

    def until(self, method, seconds=15):
        """The next message of this kind."""
        while True:
            try:
                said = self.heard.get(timeout=stretched(seconds))
            except queue.Empty:
                raise Failed(f"{method} was not heard within {seconds} s") from None
            if said is None:
                raise Failed(f"the stream ended before {method}")
            if said.get("method") == method:
                return said

    def close(self):
        self.connection.close()


def messages(text):
    """The messages of an answer, which is one JSON document or a stream of events."""
    if text.lstrip().startswith("{"):
        return [json.loads(text)]
    return [json.loads(line[5:]) for line in text.splitlines() if line.startswith("data:") and line[5:].strip()]
