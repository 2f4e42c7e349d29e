"""What an identity provider tells by itself: an event hook, made there by us or by hand, told twice, backwards and by
strangers; and whoever is suspended there has no access here within seconds."""

import json
import socket
import time

import backdoor
import expect
from directories_test import Okta
from proxy import free_port
from rolecall_server import Client, Server, user_body

LASTS_LONG = True
SCOPES = ("okta.users.read", "okta.groups.read", "okta.eventHooks.manage")
PROMISED = 5  # seconds from the event to the last yes


class Told(Okta):
    """A server that the simulated Okta reaches, and a connection of Okta's that pushes accounts to it."""

    TIMEOUT = "3s"
    ENVIRONMENT = {}

    def __init__(self, scopes=SCOPES, **options):
        super().__init__(**{"users": 30, "groups": 4, **options})
        self.scopes = scopes
        self.listen = f"127.0.0.1:{free_port()}"

    def __enter__(self):
        self.simulator.__enter__()
        self.server = Server(environment={
            "ROLECALL_EGRESS__ALLOW": "127.0.0.0/8,::1/128", "ROLECALL_EGRESS__CA_FILE": self.simulator.ca_file,
            "ROLECALL_DIRECTORIES__TIMEOUT": self.TIMEOUT, "ROLECALL_SERVER__PUBLIC_URL": f"http://{self.listen}",
            **self.ENVIRONMENT}).start(listen=self.listen)
        self.server.secrets.update(["integration-secret", "00sswsToken"])
        self.control("/grant", client="0oaIntegration", scopes=[*SCOPES, *self.scopes])
        expect.succeeded(self.create(*(word for scope in self.scopes for word in ("--scope", scope))))
        self.scim = self.server.scim(self.server.token())
        self.admin = self.server.admin()
        return self

    def hook(self, verb, *more):
        done = self.server.run("directories", "hook", verb, "okta-api", *more)
        expect.succeeded(done)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def user_of(self, login):
        """The id that the simulated Okta gave somebody."""
        return next(key for key, user in self.control("/dump")["users"].items() if user["login"] == login)

    def act(self, login, step):
        reply = self.simulator.post(f"/api/v1/users/{self.user_of(login)}/lifecycle/{step}")
        expect.equal(reply.status, 200, reply.text)

    def push(self, login, **more):
        """Makes the account, as Okta does; its id and a token that stands for it."""
        user = expect.scim(self.scim.post("/Users", user_body(login, **more)), 201)["id"]
        return user, self.server.scim(self.server.token("okta", "default", "--user", login))

    def may(self, user):
        return self.server.decide(user, "requests.reply", client=self.admin)

    def wait(self, look, what, seconds=30):
        begun = time.monotonic()
        while not look():
            assert time.monotonic() - begun < seconds, f"{what}: {self.server.log_tail()}"
            time.sleep(0.02)
        return time.monotonic() - begun

    def deliver(self, body, secret, path=None, **more):
        """A delivery as somebody makes it."""
        path = path or "/hooks/v1/okta/" + self.get()["id"]
        headers = {"Authorization": secret} if secret else {}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Client(self.listen).request("POST", path, headers=headers, raw=raw, **more)

    def count(self, table):
        return backdoor.door_to(self.server.data).ask(f"SELECT COUNT(*) FROM {table}")[0][0]


def delivery(*people, uuid="11111111-0000-11ee-8000-000000000001", kind="user.lifecycle.suspend"):
    return {"eventType": "com.okta.event_hook", "data": {"events": [{
        "uuid": uuid, "published": "2026-11-30T03:00:00.000Z", "eventType": kind,
        "target": [{"id": person, "type": "User", "alternateId": "x"} for person in people]}]}}


