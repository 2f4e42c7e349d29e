"""Deleting (RFC 7644 §3.6)."""

import expect
from rolecall_server import group_body
from shared import SEARCH, new_group
from strict import connect, make, message, minimal, path_of

TITLE = {"op": "replace", "path": "title", "value": "Lead"}


def delete(scim, target, **headers):
    answer = scim.delete(path_of(target), headers=headers)
    expect.equal((answer.status, answer.body), (204, b""))
    assert "content-type" not in answer.headers, answer.headers


def test_a_delete_answers_204():
    """§3.6: without a body.

    Proves: 7644-3.6-04
    """
    scim = connect()
    delete(scim, make(scim))
    delete(scim, new_group(scim))


def test_a_deleted_resource_is_not_found():
    """§3.6: whatever is done with it.

    Proves: 7644-3.6-01
    """
    scim = connect()
    for made, body, operation in ((make(scim), minimal("ana"), TITLE),
                                  (new_group(scim), group_body("Desk"), {"op": "replace", "path": "displayName", "value": "X"})):
        delete(scim, made)
        path = path_of(made)
        for method, sent in (("GET", None), ("HEAD", None), ("PUT", body), ("PATCH", message(operation)), ("DELETE", None)):
            answer = scim.request(method, path, sent)
            expect.equal(answer.status, 404, method)
            if method != "HEAD":
                expect.refused(answer, 404)


def test_deleted_resources_are_in_no_list():
    """§3.6: neither by id nor by name nor in the total, by GET and by POST.

    Proves: 7644-3.6-02
    """
    scim = connect()
    gone, here = make(scim, title="Lead"), make(scim, title="Lead")
    team = new_group(scim)
    delete(scim, gone)
    delete(scim, team)
    for text in (f'id eq "{gone["id"]}"', f'userName eq "{gone["userName"]}"', f'title eq "Lead" and id eq "{gone["id"]}"'):
        expect.equal(expect.scim(scim.find("Users", text))["totalResults"], 0, text)
        expect.equal(expect.scim(scim.post("/Users/.search", {"schemas": [SEARCH], "filter": text}))["totalResults"], 0)
    for text in ('title eq "Lead"', "id pr"):
        expect.equal([user["id"] for user in expect.listed(scim.find("Users", text))], [here["id"]])
    expect.equal(expect.listed(scim.find("Groups", f'displayName eq "{team["displayName"]}"')), [])


def test_names_of_deleted_resources_are_free():
    """§3.6: they do not count as conflicts.

    Proves: 7644-3.6-03
    """
    scim = connect()
    user, team = make(scim, externalId="e-1"), new_group(scim)
    delete(scim, user)
    delete(scim, team)
    expect.scim(scim.post("/Users", minimal(user["userName"], externalId="e-1")), 201)
    expect.scim(scim.post("/Groups", group_body(team["displayName"])), 201)
    other = make(scim)
    expect.scim(scim.put(path_of(other), minimal(other["userName"], externalId="e-1")))


def test_a_deleted_user_leaves_its_groups():
    """§3.6: and the others stay in them.

    Proves: 7644-3.6-05
    """
    scim = connect()
    leaver, stayer = make(scim), make(scim)
    team = new_group(scim, leaver["id"], stayer["id"])
    delete(scim, leaver)
    expect.equal([member["value"] for member in expect.scim(scim.get(path_of(team)))["members"]], [stayer["id"]])
    expect.equal(expect.listed(scim.find("Groups", f'members.value eq "{leaver["id"]}"')), [])
    delete(scim, stayer)
    assert not expect.scim(scim.get(path_of(team))).get("members")


def test_deleted_reads_like_never_made():
    """§3.6: whether something is kept of it cannot be told from outside.

    Proves: 7644-3.6-06
    """
    scim = connect()
    user = make(scim)
    delete(scim, user)
    identifier = user["id"]
    never = identifier[:-1] + ("0" if identifier[-1] != "0" else "1")
    for method, body in (("GET", None), ("PUT", minimal("x")), ("PATCH", message(TITLE)), ("DELETE", None)):
        deleted, absent = (scim.request(method, "/Users/" + one, body) for one in (identifier, never))
        expect.equal((deleted.status, deleted.body), (absent.status, absent.body), method)
    count = expect.scim(scim.get("/Users"))
    expect.equal(count["totalResults"], 0)


def test_if_match_guards_a_delete():
    """§3.6, §3.14: an old version is 412 and keeps the resource; the current one deletes it.

    Proves: 7644-3.6-07
    """
    scim = connect()
    user = make(scim)
    old = user["meta"]["version"]
    current = expect.scim(scim.patch(path_of(user), TITLE))["meta"]["version"]
    expect.refused(scim.delete(path_of(user), headers={"If-Match": old}), 412)
    expect.equal(expect.scim(scim.get(path_of(user)))["title"], "Lead")
    delete(scim, user, **{"If-Match": current})
    expect.refused(scim.get(path_of(user)), 404)
