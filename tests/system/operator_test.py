"""What an operator does from the command line: rotate a token, make API tokens, look into requests, ask about the past,
export and verify the trail."""

import hashlib
import json
import pathlib
import tempfile

import expect
from rolecall_server import group_body, user_body


def test_a_token_is_rotated_without_a_refused_request(server):
    old = server.token()
    old_id = old.split("_")[1]
    new = expect.succeeded(server.run("tokens", "rotate", "start", old_id, "--overlap", "24h", output="table")).strip()
    server.secrets.add(new)
    for token in (old, new):
        expect.scim(server.scim(token).get("/Users"))
    parts = {token["id"]: token["rotation"] for token in server.cli("tokens", "list")}
    expect.equal(parts[old_id]["part"], "old")
    expect.equal(parts[old_id]["other"], new.split("_")[1])
    expect.succeeded(server.run("tokens", "rotate", "start", old_id), 5)
    server.cli("tokens", "rotate", "complete", old_id)
    expect.refused(server.scim(old).get("/Users"), 401)
    expect.scim(server.scim(new).get("/Users"))
    expect.succeeded(server.run("tokens", "rotate", "cancel", old_id), 5)
    expect.succeeded(server.run("tokens", "rotate", "start", new.split("_")[1], "--overlap", "soon"), 2)


def test_an_api_token_reads_and_nothing_else(server):
    made = expect.succeeded(server.run("api-tokens", "create", "reports", "--scope", "users:read", output="table"))
    token = made.strip()
    server.secrets.add(token)
    client = server.scim(token, "")
    expect.status(client.get("/admin/v1/users"), 200)
    refused = client.get("/admin/v1/roles")
    expect.problem(refused, 403)
    expect.holds(refused.json()["detail"], "roles:read")
    listed = server.cli("api-tokens", "list")[0]
    expect.equal((listed["name"], listed["scopes"], listed["state"]), ("reports", ["users:read"], "live"))
    expect.succeeded(server.run("api-tokens", "revoke", listed["id"]))
    expect.status(client.get("/admin/v1/users"), 401)


def test_requests_are_told_in_words(server):
    scim = server.scim(server.token())
    maya = expect.scim(scim.post("/Users", user_body("maya@example.com")), 201)
    group = expect.scim(scim.post("/Groups", group_body("it-admins", maya["id"])), 201)
    server.cli("links", "create", "--group", "it-admins", "--role", "IT Admin")
    removed = scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{maya["id"]}"]'})
    expect.status(removed, 204)
    shown = server.cli("requests", "get", removed.headers["x-request-id"])
    expect.equal(shown["intent"], "removed maya@example.com from it-admins")
    expect.holds(json.dumps(shown["lost"]), '"role": "IT Admin"')
    expect.equal([step["state"] for step in shown["steps"]], ["ok"] * 5)
    expect.holds(expect.succeeded(server.run("requests", "tail", output="table")), "removed maya@example.com from it-admins")
    replayed = server.cli("requests", "replay", "--dry-run", removed.headers["x-request-id"])
    expect.equal((replayed["status"], replayed["intent"]), (204, "change nothing"))
    expect.succeeded(server.run("requests", "replay", removed.headers["x-request-id"]), 1)
    expect.refused(server.scim("not a token").get("/Users"), 401)
    expect.equal(server.cli("requests", "list", "--unauthenticated")[0]["status"], 401)


def test_the_past_is_explained_in_its_own_words(server):
    scim = server.scim(server.token())
    maya = expect.scim(scim.post("/Users", user_body("maya@example.com")), 201)
    group = expect.scim(scim.post("/Groups", group_body("it-admins", maya["id"])), 201)
    then = server.cli("users", "explain", "maya@example.com")
    at = server.cli("audit", "list", "--limit", "1")[0]["at"]
    expect.status(scim.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "desk"}), 204)
    expect.status(scim.delete(f"/Users/{maya['id']}"), 204)
    later = server.cli("users", "explain", "maya@example.com", "--at", at.replace("Z", "999Z"))
    for member in ("sentence", "grants", "user_name", "id", "active"):
        expect.equal(later[member], then[member], member)
    expect.succeeded(server.run("users", "explain", "maya@example.com"), 3)


def field(text):
    data = str(text).encode()
    return str(len(data)).encode() + b":" + data


def test_an_export_verifies_without_the_program(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("m\u00e1ja@example.com")), 201)
    lines = expect.succeeded(server.run("audit", "export", output="table")).splitlines()
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        details = json.dumps(row["details"], separators=(",", ":"), ensure_ascii=False)
        parts = (row["previous_hash"], row["seq"], row["at_us"], row["actor"], row["action"], row["target"], details,
                 row["request"])
        expect.equal((row["seq"], row["previous_hash"]), (number, previous))
        previous = hashlib.sha256(b"".join(field(part) for part in parts)).hexdigest()
        expect.equal(row["hash"], previous, line)
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "checkpoint.json"
        file.write_text(expect.succeeded(server.run("audit", "checkpoint", output="table")))
        expect.equal(json.loads(file.read_text())["hash"], previous)
        expect.scim(scim.post("/Users", user_body("tom@example.com")), 201)
        expect.equal(server.cli("audit", "verify", "--checkpoint", str(file))["checkpoint"], "holds")
        file.write_text(json.dumps({"seq": len(lines), "hash": "1" * 64}))
        expect.succeeded(server.run("audit", "verify", "--checkpoint", str(file)), 1)
        file.write_text("nothing")
        expect.succeeded(server.run("audit", "verify", "--checkpoint", str(file)), 2)
