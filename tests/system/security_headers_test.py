"""Every answer of every route, also the refusals, has the headers of matrices/security_headers.tsv and no others that a
browser would act on."""

import http.client
import io
import re

import expect
import matrix
from permissions_test import DECISIONS, PUBLIC, routes
from rolecall_server import Client, Server, user_body

SAYS_NOTHING_OF_THE_ENGINE = True

# All that an answer may have. What is not here is not sent by accident.
KNOWN = {"allow", "connection", "content-length", "content-type", "date", "etag", "idempotency-replayed", "location",
         "retry-after", "www-authenticate", "x-request-id", "x-rolecall-dry-run", "transfer-encoding"}
TABLE = {row.pop("face"): row for row in matrix.rows_of("security_headers.tsv")}


def check(what, headers, face="everything"):
    wanted = TABLE[face]
    found = {name: headers.get(name) for name in wanted}
    found["content-security-policy"] = re.sub(r"'sha256-[^']+'", "'<style>'", found["content-security-policy"] or "")
    expect.equal(found, wanted, what)
    unknown = set(headers) - KNOWN - set(wanted)
    expect.equal(unknown, set(), f"{what}: other headers")


def face_of(path):
    return {"/docs": "docs", "/openapi.json": "openapi"}.get(path, "everything")


def test_every_route_with_and_without_a_token(server):
    tokens = {"scim": server.token(), "identity": server.token(), "admin": server.admin_token(),
              "decisions": server.admin_token()}
    statuses = set()
    for face, method, path in routes():
        for token in (None, tokens[face]):
            client = Client(server.listen, token, "")
            for sent in (method, "TRACE", "OPTIONS"):
                answer = client.request(sent, path, None, {"If-Match": 'W/"999999"'})
                check(f"{sent} {path} with {'a' if token else 'no'} token", answer.headers)
                statuses.add(answer.status)
            client.close()
    for path in PUBLIC:
        for method in ("GET", "HEAD", "POST", "DELETE"):
            answer = Client(server.listen, None, "").request(method, path)
            is_page = method in ("GET", "HEAD") and answer.status == 200
            check(f"{method} {path}", answer.headers, face_of(path) if is_page else "everything")
            statuses.add(answer.status)
    for path in ("/nothing", "/admin/v1/nothing", "/scim/v2/Nothing", "/access/v1/nothing", "/.well-known/nothing"):
        answer = Client(server.listen, tokens["admin"], "").get(path)
        check(f"GET {path}", answer.headers)
        statuses.add(answer.status)
    assert {200, 400, 401, 404, 405, 501} <= statuses, statuses


def test_what_succeeds(server):
    scim = server.scim(server.token())
    made = scim.post("/Users", user_body("ana@acme.example"))
    user = "/Users/" + expect.scim(made, 201)["id"]
    answers = {
        "201": made,
        "200": scim.get(user),
        "304": scim.get(user, headers={"If-None-Match": made.headers["etag"]}),
        "204": scim.delete(user),
        "a list": scim.get("/Users"),
        "a bulk request": scim.post("/Bulk", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                                              "Operations": [{"method": "DELETE", "path": user}]}),
        "a decision": server.admin().post(DECISIONS[0], {
            "subject": {"type": "user", "id": "x"}, "action": {"name": "requests.view"},
            "resource": {"type": "workspace", "id": "default"}}),
        "lines": server.admin().get("/admin/v1/audit/export?limit=1"),
    }
    expect.equal({name: answer.status for name, answer in answers.items()},
                 {"201": 201, "200": 200, "304": 304, "204": 204, "a list": 200, "a bulk request": 200,
                  "a decision": 200, "lines": 200}, "statuses")
    for name, answer in answers.items():
        check(name, answer.headers)


class Plug(io.BytesIO):
    """What http.client wants of a socket."""

    def makefile(self, *_):
        return self


def parsed(received):
    answer = http.client.HTTPResponse(Plug(received))
    answer.begin()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_what_the_byte_layer_refuses(server):
    for path in ("/scim/v2/Users", "/admin/v1/roles", "/access/v1/evaluation", "/docs"):
        start = f"GET {path}"
        for wanted, data in (
            (400, f"{start} HTTP/1.1\r\nbroken\r\n\r\n"),
            (400, f"{start} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (414, f"{start}?{'x' * 20000} HTTP/1.1\r\nHost: x\r\n\r\n"),
            (431, f"{start} HTTP/1.1\r\nHost: x\r\nX: {'x' * 40000}\r\n\r\n"),
            (413, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"),
            (505, f"{start} HTTP/9.9\r\nHost: x\r\n\r\n"),
        ):
            status, headers = parsed(server.raw(data.encode()))
            expect.equal(status, wanted, f"{path}: {data[:60]!r}")
            check(f"{wanted} at {path}", headers)


def test_what_is_turned_away():
    with Server(environment={"ROLECALL_LIMITS__RATE_PER_TOKEN": "0.01", "ROLECALL_LIMITS__RATE_BURST": "1"}) as server:
        scim = server.scim(server.token())
        answers = [scim.get("/Users") for _ in range(2)]
        expect.equal([answer.status for answer in answers], [200, 429])
        check("429", answers[1].headers)
