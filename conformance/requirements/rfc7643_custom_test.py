"""Resource types and schemas of an operator, read from a folder (RFC 7643 §2.2, §2.3, §3, §6, §7, §10.3.1)."""

import pathlib

import expect
from rolecall_server import GROUP, Server, ServerFailure
from shared import new_group, query, server, unique
from strict import change, connect, make, path_of

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"
DEVICE = "urn:example:scim:schemas:1.0:Device"
WARRANTY = "urn:example:scim:schemas:extension:warranty:1.0:Device"
BADGE = "urn:example:scim:schemas:1.0:Badge"
SITE = "urn:example:scim:schemas:extension:site:1.0:Badge"
REMARK = "urn:example:scim:schemas:1.0:Remark"


def custom(folder="device"):
    """A strict client of a server that has read schemas/FOLDER."""
    return connect(running=server(SCIM__SCHEMAS_DIRECTORY=SCHEMAS / folder))


def device(**more):
    return {"schemas": [DEVICE], "displayName": "Laptop", "serialNumber": unique("sn"), **more}


def new_device(scim, **more):
    return expect.scim(scim.post("/Devices", device(**more)), 201)


def refused(scim, **attributes):
    """POST, PUT and PATCH refuse the values, and nothing changes."""
    expect.refused(scim.post("/Devices", device(**attributes)), 400, "invalidValue")
    made = new_device(scim)
    expect.refused(scim.put(path_of(made), device(serialNumber=made["serialNumber"], **attributes)), 400, "invalidValue")
    for name, value in attributes.items():
        expect.refused(scim.patch(path_of(made), {"op": "add", "path": name, "value": value}), 400, "invalidValue")
    expect.equal(expect.scim(scim.get(path_of(made))), made)


def kept(scim, **attributes):
    """The values come back, and with the same types."""
    shown = expect.scim(scim.get(path_of(new_device(scim, **attributes))))
    for name, value in attributes.items():
        expect.equal((type(shown[name]), shown[name]), (type(value), value), name)


def test_characteristics_that_are_left_out_have_defaults():
    """§2.2: in the definition that is shown, and in what the server does.

    Proves: 7643-2.2-01
    """
    scim = custom("defaults")
    shown = expect.scim(scim.get("/Schemas/" + REMARK))["attributes"][0]
    for name, value in {"name": "remark", "type": "string", "multiValued": False, "required": False, "caseExact": False,
                        "mutability": "readWrite", "returned": "default", "uniqueness": "none"}.items():
        expect.equal(shown.get(name), value, name)
    expect.scim(scim.post("/Remarks", {"schemas": [REMARK]}), 201)
    first = expect.scim(scim.post("/Remarks", {"schemas": [REMARK], "remark": "Hello"}), 201)
    expect.scim(scim.post("/Remarks", {"schemas": [REMARK], "remark": "hello"}), 201)
    expect.equal(len(expect.listed(scim.find("Remarks", 'remark eq "HELLO"'))), 2)
    expect.equal(change(scim, first, {"op": "replace", "path": "remark", "value": "Bye"})["remark"], "Bye")
    expect.refused(scim.post("/Remarks", {"schemas": [REMARK], "remark": ["a"]}), 400, "invalidValue")
    expect.refused(scim.post("/Remarks", {"schemas": [REMARK], "remark": 7}), 400, "invalidValue")


def test_decimals_are_numbers():
    """§2.3.3.

    Proves: 7643-2.3.3-01
    """
    scim = custom()
    refused(scim, weight="1.5")
    refused(scim, weight=True)
    kept(scim, weight=1.5)
    new_device(scim, weight=2, tags=["heavy"])
    for text, count in (("weight gt 1.4 and weight lt 1.6", 1), ("weight ge 2", 1), ("weight eq 1.5", 1), ("weight eq 2.0", 1)):
        expect.equal(len(expect.listed(scim.find("Devices", text))), count, text)


def test_integers_are_whole():
    """§2.3.4: without a fraction and without an exponent, and not as text.

    Proves: 7643-2.3.4-01
    """
    scim = custom()
    for value in (1.5, "4", True):
        refused(scim, ports=value)
    for text in ("1e2", "1E2", "1.0", "4.5e1"):
        raw = '{"schemas":["%s"],"displayName":"X","serialNumber":"%s","ports":%s}' % (DEVICE, unique("sn"), text)
        expect.refused(scim.post("/Devices", raw=raw), 400, "invalidValue")
    for value in (0, -7, 2**53, 2**63 - 1):
        kept(scim, ports=value)


