"""A SCIM server of which nothing is known but an address and a token, and what is made there for a comparison."""

import concurrent.futures
import http.client
import json
import threading
import time
import urllib.parse

from server import GROUP, PATCH, user

REQUEST_SECONDS = 120
PAGE = 100
# Of names only; a server may give fewer.
LONG_PAGE = 1000
# Until a server has worked off what wrk left behind: several reads in a row take not much longer than at rest.
SETTLE_SECONDS = 120
SETTLED_IN_A_ROW = 5
SETTLED_TIMES = 4
SETTLED_SECONDS = 0.05


class Refused(Exception):
    """An answer of another status than the request is for."""


class Wrong(Exception):
    """An answer of the right status that says something else than it should."""


class Side:
    def __init__(self, name, base_url, token, connections):
        self.name = name
        self.url = urllib.parse.urlsplit(base_url.rstrip("/"))
        self.token = token
        self.workers = concurrent.futures.ThreadPoolExecutor(connections)
        self.kept = threading.local()
        self.ids = []
        self.pool = []
        self.groups = {}
        self.rest_seconds = SETTLED_SECONDS

    @property
    def address(self):
        return f"{self.url.scheme}://{self.url.netloc}"

    def ask(self, method, path, body=None, wanted=(200, 201, 204)):
        """The body of an answer with one of these statuses. A connection that was closed meanwhile is opened again once."""
        payload = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/scim+json",
                   "Content-Type": "application/scim+json"}
        for is_fresh in (getattr(self.kept, "connection", None) is None, True):
            if is_fresh:
                kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
                self.kept.connection = kind(self.url.netloc, timeout=REQUEST_SECONDS)
            try:
                self.kept.connection.request(method, self.url.path + path, payload, headers)
                answer = self.kept.connection.getresponse()
                text = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                if is_fresh:
                    raise
        if answer.status not in wanted:
            raise Refused(f"refused {answer.status}")
        return json.loads(text) if text else None

    def each(self, function, values):
        """The results in the order of the values, asked for at as many connections as the comparison has."""
        return list(self.workers.map(function, values))

    def patch(self, place, *operations):
        return self.ask("PATCH", place, {"schemas": [PATCH], "Operations": list(operations)})

    def total(self):
        return self.ask("GET", "/Users?startIndex=1&count=1")["totalResults"]

    def members(self, size):
        return {member["value"] for member in self.ask("GET", f"/Groups/{self.groups[size]}").get("members", ())}

    def make(self, people, person, sizes):
        """Users, of whom the last third stays out of the groups; and the seconds that they took."""
        def create(number):
            return self.ask("POST", "/Users", user(number, person), (201,))["id"]

        start = time.monotonic()
        self.ids = self.each(create, range(people))
        seconds = time.monotonic() - start
        self.pool = self.ids[people * 2 // 3:]
        for size in sizes:
            members = [{"value": member} for member in self.ids[:size]]
            self.groups[size] = self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": f"{person} group {size}",
                                                             "members": members}, (201,))["id"]
        return seconds

    def read_seconds(self):
        start = time.monotonic()
        self.ask("GET", "/Users/" + self.ids[0])
        return time.monotonic() - start

    def rest(self):
        """Learns how long a read takes when nothing else happens."""
        slowest = sorted(self.read_seconds() for _ in range(SETTLED_IN_A_ROW))[-1]
        self.rest_seconds = max(SETTLED_SECONDS, SETTLED_TIMES * slowest)

    def settle(self):
        limit, row = time.monotonic() + SETTLE_SECONDS, 0
        while row < SETTLED_IN_A_ROW:
            row = row + 1 if self.read_seconds() <= self.rest_seconds else 0
            if time.monotonic() > limit:
                raise Wrong(f"{self.name} does not come to rest")

    def clean(self, marks):
        """Deletes what was made, and the users that wrk made, whose names begin with one of the marks."""
        for group in self.groups.values():
            self.ask("DELETE", "/Groups/" + group, wanted=(200, 204, 404))
        self.each(self.delete, self.ids)
        self.each(self.delete, self.marked(marks))

    def delete(self, person):
        self.ask("DELETE", "/Users/" + person, wanted=(200, 204, 404))

    def marked(self, marks):
        """The ids of all whose userName begins so; page by page, since not every server filters by `sw`."""
        found, start = [], 1
        while True:
            page = self.ask("GET", f"/Users?startIndex={start}&count={LONG_PAGE}&attributes=userName")
            people = page.get("Resources", ())
            found += [person["id"] for person in people if person.get("userName", "").startswith(marks)]
            start += len(people)
            if not people or start > page["totalResults"]:
                return found
