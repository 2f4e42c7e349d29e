"""Creating resources with POST (RFC 7644 §3.3)."""

import expect
from rolecall_server import ENTERPRISE, GROUP, ROLECALL_USER, USER, group_body
from shared import CERTIFICATE, new_group, unique
from strict import connect, make, minimal, path_of


def test_read_only_attributes_of_a_create_are_ignored():
    """§3.3: id, meta and groups are the server's; §3.3.1: so is meta.resourceType, which follows the endpoint.

    Proves: 7644-3.3-01 7644-3.3.1-01
    """
    scim = connect()
    own = new_group(scim)
    sent = {"id": "my-id", "groups": [{"value": own["id"], "display": "Own"}],
            "meta": {"resourceType": "Group", "created": "2001-01-01T00:00:00Z", "lastModified": "2001-01-01T00:00:00Z",
                     "location": "https://example.com/Users/1", "version": 'W/"77"'}}
    user = make(scim, **sent)
    assert user["id"] != "my-id" and "groups" not in user, user
    expect.equal(user["meta"]["resourceType"], "User")
    for name in ("created", "lastModified", "location", "version"):
        assert user["meta"][name] != sent["meta"][name], user["meta"]
    assert user["meta"]["created"] == user["meta"]["lastModified"] and user["meta"]["created"] > "2020", user["meta"]
    expect.refused(scim.get("/Users/my-id"), 404)
    assert "members" not in expect.scim(scim.get(path_of(own))), "a user put itself into a group"
    group = expect.scim(scim.post("/Groups", {**group_body(unique("Team")), "id": "my-id", "meta": {"resourceType": "User"}}), 201)
    assert group["meta"]["resourceType"] == "Group" and group["id"] != "my-id", group


def test_active_is_the_only_default():
    """§3.3: what was not sent may get a default: active is true; everything else counts as not asserted.

    Proves: 7644-3.3-02 7644-3.3-09
    """
    user = make(connect())
    expect.equal(set(user), {"schemas", "id", "userName", "active", "meta", ROLECALL_USER})
    expect.equal((user["active"], user["schemas"]), (True, [USER, ROLECALL_USER]))


def test_null_and_empty_are_no_value():
    """§3.3: null or [] asks for no value.

    Deviates: 7644-3.3-03: active, the only attribute with a default, is on every User: null there is true, like absence,
        because a User without active would be read as active by one client and as inactive by another.
    Proves: 7644-3.3-03
    """
    scim = connect()
    user = make(scim, title=None, nickName=None, name=None, roles=[], emails=[], addresses=None, active=None)
    expect.equal(set(user), {"schemas", "id", "userName", "active", "meta", ROLECALL_USER})
    expect.equal(user["active"], True)
    expect.equal(expect.scim(scim.get(path_of(user))), user)
    group = expect.scim(scim.post("/Groups", {"schemas": [GROUP], "displayName": unique("Team"), "members": []}), 201)
    assert "members" not in group, group


def test_a_create_answers_201_with_the_resource_and_its_address():
    """§3.3: 201; the body is the resource; Location and meta.location are its URI, where it is.

    Proves: 7644-3.3-04 7644-3.3-05 7644-3.3-06
    """
    scim = connect()
    for kind, body in (("Users", minimal(unique(), title="Lead", emails=[{"value": "a@acme.example"}])),
                       ("Groups", group_body(unique("Team")))):
        answer = scim.post("/" + kind, body)
        created = expect.scim(answer, 201)
        expect.equal(answer.headers["location"], created["meta"]["location"])
        expect.equal(created["meta"]["location"], f"http://{scim.running.listen}/scim/v2/{kind}/{created['id']}")
        expect.equal(expect.scim(scim.get(f"/{kind}/{created['id']}")), created)


def test_a_conflicting_create_is_409():
    """§3.3, §3.12: the name is taken, also when it is written otherwise; nothing is created.

    Proves: 7644-3.3-07 7644-3.12-10
    """
    scim = connect()
    name = unique("Ana")
    make(scim, userName=name)
    for taken in (name, name.lower(), name.upper()):
        expect.refused(scim.post("/Users", minimal(taken)), 409, "uniqueness")
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 1)
    team = new_group(scim)
    expect.refused(scim.post("/Groups", group_body(team["displayName"])), 409, "uniqueness")


def test_a_create_that_breaks_the_schema_is_refused():
    """§3.3, §3.12: wrong types and missing required values are 400 invalidValue, and nothing is stored.

    Proves: 7644-3.3-08 7644-3.12-22
    """
    scim = connect()
    name = unique()
    for body in ({"userName": 5}, {"userName": True}, {"userName": None}, {"userName": ""}, {"userName": [name]}, {},
                 {"userName": name, "active": "maybe"}, {"userName": name, "emails": [{"value": 5}]}, {"userName": name, "name": "Ana"},
                 {"userName": name, "emails": [{"value": "a", "primary": "often"}]}, {"userName": name, "title": {"value": "Lead"}},
                 {"userName": name, "name": {"givenName": ["Ana"]}}, {"userName": name, ENTERPRISE: "IT"},
                 {"userName": name, ENTERPRISE: {"department": 5}}, {"userName": name, "x509Certificates": [{"value": "%%%"}]}):
        expect.refused(scim.post("/Users", {"schemas": [USER], **body}), 400, "invalidValue")
    for body in ({}, {"displayName": 5}, {"displayName": ""}, {"displayName": name, "members": [{"value": 5}]}):
        expect.refused(scim.post("/Groups", {"schemas": [GROUP], **body}), 400, "invalidValue")
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 0)


def test_a_create_with_everything_keeps_everything():
    """§3.3: the body of the answer is the resource, all of it.

    Proves: 7644-3.3-05
    """
    scim = connect()
    sent = {"externalId": "e-1", "name": {"givenName": "Ana", "familyName": "Lopez", "formatted": "Ana Lopez", "middleName": "M"},
            "displayName": "Ana", "nickName": "An", "profileUrl": "https://acme.example/ana", "title": "Lead", "userType": "Employee",
            "preferredLanguage": "de-CH", "locale": "de-CH", "timezone": "Europe/Zurich", "active": False,
            "emails": [{"value": "a@acme.example", "type": "work", "primary": True}, {"value": "a@home.example", "type": "home"}],
            "phoneNumbers": [{"value": "+41 44 000 00 00", "type": "work"}], "ims": [{"value": "ana", "type": "xmpp"}],
            "photos": [{"value": "https://acme.example/ana.png", "type": "photo"}],
            "addresses": [{"type": "work", "streetAddress": "1 Main St", "locality": "Bern", "country": "CH", "primary": True}],
            "entitlements": [{"value": "e1"}], "roles": [{"value": "r1", "display": "Role"}],
            "x509Certificates": [{"value": CERTIFICATE}],
            ENTERPRISE: {"employeeNumber": "7", "costCenter": "C", "organization": "O", "division": "D", "department": "IT",
                         "manager": {"value": "m-1"}}}
    answer = expect.scim(scim.post("/Users", minimal(unique(), **sent)), 201)
    for name, value in sent.items():
        expect.equal(answer.get(name), value, name)
    expect.equal(sorted(answer["schemas"]), sorted([USER, ENTERPRISE]))
    expect.equal(expect.scim(scim.get(path_of(answer))), answer)
