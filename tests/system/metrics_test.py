"""/metrics: on a listener of its own, in the Prometheus text format, without anything that identifies a person."""

import json
import re

import expect
from rolecall_server import Client, Server, user_body

LINE = re.compile(r'^(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>[0-9.e+-]+|[+]Inf|NaN)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


def measured(server):
    port = json.loads(server.log_line('"metrics_listening"'))["port"]
    answer = Client(f"127.0.0.1:{port}").get("/metrics")
    expect.equal(answer.status, 200)
    expect.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
    return answer.body.decode()


def value_of(text, name, **labels):
    """The sum of the series of that name with at least these labels."""
    total = 0.0
    for line in text.splitlines():
        found = LINE.match(line)
        if found and found["name"] == name and labels.items() <= dict(LABEL.findall(found["labels"] or "")).items():
            total += float(found["value"])
    return total


def served():
    return Server(environment={"ROLECALL_METRICS__LISTEN": "127.0.0.1:0"})


def test_requests_are_counted_by_connection_route_and_outcome():
    with served() as server:
        scim = server.scim(server.token())
        ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
        for _ in range(3):
            expect.scim(scim.get("/Users/" + ana["id"]))
        scim.get("/Users/nobody")
        scim.post("/Users", user_body("ana@acme.example"))
        text = measured(server)
        of_okta = {"workspace": "default", "connection": "okta"}
        route = "/Users/{id}"
        expect.equal(value_of(text, "rolecall_requests_total", **of_okta, method="GET", route=route, status="200"), 3)
        expect.equal(value_of(text, "rolecall_requests_total", **of_okta, method="GET", route=route, status="404",
                              error="not_found"), 1)
        expect.equal(value_of(text, "rolecall_requests_total", **of_okta, method="POST", status="409",
                              error="uniqueness"), 1)
        expect.equal(value_of(text, "rolecall_request_seconds_count", method="GET", route=route), 4)
        assert value_of(text, "rolecall_scim_last_request_timestamp_seconds", **of_okta) > 1.7e9
        expect.equal(value_of(text, "rolecall_users", workspace="default"), 1)
        expect.equal(value_of(text, "rolecall_build_info"), 1)
        assert value_of(text, "rolecall_audit_head_seq", workspace="default") > 0
        assert value_of(text, "rolecall_http_requests_total") >= 6
        for secret in (ana["id"], "ana@acme.example", *server.secrets):
            assert secret not in text, secret


def test_each_rule_of_a_dialect_has_a_counter():
    with served() as server:
        server.cli("connections", "create", "entra", "--dialect", "entra")
        scim = server.scim(server.token("entra"))
        ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
        for _ in range(2):
            expect.scim(scim.patch("/Users/" + ana["id"], {"op": "Replace", "path": "active", "value": "False"}))
        text = measured(server)
        for rule in ("capital_ops", "text_booleans"):
            expect.equal(value_of(text, "rolecall_scim_rewrites_total", workspace="default", connection="entra",
                                  dialect="entra", rule=rule), 2)


def test_without_a_token_there_are_numbers_and_nothing_else():
    with served() as server:
        port = json.loads(server.log_line('"metrics_listening"'))["port"]
        client = Client(f"127.0.0.1:{port}")
        expect.equal(client.get("/scim/v2/Users").status, 404)
        expect.equal(client.get("/admin/v1/roles").status, 404)
        refused = client.request("DELETE", "/metrics")
        expect.equal((refused.status, refused.headers["allow"]), (405, "GET, HEAD"))
        expect.equal(server.admin().get("/metrics").status, 404)
        expect.equal(server.terminate(), 0)


def test_unless_asked_for_there_is_no_second_port(server):
    expect.equal(server.terminate(), 0)
    assert "metrics_listening" not in server.log_text()
