"""One world in which every command is run once or more, the same way for every output format.

The commands reach the server by its address and a token file, through a recorder that notes which operation each of
them asks for.
"""

import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import urllib.parse

import expect
from admin_examples import put_person
from backdoor import forget_answer_of
from rolecall_server import Client, ROOT, default_binary, group_body, user_body

GOLDEN = pathlib.Path(ROOT) / "tests" / "system" / "golden"
LONGEST = 60  # lines of one output; of a longer one the beginning stands for all
KEPT = 20
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("ROLECALL_")}


class Recorder:
    """Passes requests on to a server and keeps their methods and paths."""

    def __init__(self, listen):
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                recorder.seen.append((self.command, urllib.parse.urlsplit(self.path).path))
                upstream = http.client.HTTPConnection(listen, timeout=60)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                upstream.request(self.command, self.path, body or None, headers)
                got = upstream.getresponse()
                data = got.read()
                upstream.close()
                self.send_response_only(got.status)
                for name, value in got.getheaders():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                if got.status != 204:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer

            def log_message(self, *_):
                pass

        self.seen = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self):
        seen, self.seen = self.seen, []
        return seen

    def close(self):
        self.server.shutdown()
        self.server.server_close()


PASSING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<instant>"),
    (re.compile(r"rolecall_[A-Za-z0-9_-]{20,}"), "<token>"),
    (re.compile(r"whsec_\S+?(?=\"|\s|$)"), "<secret>"),
    (re.compile(r"(?<=code_challenge=)[\w-]{43}"), "<challenge>"),
    (re.compile(r"(?<=state=<id>\.)[\w-]{43}"), "<secret>"),
    (re.compile(r"evt_[0-9a-f]+"), "<event>"),
    (re.compile(r"(?<=\"milliseconds\": )\d+(\.\d+)?"), "<ms>"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "<digest>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<listen>"),
    (re.compile(r"\b\d+\.\d{3}\b"), "<ms>"),
    (re.compile(r"\b\d+\.\d+\.\d+\b"), "<version>"),
)


def lasting(text, directory):
    """Without what differs from run to run."""
    text = text.replace(str(directory), "<dir>")
    for pattern, word in PASSING:
        text = pattern.sub(word, text)
    lines = [re.sub(r"(?<=\S) {2,}", "  ", line).rstrip() for line in text.splitlines()]
    return lines if len(lines) <= LONGEST else [*lines[:KEPT], "…"]


class World:
    """A server, its recorder, and what every command said."""

    def __init__(self, server, output):
        self.server, self.output = server, output
        self.recorder = Recorder(server.listen)
        self.directory = server.directory
        self.admin = server.admin()
        self.scim = server.scim(server.token())
        self.said = {}  # noun → lines of its golden file
        self.wrong = []  # commands whose exit code was not the one expected
        self.asked = {}  # verb, a tuple → (method, path) of the requests that it made

    def close(self):
        self.recorder.close()

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return str(path)

    def note(self, verb, words, done, code, seen):
        if done.returncode != code:
            self.wrong.append(f"rolecall {' '.join(words)}: exit {done.returncode}, expected {code}: {done.stderr}")
        self.asked.setdefault(verb, []).extend(seen)
        lines = lasting(" ".join(["$ rolecall", *(f'"{word}"' if " " in word else word for word in words)]), self.directory)
        out = lasting(done.stdout, self.directory)
        lines += out[:1] + ["…"] if verb[0] == "completion" else out
        lines += ["! " + line for line in lasting(done.stderr, self.directory)]
        if done.returncode:
            lines.append(f"= exit {done.returncode}")
        self.said.setdefault(verb[0], []).extend([*lines, ""])

    def local(self, verb, *words, code=0, counts=False, is_asking=False):
        """A command that asks no server, or one of a context. `counts`: it prints how many rows there are, which is of no
        interest here. `is_asking`: what it asks counts as with `run`."""
        self.recorder.take()
        words = (*verb.split(), *words)
        done = subprocess.run([str(default_binary()), *words, "--output", self.output], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False, cwd=self.directory,
                              env={**ENVIRONMENT, "XDG_CONFIG_HOME": str(self.directory / "config")})
        if counts:
            done.stdout = re.sub(r'(?<=": )\d+|^\d+', "<n>", done.stdout, flags=re.MULTILINE)
        self.note(tuple(verb.split()), words, done, code, self.recorder.take() if is_asking else [])

    def run(self, verb, *words, code=0, token_file=None):
        """A command that asks the server, by the admin token or another."""
        words = (*verb.split(), *words)
        self.recorder.take()
        command = [str(default_binary()), *words, "--output", self.output, "--server", self.recorder.url, "--token-file",
                   token_file or str(self.server.data / "admin-token")]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              env=ENVIRONMENT, check=False, cwd=self.directory)
        self.server.secrets.update(re.findall(r"rolecall_[A-Za-z0-9_-]{20,}", done.stdout))
        self.note(tuple(verb.split()), words, done, code, self.recorder.take())

    def get(self, path):
        return expect.status(self.admin.get("/admin/v1" + path), 200)

    def first(self, path, **wanted):
        """The first item of a list with these members."""
        return next(item for item in self.get(path + ("&" if "?" in path else "?") + "limit=1000")["items"]
                    if all(item[name] == value for name, value in wanted.items()))


