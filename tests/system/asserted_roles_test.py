"""Roles that an IdP names at a user, and what a user shows of the roles that it holds."""

import expect
from rolecall_server import ROLECALL_USER, USER, Server, user_body

AGENT = "IT Agent"
ANA = "ana@acme.example"


class World:
    """A server with one user, seen by the IdP and by the admin."""

    def __init__(self, server, dialect="okta", **more):
        self.server = server
        if dialect != "okta":
            server.cli("connections", "create", dialect, "--dialect", dialect)
        self.scim = server.scim(server.token(dialect))
        made = expect.scim(self.scim.post("/Users", user_body(ANA, **more)), 201)
        self.path = "/Users/" + made["id"]
        self.made = made

    def roles(self):
        return self.server.cli("users", "get", ANA)["roles"]

    def user(self, query=""):
        return expect.scim(self.scim.get(self.path + query))

    def shown(self):
        """What the user shows, as (role, cause)."""
        return [(role["display"], role["cause"]) for role in self.user().get(ROLECALL_USER, {}).get("effectiveRoles", [])]

    def put(self, **more):
        return expect.scim(self.scim.put(self.path, user_body(ANA, **more)))

    def patch(self, *operations):
        return expect.scim(self.scim.patch(self.path, *operations))

    def id_of(self, role):
        return self.server.cli("roles", "get", role)["id"]


def test_a_role_by_name_by_id_and_by_display(server):
    world = World(server, roles=[{"value": "hr admin", "type": "work", "primary": True}])
    expect.equal(world.made["roles"], [{"value": "hr admin", "type": "work", "primary": True}], "returned as given")
    expect.equal(world.roles(), ["HR Admin"])
    expect.equal(server.decide(ANA, "requests.reply"), True)
    world.put(roles=[{"value": world.id_of("Ops Admin")}])
    expect.equal(world.roles(), ["Ops Admin"])
    world.put(entitlements=[{"value": "25", "display": "Finance Admin"}])
    expect.equal(world.roles(), ["Finance Admin"])
    world.put()
    expect.equal(world.roles(), [AGENT])


def test_patch_adds_and_removes(server):
    world = World(server)
    world.patch({"op": "add", "path": "roles", "value": [{"value": "HR Admin"}, {"value": "Ops Admin"}]})
    expect.equal(world.roles(), ["HR Admin", "Ops Admin"])
    world.patch({"op": "remove", "path": 'roles[value eq "HR Admin"]'})
    expect.equal(world.roles(), ["Ops Admin"])
    world.patch({"op": "remove", "path": "roles"})
    expect.equal(world.roles(), [AGENT])


def test_what_names_no_role_is_kept_and_reported(server):
    world = World(server, roles=[{"value": "Wizard"}, {"value": "Owner"}], entitlements=[{"value": "requests.reply"}])
    expect.equal(world.made["roles"], [{"value": "Wizard"}, {"value": "Owner"}])
    expect.equal(world.roles(), [AGENT])
    server.log_line("a role the IdP sent is not known here")
    server.log_line("a role the IdP sent is above this connection's ceiling")
    server.log_line("an entitlement the IdP sent is not known here")
    expect.lacks(server.log_text(), "Wizard", "the log")
    expect.equal(
        server.cli("users", "explain", ANA)["without_effect"],
        [
            "roles “Wizard”, sent by okta, names no role",
            "roles “Owner”, sent by okta, is a protected role",
            "entitlements “requests.reply”, sent by okta, is a permission; permissions come with roles",
        ],
    )


def test_strict_keeps_an_unknown_role_as_well(server):
    world = World(server, "strict", roles=[{"value": "Wizard"}])
    expect.equal(world.roles(), [AGENT])
    world.put(roles=[{"value": "IT Admin"}])
    expect.equal(world.roles(), ["IT Admin"])


def test_a_connection_may_ignore_them(server):
    world = World(server, roles=[{"value": "HR Admin"}])
    made = server.cli("connections", "set", "okta", "--asserted-roles", "ignore")
    expect.equal(made["asserted_roles"], "ignore")
    expect.equal(world.roles(), [AGENT])
    server.cli("connections", "set", "okta", "--asserted-roles", "grant")
    expect.equal(world.roles(), ["HR Admin"])
    grants = server.cli("users", "explain", ANA)["grants"]
    expect.equal([(grant["role"], grant["cause"]) for grant in grants], [("HR Admin", "asserted")])
    server.cli("audit", "verify")


def test_ceiling_and_deactivation(server):
    world = World(server, roles=[{"value": "Super Admin"}])
    expect.equal(world.roles(), ["Super Admin"])
    server.cli("connections", "set", "okta", "--ceiling", "IT Admin")
    expect.equal(world.roles(), [AGENT])
    server.cli("connections", "set", "okta", "--ceiling", "Super Admin")
    world.patch({"op": "replace", "value": {"active": False}})
    expect.equal(world.roles(), [])
    world.patch({"op": "replace", "value": {"active": True}})
    expect.equal(world.roles(), ["Super Admin"])


def test_a_role_made_later_is_granted_then(server):
    world = World(server, roles=[{"value": "night shift"}])
    expect.equal(world.roles(), [AGENT])
    server.cli("roles", "create", "Night Shift", "--permission", "requests.view")
    expect.equal(world.roles(), ["Night Shift"])
    expect.succeeded(server.run("roles", "delete", "Night Shift"), 5)
    world.put()
    server.cli("roles", "delete", "Night Shift")


