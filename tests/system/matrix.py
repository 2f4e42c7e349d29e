"""What the matrix tests share: their tables, and a workspace of which nothing is to be seen from another."""

import pathlib

import expect
from admin_examples import BASE, put_person
from rolecall_server import Client, ROOT, group_body, user_body

FOLDER = pathlib.Path(ROOT) / "tests" / "system" / "matrices"


def rows_of(name):
    """The lines of a table as dictionaries; a line that starts with # is a remark."""
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and not line.startswith("#")]
    head = lines[0].split("\t")
    for line in lines[1:]:
        assert line.count("\t") == len(head) - 1, f"{name}: {line!r} has not the columns {head}"
    return [dict(zip(head, line.split("\t"))) for line in lines[1:]]


def neighbour(text):
    """What nobody is called: the same but for the last letter, so that it stands at the same place of every order and is
    still an id where the text is one."""
    last = text[-1]
    return text[:-1] + {"0": "1", "a": "b"}.get(last, chr(ord(last) - 1))


def scopes_of(api):
    """What an API token can hold, by name."""
    needed = {operation["x-permission"] for operations in api["paths"].values() for operation in operations.values()}
    return sorted({scope for scope in needed if not scope.startswith(("workspaces:", "self:"))} | {"decisions:read"})


def make_api_token(server, admin, workspace, scopes, name="matrix", **more):
    """Its record, which holds the token."""
    made = expect.status(
        admin.post(f"{BASE}/api-tokens?workspace={workspace}", {"name": name, "scopes": list(scopes), **more}), 201
    )
    server.secrets.add(made["token"])
    return made


def make_polar_workspace(server, admin, api):
    """A workspace with one of everything, under names that nothing else has; what there is, by kind."""
    workspace = "polar"
    expect.status(admin.post(BASE + "/workspaces", {"name": workspace}), 201)

    def post(path, body):
        return expect.status(admin.post(f"{BASE}{path}?workspace={workspace}", body), 201)

    connection = post("/connections", {"name": "aurora", "unknown_groups": "keep_unlinked"})
    token = post("/tokens", {"connection": "aurora"})
    server.secrets.add(token["token"])
    scim = server.scim(token["token"])
    made = scim.post("/Users", user_body("ursa@polar.example", externalId="polar-ursa-7"))
    user = expect.scim(made, 201)
    group = expect.scim(scim.post("/Groups", group_body("Ice Watch", user["id"], externalId="polar-watch-7")), 201)
    expect.status(scim.patch("/Users/" + user["id"], {"op": "replace", "path": "title", "value": "Captain"}), 200)
    role = post("/roles", {"name": "Floe Keeper", "permissions": ["requests.view"]})
    link = post("/links", {"group": "Ice Watch", "role": "Floe Keeper"})
    plan = post("/plans", {"links": {"items": [{"group": "Ice Watch", "role": "IT Agent"}]}})
    api_token = make_api_token(server, admin, workspace, scopes_of(api))
    of_ursa = make_api_token(server, admin, workspace, ["users:read"], "ursa", user=user["id"])
    ursa = Client(server.listen, of_ursa["token"], "", "application/json")
    session = expect.status(ursa.post(f"{BASE}/sessions?workspace={workspace}"), 201)
    server.secrets.add(session["token"])
    ursa.close()
    held = hold_something(admin, workspace, scim, user["id"])
    # Of what does not happen there, so that nothing is sent and it stays as it is.
    hook = post("/webhooks", {"url": "https://hooks.polar.example/", "events": ["connection.*"]})
    server.secrets.add(hook["secret"])
    directory = post("/directories", {"name": "northern lights", "provider": "okta", "domain": "polar.okta.com",
                                      "credential_kind": "ssws", "credential": "00polarToken"})
    server.secrets.add("00polarToken")
    put_person(server, workspace, directory["id"], "nanook@polar.example", "00uNanook")
    run = expect.status(admin.post(f"{BASE}/directories/{directory['id']}/sync?workspace={workspace}"), 202)
    wanted = {"action": "suspend", "person": "nanook@polar.example"}
    action = expect.status(admin.post(f"{BASE}/actions?workspace={workspace}", wanted), 202)
    policy = post("/action-policies", {"action": "delete", "approvals": 3})
    scim.close()
    tag = admin.get(f"{BASE}/links/{link['id']}?workspace={workspace}").headers["etag"].strip('"')
    return {
        "workspace": [workspace],
        "connection": [connection["id"], connection["name"]],
        "user": [user["id"], user["userName"]],
        "group": [group["id"], group["displayName"]],
        "role": [role["id"], role["name"]],
        "link": [link["id"]],
        "plan": [plan["id"]],
        "token": [token["id"]],
        "api-token": [api_token["id"]],
        "session": [session["id"]],
        "request": [made.headers["x-request-id"]],
        "webhook": [hook["id"]],
        "directory": [directory["id"], directory["name"]],
        "person": ["00uNanook", "nanook@polar.example"],
        "sync-run": [run["id"]],
        "action": [action["id"]],
        "action-policy": [policy["id"]],
        "held-change": [held["id"]],
        "wave": [held["wave"]],
        "wave-place": [held["wave"]],
        "external-id": [group["externalId"]],
        "tag": [tag],
        "user-place": [user["id"], user["userName"]],
        "group-place": [group["id"], group["displayName"]],
        "request-place": [made.headers["x-request-id"]],
    }


def hold_something(admin, workspace, scim, user):
    """What the guard of a connection holds back that lets nobody be deactivated."""
    none_may_lose = {"minimum": 0, "percent": 0, "newcomer_hours": 0}
    guard = f"{BASE}/guard/aurora?workspace={workspace}"
    expect.status(admin.request("PATCH", guard, none_may_lose, headers={"If-Match": "*"}), 200)
    expect.status(scim.patch("/Users/" + user, {"op": "replace", "path": "active", "value": False}), 503)
    expect.status(admin.request("PATCH", guard, {"mode": "off"}, headers={"If-Match": "*"}), 200)
    return expect.status(admin.get(f"{BASE}/held-changes?workspace={workspace}"), 200)["items"][0]


def contents_of(admin, workspace):
    """All that a workspace holds, the records of requests excepted; its audit says it if anything was changed."""
    paths = ("/connections", "/tokens", "/roles", "/links", "/plans", "/users", "/groups", "/api-tokens", "/sessions", "/guard",
             "/held-changes", "/waves", "/webhooks", "/directories", "/people", "/sync-runs",
             "/actions", "/action-policies",
             "/audit/checkpoints/latest")
    found = {path: expect.status(admin.get(f"{BASE}{path}?workspace={workspace}"), 200) for path in paths}
    found[paths[-1]].pop("at")
    return found
