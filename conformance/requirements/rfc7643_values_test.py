"""Data types and values of the core schemas (RFC 7643 §2.1, §2.3)."""

import datetime
import re
import urllib.parse

import expect
from rolecall_server import ENTERPRISE, ROLECALL_USER, USER
from shared import CERTIFICATE, client, new_group, new_user, query, server, unique
from strict import change, connect, make, minimal, path_of

TEXTS = ("李小龍", "😀👩‍👩‍👧", "Ame\u0301lie", "Am\u00e9lie", "\u05d0\u05d1 \u0627\u0628", "tab\tand \"quote\" \\ /", "\U0001d538",
         "e\u0301\u0327")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def refused(scim, **attributes):
    """POST, PUT and PATCH refuse the value, and nothing is stored."""
    name = unique("refused")
    expect.refused(scim.post("/Users", minimal(name, **attributes)), 400, "invalidValue")
    expect.equal(expect.listed(scim.find("Users", f'userName eq "{name}"')), [])
    user = make(scim)
    expect.refused(scim.put(path_of(user), minimal(user["userName"], **attributes)), 400, "invalidValue")
    for attribute, value in attributes.items():
        expect.refused(scim.patch(path_of(user), {"op": "add", "path": attribute, "value": value}), 400, "invalidValue")
    expect.equal(expect.scim(scim.get(path_of(user))), user)


def test_names_are_read_in_any_case_and_written_as_in_the_schema():
    """§2.1: attributes, sub-attributes and schema URIs.

    Proves: 7643-2.1-03
    """
    for scim in (connect(), client()):
        name = unique("Case")
        made = expect.scim(scim.post("/Users", {
            "SCHEMAS": [USER.upper(), ENTERPRISE.lower()], "USERNAME": name, "NickName": "b", "NAME": {"GIVENname": "C"},
            "Emails": [{"VALUE": "d@acme.example", "Primary": True}], ENTERPRISE.upper(): {"DEPARTMENT": "E"}}), 201)
        expect.equal((made["userName"], made["nickName"], made["name"]), (name, "b", {"givenName": "C"}))
        expect.equal(made["emails"], [{"value": "d@acme.example", "primary": True}])
        expect.equal(made[ENTERPRISE], {"department": "E"})
        expect.equal(set(made["schemas"]), {USER, ENTERPRISE, ROLECALL_USER})
        shown = expect.scim(scim.get(query(path_of(made), attributes="USERNAME,NAME.givenNAME")))
        expect.equal((shown["userName"], shown["name"]), (name, {"givenName": "C"}))


def test_text_comes_back_unchanged():
    """§2.3.1: the same code points, whether or not case matters.

    Proves: 7643-2.3.1-01
    """
    scim = connect()
    for text in TEXTS:
        user = make(scim, displayName=text, externalId=text)
        shown = expect.scim(scim.get(path_of(user)))
        expect.equal((shown["displayName"], shown["externalId"]), (text, text))


def test_canonical_values_do_not_limit():
    """§2.3.1 and §7: another value is kept, alike in POST, PUT and PATCH.

    Proves: 7643-2.3.1-02 7643-7-21
    """
    for scim in (connect(), client()):
        emails = [{"value": unique("e"), "type": "foo"}]
        user = make(scim, emails=emails)
        expect.equal(user["emails"], emails)
        expect.equal(expect.scim(scim.put(path_of(user), minimal(user["userName"], emails=emails)))["emails"], emails)
        patched = change(scim, user, {"op": "add", "path": "emails", "value": [{"value": "f@acme.example", "type": "bar"}]})
        expect.equal({one["type"] for one in patched["emails"]}, {"foo", "bar"})


def test_booleans_are_literals():
    """§2.3.2.

    Deviates: 7643-2.3.2-01: except in the dialect strict the words "True" and "False" are taken for booleans, because
      clients of two large identity providers send them and mean nothing else.
    Proves: 7643-2.3.2-01
    """
    strict = connect()
    for value in ("true", "False", 1, 0, "maybe", [True], {"value": True}):
        refused(strict, active=value)
    for scim in (strict, client()):
        for value in ("maybe", "yes", 1, 0, 1.5):
            refused(scim, active=value)
        for value in (True, False):
            assert expect.scim(scim.get(path_of(make(scim, active=value))))["active"] is value
    assert make(client(), active="False")["active"] is False


def test_times_in_answers_are_xsd_date_times():
    """§2.3.5: with date, time and zone.

    Proves: 7643-2.3.5-02
    """
    scim = connect()
    user = make(scim)
    for one in (user, new_group(scim), expect.scim(scim.get(path_of(user)))):
        for name in ("created", "lastModified"):
            text = one["meta"][name]
            assert STAMP.fullmatch(text), text
            datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_binary_values_are_base64():
    """§2.3.6: of the ordinary alphabet or the one for URLs, not of anything else.

    Proves: 7643-2.3.6-01
    """
    for scim in (connect(), client()):
        for value in ("***", "AB CD", "A", "é", 7, True):
            refused(scim, x509Certificates=[{"value": value}])
        expect.equal(make(scim, x509Certificates=[{"value": CERTIFICATE}])["x509Certificates"], [{"value": CERTIFICATE}])


def test_padding_of_base64_may_be_missing():
    """§2.3.6.

    Proves: 7643-2.3.6-02
    """
    assert CERTIFICATE.endswith("==")
    made = make(connect(), x509Certificates=[{"value": CERTIFICATE.rstrip("=")}])
    expect.equal(made["x509Certificates"][0]["value"].rstrip("="), CERTIFICATE.rstrip("="))


