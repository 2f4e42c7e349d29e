"""PATCH (RFC 7644 §3.5.2) over HTTP: the case files of tests/cases, and what only a server can show."""

import json
import pathlib

import expect
from rolecall_server import ENTERPRISE, PATCH_OP, ROLECALL_USER, ROOT, group_body, user_body

MEMBER_NAMES = ("u1", "u2", "u3", "u4")
ANSWERS_OF_THE_SERVER = ("id", "meta", "groups", "members")


def cases(kind):
    """(name, case) of every case file of a kind."""
    for path in sorted((ROOT / "tests" / "cases" / kind).glob("*.json")):
        for case in json.loads(path.read_text()):
            yield f"{pathlib.Path(path).stem}: {case['name']}", case


def client_of_each_dialect(server):
    """No roles are made from groups: the second connection would find those of the first listed."""
    server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
    for dialect in ("strict", "generic"):
        server.cli("connections", "create", dialect, "--dialect", dialect, "--unknown-groups", "keep_unlinked")
    return {name: server.scim(server.token(name)) for name in ("okta", "strict", "generic")}


def make_members(clients):
    """A real user for each id that the group cases name, per connection."""
    return {
        dialect: {
            name: expect.scim(client.post("/Users", user_body(f"{name}-{dialect}@acme.example")), 201)["id"]
            for name in MEMBER_NAMES
        }
        for dialect, client in clients.items()
    }


def with_ids(value, ids):
    """The same JSON with the names of the cases replaced by ids."""
    text = json.dumps(value)
    for name, number in ids.items():
        for before, after in (
            (f'"{name}"', f'"{number}"'),
            (f'\\"{name}\\"', f'\\"{number}\\"'),
            (f'/{name}"', f'/{number}"'),
        ):
            text = text.replace(before, after)
    return json.loads(text)


def without_roles(user):
    """What was sent and stored: the roles that follow from it are the server's to add."""
    extension = {key: value for key, value in user.get(ROLECALL_USER, {}).items() if key != "effectiveRoles"}
    if extension or ROLECALL_USER not in user:
        return {**user, ROLECALL_USER: extension} if extension else user
    shown = {key: value for key, value in user.items() if key != ROLECALL_USER}
    return {**shown, "schemas": [urn for urn in shown["schemas"] if urn != ROLECALL_USER]}


def check_resource(name, answer, wanted, absent):
    answer = without_roles(answer)
    for attribute, value in wanted.items():
        found = answer.get(attribute)
        if attribute == "members":
            found = sorted(member["value"] for member in found or [])
            value = sorted(member["value"] for member in value)
        if attribute == ENTERPRISE and found and "manager" in found:
            shown = value.get("manager", {})  # its address is the server's to add
            found = {**found, "manager": {part: found["manager"].get(part) for part in shown}}
        expect.equal(found, value, f"{name}: {attribute}")
    for attribute in absent:
        assert attribute not in answer, f"{name}: {attribute} is still there"


def play_patch(name, case, client, ids):
    given, when, then = case["given"], case["when"], case["then"]
    kind = "/Groups" if given["type"] == "Group" else "/Users"
    made = expect.scim(client.post(kind, with_ids(given["resource"], ids)), 201)
    path = f"{kind}/{made['id']}"
    body = {"schemas": [PATCH_OP], **with_ids(when, {**ids, "self": made["id"]})}
    answer = client.request("PATCH", path, body)
    now = client.get(path)
    if "scimType" in then:
        expect.refused(answer, then["status"], then["scimType"])
        expect.equal(now.json(), made, f"{name}: a refused request must change nothing")
    else:
        assert answer.status in (200, 204), f"{name}: {answer}"
        check_resource(name, now.json(), with_ids(then["resource"], ids), then.get("absent", ()))
        is_same = now.json()["meta"] == made["meta"]
        expect.equal(is_same, "unchanged" in then, f"{name}: version and lastModified stay")
    expect.equal(client.delete(path).status, 204)


def test_case_files_of_patch(server):
    clients = client_of_each_dialect(server)
    ids = make_members(clients)
    played = 0
    for name, case in cases("patch"):
        dialect = case["given"]["dialect"]
        play_patch(name, case, clients[dialect], ids[dialect])
        played += 1
    assert played > 200, played


def test_case_files_of_validation(server):
    clients = client_of_each_dialect(server)
    played = 0
    for name, case in cases("validation"):
        if "post" not in case["when"]:
            continue
        client = clients["strict" if case["given"].get("formats") == "strict" else "okta"]
        kind = "/Groups" if case["given"]["type"] == "Group" else "/Users"
        answer = client.post(kind, case["when"]["post"])
        if "scimType" in case["then"]:
            expect.refused(answer, case["then"]["status"], case["then"]["scimType"])
        else:
            made = expect.scim(answer, 201)
            wanted = {key: value for key, value in case["then"]["resource"].items() if key not in ANSWERS_OF_THE_SERVER}
            check_resource(name, made, wanted, set(case["then"].get("absent", ())) - set(ANSWERS_OF_THE_SERVER))
            expect.equal(client.delete(f"{kind}/{made['id']}").status, 204)
        played += 1
    assert played > 50, played


