"""A BFF that knows one token and next to nothing else, for what the sandbox cannot stand in for: it takes no pasted token."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORKFLOWS = [{"id": "wf_1", "name": "Greet", "graph": {"steps": []}}]


class FakeBff:
    def __init__(self, token):
        self.token = token
        self.asked = []
        # Cleared by a test that wants a call to be under way for a while.
        self.go_on = threading.Event()
        self.go_on.set()
        self.held = threading.Event()
        bff = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                bff.answer(self)

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

    def answer(self, request):
        path = request.path.partition("?")[0]
        self.asked.append(path)
        if not self.go_on.is_set():
            self.held.set()
            self.go_on.wait(30)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            status, body = 401, {"error": "unauthorized", "message": "this token is not known"}
        elif path == "/v1/workflows":
            status, body = 200, {"workflows": WORKFLOWS}
        elif path == "/v1/pats":
            scopes, made = ["workflows:read", "runs:read"], "2026-05-01T08:00:00Z"
            row = {"id": "pat_row_1", "display_name": "laptop", "scopes": scopes, "created_at": made}
            status, body = 200, {"pats": [row]}
        else:
            status, body = 404, {"error": "not_found", "message": "there is nothing here"}
        text = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)
