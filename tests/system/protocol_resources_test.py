"""Users and Groups: POST, GET, PUT, DELETE and what they answer (RFC 7644 §3.3 – §3.6)."""

import re

import expect
from rolecall_server import ENTERPRISE, GROUP, ROLECALL_USER, USER, group_body, user_body

TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def test_created_user_is_answered_in_full(server):
    scim = server.scim(server.token())
    body = user_body("ana@acme.example", externalId="00u1", title="Lead", **{ENTERPRISE: {"department": "IT"}})
    body["schemas"].append(ENTERPRISE)
    answer = scim.post("/Users", body)
    made = expect.scim(answer, 201)
    for name, value in body.items():
        expect.equal(made.get(name), value + [ROLECALL_USER] if name == "schemas" else value, name)
    location = f"http://{server.listen}/scim/v2/Users/{made['id']}"
    expect.equal(answer.headers["location"], location)
    expect.equal(made["meta"]["location"], location)
    expect.equal(made["meta"]["resourceType"], "User")
    expect.equal(answer.headers["etag"], made["meta"]["version"])
    expect.equal(made["meta"]["created"], made["meta"]["lastModified"])
    assert TIMESTAMP.match(made["meta"]["created"]), made["meta"]
    read = scim.get("/Users/" + made["id"])
    expect.equal(expect.scim(read), made)
    expect.equal(read.headers["etag"], answer.headers["etag"])