def test_a_suspension_ends_access_within_seconds_however_it_is_told():
    with Told() as okta:
        expect.equal(okta.hook("create")["state"], "verified")
        okta.control("/deliveries", duplicate=2, reorder=True)
        maya = okta.user_of("person3@example.com")
        by_id = okta.push("maya@elsewhere.example", externalId=maya)
        by_name = okta.push("Person4@Example.com", externalId="E00004")
        other = okta.push("person5@example.com", externalId="00uSomebodyElseAtAll")
        everybody = (by_id, by_name, other)
        for user, token in everybody:
            expect.equal(okta.may(user), True)
            expect.scim(token.get("/Me"))
        okta.act("person3@example.com", "suspend")
        seconds = okta.wait(lambda: not okta.may(by_id[0]), "the end of access", PROMISED)
        expect.refused(by_id[1].get("/Me"), 401)
        print(f"from the event to the denied decision: {seconds:.2f} s")
        okta.act("person4@example.com", "suspend")
        okta.act("person5@example.com", "suspend")
        okta.wait(lambda: not okta.may(by_name[0]), "the end of access by name", PROMISED)
        expect.refused(by_name[1].get("/Me"), 401)
        # Nobody is known of whom nothing was read yet.
        okta.wait(lambda: "person5@example.com" in [one["login"] for one in okta.server.cli(
            "people", "list", "--status", "suspended")], "the read")
        time.sleep(1)
        expect.equal(okta.may(other[0]), True, "the identity provider knows that account by another id")

        said = [item["sentence"] for item in okta.server.cli("users", "timeline", "maya@elsewhere.example")]
        assert "Access ended, because the directory okta-api says: suspended." in said, said
        assert "Deactivated by okta-api." in said and "All access ended." in said, said
        rows = [row for row in okta.server.cli("audit", "list", "--limit", "1000") if row["action"] == "user.access_ended"]
        expect.equal(len(rows), 2, "however often it is told")
        expect.holds(json.dumps(rows[0]["details"]), "DirectoryEvent/")

        # Whoever took it gives it back: roles, and no token that was revoked.
        okta.act("person3@example.com", "unsuspend")
        okta.wait(lambda: okta.may(by_id[0]), "the return")
        expect.refused(by_id[1].get("/Me"), 401)
        # The identity provider has said since that this one is not to be active.
        expect.scim(okta.scim.patch("/Users/" + by_name[0], {"op": "replace", "path": "active", "value": False}))
        okta.act("person4@example.com", "unsuspend")
        okta.wait(lambda: okta.server.cli("people", "get", "person4@example.com")["status"] == "active", "the read")
        time.sleep(1)
        expect.equal(okta.may(by_name[0]), False, "what SCIM has ended is not the directory's to give back")
        # Deleted there, and so by two steps.
        okta.act("person3@example.com", "deactivate")
        okta.wait(lambda: not okta.may(by_id[0]), "the end by deprovisioning", PROMISED)


