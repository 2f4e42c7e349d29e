"""Sessions with the admin API: whatever ends the access of a user ends them, when the answer is out and at every replica."""

import json
import pathlib
import subprocess
import tempfile
import time

import expect
from admin_examples import BASE
from backdoor import door_to, only_on_postgresql
from contexts_test import Home
from receiver import Receiver
from replicas_test import replicas
from rolecall_server import Client, Server, user_body
from webhooks_test import LOOPBACK, make

OFF = {"op": "replace", "path": "active", "value": False}


class Somebody:
    """A user with an API token of theirs and a session."""

    def __init__(self, server, scim, name, **body):
        self.server, self.scim, self.name = server, scim, f"{name}@acme.example"
        self.id = expect.scim(scim.post("/Users", user_body(self.name, **body)), 201)["id"]
        wanted = {"name": name, "scopes": ["users:read", "decisions:read"], "user": self.id}
        self.made = expect.status(server.admin().post(f"{BASE}/api-tokens", wanted), 201)
        self.begun = expect.status(self.client(self.made["token"]).post(f"{BASE}/sessions"), 201)
        server.secrets.update([self.made["token"], self.begun["token"]])

    def client(self, secret, server=None):
        return Client((server or self.server).listen, secret, "", "application/json")

    def opens(self, *servers):
        """Statuses of the API token and of the session, at each server."""
        return [(self.client(self.made["token"], server).get(f"{BASE}/users").status,
                 self.client(self.begun["token"], server).get(f"{BASE}/users").status)
                for server in servers or (self.server,)]


def listed_group(scim, role):
    return expect.listed(scim.find("Groups", f'displayName eq "{role}"'))[0]["id"]


def ends(server, admin):
    """What ends access, by name: a function of somebody."""
    def status(answer, wanted):
        expect.equal(answer.status, wanted, answer.body[:300])

    def rename(one):
        expect.scim(one.scim.patch("/Users/" + one.id, {"op": "replace", "path": "userName", "value": "x-" + one.name}))

    def put(one):
        expect.scim(one.scim.put("/Users/" + one.id, user_body(one.name, active=False)))

    def bulk(one):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                "Operations": [{"method": "DELETE", "path": "/Users/" + one.id}]}
        status(one.scim.post("/Bulk", body), 200)

    return {
        "PATCH active": lambda one: expect.scim(one.scim.patch("/Users/" + one.id, OFF)),
        "PUT active": put,
        "DELETE": lambda one: status(one.scim.delete("/Users/" + one.id), 204),
        "DELETE in a bulk request": bulk,
        "another userName": rename,
        "revoke-access": lambda one: status(admin.post(f"{BASE}/users/{one.id}/revoke-access"), 200),
        "the API token": lambda one: status(admin.delete(f"{BASE}/api-tokens/{one.made['id']}"), 204),
    }


def check_ends(servers):
    """Each end by the first server; what it ended opens nothing at any."""
    server = servers[0]
    scim, admin = server.scim(server.token()), server.admin()
    for number, (what, end) in enumerate(ends(server, admin).items()):
        one = Somebody(server, scim, f"one{number}")
        expect.equal(one.opens(*servers), [(200, 200)] * len(servers), what)
        end(one)
        expect.equal(one.opens(*servers), [(401, 401)] * len(servers), what)
        kept = one.client(one.begun["token"]).delete(f"{BASE}/sessions/{one.begun['id']}")
        expect.equal(kept.status, 401, what)
        door = door_to(server.data)
        rows = door.ask("SELECT ended FROM admin_sessions WHERE id = ?", one.begun["id"])
        door.close()
        assert rows[0]["ended"] is not None, what
    actions = [row["action"] for row in server.cli("audit", "list", "--limit", "1000")]
    expect.equal(actions.count("session.ended"), len(ends(server, admin)))


def test_whatever_ends_access_ends_sessions(server):
    check_ends([server])


@only_on_postgresql
def test_a_session_is_over_at_every_replica_when_the_answer_is_out():
    with replicas() as servers:
        check_ends(servers)


def test_what_ended_does_not_come_back(server):
    """Neither with the account nor with its id."""
    scim = server.scim(server.token())
    one = Somebody(server, scim, "ana", externalId="a1")
    expect.scim(scim.patch("/Users/" + one.id, OFF))
    expect.scim(scim.patch("/Users/" + one.id, {**OFF, "value": True}))
    expect.equal(one.opens(), [(401, 401)])
    two = Somebody(server, scim, "bo", externalId="b1")
    expect.equal(scim.delete("/Users/" + two.id).status, 204)
    again = expect.scim(scim.post("/Users", user_body(two.name, externalId="b1")), 201)
    expect.equal(again["id"], two.id)
    expect.equal(two.opens(), [(401, 401)])


def test_who_keeps_a_role_keeps_the_session(server):
    """The last link leaves the default role, and so nobody without access."""
    scim = server.scim(server.token())
    group = listed_group(scim, "IT Admin")
    one = Somebody(server, scim, "ana")
    expect.status(scim.patch("/Groups/" + group, {"op": "add", "path": "members", "value": [{"value": one.id}]}), 204)
    expect.status(scim.patch("/Groups/" + group, {"op": "remove", "path": f'members[value eq "{one.id}"]'}), 204)
    expect.equal(one.opens(), [(200, 200)])


