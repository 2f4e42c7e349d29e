"""Plays the examples of schemas/openapi/admin.json against a server.

An operation lists its examples under x-examples: parameters and the status of the answer. Bodies stand where OpenAPI
wants them, under the same name. Ids in the file are those of SAMPLES, which become the ids of a world made for it.
"""

import json
import pathlib
import time
import urllib.parse

import expect
from backdoor import door_to, forget_answer_of
from json_schema import resolve
from rolecall_server import Client, ROOT, group_body, user_body

FILE = pathlib.Path(ROOT) / "schemas" / "openapi" / "admin.json"
BASE = "/admin/v1"
GUARDED = ("/guard", "/held-changes", "/waves")
LINES = "application/x-ndjson"
# A port of the loopback on which nobody listens, and a server that may try it and gives up at once.
NOBODY = "http://127.0.0.1:9/"
ENVIRONMENT = {"ROLECALL_EGRESS__ALLOW": "127.0.0.1/32", "ROLECALL_EGRESS__PLAIN_HTTP": "true",
               "ROLECALL_WEBHOOKS__FIRST_RETRY": "1ms", "ROLECALL_WEBHOOKS__GIVE_UP": "1ms",
               "ROLECALL_SERVER__PUBLIC_URL": "https://scim.example.com",
               # Nothing that an example names is called, and what nobody tries stays as it was made.
               "ROLECALL_DIRECTORIES__THREADS": "0"}


DIRECTORIES = ("/directories", "/people", "/sync-runs", "/actions", "/action-policies")
DIRECTORY = {"name": "okta-api", "provider": "okta", "domain": "acme.okta.com", "credential_kind": "client_secret",
             "client_id": "0oa1ab2cd3EF4gh5IJ6k7", "credential": "c2VjcmV0IG9mIGFuIGV4YW1wbGU"}


def document():
    return json.loads(FILE.read_text())


class Example:
    """One request and what the file says about its answer."""

    def __init__(self, api, path, method, name):
        self.api, self.path, self.method, self.name = api, path, method, name
        self.operation = api["paths"][path][method]
        play = self.operation["x-examples"][name]
        self.parameters = play.get("parameters", {})
        self.status = play["status"]
        self.speaker = play.get("as")  # a user, by whose API token it is sent; None: the admin token
        content = self.operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        self.body = content.get("examples", {}).get(name, {}).get("value")
        self.declared = [resolve(parameter, api) for parameter in self.operation["parameters"]]
        self.response = resolve(self.operation["responses"][str(self.status)], api)

    def __str__(self):
        return f"{self.operation['operationId']}/{self.name}"

    @property
    def has_workspace(self):
        return any(parameter["name"] == "workspace" for parameter in self.declared)

    @property
    def changes(self):
        return self.method != "get" and self.status < 400 and not self.parameters.get("dry_run")

    def answer(self):
        """The example of the answer in the file, None without one."""
        for content in self.response.get("content", {}).values():
            found = content.get("examples", {}).get(self.name)
            if found:
                return found["value"]
        return None

    def media_type(self):
        return next(iter(self.response.get("content", {})), None)

    def body_of(self, answer):
        """The JSON of the answer; of one that is a JSON text a line, the first."""
        return json.loads(answer.body.splitlines()[0]) if self.media_type() == LINES else answer.json()

    def schema(self):
        for content in self.response.get("content", {}).values():
            return content["schema"]
        return None


def examples(api):
    return [Example(api, path, method, name) for path, operations in api["paths"].items()
            for method, operation in operations.items() for name in operation["x-examples"]]


def samples(api):
    parameters = api["components"]["parameters"]
    names = ("link", "pushedLink", "plan", "token", "apiToken", "session", "request", "heldChange", "wave", "webhook", "delivery",
             "syncRun", "action", "actionPolicy", "cursor", "If-Match")
    digest = api["components"]["schemas"]["Verdict"]["properties"]["digest"]["example"]
    return {**{name: parameters[name]["example"] for name in names}, "digest": digest}


