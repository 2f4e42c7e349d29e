"""Choosing attributes, and how they are named (RFC 7644 §3.4.2.5, §3.9, §3.10)."""

import functools

import expect
from rolecall_server import ENTERPRISE, GROUP, USER
from shared import new_group, query, unique
from strict import connect, make, message, minimal, path_of

SENT = {"title": "Lead", "displayName": "Ana", "name": {"givenName": "Ana", "familyName": "Lopez"},
        "emails": [{"value": "ana@acme.example", "type": "work", "primary": True}, {"value": "ana@home.example", "type": "home"}],
        ENTERPRISE: {"department": "IT", "employeeNumber": "7"}}


class Fixture:
    def __init__(self):
        self.scim = connect()
        self.user = make(self.scim, userName="ana", **SENT)
        self.group = new_group(self.scim, self.user["id"])

    def shown(self, path=None, **parameters):
        return expect.scim(self.scim.get(query(path or path_of(self.user), **parameters)))

    def check(self, wanted, **parameters):
        """By GET of the user and of the list: id, perhaps schemas and meta, and these attributes."""
        for found in (self.shown(**parameters), self.shown("/Users", **parameters)["Resources"][0]):
            expect.equal(found.pop("id"), self.user["id"])
            found.pop("schemas", None)
            expect.equal(found, wanted, str(parameters))


@functools.cache
def fixture():
    return Fixture()


def test_both_parameters_are_honoured():
    """§3.4.2.5: attributes and excludedAttributes.

    Proves: 7644-3.4.2.5-01
    """
    here = fixture()
    here.check({"userName": "ana"}, attributes="userName")
    found = here.shown("/Users", excludedAttributes="emails")["Resources"][0]
    assert "emails" not in found, found
    expect.equal({name for name in here.shown() if name not in found}, {"emails"})


def test_attributes_replaces_the_default_set():
    """§3.9: the minimum set and what was named, sub-attributes included, nothing else.

    Proves: 7644-3.9-01
    """
    here = fixture()
    here.check({"emails": [{"value": "ana@acme.example"}, {"value": "ana@home.example"}]}, attributes="emails.value")
    here.check({"emails": SENT["emails"]}, attributes="emails")
    here.check({}, attributes="id")
    here.check({}, attributes="nickName")
    here.check({"groups": [{"value": here.group["id"]}]}, attributes="groups.value")


def test_excluded_attributes_shortens_the_default_set():
    """§3.9: the default set without what was named; the minimum set stays.

    Proves: 7644-3.9-02
    """
    here = fixture()
    whole = here.shown(path_of(here.group))
    shorter = here.shown(path_of(here.group), excludedAttributes="members")
    expect.equal(shorter, {name: value for name, value in whole.items() if name != "members"})
    assert whole["members"], whole
    found = here.shown(excludedAttributes="name.givenName,emails.type,title")
    expect.equal(found["name"], {"familyName": "Lopez"})
    expect.equal(found["emails"], [{"value": "ana@acme.example", "primary": True}, {"value": "ana@home.example"}])
    assert "title" not in found and found["displayName"] == "Ana", found


def test_what_is_always_returned_cannot_be_excluded():
    """§3.4.2.5: id stays, for users and groups, read and listed.

    Proves: 7644-3.4.2.5-03
    """
    here = fixture()
    for names in ("id", "id,schemas", "ID", f"{USER}:id,id", "schemas,id,meta,userName,emails"):
        for found in (here.shown(excludedAttributes=names), here.shown("/Users", excludedAttributes=names)["Resources"][0]):
            expect.equal(found["id"], here.user["id"], names)
    expect.equal(here.shown(path_of(here.group), excludedAttributes="id,displayName")["id"], here.group["id"])


def test_the_parameters_exclude_each_other():
    """§3.9: both in one request cannot be meant.

    Proves: 7644-3.9-03
    """
    here = fixture()
    for path in ("/Users", "/Groups", path_of(here.user)):
        expect.refused(here.scim.get(query(path, attributes="userName", excludedAttributes="emails")), 400, "invalidValue")


