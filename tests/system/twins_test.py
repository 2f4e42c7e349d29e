"""What a client may not see does not show: each of thousands of random requests is answered alike, byte by byte, while rows
of others that match it stand between its own, after those are gone, and with still other ones."""

import json
import os
import random
import urllib.parse

import expect
import matrix
from admin_examples import BASE, document
from rolecall_server import Client, group_body, user_body

LASTS_LONG = True
REQUESTS = 2000 * int(os.environ.get("ROLECALL_PROPERTY_FACTOR", "1"))
WORDS = ("ana", "bo", "chris", "dana", "Engineer", "Designer", "Desk", "Night", "x", "")
PATHS = {
    "/Users": ("userName", "displayName", "title", "name.givenName", "name.familyName", "emails.value", "emails.type",
               "externalId", "active", "meta.created", "meta.lastModified", "id", "groups.value", "groups.display",
               "userType", "emails", "urn:ietf:params:scim:schemas:core:2.0:User:userName"),
    "/Groups": ("displayName", "externalId", "members.value", "members.display", "id", "meta.lastModified"),
    "/Roles": ("id", "displayName", "value", "display"),
    "/Entitlements": ("id", "displayName", "value"),
    "": ("id", "externalId", "meta.created", "displayName"),
}
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr")


class Twins:
    """okta, which looks, and others whose rows come and go: entra beside it, and another workspace."""

    def __init__(self, server):
        self.server, self.chance = server, random.Random(20261129)
        server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
        server.cli("connections", "create", "entra", "--unknown-groups", "keep_unlinked")
        self.admin = server.admin()
        self.polar = matrix.make_polar_workspace(server, self.admin, document())
        polar = expect.status(self.admin.post(f"{BASE}/tokens?workspace=polar", {"connection": "aurora"}), 201)
        server.secrets.add(polar["token"])
        self.okta = server.scim(server.token())
        self.others = [server.scim(server.token("entra")), server.scim(polar["token"])]
        self.literals = list(WORDS) + ["2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"]
        self.hidden = []
        users = []
        for number in range(24):
            self.push_hidden(number)
            made = self.push_user(self.okta, number, "home")
            users.append(made["id"])
            self.literals += [made["userName"], made["id"], made["externalId"]]
        for number in range(6):
            self.push_hidden_group(number)
            members = self.chance.sample(users, 3)
            made = expect.scim(self.okta.post("/Groups", group_body(f"Desk {number}", *members,
                                                                    externalId=f"g{number}")), 201)
            self.literals += [made["id"], made["displayName"]]

    def push_user(self, client, number, where):
        name = WORDS[number % 4]
        return expect.scim(client.post("/Users", user_body(
            f"{name}{number}@{where}.example", externalId=f"e{number}", title=self.chance.choice(("Engineer", "Designer")),
            name={"givenName": name, "familyName": f"Family {number % 5}"}, active=number % 3 != 0)), 201)

    def push_hidden(self, number):
        for client, where in zip(self.others, ("entra", "polar")):
            made = self.push_user(client, number, where)
            self.hidden.append((client, "/Users/" + made["id"]))
            self.literals += [made["userName"], made["id"]]

    def push_hidden_group(self, number):
        for client in self.others:
            # Other names than okta's would be easy; a group's name is unique in its connection only.
            made = expect.scim(client.post("/Groups", group_body(f"Desk {number}", externalId=f"g{number}")), 201)
            self.hidden.append((client, "/Groups/" + made["id"]))
            self.literals.append(made["id"])

    def drop_hidden(self):
        for client, path in self.hidden:
            expect.status(client.delete(path), 204)
        self.hidden = []

    def literal(self):
        text = self.chance.choice(self.literals)
        if self.chance.random() < 0.2:
            return self.chance.choice(("true", "false", "null", "7"))
        return json.dumps(text[: self.chance.randint(1, 40)] if self.chance.random() < 0.3 else text)

    def test(self, paths):
        operator = self.chance.choice(OPERATORS)
        return f"{self.chance.choice(paths)} {operator}" + ("" if operator == "pr" else " " + self.literal())

    def filter(self, paths, depth=0):
        roll = self.chance.random()
        if depth > 2 or roll < 0.5:
            return self.test(paths)
        if roll < 0.6:
            return f"not ({self.filter(paths, depth + 1)})"
        if roll < 0.7 and "emails.value" in paths:
            return f"emails[{self.test(('value', 'type', 'primary'))}]"
        if roll < 0.8 and "members.value" in paths:
            return f"members[{self.test(('value', 'type', 'display'))}]"
        joined = f" {self.chance.choice(('and', 'or'))} "
        return "(" + joined.join(self.filter(paths, depth + 1) for _ in range(2)) + ")"

    def request(self):
        """The address of a random list."""
        endpoint = self.chance.choice(("/Users",) * 5 + ("/Groups",) * 3 + ("/Roles", "/Entitlements", ""))
        paths = PATHS[endpoint]
        query = {}
        if self.chance.random() < 0.9:
            query["filter"] = self.filter(paths)
        if self.chance.random() < 0.5:
            query["sortBy"] = self.chance.choice(paths)
            query["sortOrder"] = self.chance.choice(("ascending", "descending"))
        if self.chance.random() < 0.6:
            query["count"] = self.chance.choice((0, 1, 2, 5, 100))
        if self.chance.random() < 0.3:
            query["startIndex"] = self.chance.choice((1, 2, 3, 7, 20, 1000))
        elif self.chance.random() < 0.3:
            query["cursor"] = ""
        if self.chance.random() < 0.2:
            query["attributes"] = self.chance.choice(("userName", "displayName", "members", "groups"))
        return (endpoint or "/") + "?" + urllib.parse.urlencode(query)


