"""Tenants (RFC 7644 §6), prepared strings (§5, §7.8), privacy (§7.5.1) and hostile text (§7.7)."""

import unicodedata

import expect
from rolecall_server import group_body
from shared import SEARCH, anonymous, unique
from strict import change, connect, make, minimal, path_of

HOSTILE = ("'; DROP TABLE users; --", '" or "1" eq "1', "' OR '1'='1", "%27%20OR%201=1", "<script>alert(1)</script>",
           "${jndi:ldap://x}", "{{7*7}}", "../../etc/passwd",
           "\\u0000x", "a\u202eb", "%s%s%n", "$(id)", "`id`", "=cmd|'x'!A0", "*)(uid=*", "\r\nX-Injected: 1")


def test_tenants_are_apart():
    """§6: the token says which tenant it is; two of them have the same interface and nothing in common.

    Proves: 7644-6-01
    """
    north, south = connect(), connect()
    assert north.workspace != south.workspace
    for scim in (north, south):
        make(scim, userName="same@acme.example", title=scim.workspace)
    for scim in (north, south):
        expect.equal([user["title"] for user in expect.listed(scim.get("/Users"))], [scim.workspace])
        expect.equal(scim.get("/Schemas").json(), north.get("/Schemas").json())


def test_no_tenant_reaches_another():
    """§6.1: a token of one tenant on a resource of the other: 404, and nothing happens.

    Proves: 7644-6.1-01
    """
    north, south = connect(), connect()
    user = make(north)
    title = {"op": "add", "path": "title", "value": "x"}
    path = path_of(user)
    for answer in (south.get(path), south.put(path, minimal("x")), south.patch(path, title), south.delete(path)):
        expect.refused(answer, 404)
    foreign = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    team = expect.scim(south.post("/Groups", group_body(unique("Team"))), 201)
    answer = south.patch(path_of(team), foreign)
    assert answer.status in (200, 204, 400), answer
    assert not expect.scim(south.get(path_of(team))).get("members")
    expect.equal(expect.scim(north.get(path_of(user))), user)
    expect.equal(expect.scim(south.find("Users", f'id eq "{user["id"]}"'))["totalResults"], 0)


def test_external_ids_are_of_one_tenant():
    """§6.2: the same one in two tenants is no conflict and finds each its own.

    Proves: 7644-6.2-01
    """
    north, south = connect(), connect()
    made = [make(scim, externalId="e-1", userName="same") for scim in (north, south)]
    for scim, user in zip((north, south), made):
        expect.equal([one["id"] for one in expect.listed(scim.find("Users", 'externalId eq "e-1"'))], [user["id"]])


def test_names_are_prepared_before_they_are_compared():
    """§5: userName by PRECIS (UsernameCaseMapped): composed and decomposed, full-width and ASCII, large and small are one name.

    Proves: 7644-5-01
    """
    scim = connect()
    for stored, other in (("jos\u00e9", unicodedata.normalize("NFD", "jos\u00e9")), (unicodedata.normalize("NFD", "\u00e5ke"), "\u00e5ke"),
                          ("\uff22\uff2f", "bo"), ("cem", "\uff43\uff45\uff4d"), ("ZO\u00cb", "zo\u00eb"),
                          ("\u03a3\u03af\u03bf", "\u03c3\u03af\u03bf")):
        user = make(scim, userName=stored)
        expect.refused(scim.post("/Users", minimal(other)), 409, "uniqueness")
        another = make(scim)
        expect.refused(scim.put(path_of(another), minimal(other)), 409, "uniqueness")
        expect.equal(expect.scim(scim.get(path_of(user)))["userName"], stored, "what was sent is shown")
    for different in ("jose", "ake", "zoe", "b0"):
        make(scim, userName=different)


def test_filters_compare_prepared_strings():
    """§7.8: however a name is written in the filter and in the store.

    Proves: 7644-7.8-01
    """
    scim = connect()
    for stored, asked in ((unicodedata.normalize("NFD", "jos\u00e9"), "jos\u00e9"), ("zo\u00eb", unicodedata.normalize("NFD", "ZO\u00cb")),
                          ("bo", "\uff22\uff2f"), ("\uff43em", "cem")):
        user = make(scim, userName=stored, displayName=stored)
        for text in (f'userName eq "{asked}"', f'userName sw "{asked}"'):
            expect.equal([one["id"] for one in expect.listed(scim.find("Users", text))], [user["id"]], text)
    name = unicodedata.normalize("NFD", "zo\u00eb")
    expect.equal(len(expect.listed(scim.find("Users", f'displayName eq "{name}"'))), 1)


def test_privacy():
    """§7.5.1: identifiers differ from tenant to tenant and say nothing; without a token only the configuration is seen; passwords are
    not kept; what is filtered by name is not in the log.

    Proves: 7644-7.5.1-01
    """
    north, south = connect(), connect()
    word = unique("Geheim")
    users = [make(scim, userName=word, externalId=word, password=word + "-secret") for scim in (north, south)]
    assert users[0]["id"] != users[1]["id"] and word.lower() not in users[0]["id"].lower(), users
    for path in ("/Users", "/Groups", "/Schemas", "/ResourceTypes", path_of(users[0])):
        expect.refused(anonymous().get(path), 401)
    for name in north.running.data.rglob("*"):
        if name.is_file():
            assert (word + "-secret").encode() not in name.read_bytes(), f"{name} holds a password"
    north.find("Users", f'userName eq "{word}"')
    expect.lacks(north.running.log_text(), word, "the log")


def test_hostile_text_is_data():
    """§7.7: in every field and filter it is stored or refused as what it is, and does nothing else.

    Proves: 7644-7.7-01
    """
    scim = connect()
    before = make(scim, userName="bystander")
    for number, text in enumerate(HOSTILE):
        answer = scim.post("/Users", minimal(f"{number}{text}", displayName=text, externalId=text, name={"familyName": text},
                                             emails=[{"value": text, "type": text}]))
        if answer.status != 201:
            expect.refused(answer, 400, "invalidValue")
            continue
        user = answer.json()
        shown = expect.scim(scim.get(path_of(user)))
        expect.equal((shown["displayName"], shown["externalId"], shown["emails"]), (text, text, [{"value": text, "type": text}]))
        assert "x-injected" not in answer.headers, answer.headers
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
        for asked in (f'displayName eq "{quoted}"', f'externalId eq "{quoted}"', f'emails[value eq "{quoted}"]'):
            found = expect.scim(scim.post("/Users/.search", {"schemas": [SEARCH], "filter": asked}))
            expect.equal([one["id"] for one in found["Resources"]], [user["id"]], asked)
        expect.equal(change(scim, user, {"op": "replace", "path": "nickName", "value": text})["nickName"], text)
        for place in (f'userName eq "{text}', f"userName eq {text}", text):
            answer = scim.find("Users", place)
            assert answer.status == 400 or (answer.status == 200 and answer.json()["totalResults"] == 0), f"{place}: {answer}"
    expect.equal(expect.scim(scim.get(path_of(before))), before)
    assert scim.running.cli("audit", "verify", "--workspace", scim.workspace)["intact"]
