"""Role mapping as code: plan, apply, diff and export from the command line, on a server that an IdP has pushed to."""

import json
import os
import pathlib
import pty
import subprocess
import tempfile

import expect
from rolecall_server import group_body, user_body

YAML = """\
# who gives what
roles:
  items:
    - name: Night Desk
      description: When the others sleep.
      permissions: [requests.view, requests.reply]
links:
  prune: true
  items:
    - group: it-admins
      connection: okta
      role: IT Admin
    - {group: night, connection: okta, role: Night Desk, state: active}
default_roles:
  items:
    - connection: okta
      role: Night Desk
"""


def make_world(server):
    server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
    scim = server.scim(server.token())
    people = [expect.scim(scim.post("/Users", user_body(f"{name}@acme.example")), 201) for name in ("maya", "tom", "ana")]
    expect.scim(scim.post("/Groups", group_body("it-admins", people[0]["id"])), 201)
    expect.scim(scim.post("/Groups", group_body("night", people[1]["id"])), 201)
    return scim, people


def roles_of(server, name):
    return server.cli("users", "get", f"{name}@acme.example")["roles"]


def write(directory, name, text):
    path = pathlib.Path(directory) / name
    path.write_text(text)
    return str(path)


def test_a_file_is_planned_applied_and_then_changes_nothing(server):
    make_world(server)
    with tempfile.TemporaryDirectory() as directory:
        file, out = write(directory, "access.yaml", YAML), f"{directory}/plan.json"
        done = server.run("plan", "-f", file, "--exit-code", "--out", out, output="table")
        text = expect.succeeded(done, 10)
        for line in ("+ role Night Desk", "+ link it-admins → IT Admin (okta)", "+ link night → Night Desk (okta)",
                     "~ default_role okta", "    role: IT Agent → Night Desk",
                     "  gains IT Admin; loses IT Agent: maya@acme.example",
                     "  gains Night Desk; loses IT Agent: ana@acme.example · tom@acme.example",
                     ": 3 to add, 1 to change, 0 to remove; 3 people affected, 0 unchanged."):
            expect.holds(text, line)
        expect.equal(roles_of(server, "maya"), ["IT Agent"])
        expect.succeeded(server.run("plan", "-f", file))
        rehearsed = server.run("apply", out, "--dry-run", output="table")
        expect.holds(expect.succeeded(rehearsed), "plan.applied Plan/")
        expect.holds(rehearsed.stderr, "nothing was changed")
        expect.equal(roles_of(server, "maya"), ["IT Agent"])
        refused = server.run("apply", out)
        expect.succeeded(refused, 2)
        expect.holds(refused.stderr, "--yes")
        expect.equal(refused.stdout, "")
        done = server.run("apply", out, "--auto-approve", output="table")
        expect.holds(expect.succeeded(done), "+ role Night Desk")
        expect.equal([roles_of(server, name) for name in ("maya", "tom", "ana")],
                     [["IT Admin"], ["Night Desk"], ["Night Desk"]])
        again = server.run("apply", out, "--auto-approve")
        expect.succeeded(again, 5)
        expect.holds(again.stderr, "applied already")
        done = server.run("plan", "-f", file, "--exit-code", output="table")
        expect.holds(expect.succeeded(done), ": 0 to add, 0 to change, 0 to remove; 0 people affected, 3 unchanged.")
        expect.equal(expect.succeeded(server.run("diff", "-f", file, "--exit-code", output="table")), "")
        expect.equal(server.cli("plan", "-f", write(directory, "empty.yaml", ""))["changes"], [])
    applied = [row for row in server.cli("audit", "list", "--limit", "100") if row["action"] == "plan.applied"]
    expect.equal(len(applied), 1)
    expect.equal(applied[0]["details"]["changes"], 4)


def test_what_was_exported_is_put_back(server):
    make_world(server)
    server.cli("links", "create", "--group", "it-admins", "--role", "HR Admin")
    server.cli("roles", "create", "Helper", "--permission", "requests.view")
    with tempfile.TemporaryDirectory() as directory:
        exported = expect.succeeded(server.run("export"))
        file = write(directory, "all.json", exported)
        expect.equal(server.cli("plan", "-f", file, "--exit-code")["changes"], [])
        link = next(link for link in server.cli("links", "list") if link["role"] == "HR Admin" and link["origin"] == "admin")
        server.run("links", "delete", link["id"])
        server.run("roles", "delete", "Helper")
        text = expect.succeeded(server.run("diff", "-f", file, "--exit-code", output="table"), 10)
        expect.equal([line for line in text.splitlines() if line[0] != " "],
                     ["+ role Helper", "+ link it-admins → HR Admin (okta)"])
        expect.succeeded(server.run("apply", "-f", file, "--auto-approve"))
        expect.equal(expect.succeeded(server.run("export")), exported)


def test_a_directory_is_joined_and_faults_name_file_or_place(server):
    make_world(server)
    with tempfile.TemporaryDirectory() as directory:
        refused = server.run("plan", "-f", directory)
        expect.succeeded(refused, 2)
        expect.holds(refused.stderr, "no .json, .yaml or .yml file")
        write(directory, "1.yaml", "links:\n  items:\n    - {group: it-admins, connection: okta, role: IT Admin}\n")
        write(directory, "2.json", json.dumps({"links": {"prune": True, "items": [
            {"group": "night", "connection": "okta", "role": "HR Admin"}]}}))
        write(directory, "notes.txt", "not read")
        expect.equal([change["name"] for change in server.cli("plan", "-f", directory)["changes"]],
                     ["it-admins → IT Admin (okta)", "night → HR Admin (okta)"])
        bad = write(directory, "3.yaml", "links: &all {items: []}\n")
        refused = server.run("plan", "-f", directory)
        expect.succeeded(refused, 2)
        expect.holds(refused.stderr, bad)
        expect.holds(refused.stderr, "anchors are not accepted")
        pathlib.Path(bad).unlink()
        write(directory, "3.yaml", "guards: {}\n")
        refused = server.run("plan", "-f", directory)
        expect.succeeded(refused, 1)
        expect.holds(refused.stderr, "“guards”")
    expect.succeeded(server.run("plan", "-f", "/nonexistent"), 2)
    expect.succeeded(server.run("apply", "nothing", "--auto-approve"), 3)
    expect.succeeded(server.run("apply", "--auto-approve"), 2)


