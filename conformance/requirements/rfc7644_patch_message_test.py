"""PATCH: the message, its paths, and that it is done as a whole or not at all (RFC 7644 §3.5.2)."""

import expect
from rolecall_server import ENTERPRISE, PATCH_OP, ROLECALL_USER, USER
from shared import new_group, unique
from strict import change, connect, make, message, path_of, stays_as_it_is

TITLE = {"op": "replace", "path": "title", "value": "Boss"}


def refuse(scim, target, operation, status=400, scim_type="invalidValue"):
    """One operation that is refused and changes nothing."""
    stays_as_it_is(scim, target, scim.patch(path_of(target), operation), status, scim_type)


def test_the_body_is_a_patch_op():
    """§3.5.2: schemas names PatchOp; Operations is an array that is not empty.

    Proves: 7644-3.5.2-01 7644-3.5.2-02
    """
    scim = connect()
    user = make(scim, title="Lead")
    for body in ({"Operations": [TITLE]}, {"schemas": [], "Operations": [TITLE]}, {"schemas": [USER], "Operations": [TITLE]},
                 {"schemas": [PATCH_OP]}, {"schemas": [PATCH_OP], "Operations": []}, {"schemas": [PATCH_OP], "Operations": {}},
                 {"schemas": [PATCH_OP], "Operations": TITLE}, {"schemas": [PATCH_OP], "Operations": [5]}, [TITLE], {}):
        stays_as_it_is(scim, user, scim.request("PATCH", path_of(user), body), 400, "invalidSyntax")


def test_each_operation_has_one_op():
    """§3.5.2: add, remove or replace.

    Proves: 7644-3.5.2-03
    """
    scim = connect()
    user = make(scim, title="Lead")
    for wrong in ({"op": "move"}, {"op": ""}, {"op": None}, {"op": ["add"]}, {"op": 5}, {}, {"op": "test"}, {"operation": "replace"}):
        refuse(scim, user, {"path": "title", "value": "Boss", **wrong}, 400, "invalidSyntax")
    expect.equal(change(scim, user, TITLE)["title"], "Boss")


def test_paths_that_are_no_paths():
    """§3.5.2, §3.12: no indexes, no JSON pointers, no third level; the error is invalidPath.

    Proves: 7644-3.5.2-04 7644-3.5.2-05 7644-3.12-20
    """
    scim = connect()
    user = make(scim, title="Lead", emails=[{"value": "a@acme.example", "type": "work"}])
    for path in ("emails[0]", "emails[0].value", "/emails/0", "/title", "emails/0", 'emails[type eq "work"].value.x', "emails[", "emails]",
                 'emails[type eq "work"', 'emails[type eq "work"]value', 'emails[type eq "work"]]', "emails.value.x", "title.x", "nosuch",
                 "name[givenName pr]", 'title[value eq "Lead"]', ".title", "title.", "", " title", "urn:none:title", "$ref"):
        refuse(scim, user, {"op": "replace", "path": path, "value": "x"}, 400, "invalidPath")


def test_paths_of_every_form():
    """§3.5.2: attribute, sub-attribute, selection, selection with sub-attribute, each also with a URN.

    Proves: 7644-3.5.2-05
    """
    scim = connect()
    user = make(scim, emails=[{"value": "a@acme.example", "type": "work"}, {"value": "b@acme.example", "type": "home"}])
    for path, value, shown in (("title", "Lead", lambda one: one["title"]), ("name.familyName", "L", lambda one: one["name"]["familyName"]),
                               ('emails[type eq "work"].display', "A", lambda one: one["emails"][0]["display"]),
                               (f'{USER}:emails[type eq "home"].display', "B", lambda one: one["emails"][1]["display"]),
                               (f"{USER}:name.givenName", "Ana", lambda one: one["name"]["givenName"]),
                               (f"{ENTERPRISE}:department", "IT", lambda one: one[ENTERPRISE]["department"]),
                               (f"{ENTERPRISE}:manager.value", "m-1", lambda one: one[ENTERPRISE]["manager"]["value"]),
                               ("NICKNAME", "An", lambda one: one["nickName"])):
        expect.equal(shown(change(scim, user, {"op": "add", "path": path, "value": value})), value, path)
    selected = change(scim, user, {"op": "replace", "path": 'emails[type eq "home"]', "value": {"value": "c@acme.example", "type": "home"}})
    expect.equal([email["value"] for email in selected["emails"]], ["a@acme.example", "c@acme.example"])


