"""A receiver of webhooks on the loopback: keeps what came, answers what a test wants it to."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time

WAIT_SECONDS = 60


class Delivery:
    def __init__(self, headers, body):
        self.headers = headers
        self.raw = body
        self.body = json.loads(body)
        self.came = time.monotonic()

    def __repr__(self):
        return f"{self.body.get('type')} {self.headers.get('webhook-id')}"


class Receiver:
    """`answers` are statuses, (status, headers) pairs, or functions that return one of them once it may be given, for the next
    ones that come; then 204."""

    def __init__(self, *answers, delay=0, tls=None):
        self.answers = list(answers)
        self.delay = delay
        self.deliveries = []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with outer.lock:
                    outer.deliveries.append(Delivery(headers, body))
                    answer = outer.answers.pop(0) if outer.answers else 204
                time.sleep(outer.delay)
                if callable(answer):
                    answer = answer()
                status, more = answer if isinstance(answer, tuple) else (answer, {})
                try:
                    self.send_response(status)
                    for name, value in more.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                """Clients that hang up are what some tests are about."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/hook?from=rolecall"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, is_enough, what):
        end = time.monotonic() + WAIT_SECONDS
        while True:
            with self.lock:
                found = list(self.deliveries)
            if is_enough(found):
                return found
            assert time.monotonic() < end, f"{what} did not come: {found}"
            time.sleep(0.02)

    def wait(self, count):
        return self.wait_for(lambda found: len(found) >= count, f"{count} deliveries")

    def types(self):
        with self.lock:
            return [delivery.body["type"] for delivery in self.deliveries]


def is_signed(delivery, secret, tolerance=300):
    """As a receiver should look (https://www.standardwebhooks.com): the time, then any of the signatures."""
    stamp = delivery.headers["webhook-timestamp"]
    if abs(time.time() - int(stamp)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{delivery.headers['webhook-id']}.{stamp}.".encode() + delivery.raw
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, one) for one in delivery.headers["webhook-signature"].split(" "))
