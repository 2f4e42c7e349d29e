"""What the crash supervisor keeps: workers that load a server, what they were answered, and what must be stored."""

import collections
import http.client

import expect
from backdoor import POSTGRESQL
from rolecall_server import group_body, user_body

BROKEN = (OSError, http.client.HTTPException)
DEFAULT_ROLE, LINKED_ROLE = "IT Agent", "IT Admin"
ACTIVE_USERS = "(SELECT * FROM resources WHERE type = 'User' AND is_active = 1) AS u"


class Gone(Exception):
    """The server was killed under a request."""


class User:
    def __init__(self, identifier, name):
        self.id = identifier
        self.name = name
        self.active = True
        self.title = None
        self.in_group = False


class Worker:
    """Owns its users and one group that an admin linked to a role, so that nobody else explains what is found later.

    `unsure` is the one change whose answer never came: it may have happened or not, but not half."""

    def __init__(self, number):
        self.number = number
        self.users = collections.deque()
        self.group = None
        self.step = 0
        self.unsure = None
        self.acknowledged = 0
        self.client = None
        self.touched = set()

    def ask(self, kind, user, method, path, body=None):
        self.unsure = (kind, user)
        try:
            answer = self.client.request(method, path, body)
        except BROKEN as error:
            raise Gone() from error
        if answer.status == 503:
            raise Gone()
        assert answer.status in (200, 201, 204), f"{method} {path}: {answer}"
        self.unsure = None
        self.acknowledged += 1
        return answer

    def prepare(self):
        self.group = self.client.post("/Groups", group_body(f"crew {self.number}")).json()["id"]

    def patch_user(self, kind, user, operation, apply):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
        self.ask(kind, user, "PATCH", "/Users/" + user.id, body)
        apply(user)

    def member(self, user, is_in):
        operation = (
            {"op": "add", "path": "members", "value": [{"value": user.id}]}
            if is_in
            else {"op": "remove", "path": f'members[value eq "{user.id}"]'}
        )
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
        self.ask(("in_group", is_in), user, "PATCH", "/Groups/" + self.group, body)
        user.in_group = is_in

    def set_active(self, user, is_active):
        self.patch_user(
            ("active", is_active),
            user,
            {"op": "replace", "value": {"active": is_active}},
            lambda changed: setattr(changed, "active", is_active),
        )

    def create(self):
        user = User(None, f"user-{self.number}-{self.step}@acme.example")
        user.id = self.ask("create", user, "POST", "/Users", user_body(user.name)).json()["id"]
        self.users.append(user)
        self.touched.add(user)

    def run(self):
        """One change after another, a few kinds in turn, until the server is gone."""
        try:
            while True:
                self.step += 1
                if len(self.users) < 6:
                    self.create()
                    continue
                self.users.rotate(1)
                user = self.users[0]
                self.touched.add(user)
                kind = self.step % 6
                if kind == 0:
                    self.create()
                elif kind == 1:
                    title = f"title {self.step}"
                    self.patch_user(
                        ("title", title),
                        user,
                        {"op": "replace", "path": "title", "value": title},
                        lambda changed, title=title: setattr(changed, "title", title),
                    )
                elif kind in (2, 3):
                    self.member(user, not user.in_group)
                elif kind == 4:
                    self.set_active(user, not user.active)
                elif len(self.users) > 12:
                    self.ask("delete", user, "DELETE", "/Users/" + user.id)
                    self.users.popleft()
                    self.touched.discard(user)
        except Gone:
            pass

    def settle(self, database):
        """After a kill: takes over what became of the unsure change, then compares everything with the database."""
        found = {row["display"]: row for row in database.users(f"user-{self.number}-")}
        if self.unsure is not None:
            self.take_over(found, database)
        expect.equal(sorted(found), sorted(user.name for user in self.users), f"users of worker {self.number}")
        members = database.members(self.group)
        for user in self.users:
            row = found[user.name]
            stored = (row["id"], bool(row["is_active"]), row["title"], user.id in members)
            expect.equal(stored, (user.id, user.active, user.title, user.in_group), user.name)
            expect.equal(database.roles(user.id), self.wanted_roles(user), f"roles of {user.name}")
        expect.equal(members, {user.id for user in self.users if user.in_group}, "members")

    def wanted_roles(self, user):
        if not user.active:
            return set()
        return {LINKED_ROLE, f"crew {self.number}"} if user.in_group else {DEFAULT_ROLE}

    def take_over(self, found, database):
        kind, user = self.unsure
        self.unsure = None
        row = found.get(user.name)
        if kind == "create":
            if row is not None:
                user.id = row["id"]
                self.users.append(user)
        elif kind == "delete":
            if row is None:
                self.users.remove(user)
                self.touched.discard(user)
        else:
            attribute, value = kind
            assert row is not None, f"{user.name} is gone"
            now = {
                "active": bool(row["is_active"]),
                "title": row["title"],
                "in_group": user.id in database.members(self.group),
            }
            assert now[attribute] in (
                value,
                getattr(user, attribute),
            ), f"{user.name}: {attribute} is {now[attribute]!r}"
            setattr(user, attribute, now[attribute])


