"""Versions (RFC 7644 §3.14)."""

import expect
from rolecall_server import group_body
from shared import new_group
from strict import change, connect, make, minimal, path_of

TITLE = {"op": "replace", "path": "title", "value": "Lead"}


def member(user):
    return {"op": "add", "path": "members", "value": [{"value": user["id"]}]}


def test_weak_versions_are_given_and_taken_back():
    """§3.14: W/"…" in If-None-Match and If-Match.

    Proves: 7644-3.14-01
    """
    scim = connect()
    user = make(scim)
    version = scim.get(path_of(user)).headers["etag"]
    assert version.startswith('W/"') and version.endswith('"'), version
    expect.equal(scim.get(path_of(user), headers={"If-None-Match": version}).status, 304)
    expect.scim(scim.patch(path_of(user), TITLE, headers={"If-Match": version}))
    expect.equal(expect.scim(scim.get("/ServiceProviderConfig"))["etag"], {"supported": True})


def test_every_answer_about_a_resource_has_its_version():
    """§3.14: in the header ETag and in meta.version, the same in both.

    Proves: 7644-3.14-02 7644-3.14-03
    """
    scim = connect()
    user = make(scim)
    rename = {"op": "replace", "path": "displayName", "value": "Desks"}
    for made, body, operation in ((user, minimal(user["userName"], nickName="An"), TITLE),
                                  (new_group(scim), group_body("Desk", user["id"]), rename)):
        path = path_of(made)
        answers = {"GET": scim.get(path), "PUT": scim.put(path, body), "PATCH": scim.patch(path, operation), "GET again": scim.get(path)}
        for name, answer in answers.items():
            assert answer.headers.get("etag"), f"{name}: {answer.headers}"
            if answer.body:
                expect.equal(answer.json()["meta"]["version"], answer.headers["etag"], name)
        expect.equal(answers["PATCH"].headers["etag"], answers["GET again"].headers["etag"])
        expect.equal(scim.request("HEAD", path).headers["etag"], answers["GET again"].headers["etag"])
    created = scim.post("/Users", minimal("new"))
    expect.equal(created.headers["etag"], created.json()["meta"]["version"])
    for listed in expect.listed(scim.get("/Users")):
        expect.equal(listed["meta"]["version"], scim.get(path_of(listed)).headers["etag"])


def test_if_none_match_saves_an_unchanged_body():
    """§3.14: 304 without body for the current version, 200 for an old one.

    Proves: 7644-3.14-04
    """
    scim = connect()
    for made, operation in ((make(scim), TITLE), (new_group(scim), {"op": "replace", "path": "displayName", "value": "Desks"})):
        path, version = path_of(made), made["meta"]["version"]
        same = scim.get(path, headers={"If-None-Match": version})
        expect.equal((same.status, same.body, same.headers["etag"]), (304, b"", version))
        change(scim, made, operation)
        other = scim.get(path, headers={"If-None-Match": version})
        assert expect.scim(other)["meta"]["version"] != version


def test_if_match_guards_every_write():
    """§3.14, §3.12: PUT, PATCH and DELETE with an old version are 412 and change nothing; with the current one they succeed.

    Proves: 7644-3.14-05 7644-3.12-11
    """
    scim = connect()
    user = make(scim)
    colleague, team = make(scim), new_group(scim)
    for made, body, operation in ((user, minimal(user["userName"], title="Boss"), TITLE),
                                  (team, group_body(team["displayName"], colleague["id"]), member(colleague))):
        path, old = path_of(made), made["meta"]["version"]
        now = change(scim, made, {"op": "add", "path": "externalId", "value": "e-1"})
        for stale in (old, 'W/"999"', '"x"'):
            headers = {"If-Match": stale}
            for answer in (scim.put(path, body, headers=headers), scim.patch(path, operation, headers=headers),
                           scim.delete(path, headers=headers)):
                expect.refused(answer, 412)
        expect.equal(expect.scim(scim.get(path)), now)
        answer = scim.put(path, body, headers={"If-Match": now["meta"]["version"]})
        version = expect.scim(answer)["meta"]["version"]
        version = scim.patch(path, operation, headers={"If-Match": version}).headers["etag"]
        expect.equal(scim.delete(path, headers={"If-Match": version}).status, 204)


def test_the_version_changes_with_the_resource_and_only_then():
    """§3.14: a change makes a new version; what changes nothing, or fails, does not.

    Proves: 7644-3.14-06
    """
    scim = connect()
    user = make(scim, title="Lead")
    team = new_group(scim, user["id"])
    user = expect.scim(scim.get(path_of(user)))
    expect.equal(change(scim, user, TITLE), user, "the same title again")
    expect.equal(expect.scim(scim.put(path_of(user), minimal(user["userName"], title="Lead"))), user, "the same resource again")
    expect.equal(change(scim, team, member(user)), team, "the same member again")
    expect.refused(scim.patch(path_of(user), {"op": "replace", "path": "active", "value": "maybe"}), 400, "invalidValue")
    expect.equal(scim.get(path_of(user)).headers["etag"], user["meta"]["version"])
    seen = {user["meta"]["version"]}
    for title in ("Boss", "Lead", "Boss"):
        seen.add(change(scim, user, {"op": "replace", "path": "title", "value": title})["meta"]["version"])
    expect.equal(len(seen), 4, "different versions, also when a value returns")
    assert change(scim, team, {"op": "remove", "path": "members"})["meta"]["version"] != team["meta"]["version"]
