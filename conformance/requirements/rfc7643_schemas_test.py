"""What the definitions at /Schemas say (RFC 7643 §2, §3.1, §3.3, §7, and its errata)."""

import re

import expect
from rolecall_server import ENTERPRISE, GROUP, ROLECALL_USER, USER
from shared import SCHEMAS_URN
from strict import connect, make

TYPES = {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9$_-]*")
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
CONFIGURATION = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
WITHOUT_CASE = ("boolean", "decimal", "integer", "dateTime", "complex")


def definitions():
    return {one["id"]: one for one in expect.listed(connect().get("/Schemas"))}


def attributes(schemas=None):
    """(schema id, dotted path, definition) of all attributes and sub-attributes at any depth."""
    def within(schema, prefix, found):
        for one in found:
            yield schema, prefix + one["name"], one
            yield from within(schema, prefix + one["name"] + ".", one.get("subAttributes", []))

    for schema, definition in (schemas or definitions()).items():
        yield from within(schema, "", definition["attributes"])


def attribute(schema, path):
    found = [one for _, name, one in attributes({schema: definitions()[schema]}) if name == path]
    expect.equal(len(found), 1, f"definitions of {path}")
    return found[0]


def test_only_complex_attributes_have_sub_attributes():
    """§1.2 and §7: a simple attribute has none, and a complex one lists its own.

    Proves: 7643-1.2-01 7643-7-04
    """
    found = list(attributes())
    assert any(one["type"] == "complex" for _, _, one in found)
    for schema, path, one in found:
        expect.equal(bool(one.get("subAttributes")), one["type"] == "complex", f"{schema} {path} has subAttributes")


def test_names_follow_the_grammar():
    """§2.1.

    Proves: 7643-2.1-02
    """
    for schema, path, one in attributes():
        assert NAME.fullmatch(one["name"]) or one["name"] == "$ref", f"{schema} {path}"


def test_types_are_the_eight():
    """§2.3.

    Proves: 7643-2.3-01
    """
    expect.equal({one["type"] for _, _, one in attributes()} - TYPES, set())


def test_complex_does_not_nest():
    """§2.3.8: except in the schema of schemas, which describes itself.

    Proves: 7643-2.3.8-02
    """
    for schema, path, one in attributes():
        if "." in path and one["type"] == "complex":
            expect.equal(schema, SCHEMAS_URN, f"{path} is complex within complex in")


def test_default_sub_attributes_keep_their_meaning():
    """§2.4: type, primary, display and $ref have one type wherever they are.

    Proves: 7643-2.4-01
    """
    wanted = {"primary": "boolean", "display": "string", "$ref": "reference", "type": "string"}
    seen = set()
    for schema, path, one in attributes({id: definition for id, definition in definitions().items() if id != SCHEMAS_URN}):
        if "." in path and one["name"] in wanted:
            seen.add(one["name"])
            expect.equal(one["type"], wanted[one["name"]], f"{schema} {path}")
            expect.equal(one["multiValued"], False, f"{schema} {path} multiValued")
    expect.equal(seen, set(wanted))


def test_extensions_do_not_redefine_standard_attributes():
    """§3.3.

    Proves: 7643-3.3-03
    """
    schemas = definitions()
    core = {one["name"].lower() for urn in (USER, GROUP) for one in schemas[urn]["attributes"]} | {"id", "externalid", "meta", "schemas"}
    extensions = [urn for urn in schemas if ":extension:" in urn]
    assert ENTERPRISE in extensions and ROLECALL_USER in extensions, extensions
    for urn in extensions:
        expect.equal({one["name"] for one in schemas[urn]["attributes"] if one["name"].lower() in core}, set(), urn)


def test_schemas_and_attributes_are_named_and_described():
    """§7.

    Proves: 7643-7-03
    """
    for urn, definition in definitions().items():
        assert all(definition[name].strip() for name in ("id", "name", "description")), urn
    for schema, path, one in attributes():
        assert one["name"] and one["description"].strip(), f"{schema} {path}"


def test_a_schema_is_read_by_its_uri():
    """§7: its id is the URI, and alone it reads as in the list.

    Proves: 7643-7-19
    """
    scim = connect()
    for urn, definition in definitions().items():
        assert urn.startswith("urn:"), urn
        alone = scim.get("/Schemas/" + urn)
        expect.equal(expect.scim(alone)["attributes"], definition["attributes"])
        expect.equal(alone.json()["id"], urn)


def test_every_characteristic_is_stated():
    """§7: the ones every attribute has, and those that depend on its type.

    Proves: 7643-7-20
    """
    for schema, path, one in attributes():
        where = f"{schema} {path}"
        for name, kind in (("name", str), ("type", str), ("multiValued", bool), ("description", str), ("required", bool)):
            assert isinstance(one.get(name), kind), f"{where} {name}"
        assert one["mutability"] in ("readOnly", "readWrite", "immutable", "writeOnly"), where
        assert one["returned"] in ("always", "never", "default", "request"), where
        if one["type"] == "string":
            assert isinstance(one.get("caseExact"), bool), where
            assert one.get("uniqueness") in ("none", "server", "global"), where
        if one["type"] == "reference":
            assert one.get("referenceTypes"), where
        assert one["mutability"] != "writeOnly" or one["returned"] == "never", where