def test_date_times_have_date_and_time():
    """§2.3.5.

    Proves: 7643-2.3.5-01
    """
    scim = custom()
    for value in ("2020-01-01", "12:00:00", "2020-01-01 00:00:00Z", "2020-13-01T00:00:00Z", "2020-02-30T00:00:00Z",
                  "2020-01-01T25:00:00Z", "yesterday", 1577836800, True):
        refused(scim, bought=value)
    for number, value in enumerate(("2020-01-01T00:00:00Z", "2008-01-23T04:56:22.123Z", "2020-01-01T00:00:00+02:00")):
        made = new_device(scim, bought=value, assetTag=f"d{number}")
        expect.equal(expect.scim(scim.get(path_of(made)))["bought"], value)
    found = expect.listed(scim.find("Devices", 'bought lt "2020-01-01T00:00:00Z"'))
    expect.equal({one["assetTag"] for one in found}, {"d1", "d2"}, "times are compared as times")


def test_common_attributes_exist_on_every_resource():
    """§3 and §3.1: though neither `schemas` nor the definition lists them.

    Proves: 7643-3-06 7643-3.1-19
    """
    scim = custom()
    names = {one["name"] for one in expect.scim(scim.get("/Schemas/" + DEVICE))["attributes"]}
    assert not names & {"id", "externalId", "meta"}, names
    made = new_device(scim, externalId="Ext-1")
    for shown in (made, expect.scim(scim.get(path_of(made))), expect.listed(scim.find("Devices", 'externalId eq "Ext-1"'))[0]):
        assert shown["id"] and shown["meta"]["created"] and shown["meta"]["version"], shown
        expect.equal((shown["externalId"], shown["meta"]["resourceType"], shown["schemas"]), ("Ext-1", "Device", [DEVICE]))
        assert shown["meta"]["location"].endswith("/scim/v2/Devices/" + made["id"]), shown["meta"]
    expect.equal(expect.listed(scim.find("Devices", 'externalId eq "ext-1"')), [])
    expect.refused(scim.get("/Users/" + made["id"]), 404)


def test_a_required_extension_is_required():
    """§6: with its required attributes, in POST and PUT, and it cannot be taken away.

    Proves: 7643-6-05
    """
    scim = custom()
    shown = expect.scim(scim.get("/ResourceTypes/Badge"))
    expect.equal([(one["schema"], one["required"]) for one in shown["schemaExtensions"]], [(SITE, True)])
    plain = {"schemas": [BADGE], "label": "7"}
    for body in (plain, {**plain, "schemas": [BADGE, SITE]}, {**plain, "schemas": [BADGE, SITE], SITE: {}},
                 {**plain, "schemas": [BADGE, SITE], SITE: {"floor": "2"}}, {**plain, "schemas": [BADGE, SITE], SITE: None}):
        expect.refused(scim.post("/Badges", body), 400, "invalidValue")
    whole = {**plain, "schemas": [BADGE, SITE], SITE: {"site": "Berlin", "floor": "2"}}
    made = expect.scim(scim.post("/Badges", whole), 201)
    expect.equal((made[SITE], sorted(made["schemas"])), (whole[SITE], sorted([BADGE, SITE])))
    expect.refused(scim.put(path_of(made), plain), 400, "invalidValue")
    for path in (SITE, SITE + ":site"):
        expect.equal(scim.patch(path_of(made), {"op": "remove", "path": path}).status, 400, path)
    expect.equal(expect.scim(scim.get(path_of(made))), made)


def test_an_immutable_attribute_is_set_once():
    """§7: at creation, or later while it has no value; then it stays.

    Proves: 7643-7-09 7643-7-22
    """
    scim = custom()
    made = new_device(scim)
    number = made["serialNumber"]
    for operation in ({"op": "replace", "path": "serialNumber", "value": "other"}, {"op": "remove", "path": "serialNumber"},
                      {"op": "add", "path": "serialNumber", "value": "other"}, {"op": "replace", "value": {"serialNumber": "other"}}):
        expect.refused(scim.patch(path_of(made), operation), 400, "mutability")
    expect.refused(scim.put(path_of(made), device(serialNumber="other")), 400, "mutability")
    expect.equal(expect.scim(scim.get(path_of(made))), made)
    first = "2020-01-01T00:00:00Z"
    body = device(serialNumber=number, manufactured=first)
    expect.equal(expect.scim(scim.put(path_of(made), body))["manufactured"], first)
    expect.equal(expect.scim(scim.put(path_of(made), body))["manufactured"], first)
    expect.refused(scim.put(path_of(made), {**body, "manufactured": "2021-01-01T00:00:00Z"}), 400, "mutability")
    other = new_device(scim)
    expect.equal(change(scim, other, {"op": "add", "path": "manufactured", "value": first})["manufactured"], first)
    later = {"op": "replace", "path": "manufactured", "value": "2021-01-01T00:00:00Z"}
    expect.refused(scim.patch(path_of(other), later), 400, "mutability")
    expect.equal(expect.scim(scim.get(path_of(other)))["manufactured"], first)


