"""schemas/openapi/admin.json is what the server does: every example of the file is played, and what comes back must have
the status, the schema and, apart from ids and instants, the words of the file."""

import base64
import hashlib
import re

import expect
from admin_examples import BASE, DIRECTORIES, ENVIRONMENT, GUARDED, document, examples, make_world, play, samples, speaker
from json_schema import faults, resolve
from rolecall_server import Server, leaks_in

# Their examples need a world with more in it.
SPECIAL_ENDS = ("/adoption", "/rotate-complete", "/rotate-cancel", "/sessions", "/revoke-access")
SPECIAL_STARTS = ("/api-tokens", "/sessions", "/requests", "/webhooks", *DIRECTORIES, *GUARDED)
METHODS = {"get", "post", "put", "patch", "delete"}
# What differs from run to run in a text, and what stands for it.
PASSING = (
    (re.compile(r"code_challenge=\S+"), "<challenge>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<instant>"),
    (re.compile(r"(rolecall|whsec)_\S+"), "<token>"),
    (re.compile(r"evt_[0-9a-f]+"), "<event>"),
    (re.compile(r"^[A-Za-z0-9_-]{43,}$"), "<cursor>"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "<digest>"),
    (re.compile(r"\d+"), "<number>"),
)


def lasting(text):
    for pattern, word in PASSING:
        text = pattern.sub(word, text)
    return text


def differences(shown, found, at="$"):
    """What of the example is not so in the answer. A list in the file may be an excerpt."""
    if isinstance(shown, dict) and isinstance(found, dict):
        if sorted(shown) != sorted(found):
            return [f"{at} has {sorted(found)}, in the file {sorted(shown)}"]
        return [line for name in shown for line in differences(shown[name], found[name], f"{at}.{name}")]
    if isinstance(shown, list) and isinstance(found, list):
        lines = []
        for number, item in enumerate(shown):
            nearest = min((differences(item, other, f"{at}[{number}]") for other in found), key=len, default=None)
            lines += [f"{at}[{number}] is not in the answer"] if nearest is None else nearest
        return lines
    if isinstance(shown, str) and isinstance(found, str):
        return [] if lasting(shown) == lasting(found) else [f"{at} is {found!r}, in the file {shown!r}"]
    if isinstance(shown, bool) or isinstance(found, bool) or type(shown) is not type(found):
        return [] if shown == found else [f"{at} is {found!r}, in the file {shown!r}"]
    return []


def check(example, answer, api):
    expect.equal(answer.status, example.status, f"{example}: {answer.body[:800]!r}")
    wanted = "application/problem+json" if example.status >= 400 else example.media_type()
    is_dry_run = bool(example.parameters.get("dry_run")) and example.status < 400
    expect.equal(answer.headers.get("x-rolecall-dry-run"), "true" if is_dry_run else None, f"{example}: dry run")
    assert answer.headers.get("x-request-id"), str(example)
    if example.schema() is None:
        expect.equal(answer.body, b"", f"{example}: body")
        return
    expect.equal(expect.media_type(answer), wanted, f"{example}: content type")
    body = example.body_of(answer)
    found = faults(body, example.schema(), api)
    assert not found, f"{example}: {found}"
    if "ETag" in example.response.get("headers", {}) and not is_dry_run:
        assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers.get("etag", "")), f"{example}: {answer.headers}"
    shown = example.answer()
    assert shown is not None, f"{example}: the file does not show the answer"
    wrong = faults(shown, example.schema(), api) + differences(shown, body)
    assert not wrong, f"{example}: {wrong}"
    if is_dry_run:
        assert "dry_run" in answer.json() and not {"token", "secret"} & set(answer.json()), answer.json()
    if example.status >= 400:
        expect.equal(answer.json()["status"], example.status, str(example))
        expect.equal(answer.json()["request"], answer.headers["x-request-id"], str(example))


def test_every_example_of_the_file_is_what_the_server_does():
    with Server(environment=ENVIRONMENT) as server:
        play_all(server)
        found = leaks_in(server.log_text(), server.secrets)
        assert not found, f"secrets in the log of the server: {found}"


