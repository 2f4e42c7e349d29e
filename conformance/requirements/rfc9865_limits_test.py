"""Errors, discovery, time and security of cursors (RFC 9865 §2.1, §4, §5)."""

import base64
import re
import time

import expect
from shared import SEARCH, anonymous, client, new_group, new_user, query, server
from strict import connect, make, token
from walking import first_page, page, populated, refused, walk

SHORT = "1s"
PATIENCE = 20


def pagination():
    return expect.scim(connect().get("/ServiceProviderConfig"))["pagination"]


def without_time(answer):
    """Status, body and headers without what differs between any two answers."""
    return answer.status, answer.body, {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}


def altered(cursor):
    """The cursor with one character changed, at every place."""
    for place, old in enumerate(cursor):
        yield cursor[:place] + ("A" if old != "A" else "B") + cursor[place + 1:]


def test_what_is_no_cursor_is_refused():
    """§2.1: with a JSON error that says invalidCursor.

    Proves: 9865-2.1-01 9865-2.1-02
    """
    scim, _ = populated(3)
    cursor = first_page(scim, count=1)["nextCursor"]
    for wrong in ("zzz", "!", " ", "a" * 5000, cursor[:-1], cursor + "A", cursor[1:], cursor.swapcase(), cursor + cursor,
                  "null", "é", "1"):
        refused(scim, "invalidCursor", cursor=wrong, count=1)
    refused(scim, "invalidValue", cursor=None, count="many")


def test_a_cursor_lives_as_long_as_it_is_said_to():
    """§2.1 and §4: it works at least for cursorTimeout, then says that it expired.

    Proves: 9865-2.1-03 9865-4-06
    """
    scim, _ = populated(3, running=server(LIMITS__CURSOR_TIMEOUT=SHORT))
    expect.equal(expect.scim(scim.get("/ServiceProviderConfig"))["pagination"]["cursorTimeout"], 1)
    started = time.monotonic()
    cursor = first_page(scim, count=1)["nextCursor"]
    received = time.monotonic()
    while (answer := scim.get(query("/Users", cursor=cursor, count=1))).status == 200:
        assert time.monotonic() - received < PATIENCE, "the cursor does not expire"
    assert time.monotonic() - started > 1, "the cursor expired before its time"
    expect.refused(answer, 400, "expiredCursor")
    assert first_page(scim, count=1)["nextCursor"]


def test_a_count_stays_the_same():
    """§2.1: another one than for the first page is refused.

    Proves: 9865-2.1-04
    """
    scim, _ = populated(5)
    cursor = first_page(scim, count=2)["nextCursor"]
    for count in (1, 3, 1000):
        refused(scim, "invalidCount", cursor=cursor, count=count)
    expect.equal(len(page(scim, cursor=cursor, count=2)["Resources"]), 2)
    answer = scim.post("/Users/.search", {"schemas": [SEARCH], "cursor": cursor, "count": 3})
    expect.refused(answer, 400, "invalidCount")


def test_pagination_is_published():
    """§4: both methods as booleans, the default, and sizes and time as positive integers.

    Proves: 9865-4-01 9865-4-02 9865-4-03
    """
    shown = pagination()
    expect.equal((shown["cursor"], shown["index"]), (True, True))
    assert shown["defaultPaginationMethod"] in ("cursor", "index"), shown
    for name in ("defaultPageSize", "maxPageSize", "cursorTimeout"):
        assert type(shown[name]) is int and shown[name] > 0, shown
    body = expect.scim(connect().get("/Users"))
    expect.equal("startIndex" in body, shown["defaultPaginationMethod"] == "index")


def test_sizes_that_are_published_hold():
    """§4: defaultPageSize without a count, and maxPageSize whatever count says.

    Proves: 9865-4-04 9865-4-05
    """
    scim, ids = populated(103, running=server(LIMITS__PAGE_MAX=100, LIMITS__PAGE_DEFAULT=40))
    shown = expect.scim(scim.get("/ServiceProviderConfig"))["pagination"]
    expect.equal((shown["defaultPageSize"], shown["maxPageSize"]), (40, 100))
    for count in (1000000, 101, 2**31 - 1):
        body = first_page(scim, count=count)
        expect.equal((len(body["Resources"]), body["totalResults"]), (100, len(ids)))
        expect.equal(len(page(scim, cursor=body["nextCursor"], count=count)["Resources"]), 3)
    expect.equal([len(body["Resources"]) for body in walk(scim)], [40, 40, 23])


def test_a_cursor_shows_nothing_to_another_caller():
    """§5.2: of another connection or workspace; and its refusal reads like that of a cursor which never was.

    Proves: 9865-5.2-01 9865-5.2-05
    """
    scim, ids = populated(4)
    beside, elsewhere = connect(within=scim.workspace), connect()
    for other in (beside, elsewhere):
        for _ in range(3):
            make(other)
    cursor = first_page(scim, count=2)["nextCursor"]
    foreign, random = cursor, first_page(scim, count=2)["nextCursor"][:-1] + "~"
    for other in (beside, elsewhere):
        answers = [refused(other, "invalidCursor", cursor=each, count=2) for each in (foreign, random, "zzz")]
        expect.equal(without_time(answers[0]), without_time(answers[1]))
        expect.equal(without_time(answers[0])[:2], without_time(answers[2])[:2])
        for one in ids:
            expect.lacks(answers[0].body.decode(), one)
    expect.equal(len(page(scim, cursor=cursor, count=2)["Resources"]), 2)