class Database:
    """A killed server's database, read without it."""

    def __init__(self, door):
        self.door = door
        self.is_postgresql = POSTGRESQL is not None

    def ask(self, sql, *values):
        return self.door.ask(sql, *values)

    def one(self, sql, *values):
        return self.ask(sql, *values)[0][0]

    def users(self, prefix):
        return self.ask(
            f"SELECT id, display, is_active, {self.title()} AS title FROM resources "
            "WHERE type = 'User' AND display LIKE ? || '%'",
            prefix,
        )

    def title(self):
        return "document::json ->> 'title'" if self.is_postgresql else "json_extract(document, '$.title')"

    def members(self, group):
        return {row[0] for row in self.ask("SELECT member FROM members WHERE group_id = ?", group)}

    def roles(self, user):
        return {
            row[0]
            for row in self.ask(
                "SELECT DISTINCT name FROM effective_grants AS g JOIN roles AS r ON r.id = g.role " "WHERE user_id = ?",
                user,
            )
        }

    def check_invariants(self):
        """Nothing is half there: derived rows equal what they are derived from, and every change has its audit row."""
        if not self.is_postgresql:
            expect.equal(self.one("PRAGMA integrity_check"), "ok")
            expect.equal(self.ask("PRAGMA foreign_key_check"), [])
        stored = {tuple(row) for row in self.ask("SELECT user_id, role, cause, link, group_id FROM effective_grants")}
        expect.equal(stored ^ self.recomputed_grants(), set(), "effective grants that differ from a recomputation")
        for column in ("member", "group_id"):
            expect.equal(self.ask(f"SELECT * FROM members WHERE {column} NOT IN (SELECT id FROM resources)"), [])
        expect.equal(self.ask("SELECT * FROM resource_index WHERE resource NOT IN (SELECT id FROM resources)"), [])
        counted = self.ask("SELECT type, connection, resources FROM resource_counts WHERE resources > 0 ORDER BY 1, 2")
        real = self.ask("SELECT type, connection, count(*) FROM resources GROUP BY 1, 2 ORDER BY 1, 2")
        expect.equal([tuple(row) for row in counted], [tuple(row) for row in real], "counts of resources")
        self.check_audit(len(stored))

    def recomputed_grants(self):
        """The effective grants as they follow from the other tables."""
        linked = self.ask(f"""SELECT u.id, l.role, 'link', l.id, l.group_id FROM {ACTIVE_USERS}
                              JOIN members AS m ON m.member = u.id
                              JOIN links AS l ON l.group_id = m.group_id AND l.state = 'active'""")
        direct = self.ask(f"""SELECT u.id, d.role, 'direct', '', '' FROM {ACTIVE_USERS}
                              JOIN direct_grants AS d ON d.user_id = u.id""")
        grants = {tuple(row) for row in [*linked, *direct]}
        holders = {grant[0] for grant in grants}
        default = self.ask(f"""SELECT u.id, c.default_role, 'default', '', '' FROM {ACTIVE_USERS}
                               JOIN connections AS c ON c.id = u.connection""")
        return grants | {tuple(row) for row in default if row[0] not in holders}

    def check_audit(self, grants):
        def balance(more, less):
            return self.one(
                "SELECT count(*) FILTER (WHERE action = ?) - count(*) FILTER (WHERE action = ?) FROM audit", more, less
            )

        expect.equal(self.one("SELECT max(seq) AS n FROM audit"), self.one("SELECT count(*) FROM audit"), "audit sequence")
        users = self.one("SELECT count(*) FROM resources WHERE type = 'User'")
        expect.equal(balance("user.created", "user.deleted"), users, "audit rows of users")
        expect.equal(balance("grant.added", "grant.removed"), grants, "audit rows of grants")
        # A deleted user leaves its groups without a row for each.
        members = self.one("SELECT count(*) FROM members")
        deleted = self.one("SELECT count(*) FROM audit WHERE action = 'user.deleted'")
        joined = balance("group.member_added", "group.member_removed")
        assert members <= joined <= members + deleted, (members, joined, deleted)

    def close(self):
        self.door.close()