def test_values_fit_their_target():
    """§3.5.2: the type of the attribute; a mismatch has a fitting status and an error.

    Proves: 7644-3.5.2-06 7644-3.5.2-09
    """
    scim = connect()
    user = make(scim, title="Lead")
    for path, value in (("active", "maybe"), ("active", 5), ("title", 5), ("title", ["a", "b"]), ("emails", 5), ("name", "Ana"),
                        ("emails", [{"value": 5}]), ("name.givenName", {"value": "x"}), ("x509Certificates", [{"value": "%%%"}])):
        refuse(scim, user, {"op": "replace", "path": path, "value": value})
        refuse(scim, user, {"op": "add", "value": {path: value}} if "." not in path else {"op": "add", "path": path, "value": value})
    refuse(scim, user, {"op": "add", "path": "nosuch", "value": "x"}, 400, "invalidPath")
    answer = scim.patch(path_of(user), {"op": "add", "value": {"nosuch": "x"}})
    assert answer.status == 400 and answer.json()["scimType"] in ("invalidPath", "invalidValue", "invalidSyntax"), answer
    expect.equal(expect.scim(scim.get(path_of(user))), user)


def test_read_only_attributes_stay():
    """§3.5.2, §3.12: id, meta and groups are not modified, with or without path: 400 mutability.

    Proves: 7644-3.5.2-07 7644-3.12-18
    """
    scim = connect()
    user, team = make(scim), new_group(scim)
    for path, value in (("id", "x"), ("meta.created", "2001-01-01T00:00:00Z"), ("meta", {"version": "x"}),
                        ("groups", [{"value": team["id"]}]), ("meta.location", "https://x/"),
                        (f"{ENTERPRISE}:manager.displayName", "Boss")):
        for op in ("add", "replace"):
            refuse(scim, user, {"op": op, "path": path, "value": value}, 400, "mutability")
        refuse(scim, user, {"op": "remove", "path": path}, 400, "mutability")
    for value in ({"id": "x"}, {"meta": {"created": "2001-01-01T00:00:00Z"}}, {"groups": [{"value": team["id"]}]}):
        refuse(scim, user, {"op": "replace", "value": value}, 400, "mutability")
    assert "members" not in expect.scim(scim.get(path_of(team)))


def test_schemas_follows_what_is_there():
    """§3.5.2: a name without URN is of the resource's own schemas; adding by URN adds to schemas, and operations see what
    earlier ones did to it; a value of schemas may be selected (erratum 7122).

    Proves: 7644-3.5.2-10 7644-3.5.2-11 7644-3.5.2-12 7644-3.5.2-21 7644-E7122
    """
    scim = connect()
    user = make(scim)
    expect.equal(change(scim, user, {"op": "add", "path": "nickName", "value": "An"})["nickName"], "An")
    found = change(scim, user, {"op": "add", "path": f"{ENTERPRISE}:employeeNumber", "value": "7"})
    expect.equal((sorted(found["schemas"]), found[ENTERPRISE]), (sorted([USER, ENTERPRISE, ROLECALL_USER]), {"employeeNumber": "7"}))
    removed = {"op": "remove", "path": f'schemas[value eq "{ENTERPRISE}"]'}
    found = change(scim, user, removed)
    assert found["schemas"] == [USER, ROLECALL_USER] and ENTERPRISE not in found, found
    found = change(scim, user, {"op": "replace", "value": {ENTERPRISE: {"department": "D", "division": "V"}}})
    expect.equal((sorted(found["schemas"]), found[ENTERPRISE]), (sorted([USER, ENTERPRISE, ROLECALL_USER]), {"department": "D", "division": "V"}))
    found = change(scim, user, removed, {"op": "add", "path": f"{ENTERPRISE}:costCenter", "value": "C"})
    expect.equal((sorted(found["schemas"]), found[ENTERPRISE]), (sorted([USER, ENTERPRISE, ROLECALL_USER]), {"costCenter": "C"}))
    found = change(scim, user, {"op": "remove", "path": ENTERPRISE})
    assert found["schemas"] == [USER, ROLECALL_USER] and ENTERPRISE not in found, found


def test_operations_run_in_order():
    """§3.5.2: each on the result of the one before.

    Proves: 7644-3.5.2-13
    """
    scim = connect()
    ana, bo = make(scim), make(scim)
    team = new_group(scim, ana["id"])
    found = change(scim, team, {"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": [{"value": bo["id"]}]})
    expect.equal([member["value"] for member in found["members"]], [bo["id"]])
    found = change(scim, team, {"op": "add", "path": "members", "value": [{"value": ana["id"]}]}, {"op": "remove", "path": "members"})
    assert not found.get("members"), found
    found = change(scim, ana, {"op": "add", "path": "title", "value": "A"}, {"op": "replace", "path": "title", "value": "B"},
                   {"op": "add", "path": "nickName", "value": "N"}, {"op": "remove", "path": "nickName"})
    assert found["title"] == "B" and "nickName" not in found, found


