"""Secrets planted in every input are found nowhere afterwards: not in the log at its most talkative, in metrics, in answers,
in the audit, in the records of requests, in an export, nor in any byte of the data directory, also after a crash."""

import base64
import json
import urllib.parse
import urllib.request

import expect
from admin_examples import BASE
from proxy import free_port
from rolecall_server import BULK, PATCH_OP, USER, Client, Server, group_body, leaks_in, user_body

PASSWORD = "canary-Pa55word-0815"
FILTER = "canary-filter-0815"
BEARER = "canary-bearer-0815"
COOKIE = "canary-cookie-0815"
QUERY = "canary-query-0815"
BROKEN = "canary-broken-0815"
HEADER = "canary-header-0815"
CREDENTIAL = "canary-credential-0815"
# What a person typed is shown to that person, and a name that was given is kept; a secret is neither.
SECRETS = (PASSWORD, BEARER, COOKIE, QUERY, BROKEN, HEADER, CREDENTIAL)


def spellings(secret):
    return {secret, secret.lower(), base64.b64encode(secret.encode()).decode(), secret.encode().hex(),
            urllib.parse.quote(secret, safe=""), secret[::-1]}


def found_in(text, secrets=SECRETS + (FILTER,)):
    return [secret for secret in secrets for spelling in spellings(secret) if spelling in text]


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def with_passwords(user):
    """Requests of SCIM with a password in every place that one can be in: method, path, body."""
    whole = user_body("ana@acme.example", password=PASSWORD)
    yield "POST", "/Users", {**whole, "userName": "bo@acme.example"}
    yield "POST", "/Users", {**whole, "userName": "ana@acme.example"}
    yield "POST", "/Users", {"schemas": [USER], "password": PASSWORD}
    yield "POST", "/Users", {**whole, "userName": "cy@acme.example", "PassWord": PASSWORD}
    yield "POST", "/Users", {**whole, "userName": "di@acme.example", "password": {"value": PASSWORD}}
    yield "PUT", "/Users/" + user, whole
    yield "PUT", "/Users/nobody", whole
    for operation in (
        {"op": "replace", "path": "password", "value": PASSWORD},
        {"op": "add", "path": "password", "value": PASSWORD},
        {"op": "replace", "value": {"password": PASSWORD}},
        {"op": "Replace", "path": "PASSWORD", "value": PASSWORD},
        {"op": "replace", "path": USER + ":password", "value": PASSWORD},
        {"op": "replace", "path": "password.value", "value": PASSWORD},
        {"op": "replace", "path": "active", "value": {"password": PASSWORD}},
        {"op": "replace", "path": 'emails[type eq "work"].password', "value": PASSWORD},
    ):
        yield "PATCH", "/Users/" + user, patch(operation)
        yield "POST", "/Bulk", {"schemas": [BULK], "Operations": [
            {"method": "PATCH", "path": "/Users/" + user, "data": patch(operation)}]}
    yield "POST", "/Bulk", {"schemas": [BULK], "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "x", "data": {**whole, "userName": "ed@acme.example"}},
        {"method": "PUT", "path": "/Users/" + user, "data": whole}]}
    yield "POST", "/Groups", {**group_body("Desk"), "password": PASSWORD}
    yield "POST", "/.search", {"password": PASSWORD}


def with_credentials():
    """Requests of the admin API with the credential of a directory: taken, refused, and where none belongs. Nobody is
    at that port."""
    okta = {"name": "okta-api", "provider": "okta", "domain": "127.0.0.1:9", "credential_kind": "ssws",
            "credential": CREDENTIAL}
    yield "POST", "/directories", okta
    yield "POST", "/directories", okta
    for more in ({"domain": "10.0.0.1"}, {"provider": "nobody"}, {"credential_kind": "password"}, {"scopes": ["x"]},
                 {"client_id": "0oa1"}, {"credential": CREDENTIAL + " "}, {"credential": [CREDENTIAL]}, {"scopes": 7}):
        yield "POST", "/directories", {**okta, "name": "other", **more}
    yield "GET", "/directories/okta-api", None
    yield "PATCH", "/directories/okta-api", {"credential": CREDENTIAL}
    yield "POST", "/directories/okta-api/reauthorize", {"credential": CREDENTIAL}
    yield "POST", "/directories/okta-api/reauthorize?dry_run=true", {"credential": CREDENTIAL}
    yield "POST", "/directories/okta-api/reauthorize", {"credential": CREDENTIAL + "\n"}
    yield "POST", "/directories/okta-api/test", {"credential": CREDENTIAL}
    yield "POST", "/directories/nothing/reauthorize", {"credential": CREDENTIAL}