def test_case_files_of_filters(server):
    """Each filter beside the id of the one user it is about."""
    client = server.scim(server.token())
    played = 0
    for name, case in cases("matching"):
        asks_for_more = any(
            word in case["when"] for word in ("id eq", "meta.", "groups", "members", "manager.displayName", "x509", "password")
        )
        is_without_active = (
            "active" in case["when"] and "active" not in case["given"]["resource"]
        )  # every stored user has it
        if asks_for_more or is_without_active or case["given"]["type"] != "User":
            continue
        resource = case["given"]["resource"]
        unsent = (*ANSWERS_OF_THE_SERVER, "x509Certificates")  # theirs are too short to be real
        body = {key: value for key, value in resource.items() if key not in unsent}
        made = expect.scim(client.post("/Users", body), 201)
        found = expect.listed(client.find("Users", f'id eq "{made["id"]}" and ({case["when"]})'))
        expect.equal(len(found) == 1, case["then"]["matches"], name)
        expect.equal(client.delete("/Users/" + made["id"]).status, 204)
        played += 1
    assert played > 70, played


def test_user_patch_answers_the_user_and_group_patch_nothing_unless_asked(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    answer = scim.patch("/Users/" + ana["id"], {"op": "replace", "path": "title", "value": "Lead"})
    body = expect.scim(answer)
    expect.equal((body["title"], answer.headers["etag"]), ("Lead", body["meta"]["version"]))
    desk = expect.scim(scim.post("/Groups", group_body("Desk")), 201)
    quiet = scim.patch("/Groups/" + desk["id"], {"op": "add", "path": "members", "value": [{"value": ana["id"]}]})
    expect.equal((quiet.status, quiet.body), (204, b""))
    expect.equal(quiet.headers["etag"], scim.get("/Groups/" + desk["id"]).headers["etag"])
    asked = scim.request(
        "PATCH",
        f"/Groups/{desk['id']}?attributes=displayName",
        {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "displayName", "value": "Help"}]},
    )
    expect.equal(expect.scim(asked)["displayName"], "Help")


def test_both_update_dialects_of_okta(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    whole = dict(ana, active=False)
    expect.equal(expect.scim(scim.put("/Users/" + ana["id"], whole))["active"], False)
    expect.equal(
        expect.scim(scim.patch("/Users/" + ana["id"], {"op": "replace", "value": {"active": True}}))["active"], True
    )
    desk = expect.scim(scim.post("/Groups", group_body("Tier 2", ana["id"])), 201)
    renamed = scim.patch(
        "/Groups/" + desk["id"], {"op": "replace", "value": {"id": desk["id"], "displayName": "Tier 3"}}
    )
    expect.equal(renamed.status, 204)
    shown = expect.scim(scim.get("/Groups/" + desk["id"]))
    expect.equal((shown["displayName"], len(shown["members"])), ("Tier 3", 1))


def test_several_operations_are_one_change_or_none(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    desk = expect.scim(scim.post("/Groups", group_body("Desk")), 201)
    expect.refused(
        scim.patch(
            "/Groups/" + desk["id"],
            {"op": "add", "path": "members", "value": [{"value": ana["id"]}]},
            {"op": "replace", "path": "displayName", "value": 5},
        ),
        400,
        "invalidValue",
    )
    expect.equal(expect.scim(scim.get("/Groups/" + desk["id"])), desk)
    expect.equal(server.cli("users", "get", "ana@acme.example")["groups"], [])
    both = scim.patch(
        "/Groups/" + desk["id"],
        {"op": "add", "path": "members", "value": [{"value": ana["id"]}]},
        {"op": "replace", "path": "displayName", "value": "Help"},
    )
    expect.equal(both.status, 204)
    shown = expect.scim(scim.get("/Groups/" + desk["id"]))
    expect.equal((shown["displayName"], shown["meta"]["version"]), ("Help", 'W/"2"'))


def test_renaming_to_a_taken_name_is_refused(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Groups", group_body("Desk")), 201)
    help_desk = expect.scim(scim.post("/Groups", group_body("Help")), 201)
    expect.refused(
        scim.patch("/Groups/" + help_desk["id"], {"op": "replace", "path": "displayName", "value": "DESK"}),
        409,
        "uniqueness",
    )
    expect.equal(expect.scim(scim.get("/Groups/" + help_desk["id"])), help_desk)


def test_faulty_patch_messages(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    path = "/Users/" + ana["id"]
    for body, scim_type in (
        ({"Operations": [{"op": "remove", "path": "title"}]}, "invalidSyntax"),
        ({"schemas": [PATCH_OP]}, "invalidSyntax"),
        ({"schemas": [PATCH_OP], "Operations": []}, "invalidSyntax"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "move", "path": "title"}]}, "invalidSyntax"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "remove"}]}, "noTarget"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title"}]}, "invalidValue"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "nosuch", "value": 1}]}, "invalidPath"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "id", "value": "x"}]}, "mutability"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "groups", "value": []}]}, "mutability"),
        ({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "userName"}]}, "mutability"),
    ):
        expect.refused(scim.request("PATCH", path, body), 400, scim_type)
    expect.equal(expect.scim(scim.get(path)), ana)
