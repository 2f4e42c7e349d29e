"""The org over HTTP: one handler for what Okta serves, one for the control port."""

import http.server
import json
import threading
import traceback
import urllib.parse

import consent
import control
import oauth
import routes
from faults import AFTER, ALL
from gate import Buckets, caller_of, check_scope, concurrency_refusal
from hooks import Deliveries
from refusal import Refusal, refuse

_LONGEST_BODY = 1 << 20


class Call:
    """One request as handlers see it."""

    def __init__(self, org, base, method, target, headers, text):
        self.org, self.base, self.method, self.headers, self.text = org, base, method, headers, text
        split = urllib.parse.urlsplit(target)
        self.path = split.path
        self.query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
        self.caller = None
        self.body = None


class Answer:
    def __init__(self, status, body=None, headers=()):
        self.status, self.body, self.headers = status, body, dict(headers)


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # whoever hung up


class OktaServer(Quiet):
    def __init__(self, address, org, faults, scheme="http"):
        super().__init__(address, OktaHandler)
        self.faults = faults
        self.deliveries = Deliveries()
        self.adopt(org)
        self.lock = threading.Lock()
        self.buckets = Buckets()
        self.journal = []
        self.in_flight = 0
        self.base = f"{scheme}://{org.domain}"

    def adopt(self, org):
        self.org = org
        org.told = self.deliveries.tell


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def text(self):
        length = int(self.headers.get("Content-Length", 0))
        return self.rfile.read(min(length, _LONGEST_BODY)).decode("utf-8", "replace")

    def answer(self, answer):
        has_body = answer.body is not None
        text = json.dumps(answer.body, ensure_ascii=False).encode() if has_body else b""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name, one)
        if has_body:
            self.send_header("Content-Type", "application/json")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class OktaHandler(Handler):
    def serve(self):
        server = self.server
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(server.org, server.base, self.command, self.path, headers, self.text())
        with server.lock:
            server.in_flight += 1
            fault = server.faults.next(call.method, call.path)
            takes_effect = fault is None or fault in AFTER
            answer = self.decide(call) if takes_effect else None
            self.note(call, answer, fault)
        try:
            ALL[fault](self, answer) if fault else self.answer(answer)
        except OSError:
            self.close_connection = True
        finally:
            with server.lock:
                server.in_flight -= 1

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = serve  # noqa: N815

    def decide(self, call):
        org = call.org
        org.settle()
        limits = {}
        try:
            if call.path == "/oauth2/v1/token" and call.method == "POST":
                limits = self.server.buckets.take(org, "token", "token")
                return Answer(*oauth.token(call), limits)
            if call.path == "/oauth2/v1/authorize" and call.method == "GET":
                consent.authorize(call)
            route, arguments = routes.find(call.method, call.path)
            if route is None:
                raise refuse(405, "E0000022") if arguments else refuse(404, "E0000007", call.path)
            call.caller = caller_of(call)
            if self.server.in_flight > org.concurrency:
                raise concurrency_refusal(org)
            limits = self.server.buckets.take(org, call.caller.name, route.bucket)
            check_scope(call.caller, route.scope, call.path)
            if call.text:
                call.body = _document(call.text)
            status, body, *more = route.handler(call, *map(urllib.parse.unquote, arguments))
            return Answer(status, body, {**limits, **(more[0] if more else {})})
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body, {**limits, **refusal.headers})
        except Exception:  # noqa: BLE001  a fault of the simulator must be seen
            traceback.print_exc()
            refusal = refuse(500, "E0000009")
            return Answer(refusal.status, refusal.body)

    def note(self, call, answer, fault):
        """Without what authenticates: credentials are in headers and bodies only."""
        identity = f"sim{len(self.server.journal):017d}"
        if answer:
            answer.headers["X-Okta-Request-Id"] = identity
        self.server.journal.append({
            "at": call.org.now(), "method": call.method, "path": call.path,
            "query": {} if call.path.startswith("/oauth2/") else call.query,
            "caller": call.caller.name if call.caller else None, "status": answer.status if answer else None,
            "fault": fault, "request_id": identity})


def _document(text):
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refuse(400, "E0000003")
    return body


class ControlServer(Quiet):
    def __init__(self, address, okta):
        super().__init__(address, ControlHandler)
        self.okta = okta


class ControlHandler(Handler):
    def serve(self):
        text = self.text()
        with self.server.okta.lock:
            try:
                body = control.act(self.server.okta, self.command, self.path, json.loads(text or "{}"))
                answer = Answer(200, body)
            except (KeyError, ValueError, TypeError) as error:
                answer = Answer(400, {"error": f"{type(error).__name__}: {error}"})
        self.answer(answer)

    do_GET = do_POST = serve  # noqa: N815
