"""The attribute `schemas` and the common attributes (RFC 7643 §3, §3.1, §3.3)."""

import datetime
import urllib.parse

import expect
from rolecall_server import ENTERPRISE, GROUP, ROLECALL_USER, USER, in_parallel
from shared import client, new_group, new_user, query, unique
from strict import change, connect, make, minimal, path_of


def refused_schemas(scim, sent, *statuses):
    """POST is refused for its schemas."""
    body = {**minimal(unique()), "schemas": sent}
    if sent is None:
        del body["schemas"]
    answer = scim.post("/Users", body)
    expect.equal(answer.status, 400, f"{sent} {answer}")
    assert answer.json().get("scimType") in ("invalidSyntax", "invalidValue"), answer
    expect.equal(expect.listed(scim.find("Users", f'userName eq "{body["userName"]}"')), [])


def clock_after(stamp):
    """Waits for the millisecond after a time in an answer; the clock is the server's own."""
    instant = datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    while datetime.datetime.now(datetime.timezone.utc) - instant < datetime.timedelta(milliseconds=2):
        pass


def test_every_representation_names_its_schemas():
    """§2.1: users, groups, lists and discovery.

    Proves: 7643-2.1-01
    """
    scim = connect()
    user = make(scim)
    group = new_group(scim, user["id"])
    shown = [user, group] + [expect.scim(scim.get(path)) for path in (
        path_of(user), path_of(group), path_of(user) + "?attributes=title", "/Users", "/ServiceProviderConfig", "/ResourceTypes/User")]
    shown += expect.listed(scim.get("/Users")) + expect.listed(scim.get("/Groups")) + expect.listed(scim.get("/Schemas"))
    for one in shown:
        assert one["schemas"] and all(isinstance(urn, str) and urn.startswith("urn:") for urn in one["schemas"]), one


def test_schemas_are_required_in_requests():
    """§3: missing and empty are refused; the base schema of the type has to be there (§3.3).

    Deviates: 7643-3-01: except in the dialect strict `schemas` may be missing or incomplete and is worked out from the
      attributes, because clients leave it out and the endpoint leaves no doubt what is meant.
    Deviates: 7643-3.3-01: except in the dialect strict the base schema may be missing, for the reason given at 7643-3-01.
    Proves: 7643-3-01 7643-3.3-01
    """
    scim = connect()
    for sent in (None, [], [ENTERPRISE], "", {}, [7], None):
        refused_schemas(scim, sent)
    user = make(scim)
    expect.equal(scim.put(path_of(user), {"userName": user["userName"]}).status, 400)
    lenient = client()
    made = expect.scim(lenient.post("/Users", {"userName": unique()}), 201)
    expect.equal(made["schemas"], [USER, ROLECALL_USER])


def test_schemas_are_the_ones_in_use():
    """§3: never empty, and an extension is listed exactly when the resource holds something of it.

    Deviates: 7643-3-02: except in the dialect strict a request may bring an empty array, for the reason given at 7643-3-01;
      no answer ever shows one.
    Proves: 7643-3-02
    """
    scim = connect()
    refused_schemas(scim, [])
    user = expect.scim(scim.post("/Users", {**minimal(unique()), "schemas": [USER, ENTERPRISE]}), 201)
    expect.equal(user["schemas"], [USER, ROLECALL_USER])
    user = change(scim, user, {"op": "add", "path": ENTERPRISE + ":department", "value": "IT"})
    expect.equal(set(user["schemas"]), {USER, ENTERPRISE, ROLECALL_USER})
    user = change(scim, user, {"op": "remove", "path": ENTERPRISE + ":department"})
    expect.equal(user["schemas"], [USER, ROLECALL_USER])


def test_schemas_are_of_the_resource_type():
    """§3: another type's schema and an unknown one are refused.

    Deviates: 7643-3-03: except in the dialect strict what a body names in `schemas` beside the type's own is passed over;
      clients send schemas of extensions that only they know. Answers never list them.
    Proves: 7643-3-03
    """
    scim = connect()
    for urn in (GROUP, "urn:example:scim:schemas:unknown:1.0:User"):
        refused_schemas(scim, [USER, urn])
    expect.equal(set(new_user(client(), schemas=[USER, "urn:example:scim:schemas:unknown:1.0:User"])["schemas"]), {USER, ROLECALL_USER})