def play(world):
    """Every verb, the ways to fail that each noun has, and then no more."""
    for part in (tenants, people, roles, links, plans, tokens, sessions, requests, audit, guard, webhooks, directories, installation, contexts,
                 adoptions, backups):
        part(world)
    assert not world.wrong, "\n".join(world.wrong)


def tenants(world):
    world.run("workspaces list")
    world.run("workspaces create", "north")
    world.run("workspaces create", "north", code=5)
    world.run("workspaces get", "north")
    world.run("workspaces get", "south", code=3)
    world.run("workspaces set", "north", "--role-mode", "single")
    world.run("workspaces set", "north", "--role-mode", "multi", "--dry-run")
    world.run("connections list")
    world.run("connections create", "entra", "--dialect", "entra", "--unknown-groups", "keep_unlinked")
    world.run("connections create", "entra", code=5)
    world.run("connections get", "entra")
    world.run("connections get", "okte", code=3)
    world.run("connections set", "entra", "--unknown-members", "strict")
    world.run("connections set", "entra", code=2)


def people(world):
    maya = expect.scim(world.scim.post("/Users", user_body("maya@example.com", externalId="00u1")), 201)["id"]
    expect.scim(world.scim.post("/Users", user_body("tom@example.com", externalId="00u2")), 201)
    expect.scim(world.scim.post("/Groups", group_body("Service Desk", maya)), 201)
    expect.scim(world.scim.post("/Groups", group_body("it-agent", maya)), 201)
    world.run("users list")
    world.run("users list", "--limit", "1")
    world.run("users list", "--workspace", "nowhere", code=3)
    world.run("users get", "maya@example.com")
    world.run("users get", "mya@example.com", code=3)
    world.run("users explain", "maya@example.com")
    world.run("users timeline", "tom@example.com")
    world.run("users grant", "tom@example.com", "--role", "HR Admin")
    world.run("users grant", "tom@example.com", "--role", "HR Admin", code=5)
    world.run("users revoke", "tom@example.com", "--role", "HR Admin")
    world.run("users revoke", "tom@example.com", "--role", "HR Admin", code=3)
    world.run("groups list")
    world.run("groups get", "Service Desk", code=5)
    world.run("groups get", "Service Desk", "--connection", "okta")
    world.run("groups get", "nobody", code=3)
    world.run("groups members", "Service Desk", "--connection", "okta")


def roles(world):
    world.run("permissions list", "--feature", "requests")
    world.run("permissions list", "--feature", "dragons", code=1)
    world.run("roles list")
    world.run("roles create", "Night Desk", "--permission", "requests.view", "--permission", "requests.reply@own")
    world.run("roles create", "Night Desk", code=5)
    world.run("roles create", "Day Desk", "--permission", "requests.veiw", code=1)
    world.run("roles get", "Night Desk")
    world.run("roles get", "Nihgt Desk", code=3)
    world.run("roles update", "Night Desk", "--description", "When the others sleep.")
    world.run("roles update", "Owner", "--no-permissions", code=4)
    world.run("roles order")
    world.run("roles order", "Night Desk", "--priority", "70")
    world.run("roles holders", "IT Agent")
    world.run("roles holders", "IT Agent", "--limit", "1")
    world.run("roles delete", "Owner", code=4)
    world.run("roles delete", "Night Desk", "--dry-run")
    world.run("roles delete", "Night Desk")