def test_a_user_shows_the_roles_it_holds(server):
    world = World(server)
    expect.equal(world.made[ROLECALL_USER]["effectiveRoles"],
                 [{"value": world.id_of(AGENT), "display": AGENT, "cause": "default"}])
    expect.equal(world.made["schemas"], [USER, ROLECALL_USER])
    world.put(roles=[{"value": "HR Admin"}], **{ROLECALL_USER: {"defaultRole": "IT Admin"}})
    expect.equal(world.user()[ROLECALL_USER]["defaultRole"], "IT Admin")
    server.cli("users", "grant", ANA, "--role", "HR Admin")
    expect.equal(world.shown(), [("HR Admin", "asserted"), ("HR Admin", "direct")])
    server.cli("users", "grant", ANA, "--role", "Owner")
    expect.equal(world.shown(), [("HR Admin", "asserted"), ("HR Admin", "direct")], "no client is told of owners")
    owner = f'{ROLECALL_USER}:effectiveRoles.value eq "{world.id_of("Owner")}"'
    expect.equal(expect.listed(world.scim.find("Users", owner)), [])
    server.cli("users", "grant", expect.scim(world.scim.post("/Users", user_body("bo@acme.example")), 201)["userName"],
               "--role", "Owner")
    server.cli("users", "revoke", ANA, "--role", "Owner")
    world.patch({"op": "replace", "value": {"active": False}})
    expect.equal(world.shown(), [])
    expect.equal(world.user()["schemas"], [USER, ROLECALL_USER], "for defaultRole")


def test_what_a_client_sends_of_them_is_passed_over(server):
    wanted = {ROLECALL_USER: {"effectiveRoles": [{"value": "Owner"}]}}
    world = World(server, **wanted)
    world.put(**wanted)
    expect.equal(world.shown(), [(AGENT, "default")])
    world.patch({"op": "replace", "value": wanted})
    expect.refused(
        world.scim.patch(world.path, {"op": "replace", "path": f"{ROLECALL_USER}:effectiveRoles", "value": []}),
        400,
        "mutability",
    )
    expect.equal(world.roles(), [AGENT])


def test_projections_show_them_or_not(server):
    world = World(server)
    expect.equal(world.user("?attributes=userName")["schemas"], [USER])
    shown = world.user(f"?attributes={ROLECALL_USER}:effectiveRoles.display")
    expect.equal(shown[ROLECALL_USER], {"effectiveRoles": [{"display": AGENT}]})
    for excluded in (ROLECALL_USER, f"{ROLECALL_USER}:effectiveRoles", "effectiveRoles"):
        hidden = world.user(f"?excludedAttributes={excluded}")
        assert ROLECALL_USER not in hidden, hidden
        expect.equal(hidden["schemas"], [USER])


def test_lists_show_and_find_them(server):
    world = World(server, roles=[{"value": "HR Admin"}])
    expect.scim(world.scim.post("/Users", user_body("bo@acme.example", active=False)), 201)
    cy = expect.scim(world.scim.post("/Users", user_body("cy@acme.example")), 201)
    listed = expect.listed(world.scim.get("/Users"))
    roles = [[role["display"] for role in one.get(ROLECALL_USER, {}).get("effectiveRoles", [])] for one in listed]
    expect.equal(roles, [["HR Admin"], [], [AGENT]])
    for text, found in (
        (f'{ROLECALL_USER}:effectiveRoles.value eq "{world.id_of("HR Admin")}"', [world.made["id"]]),
        (f'effectiveRoles.display eq "it agent"', [cy["id"]]),
        (f'effectiveRoles[cause eq "asserted"]', [world.made["id"]]),
        ("effectiveRoles pr", [world.made["id"], cy["id"]]),
        (f'schemas eq "{ROLECALL_USER}"', [world.made["id"], cy["id"]]),
        (f'effectiveRoles.value eq "{world.id_of("Ops Admin")}"', []),
    ):
        expect.equal([one["id"] for one in expect.listed(world.scim.find("Users", text))], found, text)


def test_a_role_lost_elsewhere_is_a_new_version():
    with Server(environment={"ROLECALL_ACCESS__PRIVILEGED_DEFAULTS": "okta=HR Admin"}) as server:
        world = World(server)
        before = world.scim.get(world.path)
        expect.equal(world.scim.get(world.path, headers={"If-None-Match": before.headers["etag"]}).status, 304)
        server.cli("connections", "set", "okta", "--default-role", "HR Admin")
        after = world.scim.get(world.path, headers={"If-None-Match": before.headers["etag"]})
        expect.equal(after.status, 200)
        expect.equal(after.json()[ROLECALL_USER]["effectiveRoles"][0]["display"], "HR Admin")
        assert after.json()["meta"]["lastModified"] > before.json()["meta"]["lastModified"]
        answer = world.scim.put(world.path, user_body(ANA, title="Lead"))
        expect.equal(answer.headers["etag"], world.scim.get(world.path).headers["etag"], "the version an answer names stands")


def test_entra_sends_json_in_a_text(server):
    world = World(server, "entra")
    value = '{"id":"827f0d2e","value":"25","displayName":"HR Admin"}'
    for _ in range(2):
        world.patch({"op": "Add", "path": "roles", "value": [{"value": value}]})
        expect.equal(world.roles(), ["HR Admin"])
    world.patch({"op": "Replace", "path": 'roles[primary eq "True"].value', "value": "IT Admin"})
    expect.equal(world.roles(), ["IT Admin", "HR Admin"])
