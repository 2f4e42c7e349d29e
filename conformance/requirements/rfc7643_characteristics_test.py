"""What the characteristics of core attributes do: case, mutability, returned (RFC 7643 §7, §9.3)."""

import expect
from shared import client, names_found, new_group, query, server, unique
from strict import connect, make, minimal, path_of

DEFAULT = {"displayName": "Babs", "nickName": "B", "title": "Lead", "name": {"givenName": "Barbara", "familyName": "Jensen"},
           "emails": [{"value": "b@acme.example", "type": "work", "primary": True}], "active": True, "externalId": "X-1"}
MINIMUM = {"id", "schemas"}


def test_the_definition_decides_whether_case_matters():
    """§7: in filters.

    Proves: 7643-7-05
    """
    scim = connect()
    user = make(scim, displayName="Babs", externalId="Ext")
    for text, count in (('displayName eq "BABS"', 1), ('displayName co "AB"', 1), ('displayName sw "bA"', 1), ('displayName eq "Babz"', 0),
                        (f'id eq "{user["id"]}"', 1), (f'id eq "{user["id"].upper()}"', 0), (f'id sw "{user["id"][:13].upper()}"', 0),
                        ('externalId eq "ext"', 0), ('externalId co "xT"', 0), ('externalId co "xt"', 1)):
        expect.equal(len(expect.listed(scim.find("Users", text))), count, text)


def test_read_only_attributes_are_not_changed():
    """§7: PUT passes them over.

    Proves: 7643-7-08
    """
    for scim in (connect(), client()):
        user = make(scim)
        group = new_group(scim, user["id"])
        before = expect.scim(scim.get(path_of(user)))
        body = minimal(user["userName"], id="mine", groups=[{"value": "other"}],
                       meta={"created": "2001-01-01T00:00:00Z", "resourceType": "Group", "version": 'W/"99"'})
        after = expect.scim(scim.put(path_of(user), body))
        for shown in (after, expect.scim(scim.get(path_of(user)))):
            expect.equal((shown["id"], shown["groups"]), (before["id"], before["groups"]))
            expect.equal(shown["meta"], before["meta"], "a PUT of nothing new is no change")
        expect.equal([one["value"] for one in expect.scim(scim.get(path_of(group)))["members"]], [user["id"]])


def test_always_and_default_and_what_is_asked_for():
    """§7: `always` is shown whatever is asked for, `default` unless other attributes are named.

    Proves: 7643-7-11 7643-7-13
    """
    scim = connect()
    user = make(scim, **DEFAULT)
    whole = expect.scim(scim.get(path_of(user)))
    expect.equal({name: whole[name] for name in DEFAULT}, DEFAULT)
    for sent, names in ((dict(attributes="userName"), {"userName"}), (dict(attributes="name.givenName,emails.value"), {"name", "emails"}),
                        (dict(excludedAttributes="id,schemas"), set(whole) - MINIMUM),
                        (dict(excludedAttributes="id,emails,name"), set(whole) - MINIMUM - {"emails", "name"})):
        wanted = names | MINIMUM
        expect.equal(set(expect.scim(scim.get(query(path_of(user), **sent)))), wanted, str(sent))
        expect.equal([set(one) for one in expect.listed(scim.get(query("/Users", **sent)))], [wanted], str(sent))
    expect.equal(expect.scim(scim.get(query(path_of(user), attributes="name.givenName")))["name"], {"givenName": "Barbara"})


def test_workspaces_know_nothing_of_each_other():
    """§9.3: the same person has another id in each, and neither can be reached from the other.

    Proves: 7643-9.3-01
    """
    first, second = connect(), connect()
    name = unique("same")
    person = {"userName": name, "externalId": name, "displayName": name}
    mine, other = make(first, **person), make(second, **person)
    assert mine["id"] != other["id"]
    for scim, foreign, own in ((first, other, mine), (second, mine, other)):
        for answer in (scim.get(path_of(foreign)), scim.put(path_of(foreign), minimal(name)), scim.delete(path_of(foreign)),
                       scim.patch(path_of(foreign), {"op": "add", "path": "title", "value": "X"})):
            expect.refused(answer, 404)
        for text in (f'userName eq "{name}"', f'externalId eq "{name}"', f'id eq "{foreign["id"]}" or id eq "{own["id"]}"'):
            expect.equal([one["id"] for one in expect.listed(scim.find("Users", text))], [own["id"]], text)
        expect.equal(names_found(scim, "userName pr"), [name])
    assert server().process.poll() is None
