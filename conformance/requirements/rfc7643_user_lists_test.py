"""Multi-valued attributes of User (RFC 7643 §4.1.2, and errata)."""

import base64

import expect
from rolecall_server import GROUP
from shared import CERTIFICATE, client, new_group, new_user, unique
from strict import change, connect, make, minimal, path_of


def refused(scim, attribute, element):
    """POST, PUT and PATCH refuse a list with this element."""
    expect.refused(scim.post("/Users", minimal(unique(), **{attribute: [element]})), 400, "invalidValue")
    user = make(scim)
    expect.refused(scim.put(path_of(user), minimal(user["userName"], **{attribute: [element]})), 400, "invalidValue")
    expect.refused(scim.patch(path_of(user), {"op": "add", "path": attribute, "value": [element]}), 400, "invalidValue")
    expect.equal(expect.scim(scim.get(path_of(user))), user)


def kept(scim, attribute, *elements):
    """A list of these elements comes back as it was sent."""
    user = make(scim, **{attribute: list(elements)})
    expect.equal(user[attribute], list(elements))
    expect.equal(expect.scim(scim.get(path_of(user)))[attribute], list(elements))


def groups_of(scim, user):
    """{id: (type, address)} of the groups that a user shows."""
    shown = expect.scim(scim.get(path_of(user))).get("groups", [])
    found = {one["value"]: (one["type"], one["$ref"]) for one in shown}
    expect.equal(len(found), len(shown), "groups shown once each")
    return found


def test_mail_addresses_are_kept_as_sent():
    """§4.1.2: they should follow RFC 5321.

    Deviates: 7643-4.1.2-01: an address is stored as it came, also one without a domain: what is an address of a person is
      the identity provider's to say, and nothing is ever sent to it. Comparison is without regard to case.
    Proves: 7643-4.1.2-01
    """
    for scim in (connect(), client()):
        kept(scim, "emails", {"value": "bjensen@example.com", "type": "work"}, {"value": "Ünï@exämple.com", "type": "home"},
             {"value": "no-at-sign"})
        expect.equal(expect.listed(scim.find("Users", 'emails.value eq "NO-AT-SIGN"'))[0]["emails"][2]["value"], "no-at-sign")


def test_telephone_numbers_are_kept_as_sent():
    """§4.1.2: as a tel URI and as people write them.

    Proves: 7643-4.1.2-02
    """
    for scim in (connect(), client()):
        kept(scim, "phoneNumbers", {"value": "tel:+1-201-555-0123", "type": "work"}, {"value": "555-555-8377", "type": "mobile"})
        assert expect.listed(scim.find("Users", 'phoneNumbers.value eq "TEL:+1-201-555-0123"'))


def test_handles_are_kept_as_sent():
    """§4.1.2: they should lose white space and capitals.

    Deviates: 7643-4.1.2-03: a handle comes back as it was sent, because clients compare what they read with what they sent;
      comparison is without regard to case.
    Proves: 7643-4.1.2-03
    """
    for scim in (connect(), client()):
        kept(scim, "ims", {"value": "Some Handle", "type": "aim"})
        assert expect.listed(scim.find("Users", 'ims.value eq "some handle"'))


def test_photos_are_addresses():
    """§4.1.2: of a place, not the picture itself, let alone something to run.

    Proves: 7643-4.1.2-04
    """
    for scim in (connect(), client()):
        for value in ("data:image/png;base64,iVBORw0KGgo=", "javascript:alert(1)", "JavaScript:alert(1)", "vbscript:x",
                      "no address at all"):
            refused(scim, "photos", {"value": value, "type": "photo"})
        kept(scim, "photos", {"value": "https://photos.example.com/profilephoto/72930000000Ccne/F", "type": "photo"})


def test_country_is_a_code_of_two_letters():
    """§4.1.2.

    Deviates: 7643-4.1.2-05: except in the dialect strict any text is kept, because directories hold names of countries in
      every spelling and a person must not be locked out by one.
    Proves: 7643-4.1.2-05
    """
    strict, lenient = connect(), client()
    for value in ("USA", "Germany", "U", "1A", "JJ", "U S"):
        refused(strict, "addresses", {"country": value, "type": "work"})
        kept(lenient, "addresses", {"country": value, "type": "work"})
    for scim in (strict, lenient):
        kept(scim, "addresses", {"country": "US"}, {"country": "DE", "type": "home"})


def test_groups_show_ids_and_addresses():
    """§4.1.2: of the groups that hold the user.

    Proves: 7643-4.1.2-06
    """
    scim = connect()
    user = make(scim)
    first, second = new_group(scim, user["id"]), new_group(scim, user["id"])
    expect.equal(groups_of(scim, user), {one["id"]: ("direct", one["meta"]["location"]) for one in (first, second)})