def links(world):
    world.run("links suggest")
    world.run("links create", "--group", "Service Desk", "--connection", "okta", "--role", "IT Admin", "--dry-run")
    world.run("links create", "--group", "Service Desk", "--connection", "okta", "--role", "IT Admin")
    world.run("links create", "--group", "Service Desk", "--connection", "okta", "--role", "IT Admin", code=5)
    link = world.first("/links", group="Service Desk", role="IT Admin")["id"]
    pushed = world.first("/links", group="Service Desk", origin="pushed")["id"]
    world.run("links list")
    world.run("links get", link)
    world.run("links get", "00000000-0000-7000-8000-000000000000", code=3)
    world.run("links approve", pushed)
    world.run("links approve", link, code=5)
    world.run("links pause", link)
    world.run("links resume", link)
    world.run("links delete", link)


def plans(world):
    path = world.file("access.yaml", "links:\n  items:\n    - group: Service Desk\n      connection: okta\n      role: IT Admin\n")
    world.run("plan", "-f", path)
    world.run("plan", "-f", path, "--exit-code", code=10)
    world.run("plan", "-f", world.file("odd.yaml", "links: {items: [{group: x}]}\n"), code=1)
    world.run("diff", "-f", path)
    world.run("plans list")
    plan = world.get("/plans")["items"][0]["id"]
    world.run("plans get", plan)
    world.run("plans get", "00000000-0000-7000-8000-000000000000", code=3)
    world.run("apply", plan, "--no-input", code=2)
    world.run("apply", plan, "--yes")
    world.run("apply", plan, "--yes", code=5)
    world.run("export")
    world.run("export", "--everything", code=2)


def guard(world):
    """Whoever is deactivated is one too many."""
    world.run("guard status")
    world.run("guard get", "okta")
    world.run("guard get", "okte", code=3)
    world.run("guard set", "okta", code=2)
    world.run("guard set", "okta", "--minimum", "0", "--percent", "0", "--newcomer-hours", "0")
    world.run("guard held list")
    for name in ("maya@example.com", "tom@example.com"):
        user = expect.listed(world.scim.find("Users", f'userName eq "{name}"'))[0]
        held = world.scim.patch("/Users/" + user["id"], {"op": "replace", "path": "active", "value": False})
        expect.status(held, 503)
    world.run("guard status")
    world.run("guard held list")
    maya, tom = (item["id"] for item in world.get("/held-changes")["items"])
    world.run("guard held get", maya)
    world.run("guard held get", "00000000-0000-7000-8000-000000000000", code=3)
    world.run("guard held reject", maya)
    world.run("guard held apply", tom, "--dry-run")
    world.run("guard held apply", tom)
    world.run("guard held apply", tom, code=5)
    world.run("guard waves")
    wave = world.get("/waves")["items"][0]["id"]
    world.run("guard undo", wave)
    world.run("guard undo", wave, code=5)
    world.run("guard set", "okta", "--mode", "observe")


def webhooks(world):
    """To a port of this machine at which nobody listens."""
    world.run("webhooks events")
    world.run("webhooks create", "https://hooks.example.com/rolecall", "--event", "user.deactivated", "--dry-run")
    world.run("webhooks create", "http://127.0.0.1:9/", "--event", "guard.*")
    world.run("webhooks create", "ftp://hooks.example.com", code=1)
    hook = world.get("/webhooks")["items"][0]["id"]
    world.run("webhooks list")
    world.run("webhooks get", hook)
    world.run("webhooks get", "00000000-0000-7000-8000-000000000000", code=3)
    world.run("webhooks update", hook, "--every-event", "--description", "Tickets")
    world.run("webhooks update", hook, code=2)
    world.run("webhooks rotate", hook)
    world.run("webhooks test", hook, code=1)
    delivery = world.get(f"/webhooks/{hook}/deliveries")["items"][0]["id"]
    world.run("webhooks deliveries", hook, "--state", "delivered")
    world.run("webhooks redeliver", hook, delivery, "--wait", "0", code=5)
    world.run("webhooks delete", hook)


