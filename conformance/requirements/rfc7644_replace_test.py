"""Replacing with PUT (RFC 7644 §3.5.1)."""

import expect
from rolecall_server import ENTERPRISE, GROUP, ROLECALL_USER, USER, group_body
from shared import NOBODY, new_group, unique
from strict import connect, make, minimal, path_of, stays_as_it_is


def put(scim, target, **body):
    return expect.scim(scim.put(path_of(target), minimal(target["userName"], **body)))


def test_put_does_not_create():
    """§3.5.1: an unknown id is 404, and nothing is there afterwards.

    Proves: 7644-3.5.1-01
    """
    scim = connect()
    name = unique()
    for identifier in (NOBODY, "my-own-id", name):
        expect.refused(scim.put("/Users/" + identifier, {**minimal(name), "id": identifier}), 404)
        expect.refused(scim.get("/Users/" + identifier), 404)
    expect.refused(scim.put("/Groups/" + NOBODY, group_body(name)), 404)
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 0)
    expect.equal(expect.listed(scim.find("Groups", f'displayName eq "{name}"')), [])


def test_sent_values_replace_the_old_ones():
    """§3.5.1: readWrite and writeOnly attributes; what is written of a password is nowhere to be read.

    Deviates: 7644-3.5.1-02: passwords are checked for their type and dropped; no old one can be valid, because none ever is.
    Proves: 7644-3.5.1-02
    """
    scim = connect()
    user = make(scim, title="Lead", password="old-4711", emails=[{"value": "old@acme.example", "type": "work"}])
    found = put(scim, user, title="Boss", password="new-4711", emails=[{"value": "new@acme.example", "type": "home"}])
    expect.equal((found["title"], found["emails"]), ("Boss", [{"value": "new@acme.example", "type": "home"}]))
    for text in (scim.get(path_of(user)).body, scim.get("/Users").body):
        assert b"4711" not in text, text
    expect.refused(scim.put(path_of(user), minimal(user["userName"], password=5)), 400, "invalidValue")


def test_values_that_were_left_out_are_cleared():
    """§3.5.1: all but active, whose absence must not let a leaver in again, and the members of a group, which
    may be many and give roles: leaving them out keeps them.

    Proves: 7644-3.5.1-03
    """
    scim = connect()
    user = make(scim, nickName="An", title="Lead", active=False, name={"givenName": "Ana", "familyName": "L"},
                emails=[{"value": "a@acme.example"}], **{ENTERPRISE: {"department": "IT", "division": "D"}})
    found = put(scim, user, title="Lead", name={"givenName": "Ana"}, **{ENTERPRISE: {"department": "IT"}})
    expect.equal((found["title"], found["name"], found[ENTERPRISE], found["active"]),
                 ("Lead", {"givenName": "Ana"}, {"department": "IT"}, False))
    assert not {"nickName", "emails"} & set(found), found
    found = put(scim, user)
    expect.equal(set(found), {"schemas", "id", "userName", "active", "meta"})
    expect.equal(found["schemas"], [USER])
    group = new_group(scim, user["id"], externalId="g-1")
    kept = expect.scim(scim.put(path_of(group), {"schemas": [GROUP], "displayName": group["displayName"]}))
    assert "externalId" not in kept, kept
    expect.equal([member["value"] for member in kept["members"]], [user["id"]])


def test_null_and_empty_clear():
    """§3.5.1: null and [] take a value away.

    Proves: 7644-3.5.1-04
    """
    scim = connect()
    user = make(scim, roles=[{"value": "r1"}], title="Lead", nickName="An", emails=[{"value": "a@acme.example"}])
    found = put(scim, user, roles=[], title=None, emails=None, nickName="")
    expect.equal(set(found), {"schemas", "id", "userName", "active", "meta", ROLECALL_USER})
    group = new_group(scim, user["id"])
    emptied = expect.scim(scim.put(path_of(group), group_body(group["displayName"])))
    assert not emptied.get("members"), emptied
    assert not expect.scim(scim.get(path_of(group))).get("members")
    assert not expect.scim(scim.get(path_of(user))).get("groups")


def test_read_only_values_are_ignored():
    """§3.5.1: id, meta and groups of the body do nothing.

    Proves: 7644-3.5.1-07
    """
    scim = connect()
    user, team = make(scim), new_group(scim)
    found = put(scim, user, id="another", groups=[{"value": team["id"]}],
                meta={"created": "2001-01-01T00:00:00Z", "resourceType": "Group", "version": 'W/"9"', "location": "http://x/"})
    expect.equal(found, user)
    assert "members" not in expect.scim(scim.get(path_of(team)))
    expect.refused(scim.get("/Users/another"), 404)


def test_required_attributes_are_required():
    """§3.5.1: a User without userName, a Group without displayName.

    Proves: 7644-3.5.1-08
    """
    scim = connect()
    user, team = make(scim, title="Lead"), new_group(scim)
    for body in ({}, {"userName": None}, {"userName": ""}, {"title": "Boss"}):
        stays_as_it_is(scim, user, scim.put(path_of(user), {"schemas": [USER], **body}), 400, "invalidValue")
    for body in ({}, {"displayName": None}, {"members": []}):
        stays_as_it_is(scim, team, scim.put(path_of(team), {"schemas": [GROUP], **body}), 400, "invalidValue")


def test_a_put_answers_with_the_whole_resource():
    """§3.5.1: 200, and what a following GET shows.

    Proves: 7644-3.5.1-09
    """
    scim = connect()
    user, member = make(scim), make(scim)
    team = new_group(scim, member["id"])
    found = put(scim, user, title="Lead", emails=[{"value": "a@acme.example", "primary": True}])
    expect.equal(found["title"], "Lead")
    expect.equal(expect.scim(scim.get(path_of(user))), found)
    answer = scim.put(path_of(team), group_body(team["displayName"], user["id"], member["id"]))
    shown = expect.scim(answer)
    expect.equal({one["value"] for one in shown["members"]}, {user["id"], member["id"]})
    expect.equal(expect.scim(scim.get(path_of(team))), shown)
    expect.equal(answer.headers["etag"], shown["meta"]["version"])


def test_a_put_keeps_names_unique():
    """§3.5.1, §3.12: the userName of another user is taken, however it is written; one's own is not.

    Proves: 7644-3.5.1-10
    """
    scim = connect()
    ana, bo = make(scim, userName=unique("ana")), make(scim, userName=unique("bo"))
    for name in (ana["userName"], ana["userName"].upper()):
        stays_as_it_is(scim, bo, scim.put(path_of(bo), minimal(name)), 409, "uniqueness")
    expect.equal(expect.scim(scim.put(path_of(bo), minimal(bo["userName"].upper())))["userName"], bo["userName"].upper())
    first, second = new_group(scim), new_group(scim)
    stays_as_it_is(scim, second, scim.put(path_of(second), group_body(first["displayName"])), 409, "uniqueness")