def test_created_group_and_member_show_each_other(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    desk = expect.scim(scim.post("/Groups", group_body("Service Desk", ana["id"])), 201)
    expect.equal(
        desk["members"],
        [
            {
                "value": ana["id"],
                "display": "ana@acme.example",
                "type": "User",
                "$ref": f"http://{server.listen}/scim/v2/Users/{ana['id']}",
            }
        ],
    )
    shown = expect.scim(scim.get("/Users/" + ana["id"]))
    expect.equal(
        shown["groups"],
        [
            {
                "value": desk["id"],
                "display": "Service Desk",
                "type": "direct",
                "$ref": f"http://{server.listen}/scim/v2/Groups/{desk['id']}",
            }
        ],
    )
    assert shown["meta"]["version"] != ana["meta"]["version"], "the user shows one more group and so is a new version"


def test_what_the_server_decides_is_passed_over(server):
    scim = server.scim(server.token())
    made = expect.scim(
        scim.post(
            "/Users",
            user_body(
                "ana@acme.example",
                id="mine",
                meta={"created": "2001-01-01T00:00:00Z"},
                groups=[{"value": "g"}],
                unknown={"deep": [1]},
                password="correct horse",
            ),
        ),
        201,
    )
    assert made["id"] != "mine" and not made["meta"]["created"].startswith("2001"), made
    for name in ("groups", "unknown", "password"):
        assert name not in made, f"{name} is in the answer"


def test_names_in_any_case_get_the_spelling_of_the_schema(server):
    scim = server.scim(server.token())
    made = expect.scim(scim.post("/Users", {"SCHEMAS": [USER], "USERNAME": "ana", "Name": {"GIVENNAME": "Ana"}}), 201)
    expect.equal((made["userName"], made["name"]), ("ana", {"givenName": "Ana"}))


def test_user_names_are_unique_without_regard_to_case(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    for name in ("ana@acme.example", "ANA@ACME.EXAMPLE"):
        expect.refused(scim.post("/Users", user_body(name)), 409, "uniqueness")
    expect.scim(scim.post("/Users", user_body("strasse@acme.example")), 201)
    expect.refused(scim.post("/Users", user_body("stra\u00dfe@acme.example")), 409, "uniqueness")
    expect.equal(len(expect.listed(scim.get("/Users"))), 2)


def test_group_names_are_unique_without_regard_to_case(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Groups", group_body("Service Desk")), 201)
    expect.refused(scim.post("/Groups", group_body("SERVICE DESK")), 409, "uniqueness")


def test_put_replaces_and_leaves_absence_of_active_and_members_alone(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example", title="Lead", active=False)), 201)
    replaced = expect.scim(scim.put("/Users/" + ana["id"], {"schemas": [USER], "userName": "ana@acme.example"}))
    assert "title" not in replaced and "name" not in replaced, replaced
    expect.equal(replaced["active"], False, "absence of active must not reactivate")
    expect.equal(replaced["meta"]["created"], ana["meta"]["created"])
    bo = expect.scim(scim.post("/Users", user_body("bo@acme.example")), 201)
    desk = expect.scim(scim.post("/Groups", group_body("Desk", bo["id"])), 201)
    renamed = expect.scim(scim.put("/Groups/" + desk["id"], {"schemas": [GROUP], "displayName": "Help"}))
    expect.equal((renamed["displayName"], len(renamed["members"])), ("Help", 1))
    emptied = expect.scim(scim.put("/Groups/" + desk["id"], {"schemas": [GROUP], "displayName": "Help", "members": []}))
    assert "members" not in emptied, emptied


def test_put_to_a_taken_name_changes_nothing(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    bo = expect.scim(scim.post("/Users", user_body("bo@acme.example")), 201)
    expect.refused(scim.put("/Users/" + bo["id"], user_body("ANA@acme.example")), 409, "uniqueness")
    expect.equal(expect.scim(scim.get("/Users/" + bo["id"])), bo)


def test_put_of_what_is_there_is_no_new_version(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    again = expect.scim(scim.put("/Users/" + ana["id"], ana))
    expect.equal(again, ana)


def test_deleted_is_gone_everywhere(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    desk = expect.scim(scim.post("/Groups", group_body("Desk", ana["id"])), 201)
    answer = scim.delete("/Users/" + ana["id"])
    expect.equal((answer.status, answer.body), (204, b""))
    for method in ("GET", "DELETE"):
        expect.refused(scim.request(method, "/Users/" + ana["id"]), 404)
    expect.refused(scim.put("/Users/" + ana["id"], user_body("ana@acme.example")), 404)
    expect.refused(scim.patch("/Users/" + ana["id"], {"op": "replace", "path": "title", "value": "x"}), 404)
    assert "members" not in expect.scim(scim.get("/Groups/" + desk["id"]))
    expect.equal(expect.listed(scim.find("Users", 'userName eq "ana@acme.example"')), [])
    other = expect.scim(scim.post("/Users", user_body("ben@acme.example")), 201)
    assert other["id"] != ana["id"], "an id is never given to somebody else"


def test_groups_may_hold_groups_but_not_themselves(server):
    scim = server.scim(server.token())
    inner = expect.scim(scim.post("/Groups", group_body("Inner")), 201)
    outer = expect.scim(scim.post("/Groups", group_body("Outer", inner["id"])), 201)
    expect.equal(outer["members"][0]["type"], "Group")
    expect.refused(
        scim.patch("/Groups/" + outer["id"], {"op": "add", "path": "members", "value": [{"value": outer["id"]}]}),
        400,
        "invalidValue",
    )


def test_unknown_members_are_passed_over_and_known_ones_kept(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    desk = expect.scim(scim.post("/Groups", group_body("Desk", "00000000-0000-7000-8000-000000000000", ana["id"])), 201)
    expect.equal([member["value"] for member in desk["members"]], [ana["id"]])
    server.log_line("a member was passed over")


def test_projection_works_on_every_verb(server):
    scim = server.scim(server.token())
    made = expect.scim(scim.post("/Users?attributes=userName", user_body("ana@acme.example")), 201)
    expect.equal(sorted(made), ["id", "schemas", "userName"])
    path = "/Users/" + made["id"]
    expect.equal(sorted(expect.scim(scim.get(path + "?attributes=name.givenName"))), ["id", "name", "schemas"])
    expect.equal(expect.scim(scim.get(path + "?attributes=name.givenName"))["name"], {"givenName": "Ana"})
    shown = expect.scim(scim.get(path + "?excludedAttributes=emails,name.familyName,id"))
    assert "emails" not in shown and "familyName" not in shown["name"] and shown["id"], shown
    expect.equal(
        sorted(expect.scim(scim.put(path + "?attributes=title", user_body("ana@acme.example", title="L")))),
        ["id", "schemas", "title"],
    )
    patched = scim.request(
        "PATCH",
        path + "?excludedAttributes=emails",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "title", "value": "M"}],
        },
    )
    assert "emails" not in expect.scim(patched)
    expect.refused(scim.get(path + "?attributes=userName&excludedAttributes=title"), 400, "invalidValue")


def test_enterprise_extension_can_be_written_read_filtered_and_removed(server):
    scim = server.scim(server.token())
    body = user_body(
        "ana@acme.example",
        **{ENTERPRISE: {"department": "IT", "employeeNumber": "42", "manager": {"value": "m-1", "displayName": "Bo"}}},
    )
    ana = expect.scim(scim.post("/Users", body), 201)
    assert ENTERPRISE in ana["schemas"], ana["schemas"]
    assert "displayName" not in ana[ENTERPRISE]["manager"], "manager.displayName is read-only"
    path = "/Users/" + ana["id"]
    only = expect.scim(scim.get(f"{path}?attributes={ENTERPRISE}:department"))
    expect.equal(only[ENTERPRISE], {"department": "IT"})
    for text in (f'{ENTERPRISE}:employeeNumber eq "42"', 'department sw "i"', f'{ENTERPRISE}:manager.value eq "m-1"'):
        expect.equal(len(expect.listed(scim.find("Users", text))), 1, text)
    gone = expect.scim(scim.patch(path, {"op": "remove", "path": ENTERPRISE}))
    assert ENTERPRISE not in gone and ENTERPRISE not in gone["schemas"], gone


def test_null_and_empty_values_are_no_values(server):
    scim = server.scim(server.token())
    made = expect.scim(
        scim.post("/Users", user_body("ana@acme.example", title=None, nickName="", phoneNumbers=[])), 201
    )
    for name in ("title", "nickName", "phoneNumbers"):
        assert name not in made, made