def test_a_plan_that_no_longer_holds_is_stale(server):
    scim, people = make_world(server)
    with tempfile.TemporaryDirectory() as directory:
        file, out = write(directory, "access.yaml", YAML), f"{directory}/plan.json"
        expect.succeeded(server.run("plan", "-f", file, "--out", out))
        group = scim.find("Groups", 'displayName eq "it-admins"').json()["Resources"][0]
        expect.scim(scim.patch(f"/Groups/{group['id']}", {
            "op": "add", "path": "members", "value": [{"value": people[2]["id"]}]}), 204)
        stale = server.run("apply", out, "--auto-approve")
        expect.succeeded(stale, 5)
        expect.holds(stale.stderr, "has changed")
        identity = json.loads(pathlib.Path(out).read_text())["id"]
        answer = server.admin().post(f"/admin/v1/plans/{identity}/apply", {})
        expect.equal(expect.status(answer, 409)["code"], "stale_plan")
        expect.equal(roles_of(server, "maya"), ["IT Agent"])


def on_a_terminal(server, answer, *words):
    """Exit code and output of a command that has a terminal."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        done = subprocess.run([str(server.binary), *words, "--data", str(server.data)], stdin=theirs,
                              capture_output=True, text=True, timeout=60, check=False)
    finally:
        os.close(ours)
        os.close(theirs)
    return done


def test_a_terminal_is_asked(server):
    make_world(server)
    with tempfile.TemporaryDirectory() as directory:
        file = write(directory, "access.yaml", YAML)
        refused = on_a_terminal(server, "y\n", "apply", "-f", file)
        expect.equal(refused.returncode, 1, refused.stderr)
        expect.holds(refused.stderr, "Only yes is taken")
        expect.equal(roles_of(server, "maya"), ["IT Agent"])
        done = on_a_terminal(server, "yes\n", "apply", "-f", file)
        expect.equal(done.returncode, 0, done.stderr)
        expect.equal(roles_of(server, "maya"), ["IT Admin"])


def test_role_mode_order_and_replacement_from_the_command_line(server):
    make_world(server)
    server.cli("links", "create", "--group", "it-admins", "--role", "HR Admin")
    server.cli("users", "grant", "maya@acme.example", "--role", "IT Admin")
    expect.equal(roles_of(server, "maya"), ["IT Admin", "HR Admin"])
    expect.equal(server.cli("workspaces", "set", "--role-mode", "single")["role_mode"], "single")
    expect.equal(roles_of(server, "maya"), ["IT Admin"])
    text = expect.succeeded(server.run("users", "explain", "maya@acme.example", output="table"))
    expect.holds(text, "ALSO        it-admins → HR Admin (priority 30, loses to 20)")
    assert server.decide("maya@acme.example", "integrations.view") and not server.decide("maya@acme.example", "surveys.none")
    server.cli("roles", "order", "HR Admin", "--priority", "5")
    expect.equal(roles_of(server, "maya"), ["HR Admin"])
    expect.equal([role["name"] for role in server.cli("roles", "order")][:2], ["Owner", "HR Admin"])
    expect.succeeded(server.run("roles", "order", "HR Admin"), 2)
    server.cli("workspaces", "set", "default", "--role-mode", "multi")
    server.cli("roles", "create", "Helper")
    server.cli("users", "grant", "tom@acme.example", "--role", "Helper")
    refused = server.run("roles", "delete", "Helper")
    expect.succeeded(refused, 5)
    expect.holds(refused.stderr, "--replacement")
    expect.succeeded(server.run("roles", "delete", "Helper", "--replacement", "HR Admin"))
    expect.equal(roles_of(server, "tom"), ["HR Admin"])


def test_links_are_suggested_and_approved_by_another(server):
    server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
    scim = server.scim(server.token())
    expect.scim(scim.post("/Groups", group_body("hr-admin")), 201)
    expect.equal([(found["group"], found["role"]) for found in server.cli("links", "suggest")], [("hr-admin", "HR Admin")])
    own = server.cli("links", "create", "--group", "hr-admin", "--role", "HR Admin")
    expect.equal(server.cli("links", "suggest"), [])
    expect.succeeded(server.run("links", "approve", own["id"]), 5)
    listing = next(link for link in server.cli("links", "list") if link["made_by"] == "system")
    expect.equal(server.cli("links", "approve", listing["id"])["approved_by"], "admin")


def test_users_and_groups_are_managed_in_the_idp(server):
    make_world(server)
    admin = server.admin()
    expect.equal(server.cli("users", "get", "maya@acme.example")["managed_in"], "okta")
    expect.equal(server.cli("groups", "get", "night")["managed_in"], "okta")
    for path in ("/users/maya@acme.example", "/groups/night", "/groups/night/members"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = admin.request(method, "/admin/v1" + path, {})
            expect.holds(expect.status(answer, 405)["next"], "managed in the IdP")
