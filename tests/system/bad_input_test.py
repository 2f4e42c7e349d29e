"""Bad input: always a SCIM error with a sentence, soon, nothing stored in part, memory back where it was."""

import json
import re
import socket
import urllib.parse

import expect
from rolecall_server import PATCH_OP, USER, Client, Server, group_body, user_body

SAYS_NOTHING_OF_THE_ENGINE = True

SOON = 3.0  # seconds; a refusal takes milliseconds, the rest is what a busy machine adds
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
MIB = 1024 * 1024


class Fixture:
    """A client, one user and one group, and what the lists showed before."""

    def __init__(self, server):
        self.server = server
        self.scim = server.scim(server.token())
        self.user = expect.scim(self.scim.post("/Users", user_body("ana@acme.example")), 201)
        self.group = expect.scim(self.scim.post("/Groups", group_body("Desk", self.user["id"])), 201)
        self.user = expect.scim(self.scim.get("/Users/" + self.user["id"]))
        self.before = self.lists()

    def lists(self):
        return [expect.scim(self.scim.get(path)) for path in ("/Users?count=1000", "/Groups?count=1000")]

    def refuse(self, answer, status, scim_type=None):
        sentence = expect.refused(answer, status, scim_type)
        assert answer.seconds < SOON, f"{status} took {answer.seconds:.2f} s: {sentence}"
        return sentence

    def nothing_changed(self):
        expect.equal(self.lists(), self.before, "what is stored")
        assert self.server.cli("audit", "verify")["intact"]


MALFORMED = (
    "",
    " ",
    "{",
    "}",
    "[]",
    "null",
    "true",
    "7",
    '"text"',
    "{]",
    '{"userName"}',
    '{"userName":}',
    '{"userName":"a",}',
    '{"userName":"a"} x',
    '{"userName":"a"}{"userName":"b"}',
    "{'userName':'a'}",
    '{"userName":"a","userName":"b"}',
    '{"userName":"\\ud800"}',
    '{"userName":"\\u0000"}',
    '{"userName":"a\tb"}',
    '{"userName":01}',
    '{"userName":1e}',
    '{"userName":NaN}',
    '{/* no */"userName":"a"}',
    "\ufeff{}",
    '{"userName":"a"',
    "<user/>",
    "userName=a",
    '{"a":' * 40 + "1" + "}" * 40,
    "[" * 100_000,
    '{"a":' * 100_000,
    '"' + "x" * 100_000,
)
NOT_UTF8 = (
    b'{"userName":"\xff"}',
    b'{"userName":"\xc0\xaf"}',
    b'{"userName":"\xed\xa0\x80"}',
    b"\x00",
    b"\xfe\xff\x00{\x00}",
)


def test_malformed_json(server):
    here = Fixture(server)
    targets = (
        ("POST", "/Users"),
        ("PUT", "/Users/" + here.user["id"]),
        ("PATCH", "/Users/" + here.user["id"]),
        ("POST", "/Groups"),
        ("PATCH", "/Groups/" + here.group["id"]),
        ("POST", "/Users/.search"),
    )
    for method, path in targets:
        for text in [*MALFORMED, *NOT_UTF8]:
            here.refuse(
                here.scim.request(method, path, raw=text, headers={"Content-Type": "application/scim+json"}),
                400,
                "invalidSyntax",
            )
    here.nothing_changed()


def test_wrong_types(server):
    here = Fixture(server)
    for attribute, values in {
        "userName": (None, "", 5, True, [], {}, ["a"]),
        "active": ("maybe", 1, {}, "yes", [True]),
        "name": ("Ana", 5, [1], True),
        "emails": (5, True, [5], [[{"value": "a"}]], {"value": 5}),
        "schemas": ("urn", 5, [5], {}),
        "title": (5, {}, ["a", "b"]),
        "externalId": (5, {}, True),
        "photos": ([{"value": "not a uri<>"}],),
        "x509Certificates": ([{"value": "not base64!"}],),
    }.items():
        for value in values:
            body = {**user_body("bo@acme.example"), attribute: value}
            for answer in (here.scim.post("/Users", body), here.scim.put("/Users/" + here.user["id"], body)):
                assert answer.status == 400, f"{attribute} {value!r}: {answer}"
                here.refuse(answer, 400, "invalidValue")
    for members in (5, {"value": 5}, [{"value": 5}], [5], [[]], [{"display": "x"}]):
        here.refuse(here.scim.post("/Groups", {"displayName": "X", "members": members}), 400, "invalidValue")
        here.refuse(
            here.scim.put("/Groups/" + here.group["id"], {"displayName": "Desk", "members": members}),
            400,
            "invalidValue",
        )
    here.nothing_changed()


