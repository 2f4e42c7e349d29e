"""A simulated Okta behind Stoplight's prism, which holds every request and every answer against the vendor's own OpenAPI
description; before it TLS, without which nothing is called, and a list of what prism found.

    server -- TLS --> Front -- HTTP --> prism proxy --errors -- HTTP --> simulator
"""

import contextlib
import http.client
import http.server
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "simulators" / "okta"))
from certificate import make_context  # noqa: E402
from client import Simulator  # noqa: E402
from proxy import free_port  # noqa: E402

START_SECONDS = 60
HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "te", "upgrade", "host", "content-length")


class Front(http.server.ThreadingHTTPServer):
    """Ends TLS, passes on, and keeps (method, path, status, violations)."""

    daemon_threads = True

    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), Passing)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.behind = None
        self.seen = []

    def handle_error(self, *_):
        pass  # whoever hung up


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        line = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=30)
        line.request(self.command, self.path, body or None, headers)
        answer = line.getresponse()
        text = answer.read()
        line.close()
        self.server.seen.append((self.command, self.path, answer.status, violations_in(answer, text)))
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815


def violations_in(answer, text):
    """What prism says of a call: in a header, or with --errors as a problem document of its own."""
    found = answer.getheader("sl-violations")
    if found:
        return json.dumps(json.loads(found), indent=1)
    if b"stoplight.io/prism" in text or b'"validation"' in text:
        return text.decode("utf-8", "replace")
    return None


def pattern_of(method, path):
    """"GET /api/v1/groups/{id}/users" of a call."""
    plain = re.sub(r"/(00u|00g|0oa|oae|opf|who|[a-z]{3})[0-9A-Za-z]{17}(?=/|$)", "/{id}", path.partition("?")[0])
    return f"{method} {plain}"


class DescribedOkta:
    """Takes the place of a simulator on TLS: `about`, `ca_file` and `control` are its own."""

    def __init__(self, packages, description, **options):
        self.packages, self.description, self.options = packages, description, options
        self.folder = tempfile.TemporaryDirectory()
        self.ca_file = str(pathlib.Path(self.folder.name) / "certificate.pem")

    def __enter__(self):
        self.front = Front(make_context(pathlib.Path(self.folder.name)))
        self.simulator = Simulator(known_as=f"localhost:{self.front.server_port}", **self.options).__enter__()
        self.about, self.control, self.call = self.simulator.about, self.simulator.control, self.simulator.call
        self.front.behind = free_port()
        program = self.packages / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
        self.log = open(pathlib.Path(self.folder.name) / "prism.log", "w+", encoding="utf-8")  # noqa: SIM115
        self.prism = subprocess.Popen(
            ["node", program, "proxy", "--errors", "-h", "127.0.0.1", "-p", str(self.front.behind), self.description,
             f"http://127.0.0.1:{self.about['port']}"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        threading.Thread(target=self.front.serve_forever, daemon=True).start()
        self._wait()
        return self

    def __exit__(self, *_):
        self.front.shutdown()
        self.front.server_close()
        self.prism.terminate()
        self.prism.wait(10)
        self.log.close()
        self.simulator.__exit__()
        self.folder.cleanup()

    def _wait(self):
        end = time.monotonic() + START_SECONDS
        while self.prism.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.front.behind), 1):
                return
            time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"prism does not start: {self.log.read()[-2000:]}")
