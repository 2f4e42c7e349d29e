"""Sorting (RFC 7644 §3.4.2.3)."""

import expect
from shared import new_group, query
from strict import connect, make


def order(scim, name="userName", kind="Users", **parameters):
    """What a sorted list shows of each resource, in its order."""
    return [resource.get(name) for resource in expect.listed(scim.get(query("/" + kind, **parameters)))]


def people(names, **attributes):
    """A connection with a user of each name; `attributes` hold one value for each, None for absent."""
    scim = connect()
    for number, name in enumerate(names):
        given = {key: values[number] for key, values in attributes.items() if values[number] is not None}
        make(scim, userName=name, **given)
    return scim


def test_sorting_is_announced_and_works():
    """§3.4.2.3: sortBy orders the result, whatever the order of creation.

    Proves: 7644-3.4.2.3-01 7644-3.4.2.3-08
    """
    scim = people(["cem", "ana", "dee", "bo"])
    expect.equal(expect.scim(scim.get("/ServiceProviderConfig"))["sort"], {"supported": True})
    expect.equal(order(scim), ["cem", "ana", "dee", "bo"], "without sortBy: as created")
    expect.equal(order(scim, sortBy="userName"), ["ana", "bo", "cem", "dee"])
    expect.equal(order(scim, sortBy="meta.created"), ["cem", "ana", "dee", "bo"])
    expect.equal(order(scim, sortBy="userName", filter='userName gt "ana"'), ["bo", "cem", "dee"])
    for name in ("Zulu", "Alpha"):
        new_group(scim, name=name)
    expect.equal(order(scim, "displayName", "Groups", sortBy="displayName", filter='displayName eq "Alpha" or displayName eq "Zulu"'),
                 ["Alpha", "Zulu"])


def test_ascending_is_the_default():
    """§3.4.2.3: sortOrder is ascending or descending, ascending when it is left out.

    Proves: 7644-3.4.2.3-05 7644-3.4.2.3-06
    """
    scim = people(["bo", "cem", "ana"])
    expect.equal(order(scim, sortBy="userName"), order(scim, sortBy="userName", sortOrder="ascending"))
    expect.equal(order(scim, sortBy="userName", sortOrder="descending"), ["cem", "bo", "ana"])
    for wrong in ("up", "asc", "ascending,descending", "-1"):
        expect.refused(scim.get(query("/Users", sortBy="userName", sortOrder=wrong)), 400, "invalidValue")


def test_the_primary_value_counts_or_else_the_first():
    """§3.4.2.3: of a multi-valued attribute, named with or without its value.

    Proves: 7644-3.4.2.3-02
    """
    scim = people(["ana", "bo", "cem"], emails=[
        [{"value": "z@acme.example"}, {"value": "b@acme.example", "primary": True}],
        [{"value": "c@acme.example"}, {"value": "a@acme.example"}],
        [{"value": "a@acme.example", "primary": True}, {"value": "0@acme.example"}]])
    for name in ("emails.value", "emails"):
        expect.equal(order(scim, sortBy=name), ["cem", "ana", "bo"], name)
        expect.equal(order(scim, sortBy=name, sortOrder="descending"), ["bo", "ana", "cem"], name)


def test_complex_attributes_are_sorted_by_a_sub_attribute():
    """§3.4.2.3: in attribute notation, also with a URN; the complex attribute itself has no order.

    Proves: 7644-3.4.2.3-03
    """
    scim = people(["ana", "bo"], name=[{"givenName": "Zora", "familyName": "A"}, {"givenName": "Berta", "familyName": "B"}])
    user = "urn:ietf:params:scim:schemas:core:2.0:User"
    for name, wanted in (("name.givenName", ["bo", "ana"]), ("name.familyName", ["ana", "bo"]), ("NAME.GIVENNAME", ["bo", "ana"]),
                         (user + ":name.givenName", ["bo", "ana"])):
        expect.equal(order(scim, sortBy=name), wanted, name)
    for wrong in ("name", "nosuch", "name.nosuch", "userName.x", "urn:none:userName", "userName,title", "name[givenName pr]"):
        expect.refused(scim.get(query("/Users", sortBy=wrong)), 400, "invalidValue")


def test_who_has_no_value_comes_last_ascending():
    """§3.4.2.3: last when ascending, first when descending.

    Proves: 7644-3.4.2.3-04
    """
    scim = people(["ana", "bo", "cem", "dee"], title=[None, "B", None, "A"])
    ascending = order(scim, sortBy="title")
    expect.equal((ascending[:2], sorted(ascending[2:])), (["dee", "bo"], ["ana", "cem"]))
    descending = order(scim, sortBy="title", sortOrder="descending")
    expect.equal((sorted(descending[:2]), descending[2:]), (["ana", "cem"], ["bo", "dee"]))
    expect.equal(len(set(order(scim, sortBy="nickName"))), 4, "nobody has a value: everybody is listed")


def test_case_counts_where_the_schema_says_so():
    """§3.4.2.3: without case where it does not matter, with case where it does, and in no language's order.

    Proves: 7644-3.4.2.3-07
    """
    scim = people(["u1", "u2", "u3"], displayName=["B", "c", "a"], externalId=["a", "B", "b"])
    expect.equal(order(scim, "displayName", sortBy="displayName"), ["a", "B", "c"])
    expect.equal(order(scim, "externalId", sortBy="externalId"), ["B", "a", "b"])
    scim = people(["u1", "u2", "u3"], displayName=["\u00e4", "z", "\u00f6"])
    expect.equal(order(scim, "displayName", sortBy="displayName"), ["z", "\u00e4", "\u00f6"], "by code point, not as a language would")


def test_equal_values_keep_one_order():
    """§3.4.2.3, §3.4.2.4: pages of a sorted list fit together, also where values are equal.

    Proves: 7644-3.4.2.3-01 7644-3.4.2.4-07
    """
    names = [f"u{number}" for number in range(9)]
    scim = people(names, title=["same"] * 6 + [None] * 3)
    whole = order(scim, sortBy="title")
    expect.equal(sorted(whole), names)
    for size in (1, 2, 4):
        paged = [name for start in range(1, 10, size) for name in order(scim, sortBy="title", startIndex=start, count=size)]
        expect.equal(paged, whole, f"pages of {size}")
