"""Pages by index (RFC 7644 §3.4.2, §3.4.2.4)."""

import functools
import json

import expect
from rolecall_server import in_parallel
from shared import query, server
from strict import connect, make, minimal

DEFAULT_PAGE = 7
LARGEST_PAGE = 100
MANY = 103


@functools.cache
def five():
    scim = connect()
    for number in range(5):
        make(scim, userName=f"user-{number}")
    return scim


def page(scim, **parameters):
    """(totalResults, startIndex, itemsPerPage, user names) of a page."""
    body = expect.scim(scim.get(query("/Users", **parameters)))
    return (body["totalResults"], body.get("startIndex"), body.get("itemsPerPage"),
            [user["userName"] for user in body.get("Resources", [])])


def names(*numbers):
    return [f"user-{number}" for number in numbers]


def test_total_results_counts_all_matches():
    """§3.4.2: not only those of the page.

    Proves: 7644-3.4.2-04
    """
    for parameters in ({"count": 1}, {"startIndex": 3}, {"startIndex": 5, "count": 1}, {"count": 0}, {"startIndex": 99}, {}):
        expect.equal(page(five(), **parameters)[0], 5, str(parameters))
    expect.equal(page(five(), count=1, filter='userName ge "user-3"')[0], 2)


def test_a_page_says_where_it_is_and_how_long():
    """§3.4.2: startIndex and itemsPerPage of partial results; the last page says how many there really are.

    Proves: 7644-3.4.2-06 7644-3.4.2-07
    """
    expect.equal(page(five(), startIndex=2, count=1), (5, 2, 1, names(1)))
    expect.equal(page(five(), count=2), (5, 1, 2, names(0, 1)))
    expect.equal(page(five(), startIndex=5, count=2), (5, 5, 1, names(4)))
    expect.equal(page(five(), startIndex=4), (5, 4, 2, names(3, 4)))


def test_an_index_below_one_is_one():
    """§3.4.2.4: zero and negative numbers.

    Proves: 7644-3.4.2.4-01
    """
    for start in (0, -1, -5, -999999999999):
        expect.equal(page(five(), startIndex=start, count=2), (5, 1, 2, names(0, 1)), str(start))


def test_indexes_start_at_one():
    """§3.4.2.4: 1 is the first, and the default.

    Proves: 7644-3.4.2.4-02
    """
    expect.equal(page(five(), startIndex=1), page(five()))
    expect.equal(page(five(), startIndex=2, count=1)[3], [page(five())[3][1]])
    total, _, length, found = page(five(), startIndex=6)
    expect.equal((total, length, found), (5, 0, []), "behind the end")


def test_no_page_is_longer_than_asked_for():
    """§3.4.2.4: count is the most that is returned, and the server's own largest page.

    Proves: 7644-3.4.2.4-03
    """
    for count in range(1, 8):
        expect.equal(page(five(), count=count)[2:], (min(count, 5), names(*range(min(count, 5)))))


def test_a_negative_count_is_zero_and_zero_asks_for_the_total():
    """§3.4.2.4: no resources, but totalResults.

    Proves: 7644-3.4.2.4-04 7644-3.4.2.4-05
    """
    for count in (-1, -99, 0):
        total, _, _, found = page(five(), count=count)
        expect.equal((total, found), (5, []), str(count))


def test_what_is_no_number_is_refused():
    """§3.4.2.4: startIndex and count are integers.

    Proves: 7644-3.4.2.4-08
    """
    for name in ("count", "startIndex"):
        for value in ("abc", "1.5", "1e2", "0x1", " ", "1 2", "--1", "٣", "NaN"):
            expect.refused(five().get(query("/Users", **{name: value})), 400, "invalidValue")


def test_pages_follow_each_other_without_a_gap():
    """§3.4.2.4: every resource once, with and without sortBy, in steps of any size.

    Proves: 7644-3.4.2.4-07
    """
    for more in ({}, {"sortBy": "userName"}, {"sortBy": "title"}, {"sortBy": "userName", "sortOrder": "descending"}, {"filter": "id pr"}):
        whole = page(five(), **more)[3]
        expect.equal(sorted(whole), names(*range(5)))
        for step in (1, 2, 3):
            walked = [name for start in range(1, 6, step) for name in page(five(), startIndex=start, count=step, **more)[3]]
            expect.equal(walked, whole, f"{more} in steps of {step}")


@functools.cache
def crowd():
    """More users than the largest page of a server whose pages are short unless a client asks for more."""
    running = server(LIMITS__PAGE_DEFAULT=DEFAULT_PAGE, LIMITS__PAGE_MAX=LARGEST_PAGE)
    scim = connect(running=running)
    clients = [running.scim(scim.token) for _ in range(4)]
    in_parallel(4, lambda worker: [expect.scim(clients[worker].post("/Users", minimal(f"user-{number:03}")), 201)
                                   for number in range(worker, MANY, 4)])
    return scim


def test_the_server_sets_the_length_of_a_page():
    """§3.4.2.4: without count its own; with a large one its largest, which ServiceProviderConfig names.

    Proves: 7644-3.4.2.4-06 7644-3.4.2.4-03
    """
    scim = crowd()
    expect.equal(page(scim)[:3], (MANY, 1, DEFAULT_PAGE))
    config = json.loads(scim.get("/ServiceProviderConfig").body)["filter"]
    expect.equal(config["maxResults"], LARGEST_PAGE)
    for count in (LARGEST_PAGE, LARGEST_PAGE + 1, MANY, 10**12):
        total, start, length, found = page(scim, count=count)
        expect.equal((total, start, length, len(set(found))), (MANY, 1, LARGEST_PAGE, LARGEST_PAGE), str(count))
    expect.equal(page(scim, startIndex=LARGEST_PAGE + 1, count=MANY)[1:3], (LARGEST_PAGE + 1, MANY - LARGEST_PAGE))
