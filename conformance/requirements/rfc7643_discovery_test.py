"""ServiceProviderConfig, ResourceTypes and Schemas as resources (RFC 7643 §5, §6, §7)."""

import urllib.parse

import expect
from rolecall_server import ENTERPRISE, ROLECALL_USER, USER, group_body
from shared import anonymous, new_group, server
from strict import connect, make

SCHEME_TYPES = ("oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest")
CONFIGURATION = "/ServiceProviderConfig"


def configuration():
    return expect.scim(connect().get(CONFIGURATION))


def is_web_address(text):
    parts = urllib.parse.urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def test_the_configuration_says_what_is_supported():
    """§5: six features, each with a boolean.

    Proves: 7643-5-01
    """
    shown = configuration()
    for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert isinstance(shown[name]["supported"], bool), name


def test_limits_of_bulk_are_stated():
    """§5: both numbers are there, also if bulk is off.

    Proves: 7643-5-02
    """
    shown = configuration()["bulk"]
    for name in ("maxOperations", "maxPayloadSize"):
        assert type(shown[name]) is int and shown[name] >= 0, shown
    assert not shown["supported"] or min(shown["maxOperations"], shown["maxPayloadSize"]) > 0, shown


def test_no_list_is_longer_than_max_results():
    """§5: filter.maxResults is an integer, and lists hold to it whatever count asks for.

    Proves: 7643-5-03
    """
    scim = connect(running=server(LIMITS__PAGE_MAX=100))
    expect.equal(expect.scim(scim.get(CONFIGURATION))["filter"]["maxResults"], 100)
    for _ in range(103):
        make(scim)
    for path in ("/Users?count=1000", "/Users?filter=userName%20pr&count=1000", "/Users?count=101&sortBy=userName"):
        body = expect.scim(scim.get(path))
        expect.equal((body["totalResults"], len(body["Resources"])), (103, 100), path)


def test_authentication_schemes_are_described():
    """§5.

    Proves: 7643-5-04
    """
    schemes = configuration()["authenticationSchemes"]
    assert schemes, "no scheme"
    for scheme in schemes:
        assert scheme["type"] in SCHEME_TYPES, scheme
        assert scheme["name"].strip() and scheme["description"].strip(), scheme


def test_the_configuration_is_readable_by_anyone():
    """§5: how to authenticate can be read before one can.

    Proves: 7643-5-05
    """
    shown = expect.scim(anonymous().get(CONFIGURATION))
    expect.equal(shown["authenticationSchemes"], configuration()["authenticationSchemes"])
    expect.refused(anonymous().get("/Users"), 401)


def test_the_configuration_cannot_be_written():
    """§5.

    Proves: 7643-5-06
    """
    scim = connect()
    before = expect.scim(scim.get(CONFIGURATION))
    for method in ("PUT", "PATCH", "POST", "DELETE"):
        answer = scim.request(method, CONFIGURATION, None if method == "DELETE" else before)
        expect.refused(answer, 405)
        expect.holds(answer.headers["allow"], "GET", "Allow")
    expect.equal(expect.scim(scim.get(CONFIGURATION)), before)


