"""PATCH: what add, remove and replace do (RFC 7644 §3.5.2.1 to §3.5.2.3)."""

import expect
from shared import NOBODY, new_group
from strict import change, connect, make, path_of, stays_as_it_is

WORK = {"value": "a@acme.example", "type": "work"}
HOME = {"value": "b@acme.example", "type": "home"}


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def remove(path):
    return {"op": "remove", "path": path}


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def members(group):
    return sorted(member["value"] for member in group.get("members", []))


def test_add_has_a_value():
    """§3.5.2.1: an add without one is 400 invalidValue.

    Proves: 7644-3.5.2.1-01
    """
    scim = connect()
    user = make(scim)
    for operation in ({"op": "add", "path": "title"}, {"op": "add"}, {"op": "add", "path": "emails"}):
        stays_as_it_is(scim, user, scim.patch(path_of(user), operation), 400, "invalidValue")


def test_add_without_path_takes_attributes():
    """§3.5.2.1: an object of them, in any case.

    Proves: 7644-3.5.2.1-02
    """
    scim = connect()
    user = make(scim, emails=[WORK])
    found = change(scim, user, {"op": "add", "value": {"nickname": "Babs", "emails": [HOME]}})
    expect.equal((found["nickName"], found["emails"]), ("Babs", [WORK, HOME]))
    for wrong in ("Babs", 5, True, ["nickName"], [{"nickName": "Babs"}]):
        stays_as_it_is(scim, found, scim.patch(path_of(user), {"op": "add", "value": wrong}), 400, "invalidValue")


def test_add_makes_what_is_missing():
    """§3.5.2.1: an attribute or a sub-attribute that is not there, at any level.

    Proves: 7644-3.5.2.1-03
    """
    scim = connect()
    user = make(scim)
    expect.equal(change(scim, user, add("name.middleName", "M"))["name"], {"middleName": "M"})
    expect.equal(change(scim, user, add("title", "Lead"))["title"], "Lead")
    expect.equal(change(scim, user, add("emails", [WORK]))["emails"], [WORK])
    expect.equal(change(scim, user, add('emails[type eq "work"].display', "A"))["emails"], [{**WORK, "display": "A"}])


def test_add_to_a_complex_attribute_keeps_the_rest():
    """§3.5.2.1: only the named sub-attributes are set.

    Proves: 7644-3.5.2.1-04
    """
    scim = connect()
    user = make(scim, name={"givenName": "A", "familyName": "L"})
    expect.equal(change(scim, user, add("name", {"givenName": "B", "middleName": "M"}))["name"],
                 {"givenName": "B", "middleName": "M", "familyName": "L"})
    expect.equal(change(scim, user, {"op": "add", "value": {"name": {"givenName": "C"}}})["name"],
                 {"givenName": "C", "middleName": "M", "familyName": "L"})


def test_add_appends_to_many_and_replaces_one():
    """§3.5.2.1: values are added to a multi-valued attribute; a single value is replaced.

    Proves: 7644-3.5.2.1-05 7644-3.5.2.1-06
    """
    scim = connect()
    user = make(scim, emails=[WORK], title="Lead")
    expect.equal(change(scim, user, add("emails", [HOME]))["emails"], [WORK, HOME])
    expect.equal(change(scim, user, add("title", "Boss"))["title"], "Boss")
    ana, bo = make(scim), make(scim)
    team = new_group(scim, ana["id"])
    expect.equal(members(change(scim, team, add("members", [{"value": bo["id"]}]))), sorted([ana["id"], bo["id"]]))


def test_adding_what_is_there_changes_nothing():
    """§3.5.2.1: success, one element, the same version and the same lastModified.

    Proves: 7644-3.5.2.1-07 7644-3.5.2.1-08
    """
    scim = connect()
    user = make(scim, emails=[WORK], title="Lead", roles=[{"value": "r1"}])
    team = new_group(scim, user["id"])
    user = expect.scim(scim.get(path_of(user)))
    for operation in (add("emails", [WORK]), add("title", "Lead"), add("roles", [{"value": "r1"}]),
                      {"op": "add", "value": {"emails": [WORK]}}):
        expect.equal(change(scim, user, operation), user, str(operation))
    expect.equal(change(scim, team, add("members", [{"value": user["id"]}])), team)
    expect.equal(change(scim, team, add("members", [{"value": user["id"]}, {"value": user["id"]}])), team)


