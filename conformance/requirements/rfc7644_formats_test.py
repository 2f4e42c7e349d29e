"""Data formats and media types (RFC 7644 §3.8)."""

import json

import expect
from rolecall_server import ROLECALL_USER, USER
from shared import unique
from strict import connect, make, minimal, path_of

SCIM = "application/scim+json"
JSON = "application/json"
NAMES = ("Zoë", "Łukasz", "Ωμέγα", "李雷", "😀 smile", "עברית")


def test_bodies_are_json_in_utf8():
    """§3.8: in and out, also beyond the basic plane, escaped or not.

    Proves: 7644-3.8-01
    """
    scim = connect()
    for name in NAMES:
        for escaped in (False, True):
            raw = json.dumps(minimal(unique(), displayName=name), ensure_ascii=escaped).encode()
            created = scim.post("/Users", raw=raw)
            expect.equal(expect.scim(created, 201)["displayName"], name)
            shown = scim.get(path_of(created.json()))
            expect.equal(json.loads(shown.body.decode("utf-8"))["displayName"], name)
            expect.equal(shown.headers["content-type"].lower().replace(" ", "") in (SCIM, SCIM + ";charset=utf-8"), True)


def test_utf8_is_assumed():
    """§3.8: without a charset bodies are UTF-8, and what is not UTF-8 is refused.

    Proves: 7644-3.8-02
    """
    scim = connect()
    raw = json.dumps(minimal(unique(), displayName="Zoë"), ensure_ascii=False)
    expect.equal(expect.scim(scim.post("/Users", raw=raw.encode(), headers={"Content-Type": SCIM}), 201)["displayName"], "Zoë")
    before = expect.scim(scim.get("/Users"))
    for wrong in (raw.encode("latin-1"), raw.encode("utf-16"), raw.encode("utf-32"), b'{"userName":"\xc3\x28"}',
                  b'{"userName":"\xed\xa0\x80"}'):
        expect.refused(scim.post("/Users", raw=wrong), 400, "invalidSyntax")
    expect.equal(expect.scim(scim.get("/Users")), before)


def test_both_media_types_may_be_asked_for():
    """§3.8: Accept of application/scim+json and application/json; without one it is the first.

    Proves: 7644-3.8-03 7644-3.8-04 7644-3.8-05
    """
    scim = connect()
    user = make(scim)
    for path in ("/Users", path_of(user), "/Schemas"):
        expect.equal(expect.media_type(scim.get(path, headers={"Accept": SCIM})), SCIM)
        for accepted in (SCIM, JSON, None, "*/*", f"{JSON};q=0.5, {SCIM}", "application/*"):
            answer = scim.get(path, headers={"Accept": accepted})
            expect.equal(answer.status, 200, f"{path} with Accept: {accepted}")
            assert expect.media_type(answer) in ((SCIM, JSON) if accepted == JSON else (SCIM,)), answer.headers
            answer.json()


def test_bodies_of_both_media_types_are_taken():
    """§3.8: application/scim+json and application/json, with and without charset; another type is 415.

    Proves: 7644-3.8-06
    """
    scim = connect()
    for kind in (SCIM, JSON, SCIM + "; charset=utf-8", JSON + ";charset=UTF-8", "Application/Scim+JSON"):
        made = scim.post("/Users", minimal(unique()), headers={"Content-Type": kind})
        path = path_of(expect.scim(made, 201))
        expect.scim(scim.put(path, minimal(unique(), title="Lead"), headers={"Content-Type": kind}))
        expect.equal(scim.patch(path, {"op": "remove", "path": "title"}, headers={"Content-Type": kind}).status, 200)
    count = expect.scim(scim.get("/Users"))["totalResults"]
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json", "application/scim"):
        expect.refused(scim.post("/Users", minimal(unique()), headers={"Content-Type": kind}), 415)
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], count)


def test_a_suffix_does_not_select_the_format():
    """§3.8: .scim behind an address may be offered; here it is part of an id that nobody has.

    Proves: 7644-3.8-07
    """
    scim = connect()
    user = make(scim)
    for suffix in (".scim", ".json"):
        expect.refused(scim.get(path_of(user) + suffix), 404)
        expect.refused(scim.get("/Users" + suffix), 404)
    expect.equal(expect.scim(scim.get(path_of(user)))["schemas"], [USER, ROLECALL_USER])