def test_the_configuration_stands_without_an_id():
    """§5: it is one of a kind; meta says where it is.

    Proves: 7643-5-07
    """
    shown = configuration()
    assert isinstance(shown.get("id", ""), str), shown
    expect.equal(shown["schemas"], ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"])
    expect.equal(shown["meta"]["resourceType"], "ServiceProviderConfig")
    assert shown["meta"]["location"].endswith("/scim/v2/ServiceProviderConfig"), shown["meta"]


def test_links_to_documentation_are_absent_or_addresses():
    """§5.

    Proves: 7643-5-08
    """
    shown = configuration()
    for place in (shown, *shown["authenticationSchemes"]):
        for name in ("documentationUri", "specUri"):
            assert name not in place or is_web_address(place[name]), (name, place[name])


def test_resource_types_say_name_endpoint_and_schema():
    """§6: and each schema they name is there to be read.

    Proves: 7643-6-01 7643-6-02 7643-6-03 7643-6-04
    """
    scim = connect()
    types = expect.listed(scim.get("/ResourceTypes"))
    assert {"User", "Group"} <= {one["name"] for one in types}, types
    for one in types:
        assert all(one[name].strip() for name in ("name", "endpoint", "schema", "description")), one
        assert one["endpoint"].startswith("/") or is_web_address(one["endpoint"]), one
        for urn in [one["schema"]] + [extension["schema"] for extension in one["schemaExtensions"]]:
            expect.equal(expect.scim(scim.get("/Schemas/" + urn))["id"], urn)
        alone = expect.scim(scim.get("/ResourceTypes/" + one["name"]))
        expect.equal(alone["name"], one["name"])
        expect.scim(scim.get(one["endpoint"]))
    user = expect.scim(scim.get("/ResourceTypes/User"))
    expect.equal((user["name"], user["endpoint"], user["schema"]), ("User", "/Users", USER))
    assert ENTERPRISE in [extension["schema"] for extension in user["schemaExtensions"]], user


def test_extensions_say_whether_they_are_required():
    """§6.

    Proves: 7643-6-08
    """
    for one in expect.listed(connect().get("/ResourceTypes")):
        for extension in one["schemaExtensions"]:
            assert isinstance(extension["schema"], str) and isinstance(extension["required"], bool), extension


def test_an_extension_that_is_not_required_may_be_left_out():
    """§6.

    Proves: 7643-6-06
    """
    scim = connect()
    extensions = expect.scim(scim.get("/ResourceTypes/User"))["schemaExtensions"]
    expect.equal([one["required"] for one in extensions if one["schema"] == ENTERPRISE], [False])
    expect.equal(make(scim)["schemas"], [USER, ROLECALL_USER])


def test_resource_types_and_schemas_cannot_be_written():
    """§6 and §7.

    Proves: 7643-6-07 7643-7-02
    """
    scim = connect()
    for path in ("/ResourceTypes/User", "/Schemas/" + USER):
        before = expect.scim(scim.get(path))
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            expect.refused(scim.request(method, path, None if method == "DELETE" else before), 405)
        expect.equal(expect.scim(scim.get(path)), before)
    for path in ("/ResourceTypes", "/Schemas"):
        expect.refused(scim.post(path, group_body("X")), 405)


def test_every_schema_in_use_can_be_read():
    """§7: all that resources name in `schemas`.

    Proves: 7643-7-01
    """
    scim = connect()
    user = make(scim, **{ENTERPRISE: {"department": "IT"}})
    shown = [user, new_group(scim, user["id"]), expect.scim(scim.get(CONFIGURATION))]
    shown += expect.listed(scim.get("/ResourceTypes")) + expect.listed(scim.get("/Schemas"))
    in_use = {urn for one in shown for urn in one["schemas"]}
    assert len(in_use) >= 6, in_use
    expect.equal(in_use - {one["id"] for one in expect.listed(scim.get("/Schemas"))}, set())


def test_endpoints_and_names_are_unique_and_names_case_exact():
    """Errata 8365, 8366 and 8475.

    Proves: 7643-E8365 7643-E8366 7643-E8475
    """
    scim = connect()
    types = expect.listed(scim.get("/ResourceTypes"))
    for name in ("endpoint", "name"):
        expect.equal(len({one[name] for one in types}), len(types), f"different {name}s")
    definition = {one["name"]: one for one in expect.scim(scim.get("/Schemas/" + types[0]["schemas"][0]))["attributes"]}
    expect.equal((definition["name"]["caseExact"], definition["name"]["uniqueness"]), (True, "server"))
    expect.equal(definition["endpoint"]["uniqueness"], "server")
    expect.refused(scim.get("/ResourceTypes/user"), 404)