def directories(world):
    """None of which is called: the server of this world has no threads for it."""
    secret = world.file("credential", "c2VjcmV0IG9mIGEgd29ybGQ\n")
    okta = ("--provider", "okta", "--domain", "https://acme-admin.okta.com/", "--credential-kind", "client_secret",
            "--client-id", "0oa1ab2cd3", "--credential-file", secret, "--wait", "0")
    world.run("providers list")
    world.run("directories create", "okta-api", *okta, "--dry-run")
    world.run("directories create", "okta-api", *okta)
    world.run("directories create", "okta-api", *okta, code=5)
    world.run("directories create", "other", *okta, "--scope", "okta.user.read", code=1)
    world.run("directories create", "other", *okta[:-4], "--credential-file", world.file("empty", ""), code=2)
    world.run("directories list")
    world.run("directories get", "okta-api")
    world.run("directories get", "okta-apl", code=3)
    world.run("directories set", "okta-api", "--scope", "okta.users.manage")
    world.run("directories pause", "okta-api")
    world.run("directories test", "okta-api", code=5)
    world.run("directories resume", "okta-api")
    world.run("directories test", "okta-api", "--wait", "0")
    world.run("directories reauthorize", "okta-api", "--credential-kind", "ssws", "--credential-file", secret, "--wait", "0")
    world.run("directories sync", "okta-api", "--wait", "0")
    world.run("directories sync", "okta-api", "--wait", "0", code=5)
    world.run("sync-runs list", "--directory", "okta-api")
    world.run("sync-runs get", world.get("/sync-runs")["items"][0]["id"])
    world.run("sync-runs get", "00000000-0000-7000-8000-000000000000", code=3)
    put_person(world.server, "default", world.get("/directories/okta-api")["id"])
    world.run("people list")
    world.run("people list", "--email", "MAYA@example.com")
    world.run("people list", "--status", "suspended")
    world.run("people get", "maya@example.com")
    world.run("people get", "mya@example.com", code=3)
    world.run("people sync", "maya@example.com", "--wait", "0")
    world.run("people sync", "maya@example.com", "--directory", "okta", "--wait", "0", code=3)
    actions(world)
    world.run("directories set", "okta-api", "--sync-every", "1h", "--sync-group", "Finance", "--dry-run")
    world.run("directories set", "okta-api", "--sync-every", "1s", code=1)
    world.run("directories set", "okta-api", "--sync-every", "soon", code=2)
    world.run("directories set", "okta-api", code=2)
    world.run("directories set", "okta-api", "--ends-access", "off", "--dry-run")
    consent = ("--credential-kind", "consent", "--client-id", "0oa3ef4gh", "--credential-file", secret)
    world.run("directories create", "okta-web", *okta[:4], *consent)
    world.run("directories authorize", "okta-web", "--dry-run")
    world.run("directories authorize", "okta-web")
    world.run("directories authorize", "okta-api", code=5)
    world.run("directories reauthorize", "okta-web")
    world.run("directories reauthorize", "okta-api", code=2)
    world.run("directories reauthorize", "okta-web", "--client-id", "0oa4", code=2)
    world.run("directories delete", "okta-web")
    world.run("directories hook show", "okta-api", code=3)
    world.run("directories hook create", "okta-api", "--dry-run")
    world.run("directories hook create", "okta-api", "--by-hand")
    world.run("directories hook create", "okta-api", code=5)
    world.run("directories hook show", "okta-api")
    world.run("directories hook delete", "okta-api", "--dry-run")
    world.run("directories hook delete", "okta-api")
    world.run("directories hook create", "okta-api", "--wait", "0")
    world.run("directories hook delete", "okta-api")
    world.run("directories delete", "okta-api", "--dry-run")
    world.run("directories delete", "okta-api")


