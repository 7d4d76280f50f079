"""A BFF that knows tokens and next to nothing else, for what the sandbox cannot stand in for: it takes no pasted token."""

import json
import secrets
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORKFLOWS = [{"id": "wf_1", "name": "Greet", "graph": {"steps": []}}]
SCOPES = ["workflows:read", "runs:read"]
# When all tokens but the new ones were made: between the first and the second time that their owner is reminded of them.
MADE = (datetime.now(timezone.utc) - timedelta(days=100)).isoformat()


class FakeBff:
    def __init__(self, token):
        self.token = token
        self.asked = []
        # Every live token's row, by its text.
        self.rows = {}
        self.count = 0
        self.made = [token]
        self.add(token, "laptop")
        # Whether requests are lost instead of answered.
        self.offline = False
        # Cleared by a test that wants a call to be under way for a while.
        self.go_on = threading.Event()
        self.go_on.set()
        self.held = threading.Event()
        # The one method that is held; any, where it is not named.
        self.holds = None
        bff = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                bff.answer(self)

            do_POST = do_DELETE = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def add(self, token, name, scopes=SCOPES):
        self.count += 1
        row = {"id": f"pat_row_{self.count}", "display_name": name, "scopes": scopes, "created_at": MADE}
        self.rows[token] = row
        return row

    def revoke(self, token):
        """As somebody does in the Console."""
        del self.rows[token]

    def answer(self, request):
        length = int(request.headers.get("content-length") or 0)
        sent = json.loads(request.rfile.read(length)) if length else {}
        path = request.path.partition("?")[0]
        self.asked.append(path)
        if not self.go_on.is_set() and self.holds in (None, request.command):
            self.held.set()
            self.go_on.wait(300)
        if self.offline:
            request.connection.close()
            return
        status, body = self.act(request.command, path, request.headers.get("authorization", ""), sent)
        text = json.dumps(body).encode()
        try:
            request.send_response(status)
            request.send_header("content-type", "application/json")
            request.send_header("content-length", str(len(text)))
            request.end_headers()
            request.wfile.write(text)
        except OSError:
            # Whoever asked was killed.
            pass

    def act(self, method, path, bearer, sent):
        if bearer.removeprefix("Bearer ") not in self.rows:
            return 401, {"error": "unauthorized", "message": "this token is not known"}
        match method, path.removeprefix("/v1/").split("/"):
            case "GET", ["workflows"]:
                return 200, {"workflows": WORKFLOWS}
            case "GET", ["pats"]:
                # The one that asks is the one that was used last.
                now = datetime.now(timezone.utc).isoformat()
                used = {token: {"last_used_at": now} if bearer.endswith(token) else {} for token in self.rows}
                return 200, {"pats": [row | used[token] for token, row in self.rows.items()]}
            case "POST", ["pats"]:
                token = f"pat_{secrets.token_urlsafe(32)}"
                self.made.append(token)
                return 201, self.add(token, sent["display_name"], sent["scopes"]) | {"token": token}
            case "DELETE", ["pats", ident]:
                known = [token for token, row in self.rows.items() if row["id"] == ident]
                for token in known:
                    del self.rows[token]
                return (204, None) if known else (404, {"error": "not_found"})
        return 404, {"error": "not_found", "message": "there is nothing here"}
