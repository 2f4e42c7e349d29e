"""Lists in pages: an opaque cursor that is good for its own query only, and Link headers, one for each relation."""

import base64
import hashlib
import hmac
import itertools
import json
import urllib.parse

from refusal import invalid

_KEY = b"the cursors of one org"


def _fingerprint(path, query):
    parts = sorted((name, value) for name, value in query.items() if name not in ("after", "limit"))
    return hashlib.sha256(json.dumps([path, parts]).encode()).hexdigest()[:12]


def _cursor(path, query, last):
    text = json.dumps([_fingerprint(path, query), last]).encode()
    mark = hmac.new(_KEY, text, hashlib.sha256).digest()[:8]
    return base64.urlsafe_b64encode(mark + text).decode().rstrip("=")


def _opened(path, query):
    try:
        given = query["after"]
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        good = hmac.compare_digest(raw[:8], hmac.new(_KEY, raw[8:], hashlib.sha256).digest()[:8])
        mark, last = json.loads(raw[8:]) if good else ("", "")
    except ValueError:
        mark, last = "", ""
    if mark != _fingerprint(path, query):
        raise invalid("after", "after: Invalid cursor")
    return last


def link(base, path, query, relation):
    return f'<{base}{path}?{urllib.parse.urlencode(query)}>; rel="{relation}"'


def limit_of(query, default, most):
    text = query.get("limit", str(default))
    if not text.isdigit() or int(text) == 0:
        raise invalid("limit", "limit: must be a positive number")
    return min(int(text), most)


def page(call, items, key_of, default, most, always_next=False):
    """The part of `items`, which are in the order of their keys, that this call asks for, and its links."""
    return page_behind(call, lambda last: (item for item in items if key_of(item) > last), key_of, default, most, always_next)


def page_behind(call, behind, key_of, default, most, always_next=False):
    """The same of what need not be looked at as a whole: `behind` gives what comes after a key."""
    query = dict(call.query)
    limit = limit_of(query, default, most)
    last = _opened(call.path, query) if "after" in query else ""
    found = list(itertools.islice(behind(last), limit + 1))
    shown = found[:limit]
    links = [link(call.base, call.path, query, "self")]
    if len(found) > limit or always_next:
        end = key_of(shown[-1]) if shown else last
        query.update(limit=str(limit), after=_cursor(call.path, query, end))
        links.append(link(call.base, call.path, query, "next"))
    return shown, links
