"""Errors (RFC 7644 §3.12)."""

import functools
import json

import expect
from backdoor import door_to
from rolecall_server import ERROR, USER, Server, group_body
from shared import SEARCH, anonymous, new_group, query, unique
from strict import connect, make, message, minimal, path_of

KEYWORDS = {"invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue",
            "invalidVers", "sensitive", "invalidCursor", "expiredCursor", "invalidCount"}


def patch(scim, target, **operation):
    return scim.request("PATCH", path_of(target), message(operation))


@functools.cache
def every_error():
    """{what was done: (status, scimType, answer)}"""
    scim = connect()
    user, other = make(scim, emails=[{"value": "a@acme.example", "type": "work"}]), make(scim)
    short = connect(ceiling="IT Agent")
    return {
        "no token": (401, None, anonymous().get("/Users")),
        "a wrong token": (401, None, anonymous().get("/Users", headers={"Authorization": "Bearer wrong"})),
        "a role above the ceiling": (403, None, short.post("/Groups", group_body("Super Admin"))),
        "an unknown id": (404, None, scim.get("/Users/none")),
        "an unknown endpoint": (404, None, scim.get("/Nothing")),
        "a wrong method": (405, None, scim.delete("/Users")),
        "a taken name": (409, "uniqueness", scim.post("/Users", minimal(user["userName"]))),
        "an old version": (412, None, scim.put(path_of(user), minimal("x"), headers={"If-Match": 'W/"99"'})),
        "a wrong media type": (415, None, scim.post("/Users", raw="x", headers={"Content-Type": "text/plain"})),
        "a bad filter": (400, "invalidFilter", scim.get("/Users?filter=x")),
        "a bad body": (400, "invalidSyntax", scim.post("/Users", raw="{")),
        "a bad value": (400, "invalidValue", scim.post("/Users", {"schemas": [USER], "userName": 5})),
        "a bad page": (400, "invalidValue", scim.get("/Users?count=x")),
        "a bad path": (400, "invalidPath", patch(scim, user, op="add", path="emails[", value="x")),
        "no target": (400, "noTarget", patch(scim, user, op="remove")),
        "no match": (400, "noTarget", patch(scim, user, op="replace", path='emails[type eq "x"].value', value="x")),
        "a read-only attribute": (400, "mutability", patch(scim, user, op="replace", path="id", value="x")),
        "a name taken by PATCH": (409, "uniqueness", patch(scim, user, op="replace", path="userName", value=other["userName"])),
        "a name taken by PUT": (409, "uniqueness", scim.put(path_of(user), minimal(other["userName"]))),
        "a filter on discovery": (403, None, scim.get(query("/Schemas", filter="id pr"))),
        "nobody's /Me": (501, None, scim.get("/Me")),
    }


def test_errors_have_a_body_of_their_schema():
    """§3.12: schemas, status as a string, a keyword of the table, a sentence; erratum 7898: and it is valid JSON.

    Proves: 7644-3.12-01 7644-3.12-02 7644-3.12-03 7644-3.12-04 7644-E7898
    """
    for name, (status, scim_type, answer) in every_error().items():
        expect.equal(answer.status, status, name)
        body = json.loads(answer.body.decode("utf-8"))
        expect.equal((body["schemas"], body["status"]), ([ERROR], str(status)), name)
        expect.equal(body.get("scimType"), scim_type, name)
        assert scim_type is None or scim_type in KEYWORDS, name
        assert "scimType" not in body or body["scimType"] is not None, body
        assert isinstance(body["detail"], str) and len(body["detail"]) > 10, f"{name}: {body}"


def test_unparsable_and_schema_breaking_requests_are_400():
    """§3.12: invalidSyntax for the structure, invalidValue for what is in it.

    Proves: 7644-3.12-06 7644-3.12-19
    """
    scim = connect()
    for raw in ("{", "", "[]", '"text"', "5", "null", "true", '[{"userName":"x"}]', '{"userName":"a"}}', "userName=a", "<user/>"):
        for method, path in (("POST", "/Users"), ("POST", "/Groups"), ("PUT", path_of(make(scim))), ("POST", "/Users/.search")):
            expect.refused(scim.request(method, path, raw=raw), 400, "invalidSyntax")


def test_unknown_resources_and_endpoints_are_404():
    """§3.12: at any depth, for ids of any form.

    Proves: 7644-3.12-09
    """
    scim = connect()
    user = make(scim)
    for path in ("/Nothing", "/Users/none", "/Groups/" + user["id"], "/Users/" + user["id"] + "/name", "/Nothing/" + user["id"],
                 "/Schemas/none", "/ResourceTypes/none", "/Users/..%2fGroups"):
        expect.refused(scim.get(path), 404)


def test_taken_values_are_named_uniqueness():
    """§3.12: by POST, PUT and PATCH, of users and groups.

    Proves: 7644-3.12-17
    """
    scim = connect()
    first, second = make(scim), make(scim)
    team, desk = new_group(scim), new_group(scim)
    taken = first["userName"]
    for answer in (scim.post("/Users", minimal(taken)), scim.put(path_of(second), minimal(taken)),
                   patch(scim, second, op="replace", path="userName", value=taken),
                   patch(scim, second, op="add", value={"userName": taken}),
                   scim.post("/Groups", group_body(team["displayName"])), scim.put(path_of(desk), group_body(team["displayName"])),
                   patch(scim, desk, op="replace", path="displayName", value=team["displayName"])):
        expect.holds(expect.refused(answer, 409, "uniqueness"), "ame", "which attribute it is")
    expect.equal(expect.scim(scim.get(path_of(second))), second)


def test_an_internal_error_helps_without_telling():
    """§3.12: 500 names the request, by which an operator finds the cause in the log; nothing of the inside is in it.

    Proves: 7644-3.12-13
    """
    with Server() as broken:
        scim = connect(running=broken)
        user = make(scim)
        door = door_to(broken.data)
        door.execute("ALTER TABLE resources RENAME TO lost")
        for answer in (scim.get(path_of(user)), scim.get("/Users"), scim.post("/Users", minimal(unique()))):
            detail = expect.refused(answer, 500)
            for inside in ("SQL", "sqlite", "resources", "table", ".cpp", "exception", "soci"):
                expect.lacks(detail.lower(), inside.lower(), "the sentence")
            broken.log_line(answer.headers["x-request-id"], "request_completed")
            expect.holds(detail, answer.headers["x-request-id"], "the sentence")
        door.execute("ALTER TABLE lost RENAME TO resources")
        door.close()
        expect.equal(expect.scim(scim.get(path_of(user))), user)


def test_a_password_in_an_address_is_refused():
    """§3.12, §7.5.2 and erratum 6893: addresses are logged by whoever forwards them: a filter on password is 403 sensitive in
    a GET, with the same number in the body; by POST it is a query like others.

    Proves: 7644-3.12-24 7644-7.5.2-01 7644-E6893
    """
    scim = connect()
    make(scim, password="secret-4711")
    for text in ('password eq "secret-4711"', 'userName sw "u" and (password eq "secret-4711")', 'PASSWORD EQ "secret-4711"',
                 f'{USER}:password eq "secret-4711"', 'not (password eq "x")'):
        answer = scim.find("Users", text)
        detail = expect.refused(answer, 403, "sensitive")
        expect.equal(answer.json()["status"], "403")
        expect.lacks(detail, "secret-4711", "the sentence")
        expect.scim(scim.post("/Users/.search", {"schemas": [SEARCH], "filter": text}))
    expect.lacks(scim.running.log_text(), "secret-4711", "the log")