def test_each_end_is_told_to_webhooks():
    with Server(environment=LOOPBACK) as server, Receiver() as receiver:
        make(server, receiver.url, "session.*", "user.credentials_revoked", "access.revoked")
        scim = server.scim(server.token())
        one, two = Somebody(server, scim, "ana"), Somebody(server, scim, "bo")
        expect.status(server.admin().post(f"{BASE}/users/{one.id}/revoke-access"), 200)
        expect.equal(scim.delete("/Users/" + two.id).status, 204)
        came = receiver.wait(6)
        expect.equal([one.body["type"] for one in came],
                     ["session.created", "session.created", "session.ended", "user.credentials_revoked",
                      "session.ended", "access.revoked"])
        expect.equal(came[3].body["data"]["sessions"], 1)
        for one in came:
            expect.lacks(json.dumps(one.body), "rolecall_session_")


def test_without_use_it_ends_by_itself():
    with Server(environment={"ROLECALL_SESSIONS__IDLE": "6s"}) as server:
        one = Somebody(server, server.scim(server.token()), "ana")
        client = one.client(one.begun["token"])
        end = time.monotonic() + 8
        while time.monotonic() < end:
            expect.status(client.get(f"{BASE}/users"), 200)
            time.sleep(0.3)
        expect.equal([session["state"] for session in server.cli("sessions", "list")], ["live"])
        time.sleep(8)
        expect.equal(client.get(f"{BASE}/users").status, 401)
        expect.equal([session["state"] for session in server.cli("sessions", "list")], ["idle"])


def test_housekeeping_forgets_what_is_over():
    with Server() as server:
        one = Somebody(server, server.scim(server.token()), "ana")
        two = Somebody(server, server.scim(server.token("okta")), "bo")
        door = door_to(server.data)
        door.execute(f"UPDATE admin_sessions SET expires = 1 WHERE id = '{one.begun['id']}'")
        door.close()
        server.terminate()
        server.start()
        end = time.monotonic() + 30
        while [session["id"] for session in server.cli("sessions", "list")] != [two.begun["id"]]:
            assert time.monotonic() < end, server.cli("sessions", "list")
            time.sleep(0.1)


def test_a_backup_has_no_session(server):
    one = Somebody(server, server.scim(server.token()), "ana")
    server.stop()
    archive = server.directory / "all.rolecall"
    expect.succeeded(server.run("backup", "create", str(archive)))
    content = subprocess.run(["zcat", "-f", str(archive)], capture_output=True, check=True, timeout=60).stdout
    assert one.made["id"].encode() in content, "the archive is not what this test takes it for"
    table = [line for line in content.splitlines() if line.startswith(b'{"table":"admin_sessions"')]
    expect.equal(table, [])


def test_signing_in_and_out(server):
    with tempfile.TemporaryDirectory() as directory:
        home = Home(directory)
        one = Somebody(server, server.scim(server.token()), "ana")
        token = pathlib.Path(directory) / "ana.token"
        token.write_text(one.made["token"] + "\n")
        url = "http://" + server.listen
        expect.succeeded(home.run("context", "add", "desk", "--server", url, "--token-file", str(token)))
        expect.succeeded(home.run("logout"), 3)
        shown = json.loads(expect.succeeded(home.run("login", "--scope", "users:read", "-o", "json")))
        assert "token" not in shown, shown
        kept = json.loads(home.file.read_text())["contexts"][0]["session"]
        server.secrets.add(kept["secret"])
        expect.equal(kept["id"], shown["id"])
        expect.equal(home.file.stat().st_mode & 0o777, 0o600)
        who = json.loads(expect.succeeded(home.run("whoami", "-o", "json")))
        expect.equal((who["kind"], who["name"], who["session_id"], who["scopes"]),
                     ("session", one.name, shown["id"], ["users:read"]))
        expect.lacks(expect.succeeded(home.run("context", "list", "-o", "json")), kept["secret"])
        # The token goes on, and begins another session; the one in the context is replaced.
        again = json.loads(expect.succeeded(home.run("login", "-o", "json")))
        server.secrets.add(json.loads(home.file.read_text())["contexts"][0]["session"]["secret"])
        assert again["id"] != shown["id"], again
        expect.succeeded(home.run("logout", "--dry-run"))
        expect.succeeded(home.run("users", "list"))
        expect.succeeded(home.run("logout"))
        expect.equal(json.loads(expect.succeeded(home.run("whoami", "-o", "json")))["kind"], "api_token")
        # What was ended elsewhere says so, and can be left.
        third = json.loads(expect.succeeded(home.run("login", "-o", "json")))
        server.secrets.add(json.loads(home.file.read_text())["contexts"][0]["session"]["secret"])
        server.cli("sessions", "revoke", third["id"])
        over = home.run("users", "list")
        expect.succeeded(over, 4)
        expect.holds(over.stderr, "rolecall login")
        expect.succeeded(home.run("logout"), 4)
        expect.succeeded(home.run("users", "list"))
        expect.equal(sorted(session["state"] for session in server.cli("users", "sessions", one.name)), ["ended", "live", "live"])