def test_strangers_and_garbage_are_refused_and_leave_nothing():
    with Told(users=5) as okta:
        refused = okta.deliver(delivery("00u1"), "anything")
        expect.equal(refused.status, 401, "there is no hook yet")
        made = okta.hook("create", "--by-hand")
        expect.equal((made["state"], made["header"]), ("by_hand", "Authorization"))
        okta.server.secrets.add(made["secret"])
        path = made["url"].removeprefix(f"http://{okta.listen}")
        okta.control("/user", login="person1@example.com", status="SUSPENDED")
        body = delivery(okta.user_of("person1@example.com"))
        for secret in ("", "x", made["secret"][:-1], made["secret"] + "x", "Basic " + made["secret"]):
            answer = okta.deliver(body, secret)
            expect.equal((answer.status, answer.json()["code"]), (401, "unauthenticated"), secret)
        for wrong in ("/hooks/v1/okta/01932c6f-a4c8-7b52-9d10-3f4e5a6b7c8d", "/hooks/v1/okta/x%2F..%2Fy"):
            expect.equal(okta.deliver(body, made["secret"], wrong).status, 401, wrong)
        for wrong in ("/hooks/v1/entra/" + path.rsplit("/", 1)[1], "/hooks/v1/okta", path + "/more"):
            expect.equal(okta.deliver(body, made["secret"], wrong).status, 404, wrong)
        for garbage in (b"", b"not JSON", b"[]", b"{}", b'{"data":{}}', b'{"data":{"events":{}}}', b"\xff\xfe" * 10,
                        b"[" * 20_000, b'{"data":{"events":[null]}}', b'{"data":{"events":[{"uuid":7}]}}',
                        json.dumps({"data": {"events": [{}] * 1001}}).encode()):
            expect.equal(okta.deliver(garbage, made["secret"]).status, 400, garbage[:40])
        expect.equal(okta.deliver(b" " * (1 << 20) + b"{}", made["secret"]).status, 413)
        with socket.create_connection(("127.0.0.1", int(okta.listen.split(":")[1])), timeout=20) as peer:
            peer.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {made['secret']}\r\n"
                         f"Content-Length: {100 << 20}\r\n\r\n".encode())
            expect.holds(peer.recv(200).decode("latin-1"), " 413 ")
        expect.equal((okta.count("directory_events"), okta.count("directory_rereads")), (0, 0))

        visitor = Client(okta.listen)
        answer = visitor.request("GET", path, headers={"x-okta-verification-challenge": "c-1"})
        expect.equal((answer.status, answer.json()), (200, {"verification": "c-1"}))
        expect.equal(visitor.request("GET", path).status, 400)
        nowhere = "/hooks/v1/okta/01932c6f-a4c8-7b52-9d10-3f4e5a6b7c8d"
        expect.equal(visitor.request("GET", nowhere, headers={"x-okta-verification-challenge": "c"}).status, 404)
        expect.equal(visitor.request("DELETE", path).headers["allow"], "GET, HEAD, POST")

        # What is right is taken once, also when nothing of it is known, and the read decides.
        begun = time.monotonic()
        expect.equal(okta.deliver(body, made["secret"]).status, 204)
        assert time.monotonic() - begun < 3
        okta.wait(lambda: okta.count("directory_rereads") == 0, "the read")
        expect.equal(okta.server.cli("people", "get", "person1@example.com")["status"], "suspended")
        calls = len(okta.calls())
        expect.equal(okta.deliver(body, made["secret"]).status, 204)
        time.sleep(1)
        expect.equal((len(okta.calls()), okta.count("directory_events")), (calls, 1))
        nobody = delivery("00uNobody", uuid="22222222-0000-11ee-8000-000000000001")
        expect.equal(okta.deliver(nobody, made["secret"]).status, 204)
        okta.wait(lambda: okta.count("directory_rereads") == 0, "the read of nobody")
        assert okta.hook("show")["received"], okta.hook("show")
        assert "secret" not in okta.hook("show")
        okta.hook("delete")
        expect.equal(okta.deliver(body, made["secret"]).status, 401)


def test_a_hook_is_made_and_taken_away_there_and_never_twice():
    with Told(users=5) as okta:
        # An answer is lost, so that one is there of which we do not know.
        okta.control("/fault", kind="lost_502", method="POST", path="/api/v1/eventHooks")
        made = okta.hook("create")
        expect.equal((made["state"], made["reason"], made["verified"] is None), ("verified", None, False))
        assert "secret" not in made
        there = okta.control("/hooks")["hooks"]
        expect.equal([(one["status"], one["verificationStatus"], one["channel"]["config"]["uri"]) for one in there],
                     [("ACTIVE", "VERIFIED", made["url"])])
        expect.equal(okta.server.run("directories", "hook", "create", "okta-api").returncode, 5)
        okta.hook("delete")
        okta.wait(lambda: okta.control("/hooks")["hooks"] == [], "the end of the hook")
        okta.wait(lambda: okta.server.run("directories", "hook", "show", "okta-api").returncode == 3, "its row")
        # Without the scope there is something to paste.
        okta.server.cli("directories", "set", "okta-api", "--scope", "okta.users.read")
        okta.wait(lambda: okta.get()["granted"] == ["okta.users.read"], "the test")
        made = okta.hook("create")
        expect.equal(made["state"], "by_hand")
        assert made["secret"].startswith("rolecall_hook_"), made
        okta.server.secrets.add(made["secret"])
        expect.equal(okta.control("/hooks")["hooks"], [])
        okta.server.cli("directories", "delete", "okta-api")
        expect.equal(okta.count("directory_hooks"), 0)


