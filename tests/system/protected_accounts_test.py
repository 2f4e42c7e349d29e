"""Whom SCIM cannot touch: the last holder of a protected role, whatever verb is tried; and what an externalId cannot reach,
whatever it is equal to. Tokens that stand for a user end with what makes the user who they were."""

import json
import urllib.parse

import expect
import matrix
from admin_examples import BASE, document
from rolecall_server import BULK, PATCH_OP, USER, Client, group_body, user_body


def message(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def bulk(method, path, data=None, **more):
    operation = {"method": method, "path": path, **({"data": data} if data is not None else {})}
    return {"schemas": [BULK], "Operations": [operation], **more}


def attempts(user, name):
    """Every way by which a client could end somebody's access: what it is called, method, path, body, headers."""
    path = "/Users/" + user
    inactive = {"op": "replace", "path": "active", "value": False}
    as_text = {"op": "Replace", "path": "active", "value": "False"}
    without_path = {"op": "replace", "value": {"active": False}}
    whole = user_body(name, active=False)
    yield "DELETE", "DELETE", path, None, {}
    yield "DELETE of any version", "DELETE", path, None, {"If-Match": "*"}
    yield "PUT", "PUT", path, whole, {}
    for shape in (inactive, as_text, without_path):
        yield f"PATCH {shape}", "PATCH", path, message(shape), {}
    yield "PATCH among others", "PATCH", path, message({"op": "replace", "path": "title", "value": "x"}, inactive), {}
    yield "PATCH with a new userName", "PATCH", path, message(
        {"op": "replace", "value": {"userName": "renamed@acme.example", "active": False}}), {}
    yield "bulk DELETE", "POST", "/Bulk", bulk("DELETE", path), {}
    yield "bulk PUT", "POST", "/Bulk", bulk("PUT", path, whole), {}
    yield "bulk PATCH", "POST", "/Bulk", bulk("PATCH", path, message(inactive)), {}
    yield "atomic bulk PATCH", "POST", "/Bulk", bulk("PATCH", path, message(inactive)), {"X-Rolecall-Atomic": "true"}


def refusal(answer):
    """The status of a refusal, of the one operation in a bulk answer."""
    if answer.status == 200 and b"BulkResponse" in answer.body:
        return int(answer.json()["Operations"][0]["status"])
    return answer.status


def test_no_verb_ends_the_access_of_the_last_owner(server):
    scim, admin = server.scim(server.token()), server.admin()
    user = expect.scim(scim.post("/Users", user_body("maya@acme.example")), 201)["id"]
    server.cli("users", "grant", "maya@acme.example", "--role", "Owner")
    before = expect.scim(scim.get("/Users/" + user))
    for name, method, path, body, headers in attempts(user, "maya@acme.example"):
        answer = scim.request(method, path, body, headers=headers)
        assert 400 <= refusal(answer) < 500, f"{name}: {answer}"
        expect.equal(expect.scim(scim.get("/Users/" + user)), before, name)
        expect.equal(server.decide(user, "settings.ownership"), True, name)
    for method, path, body in (("DELETE", f"/users/{user}/grants/Owner", None),
                               ("POST", f"/users/{user}/adoption", {"connection": "second"})):
        expect.status(admin.post(BASE + "/connections", {"name": "second"}), 201 if method == "DELETE" else 409)
        answer = admin.request(method, BASE + path, body)
        assert method == "POST" or answer.status in (403, 409), answer
        expect.equal(server.decide(user, "settings.ownership"), True, f"{method} {path}")


def test_everybody_else_can_be_removed_by_each_of_these(server):
    """Else the test above would hold for a server that refuses whatever it is asked. Without the guard, which keeps an IdP
    from taking a protected role at all.
    """
    server.cli("guard", "set", "okta", "--mode", "off")
    scim = server.scim(server.token())
    keeper = expect.scim(scim.post("/Users", user_body("keeper@acme.example")), 201)["id"]
    server.cli("users", "grant", keeper, "--role", "Owner")
    number = 0
    for name, method, path, body, headers in attempts("USER", "NAME"):
        number += 1
        user = expect.scim(scim.post("/Users", user_body(f"u{number}@acme.example")), 201)["id"]
        server.admin().post(f"{BASE}/users/{user}/grants", {"role": "Owner"})
        expect.equal(server.decide(user, "settings.ownership"), True, name)
        sent = json_with(body, user, f"u{number}@acme.example", f"renamed{number}@acme.example")
        answer = scim.request(method, path.replace("USER", user), sent, headers=headers)
        assert refusal(answer) in (200, 204), f"{name}: {answer}"
        expect.equal(server.decide(user, "settings.ownership"), False, name)


def json_with(body, user, name, renamed):
    text = json.dumps(body).replace("USER", user).replace("NAME", name).replace("renamed@acme.example", renamed)
    return json.loads(text) if body is not None else None


def test_no_verb_changes_an_account_of_another_connection(server):
    server.cli("connections", "create", "entra")
    scim, entra = server.scim(server.token()), server.scim(server.token("entra"))
    theirs = expect.scim(entra.post("/Users", user_body("bo@acme.example", externalId="bo-1")), 201)
    before = expect.scim(entra.get("/Users/" + theirs["id"]))
    for name, method, path, body, headers in attempts(theirs["id"], "bo@acme.example"):
        expect.equal(refusal(scim.request(method, path, body, headers=headers)), 404, name)
        expect.equal(expect.scim(entra.get("/Users/" + theirs["id"])), before, name)
    # Nor does making somebody of the same name or address make one of them the other.
    expect.refused(scim.post("/Users", user_body("BO@acme.example")), 409, "uniqueness")
    same = user_body("bo.other@acme.example", externalId="bo-1", emails=[{"value": "bo@acme.example"}])
    made = expect.scim(scim.post("/Users", same), 201)
    assert made["id"] != theirs["id"], made
    expect.equal(expect.scim(entra.get("/Users/" + theirs["id"])), before, "a user with its address and externalId")


def internal_ids(server, scim, admin):
    """Ids of every kind of thing, of this connection and of others."""
    ids = {}
    for path in ("/users", "/groups", "/roles", "/links", "/connections", "/tokens", "/api-tokens", "/plans"):
        for number, item in enumerate(expect.status(admin.get(BASE + path), 200)["items"][:3]):
            ids[f"{path} {number}"] = item["id"]
    polar = matrix.make_polar_workspace(server, admin, document())
    for kind in ("user", "group", "role", "connection"):
        ids["polar " + kind] = polar[kind][0]
    return ids


def test_an_external_id_reaches_nothing_but_its_own_row(server):
    scim, admin = server.scim(server.token()), server.admin()
    group = expect.scim(scim.post("/Groups", group_body("Desk")), 201)
    victim = expect.scim(scim.post("/Users", user_body("victim@acme.example", externalId="victim-1")), 201)
    server.cli("users", "grant", victim["id"], "--role", "Super Admin")
    matrix.make_api_token(server, admin, "default", ["users:read"])
    values = internal_ids(server, scim, admin)
    values.update({"one": "1", "zero": "0", "minus": "-1", "a large number": "9" * 30, "a UUID": "0" * 8 + "-0000-" * 1
                   + "4000-8000-" + "0" * 12, "an address": "victim@acme.example", "a dotted path": "../" * 8 + "victim",
                   "a path": "/Users/" + victim["id"], "a percent sign": "%2e%2e%2f", "a quote": "' OR 1=1 --",
                   "1 KB": "x" * 1024, "a wildcard": "%", "a filter": 'x" or id pr or id eq "', "null": "null",
                   "name of a role": "Super Admin", "an IRI": "urn:ietf:params:scim:schemas:core:2.0:User"})
    before = expect.scim(scim.get("/Users/" + victim["id"]))
    made = {}
    for number, (name, value) in enumerate(values.items()):
        user = expect.scim(scim.post("/Users", user_body(f"u{number}@acme.example", externalId=value)), 201)
        expect.equal(user["externalId"], value, name)
        made[name] = user["id"]
    quoted = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in values.items()}
    for name, value in values.items():
        found = expect.listed(scim.find("Users", f'externalId eq "{quoted[name]}"'))
        expect.equal([user["id"] for user in found], [made[name]], name)
        # As an id it is what it was before: somebody else's, or nobody's.
        by_id = scim.get("/Users/" + urllib.parse.quote(value, safe=""))
        assert by_id.status == 404 or by_id.status == 200 and by_id.json()["id"] == value, f"{name}: {by_id}"
        member = {"op": "add", "path": "members", "value": [{"value": value}]}
        if value != victim["id"] and not value.startswith("/"):
            scim.patch("/Groups/" + group["id"], member)
        expect.equal(server.decide(value, "roles.manage") and value not in (victim["id"], "victim@acme.example"), False,
                     f"a decision about {name}")
    members = {one["value"] for one in expect.scim(scim.get("/Groups/" + group["id"])).get("members", [])}
    own_ids = {one["id"] for path in ("/Users", "/Groups") for one in expect.listed(scim.get(path + "?count=200"))}
    assert members <= own_ids, members
    assert victim["id"] not in members, "an externalId made the victim a member"
    after = expect.scim(scim.get("/Users/" + victim["id"]))
    expect.equal(after, before, "the account whose id and address were taken for an externalId")
    for name, identifier in made.items():
        shown = server.cli("users", "get", identifier)
        assert "Super Admin" not in shown["roles"], f"{name}: {shown}"


