"""Walking through pages with cursors (RFC 9865 §2, §2.2, §2.3, §2.4, §3)."""

import re

import expect
from shared import SEARCH, new_group, query, server
from strict import connect, make
from walking import first_page, ids_of, page, populated, refused, rename, walk

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


def test_an_empty_cursor_starts():
    """§2: with and without the sign of equality.

    Proves: 9865-2-01
    """
    scim, ids = populated(5)
    for cursor in (None, ""):
        body = first_page(scim, cursor=cursor, count=2)
        assert body["nextCursor"], body
        expect.equal([one["id"] for one in body["Resources"]], ids[:2])


def test_cursors_need_no_escaping():
    """§2.

    Proves: 9865-2-02
    """
    scim, _ = populated(6)
    for more in ({}, {"filter": 'displayName sw "Person ä" or displayName pr'}, {"sortBy": "displayName", "sortOrder": "descending"}):
        pages = walk(scim, count=2, **more)
        expect.equal(len(pages), 3)
        for name in ("nextCursor", "previousCursor"):
            for body in pages:
                assert UNRESERVED.fullmatch(body.get(name, "x")), body[name]


def test_a_count_of_nothing_gives_the_total_alone():
    """§2: 0, and a negative one counts as 0.

    Proves: 9865-2-03 9865-2-04
    """
    scim, ids = populated(3)
    for count in (0, -1, -1000):
        body = first_page(scim, count=count)
        expect.equal(body["totalResults"], len(ids))
        assert not body.get("Resources") and "nextCursor" not in body, body


def test_pages_are_no_longer_than_asked_for():
    """§2: and of the server's size when nothing is asked.

    Proves: 9865-2-05 9865-2-06
    """
    scim, ids = populated(7)
    for count in (1, 3, 6, 7, 8):
        sizes = [len(body["Resources"]) for body in walk(scim, count=count)]
        assert max(sizes) <= count and sum(sizes) == 7, (count, sizes)
        assert min(sizes) > 0, (count, sizes)
    small, _ = populated(7, running=server(LIMITS__PAGE_DEFAULT=4))
    expect.equal([len(body["Resources"]) for body in walk(small)], [4, 3])
    expect.equal(expect.scim(small.get("/ServiceProviderConfig"))["pagination"]["defaultPageSize"], 4)
    expect.equal(len(ids), 7)