def make_world(server, admin, workspace, path=""):
    """What the examples are about; the ids that stand for the samples. Some paths need more than the others."""
    def post(path, body):
        return expect.status(admin.post(f"{BASE}{path}?workspace={workspace}", body), 201)

    expect.status(admin.post(BASE + "/workspaces", {"name": workspace}), 201)
    post("/connections", {"name": "okta", "dialect": "okta"})
    token = post("/tokens", {"connection": "okta", "note": "Okta"})
    server.secrets.add(token["token"])
    scim = server.scim(token["token"])
    maya = expect.scim(scim.post("/Users", user_body("maya@example.com", externalId="00u1")), 201)
    expect.scim(scim.post("/Users", user_body("tom@example.com", externalId="00u2")), 201)
    expect.scim(scim.post("/Users", user_body("lee@example.com", externalId="00u3")), 201)
    expect.scim(scim.post("/Groups", group_body("Service Desk", maya["id"])), 201)
    post("/roles", {"name": "Night Desk", "description": "When the others sleep.",
                    "permissions": ["requests.view", "requests.reply"]})
    link = post("/links", {"group": "Service Desk", "role": "IT Agent"})
    post("/users/tom%40example.com/grants", {"role": "IT Admin"})
    if path.endswith("/adoption"):
        expect.status(admin.request("PATCH", f"{BASE}/connections/okta?workspace={workspace}",
                                    {"unknown_groups": "keep_unlinked"}, {"If-Match": "*"}), 200)
        expect.scim(scim.post("/Groups", group_body("Walkers", maya["id"])), 201)
        post("/connections", {"name": "ping", "dialect": "ping"})
    if path.endswith(("/rotate-complete", "/rotate-cancel")):
        server.secrets.add(post(f"/tokens/{token['id']}/rotate-start", {})["token"])
    removal = None
    if path.startswith("/requests"):
        group = next(found for found in scim.get("/Groups").json()["Resources"]
                     if found["displayName"] == "Service Desk")
        answer = scim.patch(f"/Groups/{group['id']}",
                            {"op": "remove", "path": f'members[value eq "{maya["id"]}"]'})
        expect.status(answer, 204)
        removal = answer.headers["x-request-id"]
        scim.post("/Users", user_body("tom@example.com"))
    if path.startswith(GUARDED):
        expect.status(admin.request("PATCH", f"{BASE}/guard/okta?workspace={workspace}",
                                    {"minimum": 1, "percent": 0, "newcomer_hours": 0}, {"If-Match": "*"}), 200)
        off = {"op": "replace", "path": "active", "value": False}
        lee = expect.listed(scim.find("Users", 'userName eq "lee@example.com"'))[0]["id"]
        expect.scim(scim.patch("/Users/" + lee, off))
        expect.refused(scim.patch("/Users/" + maya["id"], off), 503)
    scim.close()
    wanted = {"group": "Service Desk", "connection": "okta", "role": "Night Desk"}
    plan = post("/plans", {"links": {"items": [wanted]}})
    links = expect.status(admin.get(f"{BASE}/links?workspace={workspace}"), 200)["items"]
    pushed = next(other for other in links if other["origin"] == "pushed")
    world = {"link": link["id"], "pushedLink": pushed["id"], "plan": plan["id"], "token": token["id"]}
    if path.startswith("/api-tokens"):
        made = post("/api-tokens", {"name": "dashboard", "scopes": ["users:read", "decisions:read"]})
        server.secrets.add(made["token"])
        world["apiToken"] = made["id"]
    if path.startswith("/sessions") or path.endswith(("/sessions", "/revoke-access")):
        maya_herself = speaker(server, admin, workspace, "maya@example.com")
        begun = expect.status(maya_herself.post(f"{BASE}/sessions?workspace={workspace}"), 201)
        server.secrets.add(begun["token"])
        world["session"] = begun["id"]
        maya_herself.close()
    if removal:
        world["request"] = removal
    if path.startswith(GUARDED):
        change = expect.status(admin.get(f"{BASE}/held-changes?workspace={workspace}"), 200)["items"][0]
        world.update(heldChange=change["id"], wave=change["wave"])
    if path.startswith(DIRECTORIES):
        directory = post("/directories", DIRECTORY)
        put_person(server, workspace, directory["id"])
    if path.startswith(("/actions", "/action-policies")):
        world.update(make_action(server, admin, workspace, path))
    if path.endswith("/hook"):
        make_hooks(server, post)
    if path.endswith("/authorize"):
        post("/directories", {**DIRECTORY, "name": "okta-web", "credential_kind": "consent"})
    if path.startswith("/sync-runs"):
        world["syncRun"] = expect.status(admin.post(f"{BASE}/directories/okta-api/sync?workspace={workspace}"), 202)["id"]
    if path.startswith("/webhooks"):
        world.update(make_webhook(server, admin, workspace, path))
    return world


