"""Addresses, methods and versions (RFC 7644 §1.2, §1.3, §3.1, §3.2, §3.13)."""

import json
import urllib.parse

import expect
from rolecall_server import GROUP, LIST, PATCH_OP, ROLECALL_USER, USER, Client, Server, group_body
from shared import SEARCH, new_group, query, server, unique
from strict import connect, make, minimal, path_of

API = "urn:ietf:params:scim:api:"


def every_uri(value):
    """The addresses in an answer: `$ref`, `location`, and whatever else starts with a scheme."""
    if isinstance(value, dict):
        for item in value.values():
            yield from every_uri(item)
    elif isinstance(value, list):
        for item in value:
            yield from every_uri(item)
    elif isinstance(value, str) and "://" in value:
        yield value


def test_the_query_is_decoded_once():
    """§1.2: what was escaped twice is text after decoding once.

    Proves: 7644-1.2-01
    """
    scim = connect()
    escaped, plain = make(scim, userName="a%20b"), make(scim, userName="a b")
    for text, wanted in (("userName%20eq%20%22a%2520b%22", escaped), ("userName%20eq%20%22a%20b%22", plain)):
        expect.equal([user["id"] for user in expect.listed(scim.get("/Users?filter=" + text))], [wanted["id"]], text)
    plus = make(scim, userName="a+b")
    found = expect.listed(scim.get("/Users?filter=userName%20eq%20%22a%2Bb%22"))
    expect.equal([user["id"] for user in found], [plus["id"]])