def play_all(server):
    api = document()
    admin = server.admin()
    # Those about no workspace see what the others leave behind, so they come first, and of them those that look.
    todo = sorted(examples(api), key=lambda example: (example.has_workspace, example.changes))
    world = shared = None
    for number, example in enumerate(todo):
        is_special = example.path.endswith(SPECIAL_ENDS) or example.path.startswith(SPECIAL_STARTS)
        if example.has_workspace and (example.changes or is_special):
            workspace = f"play-{number}"
            world = make_world(server, admin, workspace, example.path)
        elif example.has_workspace:
            workspace = "shared"
            shared = shared or make_world(server, admin, workspace)
            world = shared
        else:
            workspace, world = "default", {}
        client = speaker(server, admin, workspace, example.speaker) if example.speaker else admin
        before = None if example.changes else head(admin, workspace)
        answer = play(client, example, workspace, world)
        if example.status < 400 and answer.body and "token" in example.body_of(answer):
            secret = example.body_of(answer)["token"] or ""
            server.secrets.update([secret] if secret.startswith("rolecall_") else [])
        if example.status < 400 and example.path.startswith(("/webhooks", "/directories")) and answer.body:
            server.secrets.update([answer.json()["secret"]] if "secret" in answer.json() else [])
        check(example, answer, api)
        if before is not None:
            expect.equal(head(admin, workspace), before, f"{example}: the audit after a request that changes nothing")


def head(admin, workspace):
    return expect.status(admin.get(f"{BASE}/audit/verification?workspace={workspace}"), 200)["head"]


def test_every_operation_says_what_it_needs_and_how_it_fails():
    api = document()
    codes = {error["code"] for error in api["x-errors"]}
    expect.equal(len(codes), len(api["x-errors"]), "codes are named once")
    for path, operations in api["paths"].items():
        assert set(operations) <= METHODS, path
        for method, operation in operations.items():
            at = f"{method} {path}"
            assert re.fullmatch(r"[a-z-]+:(read|write)", operation["x-permission"]), at
            assert operation["x-permission"].endswith(":read") == (method == "get"), at
            assert operation["summary"] and operation["operationId"] and operation["x-examples"], at
            declared = [resolve(parameter, api) for parameter in operation["parameters"]]
            names = [parameter["name"] for parameter in declared]
            expect.equal(sorted(re.findall(r"{(\w+)}", path)),
                         sorted(parameter["name"] for parameter in declared if parameter["in"] == "path"), at)
            expect.equal("dry_run" in names, method != "get", f"{at}: dry_run")
            expect.equal("428" in operation["responses"], "If-Match" in names, f"{at}: 428")
            expect.equal("422" in operation["responses"], "Idempotency-Key" in names, f"{at}: 422")
            expect.equal("Idempotency-Key" in names, method == "post", f"{at}: Idempotency-Key")
            assert {"400", "401", "500", "503"} <= set(operation["responses"]), at
            assert any(play["status"] < 300 for play in operation["x-examples"].values()), at
            if operation["operationId"].startswith("list"):
                assert {"cursor", "limit"} <= set(names), f"{at}: a list is paged"
                page = resolve(operation["responses"]["200"]["content"]["application/json"]["schema"], api)
                assert {"items", "next_cursor"} <= set(page["required"]), f"{at}: a list is paged"
    ids = [operation["operationId"] for operations in api["paths"].values() for operation in operations.values()]
    expect.equal(len(set(ids)), len(ids), "operation ids")


def test_bodies_of_examples_belong_to_one_and_fit_their_schemas():
    api = document()
    assert set(samples(api)) == {"link", "pushedLink", "plan", "token", "apiToken", "session", "request", "heldChange", "wave", "webhook",
                                "delivery", "syncRun", "action", "actionPolicy", "digest", "cursor", "If-Match"}
    for operations in api["paths"].values():
        for operation in operations.values():
            named = set(operation["x-examples"])
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for content in resolve(body, api).get("content", {}).values():
                    assert set(content.get("examples", {})) <= named, operation["operationId"]
    for example in examples(api):
        if example.body is not None and example.status < 400:
            schema = example.operation["requestBody"]["content"]["application/json"]["schema"]
            expect.equal(faults(example.body, schema, api), [], str(example))
        for name in example.parameters:
            assert name in {parameter["name"] for parameter in example.declared}, f"{example}: {name}"


def test_the_policy_of_the_page_allows_its_style_and_nothing_else(server):
    page = server.scim(None, "").get("/docs")
    assert page.status == 200, page
    styles = re.findall(rb"<style>(.*?)</style>", page.body, re.DOTALL)
    expect.equal(len(styles), 1, "styles")
    wanted = base64.b64encode(hashlib.sha256(styles[0]).digest()).decode()
    expect.holds(page.headers["content-security-policy"], f"default-src 'none'; style-src 'sha256-{wanted}';")
    for anchor in re.findall(rb'href="#([^"]+)"', page.body):
        assert b'id="' + anchor + b'"' in page.body, f"a link to {anchor} leads nowhere"
