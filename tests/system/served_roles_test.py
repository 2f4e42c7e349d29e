"""/Roles and /Entitlements: what may be assigned, as Okta discovers it and as draft-ietf-scim-roles-entitlements has it."""

import expect
from rolecall_server import user_body

IETF, OKTA = "urn:ietf:params:scim:schemas:core:2.0:", "urn:okta:scim:schemas:core:1.0:"


def client(server):
    return server.scim(server.token())


def names(answer):
    return [one["displayName"] for one in expect.listed(answer)]


def test_okta_discovers_them(server):
    """/ResourceTypes, then the endpoint of each type whose schema is Okta's."""
    scim = client(server)
    types = {one["schema"]: one for one in expect.listed(scim.get("/ResourceTypes"))}
    for kind in ("Role", "Entitlement"):
        found = types[OKTA + kind]
        expect.equal((found["id"], found["name"]), (kind, kind))
        assert "servedFrom" not in found, found
        first = expect.scim(scim.get(found["endpoint"] + "?count=1&startIndex=1"))
        expect.equal((first["itemsPerPage"], len(first["Resources"]), first["startIndex"]), (1, 1, 1))
        for one in expect.listed(scim.get(found["endpoint"] + "?count=100")):
            assert {"id", "displayName", "description"} <= set(one) and OKTA + kind in one["schemas"], one
            assert len(one["description"]) <= 1000, one
            expect.equal(one.get("type"), kind if kind == "Entitlement" else None)
    schemas = {one["id"] for one in expect.listed(scim.get("/Schemas"))}
    assert {OKTA + "Role", OKTA + "Entitlement", IETF + "Role", IETF + "Entitlement"} <= schemas, schemas


def test_the_draft_finds_them(server):
    scim = client(server)
    config = expect.scim(scim.get("/ServiceProviderConfig"))["RolesAndEntitlements"]
    expect.equal([config[kind]["supported"] for kind in ("roles", "entitlements")], [True, True])
    server.cli("connections", "create", "strict", "--dialect", "strict")
    strict = expect.scim(server.scim(server.token("strict")).get("/ServiceProviderConfig"))
    assert "RolesAndEntitlements" not in strict, "RFC 7643 alone"
    roles = {one["display"]: one for one in expect.listed(scim.get("/Roles"))}
    admin, agent, boss = roles["IT Admin"], roles["IT Agent"], roles["Super Admin"]
    expect.equal((admin["value"], admin["supported"]), (admin["id"], True))
    assert IETF + "Role" in admin["schemas"], admin
    assert agent["value"] in admin["contains"] and boss["value"] in admin["containedBy"], admin
    assert agent["value"] not in admin["containedBy"] and admin["value"] not in admin["contains"], admin
    reply = expect.scim(scim.get("/Entitlements/requests.reply"))
    expect.equal((reply["value"], reply["supported"]), ("requests.reply", False))


def test_what_may_not_be_granted_is_not_there(server):
    scim = client(server)
    everything = names(scim.get("/Roles"))
    assert "Super Admin" in everything and "Owner" not in everything, everything
    owner = server.cli("roles", "get", "Owner")["id"]
    expect.refused(scim.get("/Roles/" + owner), 404)
    server.cli("connections", "set", "okta", "--ceiling", "HR Admin")
    under = names(scim.get("/Roles"))
    assert "HR Admin" in under and "IT Admin" not in under, under
    permissions = set(names(scim.get("/Entitlements")))
    expect.equal(permissions, set(server.cli("roles", "get", "HR Admin")["permissions"]))
    expect.refused(scim.get("/Entitlements/settings.ownership"), 404)
    server.cli("roles", "create", "Own Requests", "--permission", "requests.view@own")
    server.cli("connections", "set", "okta", "--default-role", "Own Requests")
    server.cli("connections", "set", "okta", "--ceiling", "Own Requests")
    expect.equal(names(scim.get("/Entitlements")), ["requests.view"], "within whatever scope")


def test_a_role_of_the_list_can_be_assigned(server):
    scim = client(server)
    role = expect.listed(scim.find("Roles", 'displayName eq "hr admin"'))[0]
    expect.scim(scim.post("/Users", user_body("ana@acme.example", roles=[{"value": role["value"]}])), 201)
    expect.equal(server.cli("users", "get", "ana@acme.example")["roles"], ["HR Admin"])