def test_addresses_extend_the_base_by_a_path_only():
    """§1.3: no query in the base URI; §7.1: no user name and password in an address that the server gives out.

    Proves: 7644-1.3-01 7644-7.1-01
    """
    with Server(environment={"ROLECALL_SERVER__PUBLIC_URL": "https://scim.example.com"}) as public:
        scim = public.scim(public.token())
        user = make(scim)
        answers = [new_group(scim, user["id"])] + [expect.scim(scim.get(path)) for path in (
            "/Users", "/Groups", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", path_of(user))]
        for answer in answers:
            for uri in every_uri({name: value for name, value in answer.items() if name != "authenticationSchemes"}):
                parts = urllib.parse.urlsplit(uri)
                expect.equal((parts.scheme, parts.netloc, parts.query, parts.fragment), ("https", "scim.example.com", "", ""), uri)
                assert parts.path.startswith("/scim/v2/"), uri
    scim = connect()
    for host in ("admin:secret@scim.example.com", "scim.example.com?x=1", "scim.example.com/path"):
        answer = scim.get("/ServiceProviderConfig", headers={"Host": host})
        if answer.status == 200:
            location = urllib.parse.urlsplit(answer.json()["meta"]["location"])
            expect.equal((location.username, location.password, location.query), (None, None, ""))
            assert location.path == "/scim/v2/ServiceProviderConfig", location


def test_unsuitable_public_addresses_are_refused_at_start():
    """§1.3: a base URI with a query (§7.1: or with credentials) cannot be configured.

    Proves: 7644-1.3-01 7644-7.1-01
    """
    running = server()
    for url, wanted in (("https://scim.example.com", "ok"), ("https://scim.example.com/scim/v2?tenant=1", "failed"),
                        ("https://ana:secret@scim.example.com", "failed"), ("https://scim.example.com/#x", "failed")):
        unfit = Server(data=running.directory / unique("unfit"), environment={"ROLECALL_SERVER__PUBLIC_URL": url})
        findings = {finding["check"]: finding["result"] for finding in json.loads(unfit.run("doctor").stdout)}
        expect.equal(findings["config"], wanted, url)


def test_every_body_is_scim_json():
    """§3.1, §8.1: the media type of resources, lists, messages and errors.

    Proves: 7644-3.1-01 7644-8.1-01
    """
    scim = connect()
    user = make(scim)
    path = path_of(user)
    answers = {"GET": scim.get(path), "list": scim.get("/Users"), "POST": scim.post("/Users", minimal(unique())),
               "PUT": scim.put(path, minimal(user["userName"])), "config": scim.get("/ServiceProviderConfig"),
               "PATCH": scim.patch(path, {"op": "add", "path": "title", "value": "Lead"}),
               "search": scim.post("/Users/.search", {"schemas": [SEARCH]}), "schemas": scim.get("/Schemas"),
               "404": scim.get("/Users/none"), "400": scim.post("/Users", raw="{"), "409": scim.post("/Users", minimal(user["userName"])),
               "405": scim.delete("/Users"), "401": Client(server().listen, None, "/scim/v2").get("/Users")}
    for name, answer in answers.items():
        assert answer.body, f"{name}: no body"
        expect.equal(expect.media_type(answer), "application/scim+json", name)
        answer.json()


def test_messages_are_named_by_their_urn():
    """§3.1: message URIs start with urn:ietf:params:scim:api:, and no other URN makes a message.

    Proves: 7644-3.1-02
    """
    scim = connect()
    user = make(scim)
    for urn in (USER, LIST, "urn:example:SearchRequest", "SearchRequest", SEARCH + "x"):
        expect.refused(scim.post("/Users/.search", {"schemas": [urn]}), 400, "invalidSyntax")
        body = {"schemas": [urn], "Operations": [{"op": "add", "path": "title", "value": "Lead"}]}
        expect.refused(scim.request("PATCH", path_of(user), body), 400, "invalidSyntax")
    assert all(urn.startswith(API) for urn in (*scim.get("/Users").json()["schemas"], *scim.get("/none").json()["schemas"]))


def test_messages_are_not_listed_among_the_schemas():
    """§3.1: /Schemas is for resources.

    Proves: 7644-3.1-03
    """
    scim = connect()
    schemas = expect.listed(scim.get("/Schemas"))
    assert schemas and not [schema["id"] for schema in schemas if schema["id"].lower().startswith(API)]
    for urn in (PATCH_OP, LIST, SEARCH):
        expect.refused(scim.get("/Schemas/" + urn), 404)


def test_answers_show_what_was_understood():
    """§3.1: values that are written differently come back as they are kept, at once and later.

    Proves: 7644-3.1-04
    """
    scim = connect()
    created = expect.scim(scim.post("/Users", {
        "schemas": [USER], "USERNAME": unique(), "DisplayName": "Ana", "nickName": None, "title": "", "emails": [
            {"VALUE": "a@acme.example", "Type": "work"}, {"value": "a@acme.example", "type": "work"}]}), 201)
    expect.equal((created["displayName"], created["emails"]), ("Ana", [{"value": "a@acme.example", "type": "work"}]))
    assert "nickName" not in created and "title" not in created and "USERNAME" not in created, created
    expect.equal(expect.scim(scim.get(path_of(created))), created)
    changed = expect.scim(scim.patch(path_of(created), {"op": "replace", "path": "NICKNAME", "value": "An"}))
    expect.equal(changed["nickName"], "An")
    expect.equal(expect.scim(scim.get(path_of(created))), changed)


def test_a_resource_may_be_put_back_as_it_was_read():
    """§3.1: read-only attributes need not be taken out first.

    Proves: 7644-3.1-05
    """
    scim = connect()
    user = make(scim, title="Lead", emails=[{"value": "a@acme.example", "type": "work"}])
    group = new_group(scim, user["id"])
    for path in (path_of(user), path_of(group)):
        shown = expect.scim(scim.get(path))
        expect.equal(expect.scim(scim.put(path, shown)), shown)
        expect.equal(expect.scim(scim.get(path)), shown)
    assert shown["members"], shown


def test_users_and_groups_have_their_endpoints():
    """§3.2: /Users and /Groups, and no others for these types.

    Proves: 7644-3.2-01
    """
    scim = connect()
    user, group = make(scim), new_group(scim)
    for path, made, schemas in (("/Users", user, [USER, ROLECALL_USER]), ("/Groups", group, [GROUP])):
        ids = {resource["id"]: resource["schemas"] for resource in expect.listed(scim.get(path))}
        expect.equal(ids[made["id"]], schemas)
    expect.refused(scim.get("/Groups/" + user["id"]), 404)
    expect.refused(scim.get("/User/" + user["id"]), 404)


def test_endpoints_are_plurals():
    """§3.2: the endpoint of a type is the plural of its name, and it is there.

    Proves: 7644-3.2-02
    """
    scim = connect()
    types = expect.listed(scim.get("/ResourceTypes"))
    assert len(types) >= 2, types
    for kind in types:
        expect.equal(kind["endpoint"], "/" + (kind["name"][:-1] + "ies" if kind["name"].endswith("y") else kind["name"] + "s"))
        expect.listed(scim.get(kind["endpoint"]))


def test_errors_are_in_the_status_and_in_the_body():
    """§3.2, §3.12: the same number in both.

    Proves: 7644-3.2-03 7644-3.12-02
    """
    scim = connect()
    for answer, status in ((scim.get("/Users/none"), 404), (scim.get("/Users?filter=x"), 400), (scim.delete("/Users"), 405),
                           (scim.post("/Users", raw="x", headers={"Content-Type": "text/plain"}), 415)):
        expect.refused(answer, status, "invalidFilter" if status == 400 else None)
        expect.equal(answer.json()["status"], str(answer.status))


def test_a_known_endpoint_refuses_other_methods():
    """§3.2: 405 with the methods that there are.

    Proves: 7644-3.2-04
    """
    scim = connect()
    user = path_of(make(scim))
    for path, wrong, right in (("/Users", ("PUT", "PATCH", "DELETE"), {"GET", "POST"}),
                               ("/Groups", ("PUT", "PATCH", "DELETE"), {"GET", "POST"}),
                               (user, ("POST",), {"GET", "PUT", "PATCH", "DELETE"}),
                               ("/Schemas", ("POST", "PUT", "DELETE"), {"GET"}), ("/Users/.search", ("PUT", "PATCH", "DELETE"), {"POST"})):
        for method in wrong:
            answer = scim.request(method, path, {})
            expect.refused(answer, 405)
            allowed = {word.strip() for word in answer.headers["allow"].split(",")}
            assert right <= allowed and method not in allowed, f"{method} {path}: Allow: {allowed}"


def test_the_version_stands_before_the_endpoint():
    """§3.13: /scim/v2/Users and no other order; other versions are refused; without a version there is no base here.

    Proves: 7644-3.13-01 7644-3.13-02 7644-3.13-03 7644-3.12-23
    """
    scim = connect()
    plain = Client(scim.running.listen, scim.token)
    expect.listed(plain.get("/scim/v2/Users"))
    for path in ("/v2/scim/Users", "/scim/Users/v2", "/scim/v2/v2/Users", "/v2/Users/scim"):
        expect.equal(plain.get(path).status, 404, path)
    for path in ("/scim/v1/Users", "/scim/v9/Users", "/v1/Users", "/v9/Users", "/scim/v2.1/Users", "/scim/v/Users"):
        answer = plain.get(path)
        assert answer.status in (400, 404), f"{path}: {answer}"
        assert answer.status == 404 or answer.json().get("scimType") == "invalidVers", f"{path}: {answer}"
    newest = plain.get("/scim/Users")
    assert newest.status == 404 or newest.json() == plain.get("/scim/v2/Users").json(), newest


def test_unknown_query_parameters_change_nothing():
    """§3.4.2: what a server does not know it passes over.

    Proves: 7644-3.4.2-02
    """
    scim = connect()
    for _ in range(3):
        make(scim)
    plain = expect.scim(scim.get("/Users"))
    for more in ({"foo": "bar"}, {"foo": None}, {"attribute": "id"}, {"page": "2", "limit": "1"}, {"q": "userName"}):
        expect.equal(expect.scim(scim.get(query("/Users", **more))), plain, str(more))
        one = path_of(plain["Resources"][0])
        expect.equal(expect.scim(scim.get(query(one, **more))), plain["Resources"][0], str(more))


def test_groups_answer_like_users():
    """§3.5: PUT and PATCH are there for both types.

    Proves: 7644-3.5-01 7644-3.5-02
    """
    scim = connect()
    user, group = make(scim), new_group(scim)
    body = expect.scim(scim.put(path_of(user), minimal(user["userName"], title="Lead")))
    expect.equal(body["title"], "Lead")
    name = unique("Team")
    expect.equal(expect.scim(scim.put(path_of(group), group_body(name)))["displayName"], name)
    for path, operation in ((path_of(user), {"op": "replace", "path": "title", "value": "Boss"}),
                            (path_of(group), {"op": "replace", "path": "displayName", "value": unique("Team")})):
        answer = scim.patch(path, operation)
        assert answer.status in (200, 204), answer
        expect.equal(expect.scim(scim.get(path))[operation["path"]], operation["value"])
    expect.equal(expect.scim(scim.get("/ServiceProviderConfig"))["patch"]["supported"], True)