def speaker(server, admin, workspace, user):
    """A client whose API token stands for the user."""
    wanted = {"name": "of " + user, "scopes": ["sessions:read", "users:read"], "user": user}
    made = expect.status(admin.post(f"{BASE}/api-tokens?workspace={workspace}", wanted), 201)
    server.secrets.add(made["token"])
    return Client(server.listen, made["token"], "", "application/json")


def make_hooks(server, post):
    """Directories whose hook is made by hand, is being made, and could be made."""
    may = ["okta.users.read", "okta.eventHooks.manage"]
    for name, scopes in (("okta-told", []), ("okta-made", may), ("okta-own", may)):
        post("/directories", {**DIRECTORY, "name": name, "scopes": scopes})
    server.secrets.add(post("/directories/okta-told/hook", {})["secret"])
    post("/directories/okta-made/hook", {})


def put_person(server, workspace, directory, login="maya@example.com", key="00u1ab2cd3EF4gh5IJ6k7"):
    """Somebody, and a group, as a run would have stored them: nothing that an example names is read."""
    door = door_to(server.data)
    home = door.ask("SELECT id FROM workspaces WHERE name = ?", workspace)[0]["id"]
    row = f"'{home}', '{directory}'"
    door.execute("INSERT INTO people (workspace, directory, id, login, email, email_key, display_name, employee_number, "
                 "title, department, manager, manager_id, city, country, status, raw_status, type, changed, custom, run) "
                 f"VALUES ({row}, '{key}', '{login}', '{login}', '{login}', 'Maya Okafor', 'E00001', 'Analyst', 'Finance', "
                 "'tom@example.com', 'E00000', 'Lisbon', 'PT', 'active', 'ACTIVE', 'oty1', 1764000000000000, "
                 """'{"badge":"red"}', 1)""")
    for kind, held, name, sort in (("group", "00g1ab2cd3EF4gh5IJ6k7", "Finance", "OKTA_GROUP"),
                                   ("application", "0oa1ab2cd3EF4gh5IJ6k7", "Payroll", "SAML_2_0")):
        door.execute("INSERT INTO directory_sets (workspace, directory, kind, id, name, description, type, status, "
                     f"accepts_members, run) VALUES ({row}, '{kind}', '{held}', '{name}', '', '{sort}', 'ACTIVE', 1, 1)")
        door.execute("INSERT INTO directory_members (workspace, directory, kind, set_id, person, is_direct, run) "
                     f"VALUES ({row}, '{kind}', '{held}', '{key}', 1, 1)")
    door.close()


def speaker_for(path):
    """For whom a token has to stand who asks for this: an approval and a session take a person, and what an action
    brought is for the one who asked for it."""
    if path.endswith(("/approve", "/reject", "/release")):
        return "tom@example.com"
    if path == "/sessions":
        return "maya@example.com"
    return "lee@example.com" if path.endswith("/secret") else None