def test_remove_unassigns():
    """§3.5.2.2: a single value, all values, and a sub-attribute; what is unassigned is not present.

    Proves: 7644-3.5.2.2-02 7644-3.5.2.2-03 7644-3.5.2.2-09
    """
    scim = connect()
    user = make(scim, nickName="An", name={"givenName": "Ana", "middleName": "M"}, emails=[WORK, HOME])
    team = new_group(scim, user["id"], make(scim)["id"])
    assert "nickName" not in change(scim, user, remove("nickName"))
    expect.equal(change(scim, user, remove("name.middleName"))["name"], {"givenName": "Ana"})
    assert "emails" not in change(scim, user, remove("emails"))
    for text in ("nickName pr", "name.middleName pr", "emails pr"):
        expect.equal(expect.listed(scim.find("Users", text)), [], text)
    expect.equal(members(change(scim, team, remove("members"))), [])
    assert "groups" not in expect.scim(scim.get(path_of(user)))


def test_remove_with_a_filter_takes_what_matches():
    """§3.5.2.2: the elements, or a sub-attribute of them; who took the last one has none.

    Proves: 7644-3.5.2.2-04 7644-3.5.2.2-05 7644-3.5.2.2-06
    """
    scim = connect()
    ana, bo = make(scim, emails=[WORK, HOME]), make(scim)
    team = new_group(scim, ana["id"], bo["id"])
    expect.equal(members(change(scim, team, remove(f'members[value eq "{ana["id"]}"]'))), [bo["id"]])
    expect.equal(members(change(scim, team, remove(f'members[value eq "{bo["id"]}"]'))), [])
    expect.equal(change(scim, ana, remove('emails[type eq "home"]'))["emails"], [WORK])
    assert "emails" not in change(scim, ana, remove('emails[type eq "work"]'))
    expect.equal(expect.listed(scim.find("Users", "emails pr")), [])
    home = {"type": "work", "postalCode": "3000", "locality": "Bern"}
    change(scim, ana, add("addresses", [home, {"type": "home", "postalCode": "8000"}]))
    expect.equal(change(scim, ana, remove('addresses[type eq "work"].postalCode'))["addresses"],
                 [{"type": "work", "locality": "Bern"}, {"type": "home", "postalCode": "8000"}])


def test_required_and_read_only_attributes_cannot_be_removed():
    """§3.5.2.2: 400 mutability.

    Proves: 7644-3.5.2.2-07
    """
    scim = connect()
    user, team = make(scim), new_group(scim)
    for path in ("userName", "id", "meta", "meta.created", "groups", "meta.version"):
        stays_as_it_is(scim, user, scim.patch(path_of(user), remove(path)), 400, "mutability")
    for path in ("displayName", "id"):
        stays_as_it_is(scim, team, scim.patch(path_of(team), remove(path)), 400, "mutability")


def test_removing_what_is_not_there_changes_nothing():
    """§3.5.2.2: success with the same version.

    Proves: 7644-3.5.2.2-08
    """
    scim = connect()
    user = make(scim, emails=[WORK])
    team = new_group(scim, user["id"])
    user = expect.scim(scim.get(path_of(user)))
    expect.equal(change(scim, team, remove(f'members[value eq "{NOBODY}"]')), team)
    for path in ('emails[type eq "home"]', "nickName", "name.middleName", 'emails[type eq "work"].display'):
        expect.equal(change(scim, user, remove(path)), user, path)


def test_replace_without_path_takes_attributes():
    """§3.5.2.3: at least one, and only those change.

    Proves: 7644-3.5.2.3-01
    """
    scim = connect()
    user = make(scim, nickName="An", title="Lead", emails=[WORK])
    found = change(scim, user, {"op": "replace", "value": {"nickName": "B"}})
    expect.equal({name: found[name] for name in ("nickName", "title", "emails")}, {"nickName": "B", "title": "Lead", "emails": [WORK]})
    for wrong in ("B", 5, ["nickName"], {}):
        stays_as_it_is(scim, found, scim.patch(path_of(user), {"op": "replace", "value": wrong}), 400, "invalidValue")


