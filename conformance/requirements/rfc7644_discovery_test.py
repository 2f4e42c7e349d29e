"""ServiceProviderConfig, Schemas and ResourceTypes (RFC 7644 §4)."""

import expect
from rolecall_server import ENTERPRISE, GROUP, LIST, USER
from shared import query
from strict import connect

CORE = "urn:ietf:params:scim:schemas:core:2.0:"


def ids(body):
    return [one["id"] for one in body["Resources"]]


def test_the_configuration_is_of_its_own_schema():
    """§4: one object; erratum 4978: under the singular, and the plural is nothing or leads there.

    Proves: 7644-4-01 7644-E4978
    """
    scim = connect()
    config = expect.scim(scim.get("/ServiceProviderConfig"))
    expect.equal(config["schemas"], [CORE + "ServiceProviderConfig"])
    assert "Resources" not in config, config
    assert scim.get("/ServiceProviderConfigs").status in (404, 307, 308)


def test_all_schemas_are_listed():
    """§4: /Schemas is a list of all of them.

    Proves: 7644-4-02 7644-4-05
    """
    body = expect.scim(connect().get("/Schemas"))
    expect.equal((body["schemas"], body["totalResults"]), ([LIST], len(body["Resources"])))
    assert {USER, GROUP, ENTERPRISE} <= set(ids(body)), ids(body)
    for schema in body["Resources"]:
        assert schema["name"] and schema["attributes"], schema


def test_one_schema_is_read_by_its_urn():
    """§4: a single object, as in the list.

    Proves: 7644-4-03
    """
    scim = connect()
    for schema in expect.listed(scim.get("/Schemas")):
        one = expect.scim(scim.get("/Schemas/" + schema["id"]))
        expect.equal(one, schema)
        expect.equal(one["schemas"], [CORE + "Schema"])


def test_resource_types_are_listed_and_read_one_by_one():
    """§4: a list and single objects; each says which schema and which endpoint, and both are there.

    Proves: 7644-4-04 7644-4-05
    """
    scim = connect()
    body = expect.scim(scim.get("/ResourceTypes"))
    expect.equal((body["schemas"], body["totalResults"]), ([LIST], len(body["Resources"])))
    schemas = ids(expect.scim(scim.get("/Schemas")))
    assert {"User", "Group"} <= {kind["name"] for kind in body["Resources"]}, body
    for kind in body["Resources"]:
        expect.equal(expect.scim(scim.get("/ResourceTypes/" + kind["name"])), kind)
        assert kind["schema"] in schemas and kind["schemas"] == [CORE + "ResourceType"], kind
        for extension in kind.get("schemaExtensions", []):
            assert extension["schema"] in schemas, extension
        expect.listed(scim.get(kind["endpoint"]))


def test_sorting_and_paging_are_ignored():
    """§4: discovery answers whole.

    Proves: 7644-4-06
    """
    scim = connect()
    for path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
        whole = expect.scim(scim.get(path))
        for parameters in ({"startIndex": 2, "count": 1}, {"sortBy": "name", "sortOrder": "descending"}, {"count": 0},
                           {"startIndex": 2, "count": 1, "sortBy": "name"}, {"count": "x"}, {"sortBy": "nosuch"}):
            expect.equal(expect.scim(scim.get(query(path, **parameters))), whole, f"{path} {parameters}")


def test_a_filter_is_forbidden():
    """§4: 403 on all three.

    Proves: 7644-4-07
    """
    scim = connect()
    for path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
        for text in ('name eq "User"', "id pr", "nonsense"):
            expect.refused(scim.get(query(path, filter=text)), 403)