def test_every_page_but_the_last_leads_on():
    """§2: all resources come, each once, and totalResults is their number on every page.

    Proves: 9865-2-07 9865-2-08 9865-2-12 9865-2-13
    """
    scim, ids = populated(9)
    for _ in range(3):
        new_group(scim, *ids)
    groups = [one["id"] for one in expect.listed(scim.get("/Groups?attributes=id&count=100"))]
    assert len(groups) > 3, "roles are listed beside the groups made here"
    for path, wanted in (("/Users", ids), ("/Groups", groups)):
        for count in (1, 2, 3, len(wanted), len(wanted) + 1):
            for more in ({}, {"filter": "displayName pr"},
                         {"filter": 'displayName pr and not (displayName eq "x")', "sortBy": "displayName"}):
                pages = walk(scim, path, count=count, **more)
                expect.equal(sorted(ids_of(pages)), sorted(wanted), f"{path} {count} {more}")
                expect.equal({body["totalResults"] for body in pages}, {len(wanted)})
                assert all("nextCursor" in body for body in pages[:-1]), pages
                expect.equal(len(pages), -(-len(wanted) // count))
    nothing = first_page(scim, count=2, filter='userName eq "nobody"')
    assert nothing["totalResults"] == 0 and "nextCursor" not in nothing, nothing


def test_a_walk_is_stable_under_writes():
    """§2: whoever is there from the first page to the last is seen once, whatever comes, changes and goes meanwhile.

    Proves: 9865-2-08
    """
    scim, ids = populated(12)
    gone = ids[3:5]

    def disturb(number):
        make(scim, displayName="Person 0")
        rename(scim, stayed[-number % len(stayed)], "Person A")
        if gone:
            expect.equal(scim.delete("/Users/" + gone.pop()).status, 204)

    stayed = [one for one in ids if one not in gone]
    seen = ids_of(walk(scim, between=disturb, count=2))
    assert set(stayed) <= set(seen), set(stayed) - set(seen)
    expect.equal(len(seen), len(set(seen)), "resources seen more than once")
    sorted_ids = [one["id"] for one in expect.listed(scim.get("/Users?sortBy=userName&count=100"))]
    seen = ids_of(walk(scim, between=lambda number: make(scim), count=3, sortBy="userName"))
    assert set(sorted_ids) <= set(seen) and len(seen) == len(set(seen)), seen


def test_a_page_leads_back():
    """§2: by previousCursor, which the first page has not.

    Proves: 9865-2-09 9865-2-10
    """
    scim, _ = populated(7)
    for more in ({}, {"sortBy": "userName", "sortOrder": "descending"}, {"filter": "displayName pr"}):
        pages = walk(scim, count=2, **more)
        assert "previousCursor" not in pages[0], pages[0]
        for before, body in zip(pages, pages[1:]):
            back = page(scim, count=2, cursor=body["previousCursor"], **more)
            expect.equal(back["Resources"], before["Resources"])
            expect.equal("previousCursor" in back, before is not pages[0])
            again = page(scim, count=2, cursor=back["nextCursor"], **more)
            expect.equal(again["Resources"], body["Resources"])


def test_what_is_asked_stays_the_same():
    """§2: another filter, order or selection with the same cursor is refused; the spelling of a number is not another one.

    Proves: 9865-2-11
    """
    scim, ids = populated(6)
    asked = {"count": 2, "filter": "displayName pr", "sortBy": "userName", "sortOrder": "ascending", "attributes": "userName"}
    cursor = first_page(scim, **asked)["nextCursor"]
    for changed in ({"filter": "userName pr"}, {"filter": None}, {"sortBy": "displayName"}, {"sortOrder": "descending"}):
        refused(scim, "invalidCursor", **{name: value for name, value in {**asked, **changed}.items() if value is not None}, cursor=cursor)
    expect.equal(len(page(scim, **asked, cursor=cursor)["Resources"]), 2)
    expect.equal(len(ids), 6)


def test_a_cursor_is_good_for_its_endpoint_only():
    """§2.

    Proves: 9865-2-14
    """
    scim, ids = populated(3)
    for _ in range(3):
        new_group(scim, *ids)
    cursor = first_page(scim, count=1)["nextCursor"]
    refused(scim, "invalidCursor", "/Groups", cursor=cursor, count=1)
    refused(scim, "invalidCursor", "/Users", cursor=first_page(scim, "/Groups", count=1)["nextCursor"], count=1)
    expect.equal(len(page(scim, cursor=cursor, count=1)["Resources"]), 1)


def test_pages_are_sorted():
    """§2.2: over all of them, by text, by time, through values that many share or that are missing.

    Proves: 9865-2.2-01
    """
    scim, _ = populated(4)
    for name in ("b", "A", "c", "B", "a"):
        make(scim, title=name, emails=[{"value": name + "@acme.example", "primary": True}])
    for attribute in ("userName", "title", "meta.created", "emails.value", "displayName"):
        for order in ("ascending", "descending"):
            whole = [one["id"] for one in expect.listed(scim.get(query("/Users", sortBy=attribute, sortOrder=order, count=100)))]
            for count in (1, 2, 4):
                expect.equal(ids_of(walk(scim, count=count, sortBy=attribute, sortOrder=order)), whole, f"{attribute} {order} {count}")
    shown = [one.get("title") for body in walk(scim, count=2, sortBy="title", filter="title pr") for one in body["Resources"]]
    expect.equal([title.lower() for title in shown], sorted(title.lower() for title in shown))


def test_the_request_picks_the_method():
    """§2.4: startIndex or cursor; both contradict each other; neither is answered by the method that is the default.

    Proves: 9865-2.4-01 9865-2.4-02 9865-2.4-03 9865-2.4-04
    """
    scim, ids = populated(5)
    body = expect.scim(scim.get("/Users?startIndex=2&count=2"))
    expect.equal((body["startIndex"], body["itemsPerPage"], [one["id"] for one in body["Resources"]]), (2, 2, ids[1:3]))
    assert "nextCursor" not in body and "previousCursor" not in body, body
    assert first_page(scim, count=2)["nextCursor"]
    for more in ({"cursor": None, "startIndex": 1}, {"cursor": "", "startIndex": 2}):
        refused(scim, "invalidValue", count=2, **more)
    expect.equal(expect.scim(scim.get("/ServiceProviderConfig"))["pagination"]["defaultPaginationMethod"], "index")
    for path in ("/Users?count=2", "/Users"):
        body = expect.scim(scim.get(path))
        assert body["startIndex"] == 1 and body["itemsPerPage"] == len(body["Resources"]) and "nextCursor" not in body, body


def test_a_search_by_post_has_cursors():
    """§3: in its body, for every page.

    Proves: 9865-3-01
    """
    scim, ids = populated(5)
    seen, body = [], {"schemas": [SEARCH], "cursor": "", "count": 2, "filter": "userName pr"}
    for _ in range(3):
        shown = expect.scim(scim.post("/Users/.search", body))
        assert "startIndex" not in shown, shown
        seen += [one["id"] for one in shown["Resources"]]
        body["cursor"] = shown.get("nextCursor")
    expect.equal((seen, body["cursor"]), (ids, None))
    answer = scim.post("/Users/.search", {"schemas": [SEARCH], "cursor": "zzz", "count": 2})
    expect.refused(answer, 400, "invalidCursor")
    expect.refused(scim.post("/Users/.search", {"schemas": [SEARCH], "cursor": "", "startIndex": 1, "count": 2}), 400, "invalidValue")
    over_all = expect.scim(scim.post("/.search", {"schemas": [SEARCH], "cursor": "", "count": 2, "filter": "userName pr"}))
    expect.equal((over_all["totalResults"], [one["id"] for one in over_all["Resources"]]), (5, ids[:2]))
    assert over_all["nextCursor"], over_all