def test_membership_changes_through_the_group_only():
    """§4.1.2: PUT of a user passes it over, PATCH is refused; what a user shows as direct can be changed at the group.

    Proves: 7643-4.1.2-07 7643-4.1.2-14
    """
    for scim in (connect(), client()):
        user, group = make(scim), new_group(scim)
        wish = [{"value": group["id"]}]
        assert "groups" not in expect.scim(scim.put(path_of(user), minimal(user["userName"], groups=wish)))
        expect.refused(scim.patch(path_of(user), {"op": "add", "path": "groups", "value": wish}), 400, "mutability")
        expect.equal(groups_of(scim, user), {})
        change(scim, group, {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
        expect.equal([kind for kind, _ in groups_of(scim, user).values()], ["direct"])
        expect.scim(scim.put(path_of(user), minimal(user["userName"], groups=[])))
        expect.refused(scim.patch(path_of(user), {"op": "remove", "path": f'groups[value eq "{group["id"]}"]'}), 400, "mutability")
        expect.equal(list(groups_of(scim, user)), [group["id"]])
        change(scim, group, {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
        expect.equal(groups_of(scim, user), {})


def test_membership_through_another_group_is_indirect():
    """§4.1.2: at any depth; direct wins where it is both.

    Proves: 7643-4.1.2-08
    """
    scim = connect()
    user = make(scim)
    inner = new_group(scim, user["id"])
    middle = new_group(scim, inner["id"])
    outer = new_group(scim, middle["id"])
    types = {inner["id"]: "direct", middle["id"]: "indirect", outer["id"]: "indirect"}
    expect.equal({one: kind for one, (kind, _) in groups_of(scim, user).items()}, types)
    change(scim, outer, {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
    expect.equal({one: kind for one, (kind, _) in groups_of(scim, user).items()}, {**types, outer["id"]: "direct"})
    change(scim, inner, {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
    expect.equal({one: kind for one, (kind, _) in groups_of(scim, user).items()}, {outer["id"]: "direct"})


def test_a_certificate_is_one_in_der():
    """§4.1.2: neither text around it, nor two of them, nor anything else.

    Proves: 7643-4.1.2-09 7643-4.1.2-13
    """
    binary = base64.b64decode(CERTIFICATE)
    encoded = [base64.b64encode(one).decode() for one in (binary + binary, binary + b"\0", binary[:-1], b"hello")]
    armour = f"-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----\n"
    for scim in (connect(), client()):
        for value in (armour, base64.b64encode(armour.encode()).decode(), CERTIFICATE + CERTIFICATE, *encoded):
            refused(scim, "x509Certificates", {"value": value})
        kept(scim, "x509Certificates", {"value": CERTIFICATE, "type": "signing"})


def test_other_types_may_be_used():
    """§4.1.2: the types are suggestions.

    Proves: 7643-4.1.2-10
    """
    for scim in (connect(), client()):
        kept(scim, "phoneNumbers", {"value": "+88 1", "type": "satellite"})
        kept(scim, "emails", {"value": "a@acme.example", "type": "Alumni"})
        kept(scim, "ims", {"value": "a", "type": "matrix"})


def test_display_is_kept_and_can_be_changed():
    """§4.1.2: as it was sent; erratum 8358: it is readWrite.

    Proves: 7643-4.1.2-11 7643-E8358
    """
    for scim in (connect(), client()):
        sent = {"value": unique("b") + "@acme.example", "type": "work", "display": "B. Jensen"}
        user = make(scim, emails=[sent])
        expect.equal(user["emails"], [sent])
        for path in ('emails[type eq "work"].display', f'emails[value eq "{sent["value"]}"].display'):
            display = unique("Babs")
            shown = change(scim, user, {"op": "replace", "path": path, "value": display})
            expect.equal(shown["emails"], [{**sent, "display": display}])


def test_addresses_keep_their_lines():
    """§4.1.2.

    Proves: 7643-4.1.2-12
    """
    text = "100 Universal City Plaza\nHollywood, CA 91608\r\nUSA"
    for scim in (connect(), client()):
        kept(scim, "addresses", {"formatted": text, "streetAddress": "Unit 1\nPlaza", "type": "work"})


def test_a_filter_and_a_path_may_name_ref():
    """Erratum 8924: although the grammar of names has no $.

    Proves: 7643-E8924
    """
    scim = client()
    user = new_user(scim)
    group = expect.scim(scim.post("/Groups", {"schemas": [GROUP], "displayName": unique("Team"), "members": [{"value": user["id"]}]}), 201)
    for text in (f'members.$ref ew "{user["id"]}"', f'members[$ref ew "{user["id"]}"]'):
        expect.equal([one["id"] for one in expect.listed(scim.find("Groups", text))], [group["id"]], text)
    expect.refused(scim.patch(path_of(group), {"op": "replace", "path": f'members[value eq "{user["id"]}"].$ref', "value": "x"}),
                   400, "mutability")
    left = change(scim, group, {"op": "remove", "path": f'members[$ref ew "{user["id"]}"]'})
    assert "members" not in left, left
