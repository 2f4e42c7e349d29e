"""No change without a row of the audit, no row without a change: after every request the tables are compared with what they
were, and in the end what there is with what the audit says was made, given and taken away."""

import collections
import hashlib
import json
import time

import expect
from admin_examples import DIRECTORIES, ENVIRONMENT, GUARDED, document, examples, make_world, play, speaker
from backdoor import door_to
from rolecall_server import BULK, PATCH_OP, ROLECALL_USER, group_body, user_body

LASTS_LONG = True
# The audit itself, the records of requests, answers that are kept, and what the engine keeps for itself.
NOT_DATA = ("audit", "request_log", "kept_answers", "schema_migrations", "writers")
ENDS = ("/adoption", "/rotate-complete", "/rotate-cancel", "/sessions", "/revoke-access")
STARTS = ("/api-tokens", "/sessions", "/requests", "/webhooks", *DIRECTORIES, *GUARDED)
# What made each kind of row that has an id, and where its id stands in the row of the audit that says so.
MADE = {
    "users": ("SELECT workspace, 'User/' || id FROM resources WHERE type = 'User'", ("user.created", "user.returned")),
    "groups": ("SELECT workspace, 'Group/' || id FROM resources WHERE type = 'Group'",
               ("group.created", "group.returned", "role.listed")),
    "roles": ("SELECT workspace, 'Role/' || id FROM roles", ("role.created",)),
    "links": ("SELECT workspace, 'Link/' || id FROM links", ("link.created", "role.listed")),
    "connections": ("SELECT workspace, 'Connection/' || id FROM connections", ("connection.created",)),
    "tokens": ("SELECT workspace, 'Token/' || id FROM tokens",
               ("token.created", "token.rotation_started")),
    "API tokens": ("SELECT workspace, 'ApiToken/' || id FROM api_tokens", ("api_token.created",)),
    "sessions": ("SELECT workspace, 'Session/' || id FROM admin_sessions", ("session.created",)),
    "plans": ("SELECT workspace, 'Plan/' || id FROM plans", ("plan.computed",)),
    "actions": ("SELECT workspace, 'Action/' || id FROM actions", ("action.requested",)),
    "action policies": ("SELECT workspace, 'ActionPolicy/' || id FROM action_policies", ("action_policy.created",)),
    "directories": ("SELECT workspace, 'Directory/' || id FROM directories", ("directory.created",)),
    "workspaces": ("SELECT id, 'Workspace/' || id FROM workspaces", ("workspace.created",)),
}