def actions(world):
    """Asked for by a person and judged by the admin token, and the other way round."""
    world.run("action-types list")
    world.run("directories capabilities", "okta-api")
    world.run("action-policies list")
    world.run("action-policies create", "--action", "unsuspend", "--hourly", "1", "--approval-window", "1h")
    world.run("action-policies create", "--action", "unsuspend", code=5)
    world.run("action-policies create", "--action", "suspnd", code=1)
    world.run("action-policies create", "--directory", "okta-api", "--approval-window", "soon", code=2)
    policy = world.get("/action-policies")["items"][0]["id"]
    world.run("action-policies set", policy, "--role", "IT Admin", "--approvals", "1", "--approver", "IT Admin", "--dry-run")
    world.run("action-policies set", policy, code=2)
    world.run("action-policies get", policy)
    asks = ("--person", "maya@example.com", "--wait", "0")
    world.run("actions create", "suspend", *asks, "--reason", "Lost her laptop")
    world.run("actions create", "suspend", "--person", "mya@example.com", "--wait", "0", code=3)
    world.run("actions create", "suspnd", *asks, code=1)
    world.run("actions create", "create", "--directory", "okta-api", "--parameter", "login", code=2)
    world.run("actions create", "add_to_group", *asks, "--object", "Finance", "--dry-run")
    world.run("actions create", "deprovision", *asks, code=1)
    world.run("actions create", "deprovision", *asks, "--reason", "Left", code=6)
    world.run("actions create", "unsuspend", *asks)
    world.run("actions create", "unsuspend", *asks, code=6)
    mine = world.first("/actions", state="awaiting_approval")["id"]
    world.run("actions list", "--person", "maya@example.com")
    world.run("actions list", "--state", "failed")
    world.run("actions get", mine)
    world.run("actions get", "00000000-0000-7000-8000-000000000000", code=3)
    world.run("approvals approve", mine, code=4)
    world.run("approvals list")
    world.run("approvals list", "--held")
    world.run("approvals release", world.first("/actions", state="held")["id"], code=4)
    world.run("actions cancel", mine)
    world.run("actions cancel", mine, code=5)
    world.run("actions secret", mine, code=3)
    asked = ask_as_somebody_else(world)
    world.run("approvals approve", asked[0], "--digest", "0" * 64, code=5)
    world.run("approvals approve", asked[0], "--comment", "Seen with her manager")
    world.run("approvals reject", asked[1], "--comment", "The wrong Maya")
    world.run("approvals reject", asked[1], code=5)
    world.run("approvals release", asked[2])
    forget_answer_of(world.server, asked[1])
    world.run("actions resolve", asked[1], "--outcome", "failed", "--comment", "She got no mail")
    world.run("actions resolve", asked[1], "--outcome", "failed", code=5)
    world.run("people timeline", "maya@example.com", "--limit", "12")
    world.run("people timeline", "mya@example.com", code=3)
    world.run("action-policies delete", policy)
    world.run("action-policies delete", policy, code=3)


def ask_as_somebody_else(world):
    """Ids of two actions that wait for an approval, and of one that is held."""
    asker = "maya@example.com"
    expect.status(world.admin.post(f"/admin/v1/users/{asker}/grants", {"role": "IT Admin"}), 201)
    made = world.admin.post("/admin/v1/api-tokens",
                            {"name": "asker", "scopes": ["actions:write"], "user": asker})
    token = expect.status(made, 201)["token"]
    world.server.secrets.add(token)
    client = Client(world.server.listen, token, "", "application/json")
    about = {"person": "maya@example.com", "reason": "Left"}
    asked = [expect.status(client.post("/admin/v1/actions", {"action": action, **about}), 202)["id"]
             for action in ("deprovision", "deprovision", "unsuspend")]
    client.close()
    return asked


def tokens(world):
    world.run("tokens create", "--connection", "entra", "--note", "Entra")
    world.run("tokens create", "--connection", "entra", "--expires-in", "soon", code=2)
    token = world.first("/tokens", note="Entra")["id"]
    world.run("tokens rotate start", token, "--overlap", "1h")
    world.run("tokens rotate cancel", token)
    world.run("tokens rotate start", token)
    world.run("tokens rotate complete", token)
    world.run("tokens list", "--connection", "entra")
    world.run("tokens revoke", world.first("/tokens?connection=entra", state="live")["id"])
    world.run("tokens revoke", token, code=3)
    world.run("api-tokens scopes")
    world.run("api-tokens create", "dashboard", "--scope", "users:read")
    world.run("api-tokens create", "dashboard", "--scope", "users:raed", code=1)
    world.run("api-tokens list")
    world.run("api-tokens revoke", world.first("/api-tokens", name="dashboard")["id"])


def sessions(world):
    """Somebody's, by an API token of theirs, with a context and without one."""
    tom = world.file("tom.token", expect.status(world.admin.post("/admin/v1/api-tokens", {
        "name": "tom", "scopes": ["sessions:read", "users:read"], "user": "tom@example.com"}), 201)["token"])
    secret = pathlib.Path(tom).read_text()
    world.server.secrets.add(secret)
    world.run("login", code=4)
    world.run("login", "--scope", "users:read", token_file=tom)
    world.run("login", "--scope", "roles:read", token_file=tom, code=4)
    world.run("login", "--dry-run", token_file=tom)
    world.run("logout", code=3)
    world.local("context add", "tom", "--server", world.recorder.url, "--token-file", tom)
    world.local("logout", "--context", "tom", code=3)
    world.local("login", "--context", "tom", is_asking=True)
    kept = json.loads((world.directory / "config" / "rolecall" / "contexts.json").read_text())["contexts"]
    world.server.secrets.update(context["session"]["secret"] for context in kept if "session" in context)
    world.local("whoami", "--context", "tom")
    world.local("sessions list", "--context", "tom")
    world.local("users revoke-access", "tom@example.com", "--context", "tom", code=4)
    world.local("logout", "--context", "tom", is_asking=True)
    world.run("sessions list")
    live = world.first("/sessions", state="live")["id"]
    world.run("sessions revoke", live, "--dry-run")
    world.run("sessions revoke", live)
    world.run("sessions revoke", live, code=3)
    world.run("users sessions", "tom@example.com")
    world.run("users sessions", "tm@example.com", code=3)
    world.run("users revoke-access", "tom@example.com", "--dry-run")
    world.run("users revoke-access", "tom@example.com")
    world.run("users revoke-access", "tm@example.com", code=3)
    world.local("context remove", "tom")


