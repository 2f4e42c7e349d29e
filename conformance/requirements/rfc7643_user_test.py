"""Singular attributes of User (RFC 7643 §4.1.1, and errata)."""

import expect
from rolecall_server import ENTERPRISE, USER
from shared import client, new_user, server, unique
from strict import change, connect, make, minimal, path_of


def refused_when_strict(attribute, *values):
    """The dialect strict refuses each value in POST, PUT and PATCH; others keep it as it came."""
    scim = connect()
    user = make(scim)
    for value in values:
        expect.refused(scim.post("/Users", minimal(unique(), **{attribute: value})), 400, "invalidValue")
        expect.refused(scim.put(path_of(user), minimal(user["userName"], **{attribute: value})), 400, "invalidValue")
        expect.refused(scim.patch(path_of(user), {"op": "add", "path": attribute, "value": value}), 400, "invalidValue")
        kept = new_user(client(), **{attribute: value})
        expect.equal(expect.scim(client().get(path_of(kept)))[attribute], value)
    expect.equal(expect.scim(scim.get(path_of(user))), user)


def accepted(scim, attribute, *values):
    """Each value is kept as it came."""
    for value in values:
        user = make(scim, **{attribute: value})
        expect.equal(expect.scim(scim.get(path_of(user)))[attribute], value)


def test_user_name_is_required():
    """§4.1.1: missing, empty, blank and null are refused, and it cannot be taken away.

    Proves: 7643-4.1.1-01
    """
    for scim in (connect(), client()):
        user = make(scim)
        for more in ({}, {"userName": ""}, {"userName": "   "}, {"userName": "\t\u00a0"}, {"userName": None}, {"userName": []}):
            body = {"schemas": [USER], "displayName": "X", **more}
            expect.refused(scim.post("/Users", body), 400, "invalidValue")
            expect.refused(scim.put(path_of(user), body), 400, "invalidValue")
        assert scim.patch(path_of(user), {"op": "remove", "path": "userName"}).status == 400
        expect.equal(expect.scim(scim.get(path_of(user))), user)


def test_user_name_is_unique_without_regard_to_case():
    """§4.1.1 and §7: for POST, PUT and PATCH, over all clients of the provider's domain, also for letters beyond ASCII.

    Proves: 7643-4.1.1-02 7643-7-15 7643-7-16
    """
    first = connect()
    second = connect(within=first.workspace)
    pairs = [(unique("bjensen"), str.upper), (unique("ärger"), str.upper), (unique("ΣΊΣΥΦΟΣ"), str.lower)]
    for name, turned in pairs:
        assert turned(name) != name
        make(first, userName=name)
        for scim in (first, second):
            other = make(scim)
            for taken in (name, turned(name)):
                expect.refused(scim.post("/Users", minimal(taken)), 409, "uniqueness")
                expect.refused(scim.put(path_of(other), minimal(taken)), 409, "uniqueness")
                expect.refused(scim.patch(path_of(other), {"op": "replace", "path": "userName", "value": taken}), 409, "uniqueness")
            expect.equal(expect.scim(scim.get(path_of(other))), other)
    expect.equal(len(expect.listed(first.find("Users", f'userName eq "{pairs[0][0]}"'))), 1)
    elsewhere = connect()
    make(elsewhere, userName=pairs[0][0])


def test_user_name_is_found_in_any_case_and_shown_as_sent():
    """§4.1.1 and §7.

    Proves: 7643-4.1.1-03 7643-7-07
    """
    for scim in (connect(), client()):
        name = unique("BJensen")
        user = make(scim, userName=name)
        for text in (f'userName eq "{name.upper()}"', f'userName eq "{name.lower()}"', f'userName sw "{name.upper()}"',
                     f'USERNAME eq "{name}"'):
            expect.equal([one["userName"] for one in expect.listed(scim.find("Users", text))], [name], text)
        shown = change(scim, user, {"op": "replace", "path": "userName", "value": name.upper()})
        expect.equal(shown["userName"], name.upper())


def test_names_stand_together_or_alone():
    """§4.1.1: formatted, the components, or both; when both are shown they describe the same name.

    Proves: 7643-4.1.1-04 7643-4.1.1-17
    """
    scim = connect()
    parts = {"givenName": "Barbara", "familyName": "Jensen"}
    shown = expect.scim(scim.get(path_of(make(scim, name=parts))))["name"]
    expect.equal({name: shown[name] for name in parts}, parts)
    assert "formatted" not in shown or all(part in shown["formatted"] for part in parts.values()), shown
    alone = {"formatted": "Ms. Barbara J Jensen, III"}
    shown = expect.scim(scim.get(path_of(make(scim, name=alone))))["name"]
    expect.equal(shown["formatted"], alone["formatted"])
    assert all(value in alone["formatted"] for value in shown.values()), shown
    both = {**parts, "formatted": "Barbara Jensen"}
    expect.equal(make(scim, name=both)["name"], both)


