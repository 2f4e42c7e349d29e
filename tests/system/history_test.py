"""Clients that read, change and delete the same users at two replicas, with and without If-Match: what they saw has to have
happened in one order. More of it: ROLECALL_HISTORY_REQUESTS=100000 tests/postgresql tests/system/run --only history_test"""

import os
import random
import time

import expect
from backdoor import only_on_postgresql
from history import Event, violations
from replicas_test import replicas
from rolecall_server import in_parallel, user_body

LASTS_LONG = True
CLIENTS = 8
USERS = 12
REQUESTS = int(os.environ.get("ROLECALL_HISTORY_REQUESTS", "4000"))
FIRST = "first"


def version_in(answer):
    return int(answer.headers["etag"].split('"')[1])


class Client:
    """Remembers the versions that it saw, so that some of what it expects is old."""

    def __init__(self, number, client, users):
        self.number, self.client, self.users = number, client, users
        self.dice = random.Random(number)
        self.seen = dict.fromkeys(users, 1)
        self.events = []

    def ask(self, round_):
        user = self.dice.choice(self.users)
        name = f"user{self.users.index(user)}@acme.example"
        verb = self.dice.choices(("GET", "PATCH", "PUT", "DELETE"), (40, 30, 29.7, 0.3))[0]
        expected = self.seen[user] if verb != "GET" and self.dice.random() < 0.6 else None
        headers = {"If-Match": f'W/"{expected}"'} if expected is not None else None
        content = f"{self.number}-{round_}"
        body = {"PUT": user_body(name, title=content), "PATCH": {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "title", "value": content}]}}.get(verb)
        began = time.monotonic()
        answer = self.client.request(verb, "/Users/" + user, body, headers)
        ended = time.monotonic()
        assert answer.status in (200, 204, 404, 412), answer
        version = version_in(answer) if answer.status == 200 else None
        if version is not None:
            self.seen[user] = version
            content = answer.json()["title"] if verb == "GET" else content
        self.events.append((user, Event(began, ended, verb, answer.status, content, version, expected)))


@only_on_postgresql
def test_what_clients_saw_happened_in_one_order():
    with replicas() as servers:
        token = servers[0].token()
        scim = servers[0].scim(token)
        users = [expect.scim(scim.post("/Users", user_body(f"user{number}@acme.example", title=FIRST)), 201)["id"]
                 for number in range(USERS)]

        def work(number):
            client = Client(number, servers[number % 2].scim(token), users)
            for round_ in range(REQUESTS // CLIENTS):
                client.ask(round_)
            return client.events

        events = [event for some in in_parallel(CLIENTS, work) for event in some]
        statuses = {event.status for _, event in events}
        assert {200, 412} <= statuses, f"nothing of interest happened: {statuses}"
        for user in users:
            found = violations([event for of, event in events if of == user], 1, FIRST)
            assert not found, f"{len(found)} violations: {found[:3]}"


def test_the_checker_knows_what_cannot_have_happened():
    def write(began, ended, version, expected=None):
        return Event(began, ended, "PUT", 200, f"c{version}", version, expected)

    def read(began, ended, version, content=None):
        return Event(began, ended, "GET", 200, content or f"c{version}", version)

    def delete(began, ended, expected=None):
        return Event(began, ended, "DELETE", 204, expected=expected)

    good = [write(0, 2, 2), write(1, 3, 3, 2), read(2, 4, 2), read(3.5, 5, 3), Event(2.5, 4, "PUT", 412, "x", None, 2), delete(6, 8, 3),
            Event(7, 9, "GET", 404)]
    expect.equal(violations(good, 1, "c1"), [])
    for name, bad in {
            "lost update": [write(0, 1, 2, 1), write(2, 3, 3, 1)],
            "two writes of one version": [write(0, 1, 2), write(0, 1, 2)],
            "a version that nobody made": [write(0, 1, 2), write(2, 3, 4)],
            "stale read": [write(0, 1, 2), read(2, 3, 1)],
            "stale write": [write(0, 1, 3), write(2, 3, 2)],
            "read of something else": [write(0, 1, 2), read(2, 3, 2, "other")],
            "refused without a reason": [write(0, 1, 2), Event(2, 3, "PUT", 412, "x", None, 2)],
            "gone too early": [Event(0, 1, "GET", 404), delete(2, 3)],
            "gone for nobody": [Event(0, 1, "GET", 404)],
            "back again": [delete(0, 1), read(2, 3, 1)],
            "deleted twice": [delete(0, 1), delete(0, 1)],
            "deleted with what it no longer was": [write(0, 1, 2), delete(2, 3, 1)]}.items():
        assert violations(bad, 1, "c1"), name
