"""Immutable attributes, which no shipped schema has, of a resource type of an operator's own (RFC 7644 §3.5.1, §3.5.2)."""

import pathlib

import expect
from shared import server, unique
from strict import change, connect, path_of, stays_as_it_is

DEVICE = "urn:example:scim:schemas:1.0:Device"
MADE = "2024-05-13T04:42:34Z"
LATER = "2025-01-01T00:00:00Z"


def client():
    return connect(running=server(SCIM__SCHEMAS_DIRECTORY=pathlib.Path(__file__).parent / "schemas" / "device"))


def device(**more):
    return {"schemas": [DEVICE], "displayName": "Laptop", "serialNumber": unique("SN"), **more}


def make_device(scim, **more):
    return expect.scim(scim.post("/Devices", device(**more)), 201)


def test_put_with_another_value_is_refused():
    """§3.5.1: of an immutable attribute that has one; the same value is no change.

    Proves: 7644-3.5.1-05
    """
    scim = client()
    made = make_device(scim, manufactured=MADE)
    same = {name: made[name] for name in ("schemas", "displayName", "serialNumber", "manufactured")}
    for name, value in (("serialNumber", "another"), ("serialNumber", same["serialNumber"].lower()), ("manufactured", LATER)):
        stays_as_it_is(scim, made, scim.put(path_of(made), {**same, name: value}), 400, "mutability")
    found = expect.scim(scim.put(path_of(made), {**same, "displayName": "Phone"}))
    expect.equal({name: found[name] for name in same}, {**same, "displayName": "Phone"})


def test_put_sets_an_immutable_attribute_once():
    """§3.5.1: who has none takes the first value.

    Proves: 7644-3.5.1-06
    """
    scim = client()
    made = make_device(scim)
    body = device(serialNumber=made["serialNumber"], manufactured=MADE)
    assert "manufactured" not in made
    found = expect.scim(scim.put(path_of(made), body))
    expect.equal(found["manufactured"][:19], MADE[:19])
    stays_as_it_is(scim, found, scim.put(path_of(made), {**body, "manufactured": LATER}), 400, "mutability")


def test_patch_does_not_modify_an_immutable_attribute():
    """§3.5.2: that has a value: 400 mutability for another one and for its removal.

    Proves: 7644-3.5.2-07
    """
    scim = client()
    made = make_device(scim, manufactured=MADE)
    for operation in ({"op": "replace", "path": "serialNumber", "value": "x"}, {"op": "add", "path": "serialNumber", "value": "x"},
                      {"op": "replace", "path": "manufactured", "value": LATER}, {"op": "remove", "path": "manufactured"},
                      {"op": "remove", "path": "serialNumber"}, {"op": "replace", "value": {"manufactured": LATER}}):
        stays_as_it_is(scim, made, scim.patch(path_of(made), operation), 400, "mutability")
    expect.equal(change(scim, made, {"op": "replace", "path": "serialNumber", "value": made["serialNumber"]}), made)


def test_patch_adds_a_first_value():
    """§3.5.2: to an immutable attribute without one.

    Proves: 7644-3.5.2-08
    """
    scim = client()
    made = make_device(scim)
    found = change(scim, made, {"op": "add", "path": "manufactured", "value": MADE})
    expect.equal(found["manufactured"][:19], MADE[:19])
    stays_as_it_is(scim, found, scim.patch(path_of(made), {"op": "add", "path": "manufactured", "value": LATER}), 400, "mutability")
