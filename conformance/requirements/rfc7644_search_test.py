"""Queries by POST (RFC 7644 §3.4.3, §7.5.2)."""

import functools
import urllib.parse

import expect
from rolecall_server import LIST
from shared import SEARCH, new_group, query, unique
from strict import connect, make

FAMILIES = ("Smith", "Jones", "smithers", "Adams")


@functools.cache
def client():
    scim = connect()
    for number, family in enumerate(FAMILIES):
        make(scim, userName=f"user-{number}", displayName=family, name={"familyName": family, "givenName": "Ana"},
             emails=[{"value": f"{number}@acme.example"}], **({"title": "Lead"} if number % 2 else {}))
    return scim


def search(path="/Users", **body):
    return expect.scim(client().post(path + "/.search", {"schemas": [SEARCH], **body}))


def names(body):
    return [user["userName"] for user in body.get("Resources", [])]


def test_search_makes_post_a_query():
    """§3.4.3: behind an endpoint, and behind the base; nothing is created, the answer is a list.

    Proves: 7644-3.4.3-01
    """
    scim = client()
    before = expect.scim(scim.get("/Users"))
    for _ in range(2):
        body = search()
        expect.equal((body["schemas"], body), ([LIST], before))
    expect.equal(search("/Groups")["totalResults"], expect.scim(scim.get("/Groups"))["totalResults"])
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], len(FAMILIES))


def test_search_behind_the_base_is_over_everything():
    """§3.4.3: /.search is the query of the root.

    Proves: 7644-3.4.3-01
    """
    expect.equal(len(search("", filter="userName pr")["Resources"]), len(FAMILIES))


def test_a_search_is_named_by_its_urn():
    """§3.4.3: schemas is SearchRequest.

    Proves: 7644-3.4.3-02
    """
    for body in ({}, {"schemas": []}, {"schemas": [LIST]}, {"filter": "id pr"}, {"schemas": None}, {"schemas": "x"}):
        answer = client().post("/Users/.search", body)
        assert answer.status == 400 and answer.json()["scimType"] in ("invalidSyntax", "invalidValue"), f"{body}: {answer}"
    for body in ({}, {"schemas": [LIST]}, {"filter": "id pr"}):
        expect.refused(client().post("/Users/.search", body), 400, "invalidSyntax")


def test_attributes_are_arrays_of_names():
    """§3.4.3: attributes and excludedAttributes.

    Proves: 7644-3.4.3-03
    """
    for user in search(attributes=["displayName", "userName"])["Resources"]:
        expect.equal(set(user) - {"schemas"}, {"id", "displayName", "userName"})
    for user in search(excludedAttributes=["emails", "name.familyName"])["Resources"]:
        assert "emails" not in user and user["name"] == {"givenName": "Ana"}, user
    for wrong in ({"attributes": 5}, {"attributes": [5]}, {"attributes": {"a": "b"}}, {"excludedAttributes": [["x"]]},
                  {"attributes": ["id"], "excludedAttributes": ["emails"]}):
        assert client().post("/Users/.search", {"schemas": [SEARCH], **wrong}).status == 400, wrong


def test_a_filter_is_plain_text():
    """§3.4.3: valid and not percent-encoded.

    Proves: 7644-3.4.3-04
    """
    expect.equal(names(search(filter='displayName sw "smith"')), ["user-0", "user-2"])
    make(client(), userName="a%20b", active=False)
    expect.equal(names(search(filter='userName eq "a%20b"')), ["a%20b"])
    expect.equal(names(search(filter='userName eq "a b"')), [])
    client().delete("/Users/" + search(filter='userName eq "a%20b"')["Resources"][0]["id"])
    for wrong in (urllib.parse.quote('displayName sw "smith"'), "", "displayName", 'displayName regex "x"'):
        expect.refused(client().post("/Users/.search", {"schemas": [SEARCH], "filter": wrong}), 400, "invalidFilter")


def test_a_search_is_sorted_by_attribute_notation():
    """§3.4.3: sortBy and sortOrder.

    Proves: 7644-3.4.3-05
    """
    expect.equal(names(search(sortBy="name.familyName")), ["user-3", "user-1", "user-0", "user-2"])
    expect.equal(names(search(sortBy="name.familyName", sortOrder="descending")), ["user-2", "user-0", "user-1", "user-3"])
    for wrong in ("name", "nosuch", 5):
        expect.refused(client().post("/Users/.search", {"schemas": [SEARCH], "sortBy": wrong}), 400, "invalidValue")


def test_pages_are_those_of_a_get():
    """§3.4.3: startIndex and count.

    Proves: 7644-3.4.3-06
    """
    for startIndex, count in ((2, 1), (1, 3), (0, 2), (3, 0), (1, -1), (99, 5)):
        wanted = expect.scim(client().get(query("/Users", startIndex=startIndex, count=count)))
        expect.equal(search(startIndex=startIndex, count=count), wanted, f"{startIndex}, {count}")
    for wrong in ({"startIndex": "abc"}, {"count": "x"}, {"count": 1.5}, {"count": [1]}):
        expect.refused(client().post("/Users/.search", {"schemas": [SEARCH], **wrong}), 400, "invalidValue")


def test_what_is_always_returned_cannot_be_excluded():
    """§3.4.3: id stays.

    Proves: 7644-3.4.3-07
    """
    for user in search(excludedAttributes=["id", "userName"])["Resources"]:
        assert user["id"] and "userName" not in user, user


def test_a_search_may_use_everything_at_once():
    """§3.4.3: all parameters of a query together, as a GET has them.

    Proves: 7644-3.4.3-08
    """
    together = {"filter": "title pr or userName pr", "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 2}
    body = search(attributes=["userName", "title"], **together)
    expect.equal((names(body), body["totalResults"], body["startIndex"], body["itemsPerPage"]), (["user-2", "user-1"], 4, 2, 2))
    expect.equal([set(user) - {"schemas"} for user in body["Resources"]], [{"id", "userName"}, {"id", "userName", "title"}])
    expect.equal(body, expect.scim(client().get(query("/Users", attributes="userName,title", **together))))


def test_a_search_leaves_no_personal_data_in_the_log():
    """§7.5.2: sensitive queries go by POST; their text is in no address, and the log does not hold it.

    Proves: 7644-7.5.2-02
    """
    scim = client()
    word = unique("Vertraulich")
    new_group(scim, name=unique(word))
    body = {"schemas": [SEARCH], "filter": f'name.familyName eq "{word}" or emails.value eq "{word}@acme.example"'}
    answer = scim.post("/Users/.search", body)
    expect.equal(expect.scim(answer)["totalResults"], 0)
    expect.holds(scim.running.log_line(answer.headers["x-request-id"], "request_completed"), "/.search", "the line of the request")
    expect.lacks(scim.running.log_text(), word, "the log")
