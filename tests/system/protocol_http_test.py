"""HTTP around SCIM: addresses, methods, media types, HEAD, keep-alive; errors always in the form of their API."""

import expect
from rolecall_server import Client, Server, user_body


def test_unknown_addresses_and_ids(server):
    scim = server.scim(server.token())
    for path in ("/Nothing", "/Users/none", "/Groups/none", "/Users/a/b", "/users", "/Users//x", "/Users/%2E%2E"):
        expect.refused(scim.get(path), 404)
    expect.refused(scim.get("/Me"), 501)
    expect.problem(server.admin().get("/nowhere"), 404)


def test_wrong_methods_name_the_right_ones(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    for method, path, allowed in (
        ("DELETE", "/Users", "GET, HEAD, POST"),
        ("PUT", "/Groups", "GET, HEAD, POST"),
        ("POST", "/Users/" + ana["id"], "GET, HEAD, PUT, PATCH, DELETE"),
        ("OPTIONS", "/Users", "GET, HEAD, POST"),
        ("BREW", "/Groups", "GET, HEAD, POST"),
        ("GET", "/Users/.search", "POST"),
        ("GET", "/Bulk", "POST"),
        ("DELETE", "/.search", "POST"),
        ("POST", "/", "GET, HEAD"),
    ):
        answer = scim.request(method, path)
        expect.holds(expect.refused(answer, 405), method)
        expect.equal(answer.headers["allow"], allowed)
    answer = server.admin().delete("/admin/v1/roles")
    expect.problem(answer, 405)
    expect.equal(answer.headers["allow"], "GET, POST")
    expect.equal(Client(server.listen).post("/healthz/live").headers["allow"], "GET, HEAD")


def test_trailing_slashes_and_escapes_lead_to_the_same_place(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users/", user_body("ana@acme.example")), 201)
    for path in ("/Users/" + ana["id"] + "/", "/%55sers/" + ana["id"].replace("-", "%2D")):
        expect.equal(expect.scim(scim.get(path)), ana)
    expect.equal(len(expect.listed(scim.get("/Users/?count=1"))), 1)
    expect.equal(len(expect.listed(scim.get("/Users?filter=userName+eq+%22ana%40acme.example%22"))), 1)
    expect.equal(len(expect.listed(Client(server.listen, scim.token, "/scim_v2").get("/Users"))), 1)
    for path in ("/Users/%zz", "/Users/%00", "/Users/%ff", "/Users?filter=%", "/Users?filter=%ff"):
        expect.refused(scim.get(path), 400)


def test_head_is_get_without_a_body(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    for path in ("/Users/" + ana["id"], "/Users", "/ServiceProviderConfig", "/Users/none"):
        whole = scim.get(path)
        head = scim.request("HEAD", path)
        expect.equal((head.status, head.body), (whole.status, b""), path)
        for name in ("content-length", "content-type", "etag", "location"):
            expect.equal(head.headers.get(name), whole.headers.get(name), f"{path}: {name}")


def test_media_types_of_requests(server):
    scim = server.scim(server.token())
    good = (
        "application/scim+json",
        "application/json",
        "Application/SCIM+JSON; charset=UTF-8",
        'application/json;charset="utf-8"',
        None,
    )
    for number, kind in enumerate(good):
        answer = scim.post("/Users", user_body(f"user{number}@acme.example"), headers={"Content-Type": kind})
        expect.scim(answer, 201)
    for kind in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "json",
        "application/json; charset=latin1",
    ):
        expect.refused(scim.post("/Users", user_body("x@acme.example"), headers={"Content-Type": kind}), 415)
    expect.equal(len(expect.listed(scim.get("/Users"))), len(good))


def test_media_types_of_answers(server):
    scim = server.scim(server.token())
    for accepted in (
        "application/scim+json",
        "application/json",
        "*/*",
        "application/*",
        "text/html, */*;q=0.1",
        "",
        None,
    ):
        expect.scim(scim.get("/Users", headers={"Accept": accepted}))
    for refused in ("text/html", "application/xml", "application/json;q=0, text/plain"):
        expect.refused(scim.get("/Users", headers={"Accept": refused}), 406)


def test_one_connection_serves_many_requests_and_errors(server):
    scim = server.scim(server.token())
    expect.scim(scim.get("/Users"))
    plug = scim.connection
    for path, status in (("/Users", 200), ("/none", 404), ("/Users?filter=x", 400), ("/Users", 200)):
        expect.equal(scim.get(path).status, status)
        assert scim.connection is plug, f"the connection was closed by {path}"


def test_every_answer_names_its_request(server):
    scim = server.scim(server.token())
    seen = set()
    for path in ("/Users", "/none", "/Users?filter=x"):
        answer = scim.get(path)
        assert len(answer.headers["x-request-id"]) > 10, answer.headers
        seen.add(answer.headers["x-request-id"])
        expect.holds(server.log_line(answer.headers["x-request-id"]), "request_completed", "log")
    expect.equal(len(seen), 3, "different request ids")


def test_a_caller_s_own_request_id_is_used_when_it_is_plain(server):
    scim = server.scim(server.token())
    made = scim.post("/Users", user_body("ana@acme.example"), headers={"X-Request-Id": "trace-42/7"})
    expect.equal(made.headers["x-request-id"], "trace-42/7")
    expect.equal(server.cli("audit", "list", "--limit", "1")[0]["request"], "trace-42/7")
    for strange in ("", "with blank", "x" * 129, "t\u00f6ne"):
        answer = scim.get("/Users", headers={"X-Request-Id": strange.encode()})
        assert answer.headers["x-request-id"] != strange and len(answer.headers["x-request-id"]) == 36, answer.headers


def test_locations_follow_the_public_url():
    with Server(environment={"ROLECALL_SERVER__PUBLIC_URL": "https://scim.example.com/scim/v2/"}) as server:
        made = expect.scim(server.scim(server.token()).post("/Users", user_body("ana@acme.example")), 201)
        expect.equal(made["meta"]["location"], "https://scim.example.com/scim/v2/Users/" + made["id"])


def test_health_and_start_page_need_no_token(server):
    plain = Client(server.listen)
    expect.equal(expect.status(plain.get("/healthz/live"), 200), {"status": "ok"})
    expect.equal(expect.status(plain.get("/healthz/ready"), 200), {"status": "ok"})
    page = plain.get("/console/")
    expect.equal((page.status, expect.media_type(page)), (200, "text/html"))
    expect.holds(page.headers["content-security-policy"], "default-src 'none'")
    expect.equal(
        expect.status(plain.get("/.well-known/authzen-configuration"), 200)["access_evaluation_endpoint"],
        f"http://{server.listen}/access/v1/evaluation",
    )