def test_texts_and_lists_over_their_limits(server):
    here = Fixture(server)
    for body in (
        user_body("x" * 1025),
        user_body("bo@acme.example", title="t" * 5000),
        user_body("bo@acme.example", emails=[{"value": f"{n}@x"} for n in range(1001)]),
        user_body("bo@acme.example", emails=[{"value": "a@x", "primary": True}, {"value": "b@x", "primary": True}]),
    ):
        here.refuse(here.scim.post("/Users", body), 400, "invalidValue")
    operations = [{"op": "replace", "path": "title", "value": "x"}] * 1001
    here.refuse(
        here.scim.request("PATCH", "/Users/" + here.user["id"], {"schemas": [PATCH_OP], "Operations": operations}),
        400,
        "invalidSyntax",
    )
    here.nothing_changed()


def test_unknown_and_hostile_ids(server):
    here = Fixture(server)
    for identifier in (
        "0",
        "none",
        "1%20OR%201=1",
        "%27%3B--",
        "..",
        "%2e%2e%2f",
        "x" * 4000,
        here.user["id"].upper() + "x",
        "%F0%9F%98%80",
        here.group["id"],
    ):
        path = "/Users/" + identifier
        here.refuse(here.scim.get(path), 404)
        here.refuse(here.scim.delete(path), 404)
        here.refuse(here.scim.put(path, user_body("x@acme.example")), 404)
        here.refuse(here.scim.patch(path, {"op": "replace", "path": "title", "value": "x"}), 404)
    here.nothing_changed()


def hostile_filters():
    yield "deep", "(" * 1_000_000
    yield "closed", "(" * 300_000 + "id pr" + ")" * 300_000
    yield "negations", "not (" * 200_000
    yield "long literal", 'userName eq "' + "a" * 1_000_000 + '"'
    yield "long name", "a" * 1_000_000 + " pr"
    yield "many tests", " or ".join(['userName eq "a"'] * 60_000)
    yield "dots", "name" + ".a" * 300_000 + " pr"
    yield "brackets", "emails[" * 100_000
    yield "spaces", "id" + " " * 1_000_000 + "pr"
    yield "backslashes", 'userName eq "' + "\\" * 500_000
    yield "colons", "urn:" * 200_000 + " pr"


def play_hostile_filters(server):
    here = Fixture(server)
    for name, text in hostile_filters():
        body = json.dumps({"schemas": [SEARCH], "filter": text})
        answer = here.scim.post("/Users/.search", raw=body)
        wanted = (413, None) if len(body) > MIB else (400, "invalidFilter")
        here.refuse(answer, *wanted)
        path = f"emails[{text[:100_000]}]"
        here.refuse(here.scim.patch("/Users/" + here.user["id"], {"op": "remove", "path": path}), 400, "invalidPath")
        assert here.scim.get("/Users?count=1").seconds < SOON, name
    here.nothing_changed()


def test_hostile_filters(server):
    play_hostile_filters(server)


def test_hostile_filters_where_an_admin_allows_long_ones():
    environment = {
        "ROLECALL_LIMITS__FILTER": "1MiB",
        "ROLECALL_LIMITS__FILTER_DEPTH": "1000",
        "ROLECALL_LIMITS__FILTER_TESTS": "10000",
    }
    with Server(environment=environment) as server:
        here = Fixture(server)
        for name, text in hostile_filters():
            answer = here.scim.post("/Users/.search", raw=json.dumps({"filter": text}))
            if answer.status == 200:  # a long literal and many blanks are no fault when length is allowed
                assert name in ("long literal", "spaces"), name
            else:
                here.refuse(answer, answer.status, "invalidFilter" if answer.status == 400 else None)
                assert answer.status in (400, 413), f"{name}: {answer.status}"
        for text in filters_of(999, 9_999):
            assert len(expect.listed(here.scim.post("/Users/.search", {"filter": text}))) == 1, text[:80]
        here.nothing_changed()


