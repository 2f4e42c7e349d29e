"""Bad answers. Each takes the handler of the connection and the answer that would have been, and sends something else
or nothing. Those named `lost_…` let the call take effect and lose the answer."""

import json
import random
import socket
import struct
import time

_HTML = b"<html><head><title>Maintenance</title></head><body>We will be back soon.</body></html>"


def _send(handler, status, body=b"", kind="application/json", headers=(), length=None):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def _json(answer):
    return json.dumps(answer.body if answer else {}).encode()


def _reset(handler):
    """A connection that ends with RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def _close(handler):
    handler.close_connection = True


def _drip(handler, answer):
    body = _json(answer)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) + 600))
    handler.end_headers()
    for byte in body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(1)


def _flood(handler, _):
    """100 MB, unless the other side has had enough before."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(100 << 20))
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"[" + b" " * ((1 << 20) - 1))


def _stall(handler, _):
    time.sleep(120)
    handler.close_connection = True


def _cut(handler, answer):
    body = _json(answer)
    _send(handler, 200, body[: len(body) // 2], length=len(body))
    handler.close_connection = True


def _error(status, code, headers=()):
    body = {"errorCode": code, "errorSummary": "Simulated", "errorLink": code, "errorId": "oaeSimulated",
            "errorCauses": []}
    return lambda handler, _: _send(handler, status, json.dumps(body).encode(), headers=headers)


def _as(status=200, body=b"", kind="application/json", headers=()):
    return lambda handler, _: _send(handler, status, body, kind, headers)


def _limited(seconds):
    def send(handler, answer):
        reset = str(int(handler.server.org.now() + seconds))
        headers = [("X-Rate-Limit-Limit", "600"), ("X-Rate-Limit-Remaining", "0"), ("X-Rate-Limit-Reset", reset)]
        _error(429, "E0000047", headers)(handler, answer)
    return send


BEFORE = {  # the call has no effect
    "status_500": _error(500, "E0000009"),
    "status_502_html": _as(502, _HTML, "text/html"),
    "status_503": _error(503, "E0000010"),
    "status_503_retry_after": _error(503, "E0000010", [("Retry-After", "1")]),
    "status_504_empty": _as(504),
    "limited": _limited(2),
    "limited_reset_in_the_past": _limited(-3600),
    "limited_without_headers": _error(429, "E0000047"),
    "limited_unreadable": _error(429, "E0000047", [("X-Rate-Limit-Reset", "soon")]),
    "limited_concurrency": _error(429, "E0000047", [("X-Rate-Limit-Limit", "0"), ("X-Rate-Limit-Remaining", "0")]),
    "reset": lambda handler, _: _reset(handler),
    "closed": lambda handler, _: _close(handler),
    "stall": _stall,
    "redirect_elsewhere": _as(302, b"", headers=[("Location", "https://elsewhere.invalid/steal")]),
    "redirect_inside": _as(307, b"", headers=[("Location", "http://127.0.0.1:9/")]),
    "unauthorized_once": _error(401, "E0000009"),
}
READS = {  # only of calls that read: an answer that cannot be believed
    "html_200": _as(200, _HTML, "text/html"),
    "empty_200": _as(200),
    "no_content": _as(204),
    "truncated": _cut,
    "half_a_document": _as(200, b'[{"id":"00u'),
    "object_for_list": _as(200, b"{}"),
    "list_for_object": _as(200, b"[[]]"),
    "nulls": _as(200, b"[null,null]"),
    "numbers_for_ids": _as(200, b'[{"id":17,"status":3,"profile":[]}]'),
    "no_ids": _as(200, b'[{"status":"ACTIVE","profile":{}}]'),
    "not_utf8": _as(200, b'[{"id":"\xff\xfe"}]'),
    "deep": _as(200, b"[" * 20_000),
    "flood": _flood,
    "drip": _drip,
    "plain_text": _as(200, b"OK", "text/plain"),
}
AFTER = {  # the call takes effect and its answer is lost
    "lost_reset": lambda handler, _: _reset(handler),
    "lost_closed": lambda handler, _: _close(handler),
    "lost_stall": _stall,
    "lost_502": _as(502, _HTML, "text/html"),
}
QUIET = {  # lists that look as they should and are not: nothing but what is known already tells. Never by chance.
    "empty_list": _as(200, b"[]"),
    "first_half": lambda handler, answer: _send(handler, 200, json.dumps(answer.body[: len(answer.body) // 2]).encode()),
}
ALL = {**BEFORE, **READS, **AFTER, **QUIET}
_SLOW = {"stall", "lost_stall", "drip", "flood"}


class Faults:
    """What goes wrong next: what was ordered by the control port, else by chance."""

    def __init__(self, rate=0.0, seed=1):
        self.rate = rate
        self.dice = random.Random(seed)
        self.ordered = []  # [kind, how many more, method or "", what the path starts with]

    def order(self, kind, count=1, method="", path=""):
        if kind not in ALL:
            raise KeyError(kind)
        self.ordered.append([kind, count, method, path])

    def next(self, method, path):
        for order in self.ordered:
            if order[2] in ("", method) and path.startswith(order[3]):
                order[1] -= 1
                if order[1] <= 0:
                    self.ordered.remove(order)
                return order[0]
        if self.rate and self.dice.random() < self.rate:
            kinds = {**BEFORE, **READS} if method == "GET" else {**BEFORE, **AFTER}
            return self.dice.choice(sorted(set(kinds) - _SLOW))
        return None