def test_common_attributes_are_not_defined_otherwise():
    """§3.1: where a schema lists id, externalId or meta, it says what the RFC says, and so does behaviour.

    Proves: 7643-3.1-18
    """
    for schema, path, one in attributes():
        if path == "id" and schema != RESOURCE_TYPE:
            expect.equal((one["mutability"], one["returned"]), ("readOnly", "always"), schema)
        if path == "meta" or path.startswith("meta."):
            expect.equal(one["mutability"], "readOnly", f"{schema} {path}")
        if path == "externalId":
            expect.equal((one["mutability"], one["caseExact"]), ("readWrite", True), schema)
    scim = connect()
    user = make(scim, externalId="AbC")
    expect.equal(expect.scim(scim.get(f"/Users/{user['id']}?attributes=externalId"))["externalId"], "AbC")
    expect.equal(expect.scim(scim.get(f"/Users/{user['id']}?excludedAttributes=id,meta,externalId"))["id"], user["id"])
    expect.refused(scim.patch("/Users/" + user["id"], {"op": "replace", "path": "meta.created", "value": "2001-01-01T00:00:00Z"}),
                   400, "mutability")


def test_the_enterprise_extension_has_its_urn():
    """§4.3.

    Proves: 7643-4.3-01
    """
    shown = expect.scim(connect().get("/Schemas/" + ENTERPRISE))
    expect.equal(ENTERPRISE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")
    expect.equal({one["name"] for one in shown["attributes"]},
                 {"employeeNumber", "costCenter", "organization", "division", "department", "manager"})


def test_errata_of_the_group_schema():
    """Errata 5368 and 6011.

    Proves: 7643-E5368
    """
    expect.equal(attribute(GROUP, "displayName")["required"], True)
    expect.equal(attribute(GROUP, "members.display")["type"], "string")


def test_errata_of_the_schema_of_schemas():
    """Errata 5606, 5607, 8415 and 8417: binary is a type, a sub-attribute is never complex, and what is an array says so.

    Proves: 7643-E5606 7643-E5607 7643-E8415
    """
    expect.equal(set(attribute(SCHEMAS_URN, "attributes.type")["canonicalValues"]), TYPES)
    expect.equal(set(attribute(SCHEMAS_URN, "attributes.subAttributes.type")["canonicalValues"]), TYPES - {"complex"})
    expect.equal(attribute(SCHEMAS_URN, "attributes.subAttributes.referenceTypes")["multiValued"], True)
    for schema, path, one in attributes():
        if one["type"] == "reference":
            assert isinstance(one["referenceTypes"], list), f"{schema} {path}"


def test_binaries_and_references_are_case_exact():
    """Errata 6000, 6001 and 8435.

    Proves: 7643-E6000 7643-E6001 7643-E8435
    """
    found = [one for _, _, one in attributes() if one["type"] in ("binary", "reference")]
    assert len(found) > 5, found
    for one in found:
        expect.equal(one["caseExact"], True, one["name"])
    expect.equal(attribute(USER, "x509Certificates.value")["type"], "binary")


def test_types_without_case_or_uniqueness_say_nothing_of_it():
    """Erratum 6004: complex attributes have no uniqueness; nor have booleans and complex ones a case.

    Proves: 7643-E6004
    """
    for schema, path, one in attributes():
        if one["type"] in ("complex", "boolean"):
            assert "uniqueness" not in one, f"{schema} {path}"
        if one["type"] in WITHOUT_CASE:
            assert "caseExact" not in one, f"{schema} {path}"


def test_errata_of_the_service_schemas():
    """Errata 7522, 8011, 8417 and 8475.

    Proves: 7643-E7522 7643-E8011 7643-E8417
    """
    expect.equal(attribute(RESOURCE_TYPE, "schemaExtensions")["multiValued"], True)
    expect.equal(attribute(RESOURCE_TYPE, "name")["caseExact"], True)
    for name in ("name", "endpoint"):
        expect.equal(attribute(RESOURCE_TYPE, name)["uniqueness"], "server", name)
    expect.equal(attribute(CONFIGURATION, "authenticationSchemes.type")["required"], True)
    scim = connect()
    for urn in (SCHEMAS_URN, RESOURCE_TYPE, CONFIGURATION):
        shown = expect.scim(scim.get("/Schemas/" + urn))
        expect.equal(shown["schemas"], [SCHEMAS_URN])
        expect.equal(shown["meta"]["resourceType"], "Schema")
        assert shown["meta"]["location"].endswith("/Schemas/" + urn), shown["meta"]
    for one in expect.listed(scim.get("/ResourceTypes")):
        assert isinstance(one.get("schemaExtensions", []), list), one


def test_groups_refer_to_groups_only():
    """Erratum 8471.

    Proves: 7643-E8471
    """
    expect.equal(attribute(USER, "groups.$ref")["referenceTypes"], ["Group"])


def test_the_manager_is_an_id_and_so_case_exact():
    """Erratum 8472: in the definition and in a filter.

    Proves: 7643-E8472
    """
    expect.equal(attribute(ENTERPRISE, "manager.value")["caseExact"], True)
    scim = connect()
    boss = make(scim)
    make(scim, **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    for text, count in ((boss["id"], 1), (boss["id"].upper(), 0)):
        assert boss["id"] != boss["id"].upper(), "an id without letters shows nothing"
        expect.equal(len(expect.listed(scim.find("Users", f'{ENTERPRISE}:manager.value eq "{text}"'))), count, text)
