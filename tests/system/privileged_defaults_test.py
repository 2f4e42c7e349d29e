"""A default role is what everybody gets who is in no linked group. One that may do more than the lowest shipped role needs two
keys: the admin's request and a line in the operator's configuration. And nothing that is missing ever means more."""

import expect
from admin_examples import BASE
from rolecall_server import ROLECALL_USER, Server, ServerFailure, user_body

CONFIRM = "ROLECALL_ACCESS__PRIVILEGED_DEFAULTS"
ANY = {"If-Match": "*"}


def default_of(server, name="okta"):
    return server.cli("connections", "get", name)["default_role"]


def test_no_request_alone_makes_a_privileged_default(server):
    admin = server.admin()
    for role in ("HR Admin", "Super Admin", "Finance Admin"):
        for answer in (
            admin.request("PATCH", BASE + "/connections/okta", {"default_role": role}, ANY),
            admin.request("PATCH", BASE + "/connections/okta?dry_run=true", {"default_role": role}, ANY),
            admin.post(BASE + "/connections", {"name": "second", "default_role": role}),
            admin.post(BASE + "/plans", {"default_roles": {"items": [{"connection": "okta", "role": role}]}}),
        ):
            expect.holds(expect.problem(answer, 403), "may do more than IT Agent, the lowest shipped role")
            expect.holds(answer.json()["next"], "access.privileged_defaults")
        refused = server.run("connections", "set", "okta", "--default-role", role)
        expect.succeeded(refused, 4)
        expect.holds(refused.stderr, f'access.privileged_defaults = "okta={role}"')
    expect.equal(default_of(server), "IT Agent")


def test_a_default_role_does_not_become_privileged_by_the_back_door(server):
    admin = server.admin()
    few, more = ["requests.view"], ["requests.view", "roles.manage"]
    expect.status(admin.post(BASE + "/roles", {"name": "Visitor", "permissions": few}), 201)
    expect.status(admin.post(BASE + "/roles", {"name": "Boss", "permissions": more}), 201)
    server.cli("connections", "set", "okta", "--default-role", "Visitor")
    for answer in (
        admin.request("PATCH", BASE + "/roles/Visitor", {"permissions": more}, ANY),
        admin.request("DELETE", BASE + "/roles/Visitor?replacement=Boss", None, ANY),
        admin.post(BASE + "/plans", {"roles": {"items": [{"name": "Visitor", "permissions": more}]}}),
    ):
        expect.holds(expect.problem(answer, 403), "may do more than IT Agent")
    expect.problem(admin.request("DELETE", BASE + "/roles/Visitor", None, ANY), 409)
    expect.equal(server.cli("roles", "get", "Visitor")["permissions"], few)
    expect.equal(default_of(server), "Visitor")


def start_refused(server, *parts):
    try:
        server.start()
    except ServerFailure as failure:
        for part in parts:
            expect.holds(str(failure), part)
        return
    raise AssertionError("the server starts")


def test_a_server_does_not_start_on_an_unconfirmed_one():
    with Server(environment={CONFIRM: "okta=HR Admin"}) as server:
        server.cli("connections", "set", "okta", "--default-role", "HR Admin")
        refused = server.run("connections", "set", "okta", "--default-role", "Super Admin")
        expect.succeeded(refused, 4)
        expect.equal(server.terminate(), 0)
        server.start()
        expect.equal(server.terminate(), 0)
        for other in ("", "okta=Super Admin", "entra=HR Admin", "HR Admin=okta"):
            server.environment[CONFIRM] = other
            start_refused(server, "okta", "HR Admin may do more than IT Agent", 'access.privileged_defaults = ', 'okta=HR Admin')
        server.environment[CONFIRM] = "okta"
        start_refused(server, 'is not CONNECTION=ROLE')
        # The way out that the sentence names works while no server runs.
        server.environment[CONFIRM] = ""
        server.cli("connections", "set", "okta", "--default-role", "IT Agent")
        server.start()
        expect.equal(default_of(server), "IT Agent")


def test_what_is_missing_is_never_more(server):
    """An unknown, deleted or empty role leaves the default, whoever names it."""
    scim, admin = server.scim(server.token()), server.admin()
    names = ["Emperor", "", " ", "0", "*", "Owner", "owner", "null", "Super Admin\u200b", "x" * 500]
    users = []
    for number, name in enumerate(names):
        for more in ({ROLECALL_USER: {"defaultRole": name}}, {"roles": [{"value": name}]},
                     {"entitlements": [{"value": name, "display": name}]}):
            made = scim.post("/Users", user_body(f"u{number}.{len(users)}@acme.example", **more))
            if made.status == 201:
                users.append(made.json()["id"])
            else:
                assert made.status == 400, made
    assert len(users) > 20, users
    for user in users:
        expect.equal(server.cli("users", "get", user)["roles"], ["IT Agent"])
    for name in names:
        answer = admin.request("PATCH", BASE + "/connections/okta", {"default_role": name}, ANY)
        assert answer.status in (400, 403, 404), f"{name!r}: {answer}"
        answer = admin.post(BASE + "/connections", {"name": f"c {name[:5]}", "default_role": name})
        assert answer.status in (400, 403, 404) or name == "" and answer.json()["default_role"] == "IT Agent", answer
    expect.status(admin.post(BASE + "/roles", {"name": "Emperor", "permissions": ["requests.view"]}), 201)
    expect.equal(server.cli("users", "get", users[0])["roles"], ["Emperor"])
    gone = admin.request("DELETE", BASE + "/roles/Emperor?replacement=IT%20Agent", None, ANY)
    assert gone.status in (200, 204), gone
    expect.equal({role for user in users for role in server.cli("users", "get", user)["roles"]}, {"IT Agent"})
    expect.equal(default_of(server), "IT Agent")