def test_every_page_is_authorised():
    """§5.2: a token that was revoked or that expired meanwhile reads no further page; a new one of the connection does.

    Proves: 9865-5.2-02
    """
    scim, ids = populated(4)
    body = first_page(scim, count=2)
    for each in (anonymous(), scim.running.scim("wrong")):
        expect.refused(each.get(query("/Users", cursor=body["nextCursor"], count=2)), 401)
    second = token(scim.running, scim.workspace, scim.connection_name)
    expect.succeeded(scim.running.run("tokens", "revoke", scim.token.split("_")[1], "--workspace", scim.workspace))
    expect.refused(scim.get(query("/Users", cursor=body["nextCursor"], count=2)), 401)
    following = page(scim.running.scim(second), cursor=body["nextCursor"], count=2)
    expect.equal([one["id"] for one in following["Resources"]], ids[2:])


def test_cursors_end_when_rights_change():
    """§5.2: what a connection may see is another thing after its ceiling moved, so it starts again.

    Proves: 9865-5.2-03
    """
    scim, _ = populated(3)
    for _ in range(3):
        new_group(scim)
    cursors = {path: first_page(scim, path, count=1)["nextCursor"] for path in ("/Groups", "/Users")}
    scim.running.cli("connections", "set", scim.connection_name, "--ceiling", "IT Agent", "--workspace", scim.workspace)
    for path, cursor in cursors.items():
        refused(scim, "invalidCursor", path, cursor=cursor, count=1)
        assert walk(scim, path, count=1), path


def test_cursors_cannot_be_forged_or_read():
    """§5.2: a change at any place is noticed, and nothing of the resources shows in them.

    Proves: 9865-5.2-04
    """
    scim = connect()
    words = [make(scim, userName=name)["userName"] for name in ("zebra-1@acme.example", "zebra-2@acme.example", "zebra-3@acme.example")]
    cursor = first_page(scim, count=1, sortBy="userName")["nextCursor"]
    for wrong in altered(cursor):
        refused(scim, "invalidCursor", cursor=wrong, count=1, sortBy="userName")
    parts = [part[start:] for part in re.split(r"[.~]", cursor) for start in range(4)]
    pieces = [base64.urlsafe_b64decode(part[:len(part) // 4 * 4]) for part in parts]
    for word in words:
        assert word not in cursor and not any(word.encode() in piece for piece in pieces), "the cursor shows a user name"


def test_nobody_walks_without_a_token():
    """§5.3: large queries of the unknown may be refused; here every query of theirs is.

    Proves: 9865-5.3-01
    """
    for path in ("/Users?cursor", "/Users?cursor=&count=2", "/Groups?cursor", "/?cursor"):
        expect.refused(anonymous().get(path), 401)


def test_cursors_count_against_the_rate():
    """§5.3: the limit of a token is for every page.

    Proves: 9865-5.3-02
    """
    limits = {"LIMITS__RATE_PER_TOKEN": "0.5", "LIMITS__RATE_BURST": "6"}
    scim = client(**limits)
    for _ in range(2):
        new_user(scim)
    statuses = []
    cursor = None
    for _ in range(5):
        answer = scim.get(query("/Users", cursor=cursor, count=1))
        statuses.append(answer.status)
        if answer.status == 200:
            cursor = answer.json().get("nextCursor")
            assert cursor or len(statuses) > 1, answer
    expect.equal(statuses[-1], 429, f"the last of {statuses}")
    expect.equal(statuses[0], 200, f"the first of {statuses}")
    expect.refused(answer, 429)
    assert answer.headers["retry-after"].isdigit(), answer.headers


def test_open_cursors_cost_no_memory():
    """§5.3: all they stand for is in themselves; they work after a restart, and thousands leave the server as it was.

    Proves: 9865-5.3-03
    """
    # Without the request log, whose rows are pages of the database that the process has mapped.
    scim, ids = populated(3, running=server(LOG__LEVEL="warn", REQUEST_LOG__KEEP=0))
    running = scim.running

    def start_walks(times):
        for _ in range(times):
            body = first_page(scim, count=1, attributes="id")
        return body["nextCursor"]

    start_walks(1500)
    before = running.resident_kib()
    cursor = start_walks(3000)
    grown = running.resident_kib() - before
    assert grown < 1024, f"3000 open cursors took {grown} KiB"
    expect.equal(running.terminate(), 0)
    running.start()
    again = running.scim(scim.token)
    expect.equal([one["id"] for one in page(again, cursor=cursor, count=1, attributes="id")["Resources"]], ids[1:2])
