"""What the tests of RFC 9865 share: workspaces with users in them, and walking from page to page."""

import expect
from rolecall_server import LIST
from shared import query
from strict import connect, make, message, path_of

STEPS = 200


def populated(count=7, **connection):
    """A client that sees `count` users, and their ids in the order of creation."""
    scim = connect(**connection)
    return scim, [make(scim, displayName=f"Person {number}")["id"] for number in range(count)]


def page(scim, path="/Users", **parameters):
    """One page of a cursor-paged query; a ListResponse without startIndex."""
    body = expect.scim(scim.get(query(path, **parameters)))
    expect.equal(body["schemas"], [LIST])
    assert "startIndex" not in body, body
    expect.equal(body.get("itemsPerPage", len(body.get("Resources", []))), len(body.get("Resources", [])), "itemsPerPage")
    return body


def first_page(scim, path="/Users", **parameters):
    return page(scim, path, **{"cursor": None, **parameters})


def walk(scim, path="/Users", between=lambda number: None, **parameters):
    """All pages, from the first to the one without nextCursor; `between` is called after each with its number."""
    pages = [first_page(scim, path, **parameters)]
    while "nextCursor" in pages[-1]:
        assert len(pages) < STEPS, "a walk that does not end"
        between(len(pages))
        pages.append(page(scim, path, **{**parameters, "cursor": pages[-1]["nextCursor"]}))
    return pages


def ids_of(pages):
    return [one["id"] for each in pages for one in each.get("Resources", [])]


def refused(scim, scim_type, path="/Users", **parameters):
    """The answer to a query that is refused with 400."""
    answer = scim.get(query(path, **parameters))
    expect.refused(answer, 400, scim_type)
    return answer


def rename(scim, identifier, name):
    answer = scim.request("PATCH", "/Users/" + identifier, message({"op": "replace", "path": "displayName", "value": name}))
    assert answer.status in (200, 204), answer
    return path_of(expect.scim(scim.get("/Users/" + identifier)))