def test_filters_order_and_pages(server):
    scim = client(server)
    everything = names(scim.get("/Roles?sortBy=displayName"))
    expect.equal(everything, sorted(everything))
    expect.equal(names(scim.get("/Roles?sortBy=displayName&sortOrder=descending&startIndex=2&count=2")),
                 everything[::-1][1:3])
    for text in ('display eq "IT ADMIN"', f'{IETF}Role:display eq "it admin"', f'{OKTA}Role:displayName sw "it ad"',
                 'displayName eq "IT Admin" and supported eq true', 'not (displayName ne "IT Admin")'):
        expect.equal(names(scim.find("Roles", text)), ["IT Admin"], text)
    expect.equal(names(scim.find("Roles", 'meta.created pr')), [])
    expect.equal(names(scim.find("Entitlements", 'id sw "requests." and type eq "entitlement"')),
                 [name for name in names(scim.get("/Entitlements")) if name.startswith("requests.")])
    expect.refused(scim.find("Roles", 'title eq "x"'), 400, "invalidFilter")
    searched = scim.post("/Roles/.search", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                                            "filter": 'displayName sw "hr"', "attributes": ["displayName"]})
    expect.equal([sorted(one) for one in expect.listed(searched)], [["displayName", "id", "schemas"]])
    expect.equal(expect.scim(scim.get("/Roles?count=0"))["totalResults"], len(everything))
    far = expect.scim(scim.get("/Roles?startIndex=1000"))
    expect.equal((far["totalResults"], far["Resources"]), (len(everything), []))


def test_cursors_walk_both_ways(server):
    scim = client(server)
    everything = names(scim.get("/Roles?sortBy=displayName"))
    seen, back, cursor = [], [], ""
    while True:
        page = expect.scim(scim.get(f"/Roles?sortBy=displayName&count=2&cursor={cursor}"))
        expect.equal(page["totalResults"], len(everything))
        seen += [one["displayName"] for one in page["Resources"]]
        if "nextCursor" not in page:
            break
        cursor = page["nextCursor"]
    expect.equal(seen, everything)
    last = len(page["Resources"])
    while "previousCursor" in page:
        page = expect.scim(scim.get(f"/Roles?sortBy=displayName&count=2&cursor={page['previousCursor']}"))
        back = [one["displayName"] for one in page["Resources"]] + back
    expect.equal(back, everything[:-last])


def test_they_are_part_of_the_root(server):
    scim = client(server)
    roles, permissions = len(names(scim.get("/Roles"))), len(names(scim.get("/Entitlements")))
    groups = expect.scim(scim.get("/Groups?count=0"))["totalResults"]
    expect.equal(expect.scim(scim.get("/?count=0"))["totalResults"], roles + permissions + groups)
    found = expect.listed(scim.get("/?filter=displayName%20eq%20%22IT%20Admin%22&sortBy=meta.resourceType"))
    expect.equal([one["meta"]["resourceType"] for one in found], ["Group", "Role"])
    seen, cursor = [], ""
    while True:
        page = expect.scim(scim.get(f"/?count=7&attributes=id&cursor={cursor}"))
        seen += [one["id"] for one in page["Resources"]]
        if "nextCursor" not in page:
            break
        cursor = page["nextCursor"]
    expect.equal((len(seen), seen), (roles + permissions + groups, sorted(set(seen))))


def test_they_are_read_only(server):
    scim = client(server)
    role = expect.listed(scim.get("/Roles?count=1"))[0]
    path = "/Roles/" + role["id"]
    for answer in (scim.post("/Roles", {"displayName": "Boss"}), scim.put(path, role), scim.delete(path),
                   scim.patch(path, {"op": "replace", "path": "displayName", "value": "Boss"}),
                   scim.post("/Entitlements", {"displayName": "x"}), scim.delete("/Entitlements/requests.reply")):
        expect.refused(answer, 405)
        expect.equal(answer.headers["allow"], "GET, HEAD")
    bulk = expect.scim(scim.post("/Bulk", {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": path}, {"method": "POST", "path": "/Roles", "bulkId": "a", "data": {}}]}))
    expect.equal([one["status"] for one in bulk["Operations"]], ["405", "405"])
    expect.equal(expect.scim(scim.get(path)), role)


def test_a_version_follows_what_is_shown(server):
    scim = client(server)
    made = server.cli("roles", "create", "Night Shift", "--permission", "requests.view")
    path = "/Roles/" + made["id"]
    first = scim.get(path)
    tag = first.headers["etag"]
    expect.equal(tag, first.json()["meta"]["version"])
    assert first.headers["location"].endswith(path) and "created" not in first.json()["meta"], first
    expect.equal(scim.get(path, headers={"If-None-Match": tag}).status, 304)
    server.cli("roles", "update", "Night Shift", "--description", "From ten to six.")
    changed = scim.get(path, headers={"If-None-Match": tag})
    expect.equal((changed.status, changed.json()["description"]), (200, "From ten to six."))
    server.cli("roles", "delete", "Night Shift")
    expect.refused(scim.get(path), 404)
