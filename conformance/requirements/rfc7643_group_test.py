"""Group and the enterprise extension (RFC 7643 §4.2, §4.3, and errata)."""

import expect
from rolecall_server import ENTERPRISE, GROUP, USER
from shared import client, new_group, unique
from strict import change, connect, make, minimal, path_of


def with_manager(scim, **manager):
    return make(scim, schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"manager": manager}})


def test_display_name_is_required():
    """§4.2: missing, empty, blank and null are refused.

    Proves: 7643-4.2-01
    """
    for scim in (connect(), client()):
        group = new_group(scim)
        for more in ({}, {"displayName": ""}, {"displayName": "  "}, {"displayName": None}):
            expect.refused(scim.post("/Groups", {"schemas": [GROUP], "externalId": unique(), **more}), 400, "invalidValue")
            expect.refused(scim.put(path_of(group), {"schemas": [GROUP], **more}), 400, "invalidValue")
        assert scim.patch(path_of(group), {"op": "remove", "path": "displayName"}).status == 400
        expect.equal(expect.scim(scim.get(path_of(group))), group)


def test_members_are_added_and_removed_as_a_whole():
    """§4.2: their sub-attributes are immutable.

    Proves: 7643-4.2-02
    """
    for scim in (connect(), client()):
        first, second = make(scim), make(scim)
        group = new_group(scim, first["id"])
        selected = f'members[value eq "{first["id"]}"]'
        for name, value in (("value", second["id"]), ("$ref", second["meta"]["location"]), ("type", "Group")):
            expect.refused(scim.patch(path_of(group), {"op": "replace", "path": f"{selected}.{name}", "value": value}), 400, "mutability")
        expect.equal(expect.scim(scim.get(path_of(group))), group)
        shown = change(scim, group, {"op": "add", "path": "members", "value": [{"value": second["id"]}]})
        expect.equal({one["value"] for one in shown["members"]}, {first["id"], second["id"]})
        shown = change(scim, group, {"op": "remove", "path": selected})
        expect.equal({one["value"] for one in shown["members"]}, {second["id"]})


def test_members_say_what_they_are():
    """§4.2: value is the id, $ref the address, type the resource type; erratum 6011: display has the name.

    Proves: 7643-4.2-03 7643-4.2-04 7643-E6011
    """
    for scim in (connect(), client()):
        user = make(scim, displayName="Babs Jensen")
        inner = new_group(scim, name=unique("Inner"))
        group = new_group(scim, user["id"], inner["id"])
        definition = expect.scim(scim.get("/Schemas/" + GROUP))["attributes"]
        names = [one["name"] for each in definition if each["name"] == "members" for one in each["subAttributes"]]
        assert {"value", "$ref", "type", "display"} <= set(names), names
        for shown in (group, expect.scim(scim.get(path_of(group)))):
            expect.equal({one["value"]: (one["$ref"], one["type"], one["display"]) for one in shown["members"]},
                         {user["id"]: (user["meta"]["location"], "User", shown["members"][0]["display"]),
                          inner["id"]: (inner["meta"]["location"], "Group", inner["displayName"])})
            assert {"Babs Jensen", user["userName"]} & {one["display"] for one in shown["members"]}, shown


def test_a_member_without_a_value_is_no_member():
    """§4.2: one that says something else is refused, and one that says nothing is never kept.

    Proves: 7643-4.2-05
    """
    for scim in (connect(), client()):
        group = new_group(scim)
        for member in ({"display": "Babs"}, {"type": "User"}, {"value": "", "display": "Babs"}, {"value": None, "type": "Group"}):
            named = {"schemas": [GROUP], "displayName": unique("Team"), "members": [member]}
            expect.refused(scim.post("/Groups", named), 400, "invalidValue")
            expect.refused(scim.put(path_of(group), named), 400, "invalidValue")
            expect.refused(scim.patch(path_of(group), {"op": "add", "path": "members", "value": [member]}), 400, "invalidValue")
        for member in ({}, {"value": ""}, {"value": None}):
            answer = scim.post("/Groups", {"schemas": [GROUP], "displayName": unique("Team"), "members": [member]})
            assert answer.status == 400 or "members" not in expect.scim(answer, 201), answer
            scim.patch(path_of(group), {"op": "add", "path": "members", "value": [member]})
        expect.equal(expect.scim(scim.get(path_of(group))), group)


def test_a_manager_is_given_by_id_and_shown_with_its_address():
    """§4.3: erratum 8359: the id alone is enough.

    Proves: 7643-4.3-02 7643-E8359
    """
    for scim in (connect(), client()):
        boss = make(scim)
        user = with_manager(scim, value=boss["id"])
        for shown in (user, expect.scim(scim.get(path_of(user)))):
            manager = shown[ENTERPRISE]["manager"]
            expect.equal((manager["value"], manager.get("$ref")), (boss["id"], boss["meta"]["location"]))
        found = expect.listed(scim.find("Users", f'{ENTERPRISE}:manager.value eq "{boss["id"]}"'))
        expect.equal([one["id"] for one in found], [user["id"]])


def test_the_name_of_a_manager_is_read_only():
    """§4.3: what a client sends is passed over in POST and PUT, and refused in PATCH; shown is the real name or none.

    Proves: 7643-4.3-03
    """
    scim = connect()
    boss = make(scim, displayName="Real Boss")
    user = with_manager(scim, value=boss["id"], displayName="X")
    put = expect.scim(scim.put(path_of(user), minimal(user["userName"], **{
        "schemas": [USER, ENTERPRISE], ENTERPRISE: {"manager": {"value": boss["id"], "displayName": "Y"}}})))
    for shown in (user, put, expect.scim(scim.get(path_of(user)))):
        assert shown[ENTERPRISE]["manager"].get("displayName") in (None, "Real Boss"), shown
    renaming = {"op": "replace", "path": ENTERPRISE + ":manager.displayName", "value": "Z"}
    expect.refused(scim.patch(path_of(user), renaming), 400, "mutability")
    change(scim, boss, {"op": "replace", "path": "displayName", "value": "New Name"})
    assert expect.scim(scim.get(path_of(user)))[ENTERPRISE]["manager"].get("displayName") in (None, "New Name")
