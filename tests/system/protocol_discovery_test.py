"""ServiceProviderConfig, Schemas and ResourceTypes (RFC 7644 §4)."""

import expect
from rolecall_server import ENTERPRISE, GROUP, ROLECALL_USER, USER, Client

DISCOVERY = ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes")


def test_service_provider_config_says_what_is_offered(server):
    scim = server.scim(server.token())
    config = expect.scim(scim.get("/ServiceProviderConfig"))
    offered = {
        name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    }
    expect.equal(
        offered, {"patch": True, "bulk": True, "filter": True, "changePassword": False, "sort": True, "etag": True}
    )
    expect.equal(config["filter"]["maxResults"], 1000)
    expect.equal((config["bulk"]["maxOperations"], config["bulk"]["maxPayloadSize"]), (1000, 8 * 1024 * 1024))
    expect.equal(
        config["pagination"],
        {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 100,
            "maxPageSize": 1000,
            "cursorTimeout": 3600,
        },
    )
    expect.equal(config["authenticationSchemes"][0]["type"], "oauthbearertoken")
    expect.equal(config["meta"]["location"], f"http://{server.listen}/scim/v2/ServiceProviderConfig")


def test_service_provider_config_is_open_to_who_has_no_token_yet(server):
    expect.scim(Client(server.listen, None, "/scim/v2").get("/ServiceProviderConfig"))
    expect.refused(Client(server.listen, "wrong", "/scim/v2").get("/ServiceProviderConfig"), 401)
    for path in ("/Schemas", "/ResourceTypes"):
        expect.refused(Client(server.listen, None, "/scim/v2").get(path), 401)


def test_schemas_are_listed_and_found_one_by_one(server):
    scim = server.scim(server.token())
    schemas = {schema["id"]: schema for schema in expect.listed(scim.get("/Schemas"))}
    for urn in (USER, GROUP, ENTERPRISE, ROLECALL_USER):
        assert urn in schemas, f"{urn} is not among {sorted(schemas)}"
        one = expect.scim(scim.get("/Schemas/" + urn))
        expect.equal(one, schemas[urn])
        expect.equal(one["meta"]["location"], f"http://{server.listen}/scim/v2/Schemas/{urn}")
    names = {attribute["name"] for attribute in schemas[USER]["attributes"]}
    assert {"userName", "name", "emails", "active"} <= names, names
    user_name = next(attribute for attribute in schemas[USER]["attributes"] if attribute["name"] == "userName")
    expect.equal((user_name["required"], user_name["uniqueness"]), (True, "server"))
    expect.refused(scim.get("/Schemas/urn:none"), 404)


def test_schema_urns_may_be_percent_encoded(server):
    scim = server.scim(server.token())
    expect.equal(expect.scim(scim.get("/Schemas/" + USER.replace(":", "%3A")))["id"], USER)


def test_resource_types_are_listed_and_found_one_by_one(server):
    scim = server.scim(server.token())
    types = {kind["name"]: kind for kind in expect.listed(scim.get("/ResourceTypes"))}
    expect.equal(sorted(types), ["Entitlement", "Group", "Role", "User"])
    expect.equal((types["User"]["endpoint"], types["User"]["schema"]), ("/Users", USER))
    extensions = {extension["schema"] for extension in types["User"]["schemaExtensions"]}
    assert {ENTERPRISE, ROLECALL_USER} <= extensions, extensions
    expect.equal(expect.scim(scim.get("/ResourceTypes/Group")), types["Group"])
    expect.refused(scim.get("/ResourceTypes/Device"), 404)


def test_discovery_cannot_be_filtered_but_takes_other_parameters(server):
    scim = server.scim(server.token())
    for path in DISCOVERY:
        expect.refused(scim.get(path + "?filter=id%20pr"), 403)
        expect.scim(scim.get(path + "?startIndex=1&count=100&sortBy=id"))


def test_discovery_is_read_only(server):
    scim = server.scim(server.token())
    for path in DISCOVERY:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = scim.request(method, path, {} if method != "DELETE" else None)
            expect.refused(answer, 405)
            expect.equal(answer.headers.get("allow"), "GET, HEAD")


def test_attributes_named_in_answers_are_those_of_the_schemas(server):
    """What a created user shows has to be in the schema that its `schemas` names."""
    scim = server.scim(server.token())
    user = expect.scim(
        scim.post(
            "/Users",
            {
                "schemas": [USER, ENTERPRISE],
                "userName": "ana@acme.example",
                "nickName": "An",
                "title": "Lead",
                "name": {"givenName": "Ana", "honorificPrefix": "Dr."},
                "emails": [{"value": "ana@acme.example"}],
                ENTERPRISE: {"department": "IT", "manager": {"value": "m-1"}},
            },
        ),
        201,
    )
    schemas = {
        schema["id"]: {attribute["name"] for attribute in schema["attributes"]}
        for schema in expect.listed(scim.get("/Schemas"))
    }
    core = {name for name in user if not name.startswith("urn:")} - {"schemas", "id", "externalId", "meta"}
    assert core <= schemas[USER], core - schemas[USER]
    assert set(user[ENTERPRISE]) <= schemas[ENTERPRISE], user[ENTERPRISE]
    assert set(user[ROLECALL_USER]) <= schemas[ROLECALL_USER], user[ROLECALL_USER]
    expect.equal(user["schemas"], [USER, ENTERPRISE, ROLECALL_USER])