def test_the_parameters_work_wherever_a_resource_is_returned():
    """§3.9: POST, PUT and PATCH answer with what was asked for.

    Proves: 7644-3.9-04
    """
    scim = connect()
    name = unique()
    body = minimal(name, title="Lead", emails=SENT["emails"])
    made = expect.scim(scim.post("/Users?attributes=userName", body), 201)
    path = "/Users/" + made["id"]
    answers = {"POST": made, "PUT": expect.scim(scim.put(path + "?attributes=userName", body)),
               "PATCH": expect.scim(scim.request("PATCH", path + "?attributes=userName",
                                                 message({"op": "replace", "path": "title", "value": "Boss"})))}
    for method, found in answers.items():
        assert "userName" in found and not {"title", "emails", "active"} & set(found), f"{method}: {found}"
    shorter = expect.scim(scim.put(path + "?excludedAttributes=emails", body))
    assert "emails" not in shorter and shorter["title"] == "Lead", shorter
    expect.equal(expect.scim(scim.get(path))["emails"], SENT["emails"], "what is stored is not shortened")
    group = new_group(scim, made["id"])
    answer = scim.request("PATCH", path_of(group) + "?attributes=displayName", message(
        {"op": "replace", "path": "externalId", "value": "g-1"}))
    assert set(expect.scim(answer)) <= {"id", "schemas", "displayName", "meta"}, answer


def test_lists_of_names_are_comma_separated():
    """§3.9: several names, with or without blanks.

    Proves: 7644-3.9-05
    """
    here = fixture()
    wanted = {"userName": "ana", "name": SENT["name"], "emails": SENT["emails"]}
    for names in ("userName,name,emails", "emails,userName,name", "userName, name, emails",
                  "userName,name.givenName,name.familyName,emails"):
        here.check(wanted, attributes=names)


def test_names_follow_attribute_notation():
    """§3.4.2.5, §3.10: core names without their URN, extensions with it, sub-attributes behind a dot.

    Proves: 7644-3.4.2.5-02 7644-3.10-02 7644-3.10-03 7644-3.10-04
    """
    here = fixture()
    here.check({"name": {"givenName": "Ana"}, ENTERPRISE: {"department": "IT"}}, attributes=f"name.givenName,{ENTERPRISE}:department")
    here.check({"userName": "ana"}, attributes="userName")
    here.check({"userName": "ana"}, attributes=f"{USER}:userName")
    here.check({ENTERPRISE: {"department": "IT"}}, attributes=f"{ENTERPRISE}:department")
    here.check({ENTERPRISE: SENT[ENTERPRISE]}, attributes=ENTERPRISE)
    here.check({"name": {"familyName": "Lopez"}}, attributes="name.familyName")
    here.check({"name": {"familyName": "Lopez"}}, attributes=f"{USER}:name.familyName")
    found = here.shown(excludedAttributes=f"{ENTERPRISE}:department,{USER}:title")
    assert found[ENTERPRISE] == {"employeeNumber": "7"} and "title" not in found, found
    assert ENTERPRISE not in here.shown(excludedAttributes=ENTERPRISE)


def test_names_ignore_case():
    """§3.10: URN, attribute and sub-attribute; answers keep the spelling of the schema.

    Proves: 7644-3.10-01
    """
    here = fixture()
    here.check({"userName": "ana"}, attributes=f"{USER}:userName".upper())
    here.check({"userName": "ana"}, attributes="USERNAME")
    here.check({"name": {"givenName": "Ana"}}, attributes="NAME.givenname")
    here.check({ENTERPRISE: {"department": "IT"}}, attributes=f"{ENTERPRISE}:DEPARTMENT".lower())
    assert "title" not in here.shown(excludedAttributes="TITLE")
    expect.equal(len(expect.listed(here.scim.find("Users", f'{USER.upper()}:NAME.GIVENNAME eq "Ana"'))), 1)
    group = here.shown(path_of(here.group), attributes=f"{GROUP}:DISPLAYNAME".upper())
    expect.equal(group["displayName"], here.group["displayName"])