def requests(world):
    group = next(found for found in world.scim.get("/Groups").json()["Resources"] if found["displayName"] == "Service Desk")
    maya = world.first("/users", user_name="maya@example.com")["id"]
    answer = world.scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{maya}"]'})
    expect.status(answer, 204)
    request = answer.headers["x-request-id"]
    world.run("requests list", "--limit", "2")
    world.run("requests list", "--since", "yesterday", code=1)
    world.run("requests get", request)
    world.run("requests get", "nothing", code=3)
    world.run("requests tail", "--status", "2xx")
    world.run("requests replay", request, "--dry-run")
    world.run("requests replay", request, code=1)


def audit(world):
    world.run("audit list", "--limit", "2")
    world.run("audit list", "--after", "0", "--limit", "2")
    world.run("audit export")
    world.run("audit checkpoint")
    world.run("audit verify")
    world.run("audit verify", "--checkpoint", world.file("odd.json", "{}"), code=2)


def installation(world):
    world.run("whoami")
    world.run("system info")
    world.run("doctor", "--deep")
    world.local("config show")
    world.local("config check")
    world.local("config explain", "limits.page_max")
    world.local("config explain", "limits.pagemax", code=3)
    world.local("config schema")
    world.local("version")
    world.local("serve", "--config", "none.toml", code=2)
    world.local("simulate okta", "--data", "/dev/null/none", code=7)
    for shell in ("bash", "zsh", "fish"):
        world.local("completion " + shell)


def contexts(world):
    token = str(world.server.data / "admin-token")
    world.local("context list")
    world.local("context add", "here", "--server", "http://" + world.server.listen, "--token-file", token)
    world.local("context add", "here", "--server", "http://" + world.server.listen, "--token-file", token, code=5)
    world.local("context add", "there", "--server", "http://desk.example.com", "--token-file", token, code=1)
    world.local("context add", "there", "--server", "https://desk.example.com", "--token-file", token)
    world.local("context use", "there")
    world.local("context use", "nowhere", code=3)
    world.local("context list")
    world.local("context remove", "there")
    world.local("context remove", "there", code=3)


def adoptions(world):
    expect.scim(world.scim.post("/Groups", group_body("Walkers")), 201)
    world.run("users adopt", "tom@example.com", "--connection", "entra", "--dry-run")
    world.run("users adopt", "tom@example.com", "--connection", "entra")
    world.run("groups adopt", "Walkers", "--connection", "entra", code=5)
    world.run("groups adopt", "it-agent", "--connection", "nowhere", code=3)
    world.run("connections adopt", "--from", "entra", "--to", "okta", "--keep-roles")


def backups(world):
    """Of a database that nothing changes any more."""
    world.run("backup create", "there.rolecall", code=2)
    world.local("backup create", "none.rolecall", "--data", "nowhere", code=3)
    data = str(world.server.data)
    world.server.stop()
    world.local("backup create", "one.rolecall", "--data", data, counts=True)
    world.local("backup create", "one.rolecall", "--data", data, code=5)
    world.local("backup verify", "one.rolecall", counts=True)
    world.local("backup verify", world.file("odd.rolecall", "PK\n"), code=1)
    world.local("backup verify", "none.rolecall", code=3)
    world.local("backup restore", "one.rolecall", "--data", "restored", counts=True)
    world.local("backup restore", "one.rolecall", "--data", "restored", code=5)
    world.local("import", "one.rolecall", "--data", "moved", counts=True)
    world.local("import", "one.rolecall", "--data", "moved", code=5)