class Book:
    """The database, read beside the server."""

    def __init__(self, server):
        self.door = door_to(server.data)
        self.tables = sorted(set(self.door.tables()) - set(NOT_DATA))
        self.columns = []
        assert len(self.tables) >= 18, self.tables

    def state(self):
        """A digest of the rows of the newest workspace and of the number of all, and how many rows the audit has."""
        digest = hashlib.sha256()
        newest = self.door.ask("SELECT max(id) AS id FROM workspaces")[0][0]
        for table, columns in self.tables_and_columns():
            narrowed = " WHERE workspace = ?" if "workspace" in columns else ""
            digest.update(repr(self.door.ask(f"SELECT count(*) AS n FROM {table}")[0][0]).encode())
            rows = self.door.ask(f"SELECT * FROM {table}{narrowed}", *([newest] if narrowed else []))
            for row in sorted(repr((table, tuple(row))) for row in rows):
                digest.update(row.encode())
        return digest.hexdigest(), self.door.ask("SELECT count(*) AS n FROM audit")[0][0]

    def tables_and_columns(self):
        if not self.columns:
            self.columns = [(table, self.door.columns(table)) for table in self.tables]
        return self.columns

    def at_rest(self):
        """The state, once nothing is on its way to a receiver: what becomes of a delivery is written by no request."""
        end = time.monotonic() + 60
        before = None
        while True:
            waiting = self.door.ask("SELECT count(*) AS n FROM deliveries WHERE state = 'pending'")[0][0]
            now = self.state()
            if not waiting and now == before:
                return now
            assert time.monotonic() < end, f"{waiting} deliveries wait"
            before = now
            time.sleep(0.1)

    def check(self, what, before):
        now = self.state()
        is_changed, is_written = now[0] != before[0], now[1] - before[1]
        assert is_changed == bool(is_written), f"{what}: changed: {is_changed}, rows of the audit: {is_written}"
        return now

    def close(self):
        self.door.close()


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def steps_of_scim(world):
    """Changes, the same again, and what is refused: method, path, body."""
    ana, bo = user_body("ana@acme.example", externalId="a1"), user_body("bo@acme.example")
    yield "POST", "/Users", ana
    yield "POST", "/Users", ana
    yield "POST", "/Users", bo
    yield "POST", "/Users", {"schemas": []}
    first, second = [world.find(name) for name in ("ana@acme.example", "bo@acme.example")]
    for body in (ana, {**ana, "title": "Boss"}, {**ana, "title": "Boss"}, {**ana, "roles": [{"value": "HR Admin"}]},
                 {**ana, "userName": "bo@acme.example"}, {**ana, "roles": [{"value": "Nobody's"}]}, ana):
        yield "PUT", "/Users/" + first, body
    for operation in ({"op": "replace", "path": "active", "value": False}, {"op": "replace", "value": {"active": "False"}},
                      {"op": "replace", "path": "active", "value": True}, {"op": "remove", "path": "title"},
                      {"op": "replace", "path": "nothing.such", "value": 1}, {"op": "add", "path": "title", "value": "x"},
                      {"op": "add", "path": "title", "value": "x"},
                      {"op": "replace", "value": {ROLECALL_USER: {"defaultRole": "Ops Admin"}}},
                      {"op": "replace", "value": {ROLECALL_USER: {"defaultRole": "Owner"}}}):
        yield "PATCH", "/Users/" + first, patch(operation)
    yield "POST", "/Groups", group_body("Desk", first, second, externalId="g1")
    yield "POST", "/Groups", group_body("Desk")
    desk, listed = world.group("Desk"), world.group("IT Admin")
    member = {"op": "add", "path": "members", "value": [{"value": first}]}
    gone = {"op": "remove", "path": f'members[value eq "{first}"]'}
    for group in (desk, listed):
        for operation in (gone, gone, member, member, {"op": "replace", "path": "members", "value": [{"value": second}]},
                          {"op": "replace", "path": "members", "value": [{"value": "nobody"}]}, gone,
                          {"op": "replace", "path": "displayName", "value": "Renamed " + group[:8]},
                          {"op": "replace", "path": "displayName", "value": "Owner"}, member,
                          {"op": "replace", "path": "externalId", "value": "g2"}):
            yield "PATCH", "/Groups/" + group, patch(operation)
        yield "PUT", "/Groups/" + group, group_body("Again " + group[:8], first, second)
        yield "PUT", "/Groups/" + group, group_body("Again " + group[:8], first, second)
    bulk = [{"method": "POST", "path": "/Users", "bulkId": "n", "data": user_body("cy@acme.example")},
            {"method": "PATCH", "path": "/Groups/" + desk, "data": patch(
                {"op": "add", "path": "members", "value": [{"value": "bulkId:n"}]})},
            {"method": "POST", "path": "/Users", "bulkId": "m", "data": ana}]
    yield "POST", "/Bulk", {"schemas": [BULK], "Operations": bulk}
    yield "POST", "/Bulk", {"schemas": [BULK], "Operations": bulk[2:]}
    for path in ("/Groups/" + listed, "/Groups/" + desk, "/Groups/" + desk, "/Users/" + first, "/Users/" + first):
        yield "DELETE", path, None
    yield "POST", "/Users", ana
    yield "POST", "/Groups", group_body("Desk", second)
    yield "GET", "/Users", None


