"""Multi-valued attributes and what has no value (RFC 7643 §2.4, §2.5)."""

import urllib.parse

import expect
from rolecall_server import GROUP, ROLECALL_USER
from shared import client, unique
from strict import change, connect, make, message, minimal, path_of


def email(**more):
    return {"value": unique("e") + "@acme.example", **more}


def test_one_value_at_most_is_primary():
    """§2.4: two in one body are refused, by POST, PUT and PATCH; a new one takes the mark from the old one.

    Proves: 7643-2.4-02
    """
    for scim in (connect(), client()):
        two = [email(primary=True), email(primary=True, type="home")]
        expect.refused(scim.post("/Users", minimal(unique(), emails=two)), 400, "invalidValue")
        user = make(scim, emails=[email(primary=True, type="work"), email(type="home")])
        expect.refused(scim.put(path_of(user), minimal(user["userName"], emails=two)), 400, "invalidValue")
        expect.refused(scim.patch(path_of(user), {"op": "replace", "path": "emails", "value": two}), 400, "invalidValue")
        expect.equal(expect.scim(scim.get(path_of(user))), user)
        added = email(primary=True, type="other")
        for operation, value in (({"op": "add", "path": "emails", "value": [added]}, added["value"]),
                                 ({"op": "replace", "path": 'emails[type eq "home"].primary', "value": True}, user["emails"][1]["value"])):
            shown = change(scim, user, operation)
            expect.equal([one["value"] for one in shown["emails"] if one.get("primary")], [value])


def test_a_missing_primary_counts_as_false():
    """§2.4: also for a filter.

    Proves: 7643-2.4-03
    """
    scim = connect()
    plain = make(scim, emails=[email()])
    marked = make(scim, emails=[email(primary=True)])
    make(scim)
    for text, wanted in (("emails[primary eq false]", plain), ("emails[primary eq true]", marked)):
        expect.equal([one["id"] for one in expect.listed(scim.find("Users", text))], [wanted["id"]], text)
    mixed = make(scim, emails=[email(primary=True), email(type="home")])
    found = expect.listed(scim.find("Users", 'emails[primary eq false and type eq "home"]'))
    expect.equal([one["id"] for one in found], [mixed["id"]])
    left = change(scim, mixed, {"op": "remove", "path": "emails[primary eq false]"})
    expect.equal([one["value"] for one in left["emails"]], [mixed["emails"][0]["value"]])


def test_references_are_the_same_in_any_version_of_the_api():
    """§2.4: addresses that differ only in the segment of the version name the same resource.

    Proves: 7643-2.4-04
    """
    scim = connect()
    user = make(scim)
    address = user["meta"]["location"]
    assert "/v2/" in address, address
    other = address.replace("/v2/", "/")
    group = expect.scim(scim.post("/Groups", {"schemas": [GROUP], "displayName": unique("Team"),
                                              "members": [{"$ref": address}, {"$ref": other}]}), 201)
    wanted = [(user["id"], address)]
    expect.equal([(one["value"], one["$ref"]) for one in expect.scim(scim.get(path_of(group)))["members"]], wanted)
    again = change(scim, group, {"op": "add", "path": "members", "value": [{"value": user["id"], "$ref": other}]})
    expect.equal([(one["value"], one["$ref"]) for one in again["members"]], wanted)


def test_values_keep_their_form():
    """§2.4 asks for the canonical form where there is a rule; §4.1.2 of RFC 7643 has one for telephone numbers and handles.

    Deviates: 7643-2.4-05: addresses, numbers and handles come back exactly as they were sent, in every answer, because
      clients compare what they read with what they sent and push it again when it differs. Comparison is without
      regard to case.
    Proves: 7643-2.4-05
    """
    for scim in (connect(), client()):
        mail, handle = unique("Ana") + "@ACME.Example", "Some Handle"
        sent = {"emails": [{"value": mail}], "ims": [{"value": handle}], "phoneNumbers": [{"value": "+1 (201) 555-0123"}]}
        user = make(scim, **sent)
        answers = [user, expect.scim(scim.get(path_of(user))), expect.listed(scim.find("Users", f'emails.value eq "{mail.lower()}"'))[0],
                   expect.scim(scim.put(path_of(user), minimal(user["userName"], **sent)))]
        for shown in answers:
            expect.equal({name: shown[name] for name in sent}, sent)