def test_replace_sets_one_and_replaces_all():
    """§3.5.2.3: a single value is set; all values of a multi-valued attribute are replaced.

    Proves: 7644-3.5.2.3-02 7644-3.5.2.3-03
    """
    scim = connect()
    ana, bo, cem = (make(scim, emails=[WORK, HOME]) for _ in range(3))
    expect.equal(change(scim, ana, replace("active", False))["active"], False)
    expect.equal(change(scim, ana, replace("emails", [{"value": "c@acme.example"}]))["emails"], [{"value": "c@acme.example"}])
    team = new_group(scim, ana["id"])
    found = change(scim, team, replace("members", [{"value": bo["id"]}, {"value": cem["id"]}]))
    expect.equal(members(found), sorted([bo["id"], cem["id"]]))


def test_replace_of_what_is_missing_adds():
    """§3.5.2.3: as if it were add.

    Proves: 7644-3.5.2.3-04
    """
    scim = connect()
    user, team = make(scim), new_group(scim)
    expect.equal(change(scim, user, replace("title", "Lead"))["title"], "Lead")
    expect.equal(change(scim, user, replace("name.givenName", "Ana"))["name"], {"givenName": "Ana"})
    expect.equal(change(scim, user, replace("emails", [WORK]))["emails"], [WORK])
    expect.equal(members(change(scim, team, replace("members", [{"value": user["id"]}]))), [user["id"]])


def test_replace_of_a_complex_attribute_merges():
    """§3.5.2.3: sub-attributes that are not named stay.

    Proves: 7644-3.5.2.3-05
    """
    scim = connect()
    user = make(scim, name={"givenName": "A", "familyName": "L"})
    expect.equal(change(scim, user, replace("name", {"givenName": "B"}))["name"], {"givenName": "B", "familyName": "L"})
    expect.equal(change(scim, user, {"op": "replace", "value": {"name": {"givenName": "C"}}})["name"],
                 {"givenName": "C", "familyName": "L"})


def test_replace_with_a_filter_is_about_every_match():
    """§3.5.2.3: all elements that match, or that sub-attribute of all of them.

    Proves: 7644-3.5.2.3-06 7644-3.5.2.3-07
    """
    scim = connect()
    second = {"value": "c@acme.example", "type": "work", "display": "C"}
    user = make(scim, emails=[WORK, second, HOME], addresses=[
        {"type": "work", "streetAddress": "1", "locality": "Bern"}, {"type": "work", "streetAddress": "2"},
        {"type": "home", "streetAddress": "3"}])
    found = change(scim, user, replace('addresses[type eq "work"].streetAddress', "x"))
    expect.equal(found["addresses"], [{"type": "work", "streetAddress": "x", "locality": "Bern"}, {"type": "work", "streetAddress": "x"},
                                      {"type": "home", "streetAddress": "3"}])
    found = change(scim, user, replace('emails[type eq "work"]', {"value": "new@acme.example", "type": "other"}))
    values = [email["value"] for email in found["emails"]]
    assert set(values) == {"new@acme.example", HOME["value"]} and not [one for one in found["emails"] if one["type"] == "work"], found


def test_replace_that_selects_nothing_has_no_target():
    """§3.5.2.3, §3.12: 400 noTarget.

    Proves: 7644-3.5.2.3-08 7644-3.12-21
    """
    scim = connect()
    user = make(scim, emails=[WORK])
    for path, value in (('emails[type eq "none"].value', "x"), ('emails[type eq "none"]', {"value": "x"}),
                        ('phoneNumbers[type eq "work"].value', "x")):
        stays_as_it_is(scim, user, scim.patch(path_of(user), replace(path, value)), 400, "noTarget")


def test_add_that_selects_nothing_makes_the_element():
    """Erratum 8097: not specified; the element is made of what the filter says, and where it says nothing certain, refused.

    Proves: 7644-E8097
    """
    scim = connect()
    user = make(scim, emails=[HOME])
    expect.equal(change(scim, user, add('emails[type eq "work"].value', "x@acme.example"))["emails"],
                 [HOME, {"type": "work", "value": "x@acme.example"}])
    now = expect.scim(scim.get(path_of(user)))
    for path in ('emails[type sw "oth"].value', 'emails[not (type pr)].value', 'emails[type eq "a" or type eq "b"].value'):
        stays_as_it_is(scim, now, scim.patch(path_of(user), add(path, "x")), 400, "noTarget")