def test_runs_end_access_too_and_never_more_than_they_should():
    with Told(users=40) as okta:
        pushed = {number: okta.push(f"person{number}@example.com", externalId=okta.user_of(f"person{number}@example.com"))
                  for number in (7, 10, 11, 12, 13)}
        expect.equal(okta.may(pushed[7][0]), True, "suspended before anybody looked")
        okta.server.cli("users", "grant", "person13@example.com", "--role", "Owner")
        run = okta.server.cli("directories", "sync", "okta-api")
        expect.equal(run["state"], "succeeded")
        okta.wait(lambda: not okta.may(pushed[7][0]), "the end of access", PROMISED)
        # A cut list, a failed one and an empty one are nobody's end.
        okta.simulator.call("DELETE", "/api/v1/users/" + okta.user_of("person19@example.com"))
        for kind in ("first_half", "empty_list", "truncated"):
            okta.control("/fault", kind=kind, method="GET", path="/api/v1/users")
            okta.server.run("directories", "sync", "okta-api")
        time.sleep(1)
        expect.equal([okta.may(pushed[number][0]) for number in (10, 11, 12)], [True] * 3)
        # The last Owner keeps what no identity provider takes, and that is said.
        for number in (10, 13):
            okta.act(f"person{number}@example.com", "suspend")
        okta.server.cli("directories", "sync", "okta-api", "--changes")
        okta.wait(lambda: not okta.may(pushed[10][0]), "the end of access", PROMISED)
        okta.server.log_line('"directory_access_settled"', '"refused"')
        expect.equal(okta.may(pushed[13][0]), True)
        said = [item["sentence"] for item in okta.server.cli("users", "timeline", "person13@example.com")]
        assert any(one.startswith("Access should have ended, because the directory okta-api") for one in said), said
        # Switched off, nothing ends.
        okta.server.cli("directories", "set", "okta-api", "--ends-access", "off")
        okta.act("person11@example.com", "suspend")
        okta.server.cli("directories", "sync", "okta-api", "--changes")
        time.sleep(1)
        expect.equal((okta.may(pushed[11][0]), okta.get()["ends_access"]), (True, False))
        okta.server.cli("directories", "set", "okta-api", "--ends-access", "on")
        okta.server.cli("people", "sync", "person11@example.com")
        okta.wait(lambda: not okta.may(pushed[11][0]), "the end of access", PROMISED)


def test_events_of_memberships_bring_the_groups_of_a_person():
    with Told() as okta:
        expect.equal(okta.server.cli("directories", "sync", "okta-api")["state"], "succeeded")
        okta.hook("create")
        groups = {group["name"]: key for key, group in okta.control("/dump")["groups"].items()}
        login = "person6@example.com"
        user = okta.user_of(login)

        def names():
            return {group["name"] for group in okta.server.cli("people", "get", login)["groups"]}

        was = names()
        joined = next(name for name in groups if name not in was)
        okta.simulator.call("PUT", f"/api/v1/groups/{groups[joined]}/users/{user}")
        okta.wait(lambda: names() == was | {joined}, "the group", PROMISED)
        # Neither an empty list nor a cut one takes anybody out of a group.
        for kind in ("empty_list", "first_half", "status_500"):
            okta.control("/fault", kind=kind, method="GET", path=f"/api/v1/users/{user}/groups")
            left = next(name for name in groups if name not in names() and name != joined)
            okta.simulator.call("PUT", f"/api/v1/groups/{groups[left]}/users/{user}")
            okta.wait(lambda: okta.count("directory_rereads") == 0, "the read")
            assert was | {joined} <= names(), kind
            okta.simulator.call("DELETE", f"/api/v1/groups/{groups[left]}/users/{user}")
            okta.wait(lambda: names() == was | {joined}, "the other group", PROMISED)
        okta.simulator.call("DELETE", f"/api/v1/groups/{groups[joined]}/users/{user}")
        okta.wait(lambda: names() == was, "its end", PROMISED)