def test_profile_url_is_a_url():
    """§4.1.1.

    Deviates: 7643-4.1.1-05: except in the dialect strict a profile address that is a relative reference is kept as it came;
      an update of a person must not fail because of a field nobody here follows.
    Proves: 7643-4.1.1-05
    """
    refused_when_strict("profileUrl", "x", "//acme.example/ana", "ana/profile")
    for scim in (connect(), client()):
        accepted(scim, "profileUrl", "https://acme.example/ana", "http://acme.example/~ana?x=1#y")


def test_preferred_language_is_a_language_range():
    """§4.1.1: the syntax of Accept-Language; erratum 6007 writes it with hyphens.

    Deviates: 7643-4.1.1-06: except in the dialect strict any text is kept, for the reason given at 7643-4.1.1-05.
    Proves: 7643-4.1.1-06 7643-E6007
    """
    refused_when_strict("preferredLanguage", "en US!", "de;q=7", "en,,;", "en;q=x")
    for scim in (connect(), client()):
        accepted(scim, "preferredLanguage", "en-US,de;q=0.5", "en-US", "da, en-gb;q=0.8, en;q=0.7", "*")


def test_locale_is_a_language_tag():
    """§4.1.1: BCP 47, and with an underscore as other standards write it.

    Deviates: 7643-4.1.1-07: except in the dialect strict any text is kept, for the reason given at 7643-4.1.1-05.
    Proves: 7643-4.1.1-07 7643-4.1.1-08
    """
    refused_when_strict("locale", "e n", "en-", "-en", "en--US", "toolonglanguage-US", "en-US!")
    for scim in (connect(), client()):
        accepted(scim, "locale", "en-US", "zh-Hant-TW", "de", "es-419", "en_US")


def test_timezone_is_in_the_zone_database():
    """§4.1.1.

    Deviates: 7643-4.1.1-09: except in the dialect strict any text is kept, for the reason given at 7643-4.1.1-05; a well
      known client sends names of another operating system.
    Proves: 7643-4.1.1-09
    """
    refused_when_strict("timezone", "Mars/Base", "Pacific Standard Time", "../etc/passwd", "america")
    for scim in (connect(), client()):
        accepted(scim, "timezone", "America/Los_Angeles", "Europe/Berlin", "Etc/UTC", "America/Argentina/Ushuaia")


def test_an_inactive_user_is_there_but_may_nothing():
    """§4.1.1: readable and listed; applications that ask are told no.

    Proves: 7643-4.1.1-10
    """
    scim, running = client(), server()
    user = new_user(scim)
    expect.equal(running.decide(user["id"], "requests.reply"), True)
    shown = change(scim, user, {"op": "replace", "path": "active", "value": False})
    expect.equal(shown["active"], False)
    name = user["userName"]
    expect.equal([one["active"] for one in expect.listed(scim.find("Users", f'userName eq "{name}"'))], [False])
    assert user["id"] in [one["id"] for one in expect.listed(scim.find("Users", "active eq false"))]
    expect.equal(running.decide(user["id"], "requests.reply"), False)
    change(scim, user, {"op": "replace", "path": "active", "value": True})
    expect.equal(running.decide(user["id"], "requests.reply"), True)


def test_display_name_is_optional_and_not_the_user_name():
    """§4.1.1: shown as sent; when the server makes one up, it is not the name for signing in.

    Proves: 7643-4.1.1-18
    """
    scim = connect()
    parts = {"givenName": "Barbara", "familyName": "Jensen"}
    user = make(scim, name=parts)
    shown = expect.scim(scim.get(path_of(user))).get("displayName")
    assert shown is None or any(part in shown for part in parts.values()), shown
    assert make(scim).get("displayName") is None
    expect.equal(make(scim, displayName="Babs")["displayName"], "Babs")


def test_country_examples_of_the_errata():
    """Errata 5990 and 5991: the country is US, also beside the enterprise extension.

    Proves: 7643-E5990 7643-E5991
    """
    for scim in (connect(), client()):
        address = {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA",
                   "postalCode": "91608", "country": "US", "primary": True,
                   "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA"}
        for more in ({}, {ENTERPRISE: {"employeeNumber": "701984"}}):
            expect.equal(make(scim, addresses=[address], schemas=[USER, *more], **more)["addresses"], [address])