def test_references_are_uris():
    """§2.3.7: what is no URI is refused.

    Proves: 7643-2.3.7-01
    """
    for scim in (connect(), client()):
        for value in ("not a uri", "http://[broken", "https://acme.example/a b", "https://acme.example/%zz",
                      "https://acme.example/<x>", 7, True):
            refused(scim, profileUrl=value)
        for value in ("https://acme.example/~ana?x=%20y#z", "http://[2001:db8::1]:8080/", "https://acme.example/a%2Fb"):
            expect.equal(make(scim, profileUrl=value)["profileUrl"], value)


def test_relative_references_resolve_against_the_base():
    """§2.3.7: up to but not including the endpoint; answers show the absolute address.

    Proves: 7643-2.3.7-02
    """
    scim = connect()
    user = make(scim)
    for member in ({"value": user["id"], "$ref": "Users/" + user["id"]}, {"$ref": "Users/" + user["id"]},
                   {"$ref": "../Users/" + user["id"], "value": user["id"]}):
        group = expect.scim(scim.post("/Groups", {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": unique("Team"), "members": [member]}), 201)
        shown = expect.scim(scim.get(path_of(group)))["members"]
        expect.equal([(one["value"], one["$ref"]) for one in shown], [(user["id"], user["meta"]["location"])], member)


def test_addresses_in_answers_can_be_read():
    """§2.3.7: every $ref and location leads to its resource; once that is gone, to 404.

    Proves: 7643-2.3.7-03
    """
    scim = connect()
    boss = make(scim)
    user = make(scim, **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    group = new_group(scim, user["id"])
    shown = expect.scim(scim.get(path_of(user)))
    found = [shown["meta"]["location"], shown["groups"][0]["$ref"], group["members"][0]["$ref"], group["meta"]["location"]]
    found += [shown[ENTERPRISE]["manager"]["$ref"]] if "$ref" in shown[ENTERPRISE]["manager"] else []
    found += [one["meta"]["location"] for kind in ("/Schemas", "/ResourceTypes") for one in expect.listed(scim.get(kind))]
    for address in found:
        path = urllib.parse.urlsplit(address).path
        assert path.startswith("/scim/v2/"), address
        expect.equal(expect.scim(scim.get(path.removeprefix("/scim/v2")))["meta"]["location"], address)
    expect.equal(scim.delete(path_of(user)).status, 204)
    expect.refused(scim.get(path_of(user)), 404)


def test_members_that_do_not_exist_are_not_kept():
    """§2.3.7: alike in POST, PUT and PATCH, and a member that goes is gone from its groups.

    Proves: 7643-2.3.7-04
    """
    scim = client()
    user, absent = new_user(scim), {"value": "00000000-0000-7000-8000-000000000000"}
    group = new_group(scim, user["id"], absent["value"])
    expect.equal([one["value"] for one in group["members"]], [user["id"]])
    patched = change(scim, group, {"op": "add", "path": "members", "value": [absent]})
    expect.equal([one["value"] for one in patched["members"]], [user["id"]])
    put = {"schemas": group["schemas"], "displayName": group["displayName"], "members": [absent, {"value": user["id"]}]}
    expect.equal([one["value"] for one in expect.scim(scim.put(path_of(group), put))["members"]], [user["id"]])
    expect.equal(scim.delete(path_of(user)).status, 204)
    assert "members" not in expect.scim(scim.get(path_of(group)))


def test_references_are_case_exact():
    """§2.3.7.

    Proves: 7643-2.3.7-05
    """
    scim = connect()
    user = make(scim, profileUrl="https://acme.example/x")
    for text, wanted in (("https://acme.example/x", [user["id"]]), ("HTTPS://ACME.EXAMPLE/X", []), ("https://acme.example/X", [])):
        found = expect.listed(scim.find("Users", f'profileUrl eq "{text}"'))
        expect.equal([one["id"] for one in found], wanted, text)


def test_references_to_resources_are_http_addresses():
    """§2.3.7: below the address that clients use, and answered by the server.

    Proves: 7643-2.3.7-06
    """
    base = "https://scim.acme.example/scim/v2"
    scim = connect(running=server(SERVER__PUBLIC_URL="https://scim.acme.example"))
    boss = make(scim)
    user = make(scim, **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    group = new_group(scim, user["id"])
    shown = expect.scim(scim.get(path_of(user)))
    found = [(shown["groups"][0]["$ref"], group["id"]), (group["members"][0]["$ref"], user["id"])]
    manager = shown[ENTERPRISE]["manager"]
    found += [(manager["$ref"], boss["id"])] if "$ref" in manager else []
    for address, identifier in found:
        assert address.startswith(base + "/"), address
        expect.equal(expect.scim(scim.get(address.removeprefix(base)))["id"], identifier)


def test_the_order_of_members_means_nothing():
    """§2.3.8: the same resource whichever way its members are arranged.

    Proves: 7643-2.3.8-01
    """
    scim = connect()
    body = {"schemas": [USER, ENTERPRISE], "userName": None, "name": {"givenName": "A", "familyName": "B"}, "active": True,
            "emails": [{"value": "a@acme.example", "type": "work", "primary": True}], ENTERPRISE: {"department": "D", "division": "E"}}

    def turned(value):
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return value

    stored = []
    for one in (body, turned(body)):
        made = expect.scim(scim.post("/Users", {**one, "userName": unique()}), 201)
        stored.append({name: value for name, value in made.items() if name not in ("id", "meta", "userName")})
    expect.equal(stored[1], stored[0])