def test_one_element_is_primary():
    """§3.5.2: making one primary makes the others not so.

    Proves: 7644-3.5.2-14
    """
    scim = connect()
    user = make(scim, emails=[{"value": "a@acme.example", "type": "work", "primary": True}])

    def primaries(operation):
        return [email["value"] for email in change(scim, user, operation)["emails"] if email.get("primary")]

    expect.equal(primaries({"op": "add", "path": "emails", "value": [{"value": "b@acme.example", "type": "home", "primary": True}]}),
                 ["b@acme.example"])
    expect.equal(primaries({"op": "replace", "path": 'emails[type eq "work"].primary', "value": True}), ["a@acme.example"])
    expect.equal(primaries({"op": "replace", "path": 'emails[type eq "home"]', "value": {
        "value": "c@acme.example", "type": "home", "primary": True}}), ["c@acme.example"])


def test_all_operations_or_none():
    """§3.5.2: an error in one restores what was before, version and time included, and answers with an error.

    Proves: 7644-3.5.2-15 7644-3.5.2-16 7644-3.5.2-17
    """
    scim = connect()
    ana, bo = make(scim, title="Lead", emails=[{"value": "a@acme.example", "type": "work"}]), make(scim)
    team = new_group(scim, ana["id"])
    ana = expect.scim(scim.get(path_of(ana)))
    good = [TITLE, {"op": "remove", "path": "emails"}, {"op": "add", "path": "nickName", "value": "An"}]
    for bad, status, scim_type in (({"op": "replace", "path": "active", "value": "maybe"}, 400, "invalidValue"),
                                   ({"op": "replace", "path": "id", "value": "x"}, 400, "mutability"),
                                   ({"op": "add", "path": "nosuch", "value": "x"}, 400, "invalidPath"),
                                   ({"op": "remove", "path": "userName"}, 400, "mutability"), ({"op": "remove"}, 400, "noTarget"),
                                   ({"op": "replace", "path": "userName", "value": bo["userName"]}, 409, "uniqueness"),
                                   ({"op": "move", "path": "title"}, 400, "invalidSyntax")):
        for operations in ([*good, bad], [bad, *good], [good[0], bad, good[1]]):
            stays_as_it_is(scim, ana, scim.patch(path_of(ana), *operations), status, scim_type)
    answer = scim.patch(path_of(team), {"op": "remove", "path": "members"},
                        {"op": "add", "path": "members", "value": [{"value": bo["id"]}]},
                        {"op": "replace", "path": "displayName", "value": 5})
    stays_as_it_is(scim, team, answer, 400, "invalidValue")


def test_success_is_200_or_204():
    """§3.5.2: 200 with the resource or 204 without a body, both with the version; 200 when attributes are asked for; and
    erratum 5295: a 204 carries nothing of the request.

    Proves: 7644-3.5.2-18 7644-3.5.2-19 7644-E5295
    """
    scim = connect()
    for made, name in ((make(scim), "userName"), (new_group(scim), "displayName")):
        answer = scim.patch(path_of(made), {"op": "add", "path": "externalId", "value": "e-1"})
        shown = scim.get(path_of(made))
        expect.equal(answer.headers["etag"], shown.headers["etag"])
        if answer.status == 204:
            expect.equal(answer.body, b"")
            assert not {"authorization", "content-type"} & set(answer.headers), answer.headers
        else:
            expect.equal(expect.scim(answer), shown.json())
        body = message({"op": "add", "path": "externalId", "value": "e-2"})
        projected = expect.scim(scim.request("PATCH", path_of(made) + "?attributes=" + name, body), 200)
        assert projected[name] == made[name] and "externalId" not in projected, projected
        assert "authorization" not in scim.get(path_of(made)).headers


def test_path_is_required_for_remove_only():
    """§3.5.2, §3.12: add and replace take an object instead; remove without path is 400 noTarget.

    Proves: 7644-3.5.2-20 7644-3.5.2.2-01 7644-3.12-21
    """
    scim = connect()
    user = make(scim)
    name = unique()
    found = change(scim, user, {"op": "add", "value": {"title": "Lead"}}, {"op": "replace", "value": {"nickName": name}})
    expect.equal((found["title"], found["nickName"]), ("Lead", name))
    for operation in ({"op": "remove"}, {"op": "remove", "path": None}, {"op": "remove", "value": {"title": "Lead"}}):
        refuse(scim, found, operation, 400, "noTarget")
