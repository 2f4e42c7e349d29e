"""Tokens: two live ones per connection, every wrong one the same 401, none in a log; the rate limit."""

import time

import expect
from rolecall_server import Client, Server, leaks_in, user_body

VARIABLE_HEADERS = ("date", "x-request-id")


def comparable(answer):
    """Status, body and headers without what differs between any two answers."""
    return (
        answer.status,
        answer.body,
        {name: value for name, value in answer.headers.items() if name not in VARIABLE_HEADERS},
    )


def with_header(server, value):
    return Client(server.listen, None, "/scim/v2").get("/Users", headers={"Authorization": value})


def revoke(server, token):
    expect.succeeded(server.run("tokens", "revoke", token.split("_")[1]))


def test_bearer_and_bare_token_are_accepted(server):
    token = server.token()
    for value in ("Bearer " + token, token, "bearer " + token, "BEARER   " + token, "  Bearer " + token + " "):
        expect.scim(with_header(server, value))


def test_every_wrong_token_gets_the_same_401(server):
    token = server.token()
    revoked = server.token()
    revoke(server, revoked)
    expired = server.token("okta", "default", "--expires-in", "1s")
    end = time.monotonic() + 10
    while with_header(server, expired).status == 200 and time.monotonic() < end:
        time.sleep(0.05)
    secret = token.split("_", 2)
    unknown = "rolecall_" + "0" * 16 + "_" + secret[2]
    flipped = token[:-12] + ("A" if token[-12] != "A" else "B") + token[-11:]
    wrong = {
        "missing": None,
        "empty": "",
        "blank": "   ",
        "scheme alone": "Bearer",
        "scheme and blanks": "Bearer    ",
        "another scheme": "Basic " + token,
        "truncated": token[:-1],
        "longer": token + "x",
        "over-long": "Bearer " + "x" * 9000,
        "flipped": flipped,
        "unknown": unknown,
        "revoked": revoked,
        "expired": expired,
        "twice": f"Bearer {token} {token}",
        "admin": server.admin_token(),
        "undefined": "Bearer undefined",
        "not ASCII": "Bearer t\u00f6ken",
    }
    reference = comparable(with_header(server, "Bearer wrong"))
    expect.equal(reference[0], 401)
    expect.refused(with_header(server, "Bearer wrong"), 401)
    for name, value in wrong.items():
        value = value.encode() if value is not None else None
        expect.equal(comparable(with_header(server, value)), reference, name)
    expect.equal(reference[2]["www-authenticate"], 'Bearer realm="rolecall"')
    expect.scim(with_header(server, token))


def test_two_authorization_headers_are_none(server):
    token = server.token()
    answer = server.raw(
        f"GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nAuthorization: {token}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 401 "), answer[:200]


def test_a_third_live_token_is_refused_until_one_is_revoked(server):
    first, second = server.token(), server.token()
    third = server.run("tokens", "create", "--connection", "okta")
    expect.succeeded(third, 5)
    expect.holds(third.stderr, "2 live tokens")
    expect.scim(with_header(server, first))
    expect.scim(with_header(server, second))
    revoke(server, first)
    replacement = server.token()
    for token, status in ((first, 401), (second, 200), (replacement, 200)):
        expect.equal(with_header(server, token).status, status)
    states = sorted(token["state"] for token in server.cli("tokens", "list"))
    expect.equal(states, ["live", "live", "revoked"])


def test_revocation_holds_from_its_answer_on_every_connection(server):
    token = server.token()
    clients = [server.scim(token) for _ in range(4)]
    for client in clients:
        expect.scim(client.get("/Users"))
    revoke(server, token)
    for client in clients:
        expect.refused(client.get("/Users"), 401)
    again = server.run("tokens", "revoke", token.split("_")[1])
    expect.succeeded(again, 3)