def test_a_value_may_occur_under_several_types():
    """§2.4.

    Proves: 7643-2.4-06
    """
    one = unique("e") + "@acme.example"
    emails = [{"value": one, "type": "work"}, {"value": one, "type": "home"}]
    scim = connect()
    user = make(scim, emails=emails)
    expect.equal(expect.scim(scim.get(path_of(user)))["emails"], emails)


def test_no_pair_of_type_and_value_is_shown_twice():
    """§2.4: whether it comes twice in one body or is added again.

    Proves: 7643-2.4-07
    """
    for scim in (connect(), client()):
        one = email(type="work")
        user = make(scim, emails=[one, one, dict(one)])
        expect.equal(user["emails"], [one])
        expect.equal(expect.scim(scim.put(path_of(user), minimal(user["userName"], emails=[one, one])))["emails"], [one])
        for value in ([one], [one, one], [{**one, "display": "Ana"}]):
            shown = change(scim, user, {"op": "add", "path": "emails", "value": value})["emails"]
            expect.equal([(each["type"], each["value"]) for each in shown], [(one["type"], one["value"])])


def test_null_and_empty_mean_no_value():
    """§2.5: unassigned, null and the empty array are one state, and nothing is shown of it.

    Proves: 7643-2.5-01 7643-2.5-03
    """
    for scim in (connect(), client()):
        name = unique()
        made = expect.scim(scim.post("/Users", minimal(name, nickName=None, emails=[], phoneNumbers=None, addresses=None,
                                                       title=None, roles=[])), 201)
        for user in (made, expect.scim(scim.get(path_of(made)))):
            expect.equal(set(user) - {"active"}, {"schemas", "id", "userName", "meta", ROLECALL_USER})
            assert None not in user.values() and [] not in user.values(), user
        for attribute in ("nickName", "emails", "title", "phoneNumbers", "addresses.country", "roles"):
            expect.equal(expect.listed(scim.find("Users", f'userName eq "{name}" and {attribute} pr')), [], attribute)
            expect.equal(len(expect.listed(scim.find("Users", f'userName eq "{name}" and not ({attribute} pr)'))), 1, attribute)


def test_assigning_nothing_takes_the_value_away():
    """§2.5: by PUT and by PATCH.

    Proves: 7643-2.5-02
    """
    scim = connect()
    full = {"title": "Lead", "emails": [email()], "name": {"givenName": "Ana"}}
    for sent in ({"title": None, "emails": []}, {"title": None, "emails": None, "name": None}, {"name": {"givenName": None}}):
        user = make(scim, **full)
        put = expect.scim(scim.put(path_of(user), minimal(user["userName"], **{**full, **sent})))
        expect.equal({name for name in full if name not in put}, set(sent), "taken away by PUT")
        expect.equal(expect.scim(scim.get(path_of(user))), put)
        user = make(scim, **full)
        operations = [{"op": "replace", "path": name, "value": value} for name, value in sent.items()]
        patched = change(scim, user, *operations)
        expect.equal({name for name in full if name not in patched}, set(sent), "taken away by PATCH")
    user = make(scim, **full)
    answer = scim.request("PATCH", path_of(user), message({"op": "replace", "value": {"emails": [], "title": None}}))
    assert answer.status in (200, 204), answer
    shown = expect.scim(scim.get(path_of(user) + "?attributes=" + urllib.parse.quote("emails,title")))
    expect.equal(set(shown), {"id", "schemas"})