class Scim:
    def __init__(self, client):
        self.client = client

    def find(self, name):
        return expect.listed(self.client.find("Users", f'userName eq "{name}"'))[0]["id"]

    def group(self, name):
        return expect.listed(self.client.find("Groups", f'displayName eq "{name}"'))[0]["id"]


def test_every_request_of_scim_that_changes_something_says_so(server):
    for number, (groups, members) in enumerate((("create_role", "accept_known"), ("keep_unlinked", "parked"))):
        workspace = f"w{number}"
        server.cli("workspaces", "create", workspace)
        server.cli("connections", "create", "okta", "--workspace", workspace, "--dialect", "okta",
                   "--unknown-groups", groups, "--unknown-members", members)
        client = server.scim(server.token("okta", workspace))
        book = Book(server)
        before = book.state()
        sent = changed = 0
        for method, path, body in steps_of_scim(Scim(client)):
            answer = client.request(method, path, body)
            assert answer.status < 500, answer
            now = book.check(f"{members}: {method} {path} {body}: {answer}", before)
            sent, changed, before = sent + 1, changed + (now != before), now
        assert changed > 20 and sent - changed > 10, f"{changed} of {sent} changed something"
        check_all(book)
        book.close()


def test_every_request_of_the_admin_api_that_changes_something_says_so(server):
    api, admin = document(), server.admin()
    book = None
    changed = 0
    todo = [example for example in examples(api) if example.method != "get"]
    for number, example in enumerate(todo):
        workspace = f"play-{number}"
        world = make_world(server, admin, workspace, example.path) if example.has_workspace else {}
        book = book or Book(server)
        client = speaker(server, admin, workspace, example.speaker) if example.speaker else admin
        # The second time it is refused, or is so already; what is deleted has no ETag any more.
        for what in ("", " again") if example.method != "delete" else ("",):
            before = book.at_rest() if "/webhooks" in example.path else book.state()
            answer = play(client, example, workspace if example.has_workspace else "default", world)
            assert answer.status < 500, answer
            now = book.check(f"{example}{what}: {answer}", before)
            changed += now != before
            if example.parameters.get("dry_run") or answer.status >= 400:
                expect.equal(now, before, f"{example}{what}: what was rehearsed or refused")
    assert changed > 30, changed
    assert check_all(book) == set(MADE), "there was none of some kinds"
    book.close()


def audit_of(book):
    for row in book.door.ask("SELECT workspace, action, target, details FROM audit ORDER BY workspace, seq"):
        yield row[0], row[1], row[2], json.loads(row[3] or "{}")


def check_all(book):
    """Joins what there is with what the audit says; the kinds of which there was something."""
    made = collections.defaultdict(set)
    held = collections.Counter()
    for workspace, action, target, details in audit_of(book):
        named = {target} | {value for value in details.values() if isinstance(value, str) and "/" in value}
        made[action] |= {(workspace, name) for name in named}
        if action in ("grant.added", "grant.removed"):
            key = (workspace, target, details["role"], details["cause"], details.get("link", ""), details.get("group", ""))
            held[key] += 1 if action == "grant.added" else -1
    found = set()
    for kind, (query, actions) in MADE.items():
        there = {tuple(row) for row in book.door.ask(query)}
        said = set().union(*(made[action] for action in actions))
        expect.equal(there - said, set(), f"{kind} that the audit does not know of")
        found |= {kind} if there else set()
    assert set(held.values()) <= {0, 1}, "a grant that was added twice, or taken away without having been there"
    stored = {(workspace, "User/" + user, "Role/" + role, cause, link and "Link/" + link, group and "Group/" + group)
              for workspace, user, role, cause, link, group in book.door.ask(
                  "SELECT workspace, user_id, role, cause, link, group_id FROM effective_grants")}
    expect.equal({key for key, count in held.items() if count}, stored, "what the audit gave and did not take away")
    return found