def filters_of(depth, tests):
    """Valid filters that are true for everybody, as deep and as long as is allowed."""
    yield "(" * depth + "id pr" + ")" * depth
    yield "not (not (" * (depth // 2) + "id pr" + "))" * (depth // 2)
    yield "emails[" + "not (not (" * ((depth - 1) // 2) + "value pr" + "))" * ((depth - 1) // 2) + "]"
    levels = [f"active eq true {'or' if level % 2 else 'and'} " for level in range(min(depth, tests - 1))]
    yield "(".join(levels) + "(id pr" + ")" * len(levels)
    for word in ("and", "or"):
        yield f" {word} ".join(["id pr"] * min(tests, 1_000_000 // 10))
        yield f" {word} ".join(["emails[value pr]"] * min(tests, 400_000 // 20))


def test_filters_at_the_default_limits_are_answered(server):
    here = Fixture(server)
    for text in filters_of(32, 100):
        answer = here.scim.post("/Users/.search", {"filter": text})
        assert len(expect.listed(answer)) == 1 and answer.seconds < SOON, (text[:80], answer)
    deeper = "(" * 33 + "id pr" + ")" * 33
    here.refuse(here.scim.post("/Users/.search", {"filter": deeper}), 400, "invalidFilter")
    here.refuse(here.scim.post("/Users/.search", {"filter": " or ".join(["id pr"] * 101)}), 400, "invalidFilter")


def test_filters_in_the_url_end_at_the_limit_of_the_url(server):
    here = Fixture(server)
    long = here.scim.get("/Users?filter=" + "(" * 9_000)
    here.refuse(long, 400, "invalidFilter")
    too_long = here.scim.get("/Users?filter=" + "(" * 20_000)
    here.refuse(too_long, 414)
    here.nothing_changed()


def test_headers_over_their_limits(server):
    here = Fixture(server)
    here.refuse(here.scim.get("/Users", headers={"X-Long": "x" * 40_000}), 431)
    here.refuse(here.scim.get("/Users", headers={f"X-{number}": "y" for number in range(120)}), 431)
    here.nothing_changed()


def declared(server, path, length, token, method="POST"):
    """What a request gets that announces a body of this length and sends none of it."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {server.listen}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/scim+json\r\nContent-Length: {length}\r\n\r\n"
    )
    return server.raw(head.encode())


def test_oversized_bodies_are_refused_before_they_are_read(server):
    here = Fixture(server)
    for path, length, limit in (
        ("/scim/v2/Users", MIB + 1, MIB),
        ("/scim/v2/Groups", 8 * MIB + 1, 8 * MIB),
        ("/scim/v2/Users", 10**15, MIB),
        ("/scim/v2/Groups/" + here.group["id"], 10**18, 8 * MIB),
    ):
        answer = declared(server, path, length, here.scim.token)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 413 "), answer[:300]
        assert b"connection: close" in head.lower() and b"application/scim+json" in head, head
        expect.equal(json.loads(body)["status"], "413")
        expect.holds(json.loads(body)["detail"], f" {limit} bytes", "the sentence")
    for length in ("-1", "abc", "1e3", "99999999999999999999999999"):
        answer = declared(server, "/scim/v2/Users", length, here.scim.token)
        assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413"), answer[:300]
    here.nothing_changed()


def test_oversized_chunked_bodies_are_refused(server):
    here = Fixture(server)
    head = (
        f"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {here.scim.token}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    answer = server.raw(head.encode() + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 20)
    assert answer.startswith(b"HTTP/1.1 413 "), answer[:300]
    here.nothing_changed()


def test_a_body_at_its_limit_is_read(server):
    here = Fixture(server)
    body = json.dumps(user_body("bo@acme.example")).encode()
    expect.scim(here.scim.post("/Users", raw=body + b" " * (MIB - len(body))), 201)
    here.refuse(here.scim.post("/Groups", raw=b"{" + b" " * (2 * MIB)), 400, "invalidSyntax")


def test_half_requests_cost_nothing_and_store_nothing():
    with Server(
        environment={"ROLECALL_SERVER__HEAD_TIMEOUT": "300ms", "ROLECALL_SERVER__BODY_IDLE_TIMEOUT": "300ms"}
    ) as server:
        here = Fixture(server)
        whole = json.dumps(user_body("half@acme.example"))
        head = (
            f"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {here.scim.token}\r\n"
            f"Content-Length: {len(whole)}\r\n\r\n"
        )
        request = (head + whole).encode()
        for cut in range(1, len(request), 37):
            assert b" 201 " not in server.raw(request[:cut], half_close=True)[:20], cut
        for cut in (10, len(head) - 2, len(head) + 20):
            answer = server.raw(request[:cut])
            assert answer.startswith(b"HTTP/1.1 408 "), (cut, answer[:200])
        here.nothing_changed()


def test_slow_and_idle_connections_do_not_hold_up_others(server):
    here = Fixture(server)
    host, _, port = server.listen.rpartition(":")
    plugs = [socket.create_connection((host, int(port)), timeout=5) for _ in range(200)]
    try:
        for number, plug in enumerate(plugs):
            plug.sendall(b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"[: 10 + number % 60])
        for _ in range(20):
            assert here.scim.get("/Users?count=1").seconds < SOON
    finally:
        for plug in plugs:
            plug.close()
    here.nothing_changed()


def test_smuggled_lengths_and_folded_headers_are_refused(server):
    here = Fixture(server)
    token = here.scim.token
    for lines in (
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: identity",),
        ("X-A: b\r\n folded",),
        ("Content-Length : 5",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Content-Length: +5",),
    ):
        head = "\r\n".join(("POST /scim/v2/Users HTTP/1.1", "Host: x", "Authorization: Bearer " + token, *lines))
        answer = server.raw(head.encode() + b"\r\n\r\n0\r\n\r\nGET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 501"), (lines, answer[:200])
        expect.equal(len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)), 1, f"answers to {lines}")
    here.nothing_changed()


def test_the_admin_api_refuses_in_its_own_form(server):
    admin = server.admin()
    for method, path, body, status in (
        ("POST", "/admin/v1/roles", {"name": 5}, 400),
        ("POST", "/admin/v1/roles", {"name": ""}, 400),
        ("POST", "/admin/v1/roles", {"name": "X", "permissions": "all"}, 400),
        ("POST", "/admin/v1/roles", {"name": "X", "permissions": ["requests.veiw"]}, 400),
        ("POST", "/admin/v1/tokens", {"connection": "none"}, 404),
        ("POST", "/admin/v1/tokens", {}, 400),
        ("POST", "/admin/v1/tokens", {"connection": "okta", "expires_in_seconds": -1}, 400),
        ("POST", "/admin/v1/links", {"group": "none", "role": "IT Agent"}, 404),
        ("GET", "/admin/v1/users/none", None, 404),
        ("PATCH", "/admin/v1/connections/okta", {"ceiling": "IT Admin", "default_role": "IT Agent"}, 400),
        ("GET", "/admin/v1/users?workspace=none", None, 404),
        ("GET", "/admin/v1/audit?limit=many", None, 400),
    ):
        expect.problem(admin.request(method, path, body, {"If-Match": "*"}), status)
    expect.problem(admin.post("/admin/v1/roles", raw="{"), 400)
    expect.problem(admin.post("/admin/v1/roles", raw="x" * 300_000), 413)
    expect.holds(
        expect.problem(admin.post("/admin/v1/roles", {"name": "X", "permissions": ["requests.veiw"]}), 400),
        "requests.view",
    )
    expect.problem(Client(server.listen, "wrong").get("/admin/v1/users"), 401)


def test_memory_comes_back(server):
    here = Fixture(server)
    large = [
        json.dumps({"schemas": [USER], "userName": "x", "title": "y" * 900_000}),
        "[" * 900_000,
        json.dumps({"filter": "(" * 900_000}),
        json.dumps({"members": [{"value": f"0190a2b0-7f76-753a-919d-{n:012}"} for n in range(60_000)]}),
    ]

    def storm(rounds):
        for _ in range(rounds):
            here.refuse(here.scim.post("/Users", raw=large[0]), 400, "invalidValue")
            here.refuse(here.scim.post("/Users", raw=large[1]), 400, "invalidSyntax")
            here.refuse(here.scim.post("/Users/.search", raw=large[2]), 400, "invalidFilter")
            here.refuse(here.scim.post("/Groups", raw=large[3]), 400, "invalidValue")
            here.refuse(here.scim.get("/Users?filter=" + urllib.parse.quote('a"' * 3000)), 400, "invalidFilter")

    # Each worker has a heap of its own, which grows when it first meets such a request. What leaks grows every time.
    grown = []
    before = server.resident_kib()
    for _ in range(6):
        storm(15)
        after = server.resident_kib()
        grown.append(after - before)
        before = after
        if len(grown) > 1 and grown[-1] < 8 * 1024:
            break
    assert grown[-1] < 8 * 1024, f"grows by {grown} KiB, storm after storm"
    here.nothing_changed()