ENDS = {
    "PATCH active": lambda scim, user: scim.patch("/Users/" + user, {"op": "replace", "path": "active", "value": False}),
    "PUT active": lambda scim, user: scim.put("/Users/" + user, user_body("ana@acme.example", active=False)),
    "bulk PATCH active": lambda scim, user: scim.post("/Bulk", bulk(
        "PATCH", "/Users/" + user, message({"op": "replace", "value": {"active": False}}))),
    "DELETE": lambda scim, user: scim.delete("/Users/" + user),
    "bulk DELETE": lambda scim, user: scim.post("/Bulk", bulk("DELETE", "/Users/" + user)),
    "PATCH userName": lambda scim, user: scim.patch(
        "/Users/" + user, {"op": "replace", "path": "userName", "value": "other@acme.example"}),
    "PUT userName": lambda scim, user: scim.put("/Users/" + user, user_body("other@acme.example")),
}


def test_tokens_of_a_user_end_with_the_user_and_do_not_come_back(server):
    for number, (name, end) in enumerate(ENDS.items()):
        connection = f"c{number}"
        server.cli("connections", "create", connection)
        scim = server.scim(server.token(connection))
        body = {**user_body("ana@acme.example"), "schemas": [USER]}
        user = expect.scim(scim.post("/Users", body), 201)["id"]
        made = [server.cli("tokens", "create", "--connection", connection, "--user", user)["token"] for _ in range(2)]
        server.secrets.update(made)
        own = [server.scim(token) for token in made]
        for client in own:
            expect.scim(client.get("/Me"))
        assert end(scim, user).status in (200, 204), name
        for client in own:
            expect.refused(client.get("/Me"), 401)
            expect.refused(client.get("/Users"), 401)
            expect.refused(Client(server.listen, client.token, "/scim/v2").get("/Me"), 401)
        # Back, and back to the old name: the tokens are gone for good.
        if "DELETE" in name:
            expect.scim(scim.post("/Users", body), 201)
        else:
            expect.scim(scim.put("/Users/" + user, body))
        for client in own:
            expect.refused(client.get("/Me"), 401)
        states = {token["state"] for token in server.cli("tokens", "list", "--connection", connection)
                  if token["user"] == user}
        expect.equal(states, {"revoked"}, name)
        # The next one needs the name.
        expect.status(scim.delete("/Users/" + user), 204)
        # What the connection itself holds stays.
        expect.scim(scim.get("/Users"))