def plant(server, scim, admin):
    """Everything is sent; the answers. Those to what was typed in the open are kept apart."""
    user = expect.scim(scim.post("/Users", user_body("ana@acme.example", password=PASSWORD)), 201)["id"]
    answers = [scim.request(method, path, body) for method, path, body in with_passwords(user)]
    typed = []
    for name in ("userName", "password", "emails.value", "nothing", "meta.created"):
        typed += [scim.find("Users", f'{name} eq "{FILTER}"'), scim.find("Groups", f'{name} eq "{FILTER}')]
    typed.append(scim.post("/.search", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                                        "filter": f'userName eq "{FILTER}"'}))
    for value in ("Bearer " + BEARER, BEARER, "Basic " + base64.b64encode(BEARER.encode()).decode(),
                  "Bearer rolecall_0123456789abcdef_" + BEARER):
        for path in ("/scim/v2/Users", BASE + "/roles", "/access/v1/evaluation", "/docs", "/nothing"):
            answers.append(Client(server.listen, None, "").get(path, headers={"Authorization": value}))
    for path in ("/Users", "/Users/" + user):
        answers.append(scim.get(path, headers={"Cookie": "session=" + COOKIE, "X-Api-Key": HEADER,
                                               "If-Match": f'"{HEADER}"', "If-None-Match": f'"{HEADER}"'}))
        for name in ("access_token", "token", "password", "api_key"):
            answers.append(scim.get(f"{path}?{name}={QUERY}"))
    for body in (f'{{"password": "{PASSWORD}"', f'{{"userName": "{BROKEN}', f'"{BROKEN}"', f'[["{BROKEN}"]]'):
        answers += [client.request(method, path, raw=body) for client, method, path in (
            (scim, "POST", "/Users"), (scim, "PATCH", "/Users/" + user), (scim, "POST", "/Bulk"),
            (admin, "POST", BASE + "/roles"), (admin, "POST", "/access/v1/evaluation"))]
    for path in ("/roles", "/tokens", "/connections", "/plans", "/api-tokens"):
        answers.append(admin.post(BASE + path, {"name": "x", "connection": "okta", "password": PASSWORD,
                                                "client_secret": HEADER}))
    answers += [admin.request(method, BASE + path, body) for method, path, body in with_credentials()]
    server.raw(f"GET /scim/v2/Users HTTP/1.1\r\nbroken {HEADER}\r\n\r\n".encode())
    server.raw(f"GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: {BEARER}\r\n :{HEADER}\r\n\r\n".encode())
    return answers, typed


def recorded(admin):
    """Audit, export, and every record of a request as its page shows it."""
    texts = [admin.get(f"{BASE}/audit?limit=1000").body, admin.get(f"{BASE}/audit/export?limit=1000").body]
    page = expect.status(admin.get(f"{BASE}/requests?limit=1000"), 200)["items"]
    page += expect.status(admin.get(f"{BASE}/requests?limit=1000&unauthenticated=true"), 200)["items"]
    assert len(page) > 40, len(page)
    for item in page:
        texts.append(json.dumps(item).encode())
        texts.append(admin.get(f"{BASE}/requests/{item['id']}").body)
    return texts


def files_of(server):
    return {path.name: path.read_bytes() for path in server.data.rglob("*") if path.is_file()}


def test_planted_secrets_are_found_nowhere():
    listen = "127.0.0.1:" + str(free_port())
    with Server(environment={"ROLECALL_LOG__LEVEL": "debug", "ROLECALL_METRICS__LISTEN": listen,
                             "ROLECALL_EGRESS__ALLOW": "127.0.0.1/32"}) as server:
        scim, admin = server.scim(server.token()), server.admin()
        answers, typed = plant(server, scim, admin)
        for answer in answers:
            expect.equal(found_in(answer.body.decode() + str(answer.headers)), [], f"an answer: {answer}")
        for answer in typed:
            expect.equal(found_in(answer.body.decode() + str(answer.headers), SECRETS), [], f"an answer: {answer}")
        for text in recorded(admin):
            expect.equal(found_in(text.decode(), SECRETS + (FILTER,)), [], f"a record: {text[:600]!r}")
        with urllib.request.urlopen(f"http://{listen}/metrics", timeout=30) as metrics:
            expect.equal(found_in(metrics.read().decode()), [], "metrics")
        server.kill()
        for name, content in files_of(server).items():
            expect.equal(found_in(content.decode("latin-1")), [], f"{name} after a crash")
        server.start()
        expect.equal(server.terminate(), 0)
        for name, content in files_of(server).items():
            expect.equal(found_in(content.decode("latin-1")), [], f"{name} after a stop")
        log = server.log_text()
        expect.holds(log, "server_stopped", "log")
        expect.equal(found_in(log), [], "log")
        expect.equal(leaks_in(log, server.secrets), [], "tokens in the log")