def test_a_token_may_stand_for_a_user(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    token = server.cli("tokens", "create", "--connection", "okta", "--user", "Ana@acme.example")["token"]
    server.secrets.add(token)
    own = server.scim(token)
    answer = own.get("/Me")
    expect.equal((expect.scim(answer), answer.headers["location"]), (ana, ana["meta"]["location"]))
    expect.equal([shown["user"] for shown in server.cli("tokens", "list")], [ana["id"], None])
    expect.succeeded(server.run("tokens", "create", "--connection", "okta", "--user", "nobody"), 3)
    expect.scim(scim.patch("/Users/" + ana["id"], {"op": "replace", "path": "active", "value": False}))
    expect.refused(own.get("/Me"), 401)
    expect.refused(own.get("/Users"), 401)
    expect.refused(scim.get("/Me"), 501)


def test_a_wrong_token_writes_nothing(server):
    server.token()
    for method, path in (("POST", "/Users"), ("PUT", "/Users/x"), ("PATCH", "/Groups/x"), ("DELETE", "/Users/x")):
        answer = Client(server.listen, "wrong", "/scim/v2").request(method, path, user_body("ana@acme.example"))
        expect.refused(answer, 401)
    expect.equal(server.cli("users", "list"), [])


def test_tokens_are_shown_once_and_kept_as_digests(server):
    token = server.token()
    assert token not in server.run("tokens", "list").stdout
    assert token not in server.run("tokens", "list", output="table").stdout
    assert token not in server.run("audit", "list").stdout
    secret = token.split("_", 2)[2][:43]
    for path in server.data.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert token.encode() not in data and secret.encode() not in data, f"{path.name} holds the token"


def test_no_secret_and_no_value_reaches_the_log():
    canaries = {
        "canary-user-4711@acme.example",
        "Canarygiven4711",
        "canary-external-4711",
        "canary-password-4711",
        "canary-group-4711",
        "canary-filter-4711",
        "canary-token-4711",
        "canary-path-4711",
        "canary-broken-4711",
        "canary-member-4711",
        "canary-header-4711",
    }
    with Server(environment={"ROLECALL_LOG__LEVEL": "debug"}) as server:
        scim = server.scim(server.token())
        made = expect.scim(
            scim.post(
                "/Users",
                user_body(
                    "canary-user-4711@acme.example",
                    name={"givenName": "Canarygiven4711"},
                    externalId="canary-external-4711",
                    password="canary-password-4711",
                ),
            ),
            201,
        )
        scim.post("/Groups", {"displayName": "canary-group-4711", "members": [{"value": "canary-member-4711"}]})
        scim.get("/Users?filter=userName%20eq%20%22canary-filter-4711%22")
        scim.get("/Users?filter=canary-filter-4711%20eq%20true")
        scim.get("/canary-path-4711")
        scim.get("/Users/canary-path-4711", headers={"X-Canary": "canary-header-4711"})
        scim.post("/Users", raw='{"userName": "canary-broken-4711')
        scim.patch("/Users/" + made["id"], {"op": "add", "path": "canary-path-4711", "value": "canary-broken-4711"})
        scim.request("canary-path-4711", "/Users")
        Client(server.listen, "canary-token-4711", "/scim/v2").get("/Users")
        server.cli("users", "explain", "canary-user-4711@acme.example")
        server.raw(b"GET /canary-path-4711 HTTP/1.1\r\nbroken canary-header-4711\r\n\r\n")
        expect.equal(server.terminate(), 0)
        expect.holds(server.log_text(), "server_stopped", "log")
        expect.equal(leaks_in(server.log_text(), canaries | server.secrets), [])


def test_rate_limit_is_off_by_default(server):
    scim = server.scim(server.token())
    for _ in range(400):
        expect.equal(scim.get("/Users?count=0").status, 200)


def test_rate_limit_answers_429_with_whole_seconds():
    with Server(environment={"ROLECALL_LIMITS__RATE_PER_TOKEN": "0.2", "ROLECALL_LIMITS__RATE_BURST": "3"}) as server:
        first, second = server.scim(server.token()), server.scim(server.token())
        statuses = [first.get("/Users").status for _ in range(4)]
        expect.equal(statuses, [200, 200, 200, 429])
        limited = first.get("/Users")
        expect.refused(limited, 429)
        wait = limited.headers["retry-after"]
        assert wait.isdigit() and 1 <= int(wait) <= 5, wait
        expect.scim(second.get("/Users"))
        end = time.monotonic() + 60
        while first.get("/Users").status == 429 and time.monotonic() < end:
            time.sleep(0.1)
        assert time.monotonic() < end, "the limit never ended"