def test_schemas_have_no_duplicates():
    """§3: what comes twice is shown once.

    Proves: 7643-3-04
    """
    for scim in (connect(), client()):
        body = {**minimal(unique()), "schemas": [USER, USER, ENTERPRISE, USER.upper()], ENTERPRISE: {"department": "IT"}}
        made = expect.scim(scim.post("/Users", body), 201)
        for shown in (made, expect.scim(scim.get(path_of(made)))):
            expect.equal(sorted(shown["schemas"]), sorted([USER, ENTERPRISE, ROLECALL_USER]))


def test_the_order_of_schemas_means_nothing():
    """§3.

    Proves: 7643-3-05
    """
    scim = connect()
    stored = []
    for schemas in ([USER, ENTERPRISE, ROLECALL_USER], [ENTERPRISE, ROLECALL_USER, USER]):
        made = expect.scim(scim.post("/Users", {**minimal(unique()), "schemas": schemas, "title": "T",
                                                ENTERPRISE: {"department": "IT"}}), 201)
        stored.append({name: value for name, value in made.items() if name not in ("id", "meta", "userName")})
    expect.equal(stored[0], stored[1])


def test_extension_attributes_live_in_their_own_object():
    """§3 and §3.3: keyed by the URN; at the top level they are no attributes.

    Proves: 7643-3-07 7643-3.3-02
    """
    scim = client()
    name = unique()
    made = expect.scim(scim.post("/Users", minimal(name, department="Sales", costCenter="1")), 201)
    assert "department" not in made and ENTERPRISE not in made, made
    expect.equal(expect.listed(scim.find("Users", f'userName eq "{name}" and {ENTERPRISE}:department pr')), [])
    for each in (scim, connect()):
        made = expect.scim(each.post("/Users", {**minimal(unique()), "schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": "IT"}}), 201)
        for shown in (made, expect.scim(each.get(path_of(made)))):
            expect.equal(shown[ENTERPRISE], {"department": "IT"})
            assert "department" not in shown, shown


def test_the_server_gives_id_and_meta():
    """§3.1: and passes over what a client sends for them.

    Proves: 7643-3.1-01 7643-3.1-05 7643-3.1-11 7643-E8280
    """
    for scim in (connect(), client()):
        sent = {"id": "mine", "meta": {"created": "1999-01-01T00:00:00Z", "lastModified": "1999-01-01T00:00:00Z", "version": 'W/"x"',
                                       "location": "https://elsewhere.example/", "resourceType": "Group"}}
        user = make(scim, **sent)
        assert user["id"] and user["id"] != "mine", user["id"]
        for name in ("resourceType", "created", "lastModified", "location", "version"):
            assert user["meta"][name] and user["meta"][name] != sent["meta"][name], user["meta"]
        put = expect.scim(scim.put(path_of(user), minimal(user["userName"], title="T", **sent)))
        expect.equal((put["id"], put["meta"]["created"], put["meta"]["location"], put["meta"]["resourceType"]),
                     (user["id"], user["meta"]["created"], user["meta"]["location"], "User"))
        assert put["meta"]["lastModified"] >= user["meta"]["lastModified"], put["meta"]
        assert abs(datetime.datetime.fromisoformat(user["meta"]["created"].replace("Z", "+00:00"))
                   - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=1), user["meta"]


def test_every_representation_has_an_id():
    """§3.1: whatever attributes are asked for.

    Proves: 7643-3.1-02
    """
    scim = connect()
    user = make(scim)
    for more in ({"attributes": "userName"}, {"excludedAttributes": "id"}, {"excludedAttributes": "id,schemas,meta"}):
        expect.equal(expect.scim(scim.get(query(path_of(user), **more)))["id"], user["id"])
        expect.equal([one["id"] for one in expect.listed(scim.get(query("/Users", **more)))], [user["id"]])


def test_ids_never_repeat():
    """§3.1: not between types, connections or workspaces; and none holds the word bulkId.

    Proves: 7643-3.1-03 7643-3.1-06
    """
    def some(number):
        scim = connect()
        made = [make(scim)["id"] for _ in range(100)] + [new_group(scim)["id"] for _ in range(25)]
        scim.close()
        return made

    ids = [one for part in in_parallel(4, some) for one in part]
    expect.equal(len(set(ids)), 500)
    expect.equal(len({one.lower() for one in ids}), 500)
    assert not [one for one in ids if "bulkid" in one.lower()], ids


