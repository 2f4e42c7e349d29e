"""Event hooks: made, verified by a challenge, and told of what the System Log gets; at least once, in any order."""

import http.client
import json
import queue
import secrets
import threading
import time
import urllib.parse

from clock import stamp
from refusal import invalid, not_found

_PATIENCE = 3  # seconds for an answer
_REORDERED = 0.3  # seconds that events are gathered to be sent backwards


class Hook:
    def __init__(self, org, body):
        config = body["channel"]["config"]
        scheme = config.get("authScheme", {})
        self.org = org
        self.id = org.new_id("who")
        self.name = body["name"]
        self.events = list(body["events"]["items"])
        self.uri = config["uri"]
        self.header, self.secret = scheme.get("key"), scheme.get("value")
        self.status, self.verification = "ACTIVE", "UNVERIFIED"
        self.created = org.now()

    def view(self):
        """Without the secret, which nobody is told again."""
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "verificationStatus": self.verification,
            "created": stamp(self.created),
            "createdBy": "admin",
            "lastUpdated": stamp(self.created),
            "events": {"type": "EVENT_TYPE", "items": self.events},
            "channel": {"type": "HTTP", "version": "1.0.0",
                        "config": {"uri": self.uri, "headers": [], "method": "POST",
                                   "authScheme": {"type": "HEADER", "key": self.header}}},
        }

    def wants(self, entry):
        return self.status == "ACTIVE" and self.verification == "VERIFIED" and entry["eventType"] in self.events

    def send(self, method, headers, body=None):
        """The status and text of the answer; 0 when none comes in time."""
        parts = urllib.parse.urlsplit(self.uri)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        peer = kind(parts.netloc, timeout=_PATIENCE)
        try:
            peer.request(method, parts.path or "/", body, headers)
            answer = peer.getresponse()
            return answer.status, answer.read(1 << 16).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            peer.close()


def _find(call, key):
    hook = call.org.hooks.get(key)
    if hook is None:
        raise not_found(f"{key} (EventHook)")
    return hook


def list_hooks(call):
    return 200, [hook.view() for hook in call.org.hooks.values()]


def create(call):
    try:
        hook = Hook(call.org, call.body or {})
    except (KeyError, TypeError):
        raise invalid("eventHook", "The event hook lacks a name, events or a channel") from None
    call.org.hooks[hook.id] = hook
    return 200, hook.view()


def get(call, key):
    return 200, _find(call, key).view()


def verify(call, key):
    hook = _find(call, key)
    challenge = secrets.token_urlsafe(24)
    status, text = hook.send("GET", {"x-okta-verification-challenge": challenge})
    try:
        is_good = status == 200 and json.loads(text).get("verification") == challenge
    except (ValueError, AttributeError):
        is_good = False
    if not is_good:
        raise invalid("verification", "The endpoint does not answer the challenge")
    hook.verification = "VERIFIED"
    return 200, hook.view()


def deactivate(call, key):
    hook = _find(call, key)
    hook.status = "INACTIVE"
    return 200, hook.view()


def activate(call, key):
    hook = _find(call, key)
    hook.status = "ACTIVE"
    return 200, hook.view()


def delete(call, key):
    if _find(call, key).status != "INACTIVE":
        raise invalid("status", "Only an inactive event hook is deleted")
    del call.org.hooks[key]
    return 204, None


class Deliveries:
    """Sends what happens to who asked for it, from a thread of its own. `drop` events are never sent, `duplicate` is
    how often more than once each is, and with `reorder` some are gathered and sent backwards."""

    def __init__(self):
        self.drop, self.duplicate, self.reorder = 0, 0, False
        self.sent = []  # (hook, uuid, status) of every attempt
        self._waiting = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()

    def set(self, **values):
        for name, value in values.items():
            if name not in ("drop", "duplicate", "reorder"):
                raise KeyError(name)
            setattr(self, name, value)

    def tell(self, org, entry):
        for hook in org.hooks.values():
            if not hook.wants(entry):
                continue
            if self.drop > 0:
                self.drop -= 1
                continue
            for _ in range(1 + self.duplicate):
                self._waiting.put((hook, entry))

    def _run(self):
        while True:
            ready = [self._waiting.get()]
            if self.reorder:
                time.sleep(_REORDERED)
                while not self._waiting.empty():
                    ready.append(self._waiting.get())
                ready.reverse()
            for hook, entry in ready:
                self._deliver(hook, entry)

    def _deliver(self, hook, entry):
        body = json.dumps({
            "eventType": "com.okta.event_hook", "eventTypeVersion": "1.0", "cloudEventsVersion": "0.1",
            "source": f"https://{hook.org.domain}/api/v1/eventHooks/{hook.id}", "eventId": entry["uuid"],
            "data": {"events": [entry]}, "eventTime": entry["published"], "contentType": "application/json"})
        headers = {"Content-Type": "application/json", hook.header or "Authorization": hook.secret or ""}
        # Once more after a fault of theirs, never after a refusal.
        for _ in range(2):
            status, _text = hook.send("POST", headers, body)
            self.sent.append((hook.id, entry["uuid"], status))
            if 0 < status < 500:
                return
