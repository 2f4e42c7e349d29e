"""Reading resources and lists with GET (RFC 7644 §3.4, §3.4.1, §3.4.2, §3.4.2.1)."""

import expect
from rolecall_server import ENTERPRISE, LIST, ROLECALL_USER
from shared import NOBODY, SEARCH, new_group, query, unique
from strict import connect, make, path_of


def root_search(scim, **body):
    return expect.scim(scim.post("/.search", {"schemas": [SEARCH], **body}))


def kinds(body):
    return sorted({resource["meta"]["resourceType"] for resource in body["Resources"]})


def test_by_default_all_that_has_a_value_is_returned():
    """§3.4: attributes returned always and by default; a password never.

    Proves: 7644-3.4-01
    """
    scim = connect()
    sent = {"title": "Lead", "emails": [{"value": "a@acme.example", "type": "work"}], "name": {"givenName": "Ana"},
            ENTERPRISE: {"department": "IT"}}
    user = make(scim, password="s3cret-4711", **sent)
    group = new_group(scim, user["id"])
    for shown in (expect.scim(scim.get(path_of(user))), expect.listed(scim.get("/Users"))[0]):
        expect.equal({name: shown.get(name) for name in sent}, sent)
        expect.equal([one["value"] for one in shown["groups"]], [group["id"]])
        expect.equal(set(shown), {"schemas", "id", "meta", "userName", "active", "groups", ROLECALL_USER, *sent})
        assert "s3cret-4711" not in str(shown), shown


def test_an_existing_resource_is_returned():
    """§3.4.1: 200 with the resource, its version and its address.

    Proves: 7644-3.4.1-01
    """
    scim = connect()
    for made in (make(scim), new_group(scim)):
        answer = scim.get(path_of(made))
        expect.equal(expect.scim(answer), made)
        expect.equal(answer.headers["etag"], made["meta"]["version"])
        expect.equal(answer.headers.get("location") or answer.headers.get("content-location"), made["meta"]["location"])


def test_a_query_of_one_resource():
    """§3.4.2: a query may address one resource; a filter does not apply to it, attributes does.

    Proves: 7644-3.4.2-01
    """
    scim = connect()
    user = make(scim, title="Lead")
    for text in ('userName eq "other"', f'userName eq "{user["userName"]}"'):
        expect.equal(expect.scim(scim.get(query(path_of(user), filter=text))), user)
    shown = expect.scim(scim.get(query(path_of(user), attributes="title")))
    assert shown["title"] == "Lead" and "userName" not in shown, shown


def test_lists_are_list_responses():
    """§3.4.2: schemas says so; Resources is there when there are any; no match is 200 with 0.

    Proves: 7644-3.4.2-03 7644-3.4.2-05 7644-3.4.2-08
    """
    scim = connect()
    user = make(scim)
    for path, total in (("/Users", 1), (query("/Users", filter=f'userName eq "{user["userName"]}"'), 1),
                        (query("/Users", filter='userName eq "none"'), 0), (query("/Groups", filter='displayName eq "none"'), 0),
                        (query("/Users", filter=f'id eq "{NOBODY}"'), 0)):
        body = expect.scim(scim.get(path))
        expect.equal((body["schemas"], body["totalResults"], len(body.get("Resources", []))), ([LIST], total, total), path)
    expect.equal(expect.listed(scim.get("/Users")), [user])


def test_the_root_covers_all_types():
    """§3.4.2.1: a query at the base URI is over all resources, by GET and by POST; its answer says which is what.

    Proves: 7644-3.4.2.1-01
    """
    scim = connect()
    user, group = make(scim), new_group(scim)
    for body in (root_search(scim), root_search(scim, filter="id pr"), expect.scim(scim.get(query("/", filter="id pr"))),
                 expect.scim(scim.get("/"))):
        ids = [resource["id"] for resource in body["Resources"]]
        assert body["totalResults"] == len(ids) == len(set(ids)) and {user["id"], group["id"]} <= set(ids), ids
        assert {"Group", "User"} <= set(kinds(body)), kinds(body)
        expect.equal(body["schemas"], [LIST])
    expect.equal(root_search(scim, filter="id pr", count=1)["totalResults"], body["totalResults"])


def test_the_type_may_be_filtered():
    """§3.4.2.1: meta.resourceType restricts a query to types, at the root and below.

    Proves: 7644-3.4.2.1-02
    """
    scim = connect()
    make(scim)
    new_group(scim)
    expect.equal(kinds(root_search(scim, filter='meta.resourceType eq "Group"')), ["Group"])
    expect.equal(kinds(root_search(scim, filter='meta.resourceType eq "User"')), ["User"])
    expect.equal(kinds(root_search(scim, filter='meta.resourceType eq "User" or meta.resourceType eq "Group"')), ["Group", "User"])
    expect.equal(expect.scim(scim.find("Users", 'meta.resourceType eq "User"'))["totalResults"], 1)
    expect.equal(expect.scim(scim.find("Users", 'meta.resourceType eq "Group"'))["totalResults"], 0)


def test_an_attribute_that_a_type_lacks_has_no_value_there():
    """§3.4.2.1: over several types, what one of them does not define is not present in its resources.

    Proves: 7644-3.4.2.1-04
    """
    scim = connect()
    user, group = make(scim), new_group(scim)
    expect.equal([one["id"] for one in root_search(scim, filter="userName pr")["Resources"]], [user["id"]])
    named = root_search(scim, filter=f'displayName eq "{group["displayName"]}"')
    expect.equal([one["id"] for one in named["Resources"]], [group["id"]])
    both = root_search(scim, filter=f'userName eq "{user["userName"]}" or displayName eq "{group["displayName"]}"')
    expect.equal(sorted(one["id"] for one in both["Resources"]), sorted([user["id"], group["id"]]))
    absent = root_search(scim, filter='not (userName pr)')
    assert group["id"] in [one["id"] for one in absent["Resources"]] and "User" not in kinds(absent), absent
    expect.equal(root_search(scim, filter='userName ne "nobody" and meta.resourceType eq "Group"')["totalResults"], 0)


def test_no_result_is_too_large():
    """§3.4.2.1: tooMany is for results that a server will not process. Every result here is paged, and what a query may cost is
    limited before it starts, so that a large one is answered page by page; a costly one is refused.

    Deviates: 7644-3.4.2.1-03: a filter that would cost too much is 400 invalidFilter, because its author can shorten it;
        tooMany, which says that the data is too large, is for a list over several types behind startIndex 10,000.
    Proves: 7644-3.4.2.1-03 7644-3.12-16
    """
    scim = connect()
    name = unique()
    for number in range(12):
        make(scim, userName=f"{name}-{number}")
    seen = []
    while True:
        body = expect.scim(scim.get(query("/Users", filter="id pr", startIndex=len(seen) + 1, count=5)))
        expect.equal(body["totalResults"], 12)
        seen += [user["id"] for user in body.get("Resources", [])]
        if len(seen) >= body["totalResults"]:
            break
    expect.equal(len(set(seen)), 12)
    detail = expect.refused(scim.get(query("/Users", filter=" or ".join(["id pr"] * 200))), 400, "invalidFilter")
    expect.holds(detail, "100", "the limit in the sentence")