def test_events_of_applications_bring_those_of_a_person():
    with Told(scopes=(*SCOPES, "okta.apps.read")) as okta:
        expect.equal(okta.server.cli("directories", "sync", "okta-api")["state"], "succeeded")
        okta.hook("create")
        login = "person6@example.com"
        user = okta.user_of(login)

        def held():
            return {one["name"] for one in okta.server.cli("people", "get", login)["applications"]}

        was = held()
        apps = {app["label"]: key for key, app in okta.control("/dump")["apps"].items()}
        given = next(label for label in apps if label not in was)
        okta.simulator.call("POST", f"/api/v1/apps/{apps[given]}/users", {"id": user, "scope": "USER"})
        okta.wait(lambda: held() == was | {given}, "the application", PROMISED)
        okta.control("/fault", kind="status_500", method="GET", path="/api/v1/apps", count=2)
        okta.simulator.call("DELETE", f"/api/v1/apps/{apps[given]}/users/{user}")
        okta.wait(lambda: held() == was, "its end", 2 * PROMISED)
        rows = [row["details"] for row in okta.server.cli("audit", "list", "--limit", "1000")
                if row["action"] == "directory.read" and row["details"].get("of") == apps[given]]
        assert all(row["event"].startswith("DirectoryEvent/") for row in rows if "event" in row), rows


def test_the_log_brings_what_the_hook_missed_and_nothing_counts_twice():
    with Told(scopes=(*SCOPES, "okta.logs.read")) as okta:
        okta.hook("create")
        user, token = okta.push("person3@example.com", externalId=okta.user_of("person3@example.com"))
        okta.control("/deliveries", drop=1000)
        okta.act("person3@example.com", "suspend")
        seconds = okta.wait(lambda: not okta.may(user), "the end of access by the log", 60)
        expect.refused(token.get("/Me"), 401)
        print(f"from the event to the denied decision, by the log: {seconds:.2f} s")
        expect.equal(okta.control("/hooks")["sent"], [])
        # The place is kept, and what both tell is one event.
        okta.server.stop()
        calls = len(okta.control("/journal"))
        okta.act("person4@example.com", "suspend")
        okta.server.start(listen=okta.listen)
        okta.admin = okta.server.admin()
        okta.control("/deliveries", drop=0, duplicate=1)
        okta.act("person3@example.com", "unsuspend")
        okta.wait(lambda: okta.may(user), "the return", PROMISED)
        okta.wait(lambda: okta.count("directory_events") == 3, "the log", 60)
        okta.control("/fault", kind="status_500", method="GET", path="/api/v1/logs", count=2)
        okta.act("person4@example.com", "unsuspend")
        okta.wait(lambda: okta.count("directory_events") == 4, "the hook")
        rows = [row["action"] for row in okta.server.cli("audit", "list", "--limit", "1000")]
        expect.equal((rows.count("user.access_ended"), rows.count("user.access_returned")), (1, 1))
        asked = [call["query"] for call in okta.control("/journal")[calls:] if call["path"] == "/api/v1/logs"]
        assert all("after" in query or query.get("limit") == "1" for query in asked), asked