def test_an_id_is_not_given_again():
    """§3.1: neither to another name nor to somebody else of the same one; what is gone stays gone until its client makes
    the same resource again, which is then that resource.

    Proves: 7643-3.1-04
    """
    scim = connect()
    user = make(scim, externalId="hers")
    renamed = change(scim, user, {"op": "replace", "path": "userName", "value": unique("renamed")})
    expect.equal(renamed["id"], user["id"], "id after a change")
    expect.equal(scim.delete(path_of(user)).status, 204)
    later = [make(scim, userName=user["userName"], externalId="theirs"), make(scim), make(scim)]
    assert user["id"] not in [one["id"] for one in later]
    expect.refused(scim.get(path_of(user)), 404)
    expect.refused(scim.put(path_of(user), minimal(unique())), 404)
    expect.equal(make(scim, externalId="hers")["id"], user["id"])


def test_id_is_case_exact_and_read_only():
    """§3.1.

    Proves: 7643-3.1-07
    """
    for scim in (connect(), client()):
        user = make(scim)
        assert user["id"].upper() != user["id"]
        expect.refused(scim.get("/Users/" + user["id"].upper()), 404)
        expect.equal(expect.listed(scim.find("Users", f'id eq "{user["id"].upper()}"')), [])
        expect.refused(scim.patch(path_of(user), {"op": "replace", "path": "id", "value": "mine"}), 400, "mutability")
        expect.equal(expect.scim(scim.get(path_of(user))), user)


def test_external_id_is_the_client_s():
    """§3.1: never set by the server, case exact, searchable, and of no meaning to another client.

    Proves: 7643-3.1-08 7643-3.1-09 7643-3.1-10 7643-3.1-20 7643-7-06
    """
    first = connect()
    second = connect(within=first.workspace)
    plain = make(first)
    assert "externalId" not in plain, plain
    mine, other = make(first, externalId="AbC"), make(second, externalId="AbC")
    expect.equal((mine["externalId"], other["externalId"]), ("AbC", "AbC"))
    for scim, wanted in ((first, mine), (second, other)):
        for text, found in (("AbC", [wanted["id"]]), ("abc", []), ("ABC", [])):
            expect.equal([one["id"] for one in expect.listed(scim.find("Users", f'externalId eq "{text}"'))], found, text)
        expect.equal([one["id"] for one in expect.listed(scim.find("Users", "externalId pr"))], [wanted["id"]])


def test_meta_names_the_resource_type():
    """§3.1.

    Proves: 7643-3.1-12
    """
    scim = connect()
    expect.equal(expect.scim(scim.get(path_of(make(scim))))["meta"]["resourceType"], "User")
    expect.equal(expect.scim(scim.get(path_of(new_group(scim))))["meta"]["resourceType"], "Group")


def test_last_modified_moves_with_changes_only():
    """§3.1: equal to created at first, later after each change, and the same after a change of nothing.

    Proves: 7643-3.1-13 7643-3.1-14
    """
    scim = connect()
    for one, attribute in ((make(scim), "displayName"), (new_group(scim), "displayName")):
        expect.equal(one["meta"]["lastModified"], one["meta"]["created"])
        shown = one
        for value in ("B", "C"):
            clock_after(shown["meta"]["lastModified"])
            changed = change(scim, one, {"op": "replace", "path": attribute, "value": unique(value)})
            assert changed["meta"]["lastModified"] > shown["meta"]["lastModified"], (shown["meta"], changed["meta"])
            expect.equal(changed["meta"]["created"], one["meta"]["created"])
            shown = changed
        clock_after(shown["meta"]["lastModified"])
        same = change(scim, one, {"op": "replace", "path": attribute, "value": shown[attribute]})
        expect.equal(same["meta"], shown["meta"])
        expect.equal(expect.scim(scim.get(path_of(one)))["meta"], shown["meta"])


def test_meta_says_where_it_is_and_which_version():
    """§3.1: location is the address that was asked for, version is the ETag, and that is weak.

    Proves: 7643-3.1-15 7643-3.1-16 7643-3.1-17
    """
    scim = connect()
    for made in (make(scim), new_group(scim)):
        answer = scim.get(path_of(made))
        meta = expect.scim(answer)["meta"]
        expect.equal(meta["location"], f"http://{scim.running.listen}/scim/v2{path_of(made)}")
        expect.equal(answer.headers.get("content-location", meta["location"]), meta["location"])
        expect.equal(answer.headers["etag"], meta["version"])
        part = scim.get(path_of(made) + "?attributes=meta.version")
        expect.equal(part.headers["etag"], meta["version"])
        assert part.body != answer.body and meta["version"].startswith('W/"'), meta
        expect.equal(urllib.parse.urlsplit(meta["location"]).path, "/scim/v2" + path_of(made))