def make_action(server, admin, workspace, path):
    """A policy, and an action that lee asked for and that waits: for an approval, or to be released."""
    def post(path, body, status=201, client=admin):
        return expect.status(client.post(f"{BASE}{path}?workspace={workspace}", body), status)

    scopes = {"scopes": ["okta.users.manage", "okta.groups.manage"]}
    expect.status(admin.request("PATCH", f"{BASE}/directories/okta-api?workspace={workspace}", scopes), 200)
    post("/users/lee%40example.com/grants", {"role": "IT Admin"})
    token = post("/api-tokens", {"name": "lee", "scopes": ["actions:write"], "user": "lee@example.com"})["token"]
    server.secrets.add(token)
    lee = Client(server.listen, token, "", "application/json")
    policy = post("/action-policies", {"action": "unsuspend", "hourly": 1})
    wanted = {"action": "deprovision", "person": "maya@example.com", "reason": "Left"}
    if path.endswith("/release"):
        wanted = {"action": "unsuspend", "person": "maya@example.com"}
        post("/actions", wanted, 202, lee)
    made = post("/actions", wanted, 202, lee)
    lee.close()
    if path.endswith("/resolve"):
        forget_answer_of(server, made["id"])
    return {"action": made["id"], "digest": made["digest"], "actionPolicy": policy["id"]}


def make_webhook(server, admin, workspace, path):
    """One that nobody takes deliveries of, where the examples are about those."""
    is_delivering = "/deliveries" in path
    body = {"url": NOBODY if is_delivering else "https://hooks.example.com/rolecall",
            "events": ["guard.*", "user.deactivated"], "description": "Ticket system"}
    made = expect.status(admin.post(f"{BASE}/webhooks?workspace={workspace}", body), 201)
    server.secrets.add(made["secret"])
    world = {"webhook": made["id"]}
    if path.endswith("/test"):
        # Nothing that an example sends leaves the machine.
        expect.status(admin.request("PATCH", f"{BASE}/webhooks/{made['id']}?workspace={workspace}", {"url": NOBODY},
                                   {"If-Match": "*"}), 200)
    if is_delivering:
        queued = admin.post(f"{BASE}/webhooks/{made['id']}/test?workspace={workspace}")
        world["delivery"] = expect.status(queued, 202)["id"]
        end = time.monotonic() + 60
        where = f"{BASE}/webhooks/{made['id']}/deliveries/{world['delivery']}?workspace={workspace}"
        while expect.status(admin.get(where), 200)["state"] != "failed":
            assert time.monotonic() < end, "the delivery goes on"
            time.sleep(0.05)
    return world


def play(admin, example, workspace, world):
    """Sends it; the answer. The sample of an ETag stands for the one of now, and that of a cursor for the one that the
    same request without it is answered with."""
    meant = samples(example.api)
    real = {meant[name]: value for name, value in world.items()}
    path, query, headers = BASE + example.path, {}, {}
    for parameter in example.declared:
        value = example.parameters.get(parameter["name"])
        if value is None:
            continue
        value = real.get(value, value) if isinstance(value, str) else str(value).lower()
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", urllib.parse.quote(value, safe=""))
        elif parameter["in"] == "query":
            query[parameter["name"]] = value
        else:
            headers[parameter["name"]] = value
    assert "{" not in path, f"{example}: a parameter of {example.path} has no value"
    if example.has_workspace:
        query.setdefault("workspace", workspace)
    if headers.get("If-Match") == meant["If-Match"]:
        headers["If-Match"] = admin.get(f"{path}?workspace={query['workspace']}").headers["etag"]
    if query.get("cursor") == meant["cursor"]:
        first = urllib.parse.urlencode({name: value for name, value in query.items() if name != "cursor"})
        query["cursor"] = expect.status(admin.get(f"{path}?{first}"), 200)["next_cursor"]
    target = path + ("?" + urllib.parse.urlencode(query) if query else "")
    body = example.body
    if isinstance(body, dict):
        body = {name: real.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    return admin.request(example.method.upper(), target, body, headers)