def test_returned_request_is_shown_when_asked_for():
    """§7: on reading when it is named, and in the answer to the write that sent it; `never` is never shown.

    Proves: 7643-7-14
    """
    scim = custom()
    made = new_device(scim, notes="N", pin="1234", state="new")
    expect.equal((made.get("notes"), made["state"]), ("N", "new"))
    path = path_of(made)
    for shown in (expect.scim(scim.get(path)), expect.scim(scim.get(query(path, excludedAttributes="state"))),
                  expect.listed(scim.get("/Devices"))[0]):
        assert "notes" not in shown and shown["state"] == "new", shown
    expect.equal(set(expect.scim(scim.get(query(path, attributes="notes,pin")))), {"schemas", "id", "notes", "state"})
    expect.equal(expect.listed(scim.get(query("/Devices", attributes="notes")))[0]["notes"], "N")
    body = device(serialNumber=made["serialNumber"], state="new")
    assert expect.scim(scim.put(path, {**body, "notes": "M"})).get("notes") == "M"
    assert "notes" not in expect.scim(scim.put(path, {**body, "code": "c"}))
    for shown in (made, expect.scim(scim.get(path))):
        assert "pin" not in shown, shown


def test_global_uniqueness_holds_within_the_server():
    """§7: over connections too; `server` uniqueness likewise, and case as the definition has it.

    Proves: 7643-7-17
    """
    scim = custom()
    second = connect(within=scim.workspace, running=scim.running)
    made = new_device(scim, assetTag="Tag-1")
    for client in (scim, second):
        for tag in ("Tag-1", "TAG-1"):
            expect.refused(client.post("/Devices", device(assetTag=tag)), 409, "uniqueness")
        expect.refused(client.post("/Devices", device(serialNumber=made["serialNumber"])), 409, "uniqueness")
        other = new_device(client)
        expect.refused(client.patch(path_of(other), {"op": "add", "path": "assetTag", "value": "tag-1"}), 409, "uniqueness")
        new_device(client, serialNumber=made["serialNumber"].upper() + client.connection_name)
    expect.equal(scim.delete(path_of(made)).status, 204)
    new_device(scim, assetTag="Tag-1")


def test_a_reference_points_at_what_it_may():
    """§7: referenceTypes limits it, on a custom resource and on members.

    Proves: 7643-7-18
    """
    scim = custom()
    user, group = make(scim), new_group(scim)
    owner = {"value": user["id"], "$ref": user["meta"]["location"]}
    expect.equal(new_device(scim, owner=owner)["owner"]["$ref"], owner["$ref"])
    for wrong in ({"value": group["id"], "$ref": group["meta"]["location"]}, {"$ref": "Groups/" + group["id"]}):
        refused(scim, owner=wrong)
    made = new_device(scim)
    for member in ({"value": made["id"], "$ref": made["meta"]["location"]}, {"$ref": "Devices/" + made["id"]},
                   {"value": made["id"], "type": "Device"}):
        expect.refused(scim.post("/Groups", {"schemas": [GROUP], "displayName": unique("Team"), "members": [member]}), 400, "invalidValue")


def test_reserved_names_are_refused():
    """§10.3.1: URNs of the IETF are for RFCs; a file that takes one stops the start, by name.

    Proves: 7643-10.3.1-01
    """
    running = Server(environment={"ROLECALL_SCIM__SCHEMAS_DIRECTORY": str(SCHEMAS / "reserved")})
    try:
        running.start()
    except ServerFailure:
        expect.holds(running.log_text(), "robot-schema.json", "log")
        expect.holds(running.log_text(), "urn:ietf:params:scim:schemas:", "log")
    else:
        raise AssertionError("the server started with a schema of its own under the IETF's name")
    finally:
        running.close()
    for one in expect.listed(custom().get("/Schemas")):
        is_of_others = one["id"].startswith(("urn:example:", "urn:okta:scim:"))
        if ":rolecall:" not in one["id"] and not is_of_others:
            assert one["id"].startswith("urn:ietf:params:scim:schemas:"), one["id"]