def shown(client, path):
    """Status and body; of a list that is paged by cursors, all its pages. A cursor itself is another each time."""
    pages = []
    while True:
        answer = client.get(path)
        body = answer.json()
        following = body.pop("nextCursor", None)
        body.pop("previousCursor", None)
        pages.append((answer.status, json.dumps(body), following is not None))
        if following is None or len(pages) > 40:
            return pages
        head, _, tail = path.partition("cursor=")
        path = f"{head}cursor={urllib.parse.quote(following, safe='')}" + (
            "&" + tail.partition("&")[2] if "&" in tail else "")


def compare(requests, client, before, what):
    for path, wanted in zip(requests, before):
        expect.equal(shown(client, path), wanted, f"{path}: {what}")


def test_what_others_have_changes_no_answer_of_scim(server):
    twins = Twins(server)
    requests = [twins.request() for _ in range(REQUESTS)]
    among_others = [shown(twins.okta, path) for path in requests]
    found = sum(json.loads(pages[0][1]).get("totalResults", 0) > 0 for pages in among_others)
    accepted = sum(pages[0][0] == 200 for pages in among_others)
    assert accepted > REQUESTS / 2 and found > REQUESTS / 5, f"{accepted} accepted, {found} found something"
    twins.drop_hidden()
    compare(requests, twins.okta, among_others, "after the others have gone")
    for number in range(40, 50):
        twins.push_hidden(number)
        twins.push_hidden_group(number)
    compare(requests[::4], twins.okta, among_others[::4], "with still others")


def test_what_another_workspace_has_changes_no_answer_of_the_admin_api(server):
    twins = Twins(server)
    api = document()
    token = matrix.make_api_token(server, twins.admin, "default", matrix.scopes_of(api))["token"]
    bound = Client(server.listen, token, "", "application/json")
    looks = [f"{BASE}{path}?workspace=default{more}" for path, operations in api["paths"].items()
             for more in ("", "&limit=3") if "get" in operations and "{" not in path and path != "/doctor"
             and not path.startswith(("/workspaces", "/system"))]
    looks += [f"{BASE}/roles/{role}/holders?workspace=default" for role in ("Owner", "IT%20Agent", "HR%20Admin")]

    def all_of(client):
        found = {}
        for path in looks:
            body = client.get(path).body
            found[path] = json.dumps(strip(json.loads(body))) if b"\n{" not in body else body
        return found

    before = {client: all_of(client) for client in (twins.admin, bound)}
    polar = twins.others[1]
    for number in range(60, 66):
        twins.push_user(polar, number, "polar")
        expect.scim(polar.post("/Groups", group_body(f"Desk {number}")), 201)
    for path, body in (("/roles", {"name": "Another"}), ("/connections", {"name": "another"}),
                       ("/plans", {"roles": {"items": [{"name": "Planned"}]}})):
        expect.status(twins.admin.post(f"{BASE}{path}?workspace=polar", body), 201)
    for client, was in before.items():
        now = all_of(client)
        for path in looks:
            expect.equal(now[path], was[path], path)


def strip(body):
    """Without the instant of the answer itself, and whatever a cursor is this time."""
    return {name: value is not None if name == "next_cursor" else value for name, value in body.items() if name != "at"}
