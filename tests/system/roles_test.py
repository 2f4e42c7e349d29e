"""Roles follow groups: default, links, pushes, unlinking, deactivation, ceilings, and why."""

import expect
from rolecall_server import GROUP, ROLECALL_USER, SHIPPED_ROLES, Server, group_body, user_body

AGENT, ADMIN = "IT Agent", "IT Admin"
ANA = "ana@acme.example"


class Desk:
    """A server with one user, seen by the IdP, the admin and an application."""

    def __init__(self, server, **more):
        self.server = server
        self.scim = server.scim(server.token())
        self.ana = expect.scim(self.scim.post("/Users", user_body(ANA, **more)), 201)["id"]

    def roles(self, user=ANA):
        return self.server.cli("users", "get", user)["roles"]

    def push(self, name, *members):
        return expect.scim(self.scim.post("/Groups", group_body(name, *members)), 201)["id"]

    def add(self, group, *members):
        answer = self.scim.patch(
            "/Groups/" + group, {"op": "add", "path": "members", "value": [{"value": m} for m in members]}
        )
        expect.equal(answer.status, 204)

    def remove(self, group, member):
        answer = self.scim.patch("/Groups/" + group, {"op": "remove", "path": f'members[value eq "{member}"]'})
        expect.equal(answer.status, 204)

    def listed_group(self, role):
        return expect.listed(self.scim.find("Groups", f'displayName eq "{role}"'))[0]["id"]

    def set_active(self, is_active, user=None):
        return self.scim.patch("/Users/" + (user or self.ana), {"op": "replace", "value": {"active": is_active}})

    def link(self, group, role):
        return self.server.cli("links", "create", "--group", group, "--role", role)["id"]


def test_a_new_user_has_the_default_role_alone(server):
    desk = Desk(server)
    expect.equal(desk.roles(), [AGENT])
    expect.equal(server.decide(ANA, "requests.reply"), True)
    expect.equal(server.decide(desk.ana, "requests.reply"), True)
    expect.equal(server.decide(ANA.upper(), "requests.reply"), True)
    for user, permission in ((ANA, "services.manage"), (ANA, "no.such"), ("nobody@acme.example", "requests.reply")):
        expect.equal(server.decide(user, permission), False, f"{user} {permission}")


def test_the_default_role_of_a_connection_can_be_changed():
    with Server(environment={"ROLECALL_ACCESS__PRIVILEGED_DEFAULTS": "okta=HR Admin"}) as server:
        desk = Desk(server)
        server.cli("connections", "set", "okta", "--default-role", "HR Admin")
        expect.equal(desk.roles(), ["HR Admin"])
        expect.succeeded(server.run("connections", "set", "okta", "--default-role", "Owner"), 4)
        expect.equal(desk.roles(), ["HR Admin"])


def test_a_pushed_unknown_group_makes_a_role_without_permissions(server):
    desk = Desk(server)
    desk.push("Night Shift", desk.ana)
    expect.equal(server.cli("roles", "get", "Night Shift")["permissions"], [])
    # A link to a role without permissions still counts as a link: no fallback to the default role.
    expect.equal(desk.roles(), ["Night Shift"])
    expect.equal(server.decide(ANA, "requests.reply"), False)
    server.log_line("role without permissions")
    server.cli("roles", "update", "Night Shift", "--permission", "requests.reply")
    expect.equal(server.decide(ANA, "requests.reply"), True)


def test_policies_for_unknown_groups(server):
    desk = Desk(server)
    server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
    desk.push("Quiet", desk.ana)
    expect.equal(desk.roles(), [AGENT])
    server.cli("connections", "set", "okta", "--unknown-groups", "refuse")
    expect.refused(desk.scim.post("/Groups", group_body("Loud", desk.ana)), 403)
    expect.equal(expect.listed(desk.scim.find("Groups", 'displayName eq "Loud"')), [])
    names = [role["name"] for role in server.cli("roles", "list")]
    assert "Quiet" not in names and "Loud" not in names, names


def test_linking_by_name_and_pushing_members_grants_the_role(server):
    desk = Desk(server)
    group = desk.listed_group(ADMIN)
    desk.add(group, desk.ana)
    expect.equal(desk.roles(), [ADMIN])
    expect.equal(server.decide(ANA, "services.manage"), True)
    desk.remove(group, desk.ana)
    expect.equal(desk.roles(), [AGENT])
    expect.equal(server.decide(ANA, "services.manage"), False)


def test_roles_do_not_pass_through_nested_groups(server):
    desk = Desk(server)
    inner = desk.push("Inner", desk.ana)
    desk.add(desk.listed_group(ADMIN), inner)
    expect.equal((desk.roles(), server.decide(ANA, "services.manage")), (["Inner"], False))


def test_links_by_the_command_line_act_at_once_and_end_at_once(server):
    desk = Desk(server)
    desk.push("Service Desk", desk.ana)
    link = desk.link("Service Desk", ADMIN)
    expect.equal(desk.roles(), [ADMIN, "Service Desk"])
    expect.equal(server.decide(ANA, "services.manage"), True)
    server.cli("links", "pause", link)
    expect.equal((desk.roles(), server.decide(ANA, "services.manage")), (["Service Desk"], False))
    server.cli("links", "resume", link)
    expect.equal(server.decide(ANA, "services.manage"), True)
    expect.succeeded(server.run("links", "create", "--group", "Service Desk", "--role", ADMIN), 5)
    server.cli("links", "delete", link)
    expect.equal((desk.roles(), server.decide(ANA, "services.manage")), (["Service Desk"], False))


def test_links_are_kept_through_a_rename_and_outlive_no_group(server):
    desk = Desk(server)
    group = desk.push("Service Desk", desk.ana)
    link = desk.link("Service Desk", ADMIN)
    expect.equal(
        desk.scim.patch("/Groups/" + group, {"op": "replace", "path": "displayName", "value": "Help Desk"}).status, 204
    )
    expect.equal(server.decide(ANA, "services.manage"), True)
    expect.equal(desk.scim.delete("/Groups/" + group).status, 204)
    expect.equal(server.decide(ANA, "services.manage"), False)
    states = {found["id"]: found["state"] for found in server.cli("links", "list")}
    expect.equal(states[link], "orphaned", "an admin's link is never erased by the IdP")
    desk.push("Help Desk", desk.ana)
    expect.equal(server.decide(ANA, "services.manage"), False, "links are by id, never by name")


def test_several_links_add_up(server):
    desk = Desk(server)
    first, second = desk.listed_group(ADMIN), desk.listed_group("HR Admin")
    desk.add(first, desk.ana)
    desk.add(second, desk.ana)
    expect.equal(sorted(desk.roles()), sorted([ADMIN, "HR Admin"]))
    desk.remove(first, desk.ana)
    expect.equal(desk.roles(), ["HR Admin"])


def test_deactivation_means_now_and_reactivation_gives_back(server):
    desk = Desk(server)
    desk.add(desk.listed_group(ADMIN), desk.ana)
    server.cli("users", "grant", ANA, "--role", "Finance Admin")
    application = server.admin()
    for _ in range(20):
        expect.equal(expect.scim(desk.set_active(False))["active"], False)
        expect.equal(server.decide(ANA, "services.manage", client=application), False)
        expect.equal(expect.scim(desk.set_active(True))["active"], True)
        expect.equal(server.decide(ANA, "services.manage", client=application), True)
    expect.equal(sorted(desk.roles()), sorted([ADMIN, "Finance Admin"]))
    desk.set_active(False)
    expect.equal(desk.roles(), [])
    expect.holds(server.run("users", "explain", ANA, output="table").stdout, "deactivated")


def test_deleting_a_user_ends_everything(server):
    desk = Desk(server)
    desk.add(desk.listed_group(ADMIN), desk.ana)
    expect.equal(desk.scim.delete("/Users/" + desk.ana).status, 204)
    for subject in (ANA, desk.ana):
        expect.equal(server.decide(subject, "services.manage"), False)
    expect.scim(desk.scim.post("/Users", user_body(ANA)), 201)
    expect.equal(desk.roles(), [AGENT], "the same name is not the same person")


def test_deleting_a_role_s_group_ends_its_grants_and_lists_the_role_anew(server):
    desk = Desk(server)
    group = desk.listed_group(ADMIN)
    desk.add(group, desk.ana)
    expect.equal(desk.scim.delete("/Groups/" + group).status, 204)
    expect.equal(desk.roles(), [AGENT])
    again = desk.listed_group(ADMIN)
    assert again != group
    pushed = expect.scim(desk.scim.post("/Groups", group_body(ADMIN, desk.ana)), 201)
    expect.equal(desk.roles(), [ADMIN])
    expect.equal(pushed["displayName"], ADMIN)


def test_owner_is_never_listed_nor_granted_to_a_client(server):
    desk = Desk(server)
    names = {group["displayName"] for group in expect.listed(desk.scim.get("/Groups?count=1000"))}
    expect.equal(names, set(SHIPPED_ROLES))
    for name in ("Owner", "OWNER"):
        expect.refused(desk.scim.post("/Groups", group_body(name, desk.ana)), 403)
    group = desk.push("Friends", desk.ana)
    for operation in (
        {"op": "replace", "path": "displayName", "value": "owner"},
        {"op": "replace", "value": {"displayName": "Owner"}},
    ):
        expect.refused(desk.scim.patch("/Groups/" + group, operation), 403)
    expect.refused(desk.scim.put("/Groups/" + group, {"schemas": [GROUP], "displayName": "Owner"}), 403)
    for words in (
        ("links", "create", "--group", "Friends", "--role", "Owner"),
        ("connections", "set", "okta", "--ceiling", "Owner"),
        ("connections", "set", "okta", "--default-role", "Owner"),
        ("roles", "delete", "Owner"),
        ("roles", "update", "Owner", "--no-permissions"),
    ):
        expect.succeeded(server.run(*words), 4)
    expect.scim(
        desk.scim.patch(
            "/Users/" + desk.ana, {"op": "replace", "path": ROLECALL_USER + ":defaultRole", "value": "Owner"}
        )
    )
    assert "Owner" not in desk.roles()
    expect.equal(server.decide(ANA, "settings.ownership"), False)


def test_the_last_owner_stays(server):
    desk = Desk(server)
    bo = expect.scim(desk.scim.post("/Users", user_body("bo@acme.example")), 201)["id"]
    server.cli("users", "grant", ANA, "--role", "Owner")
    expect.equal(server.decide(ANA, "settings.ownership"), True)
    expect.refused(desk.set_active(False), 403)
    expect.refused(desk.scim.delete("/Users/" + desk.ana), 403)
    expect.succeeded(server.run("users", "revoke", ANA, "--role", "Owner"), 4)
    expect.equal(server.decide(ANA, "settings.ownership"), True)
    server.cli("users", "grant", "bo@acme.example", "--role", "Owner")
    expect.refused(desk.set_active(False), 403)
    server.cli("users", "revoke", ANA, "--role", "Owner")
    expect.scim(desk.set_active(False))
    expect.refused(desk.set_active(False, bo), 403)


def test_a_ceiling_bounds_lists_links_and_pushes(server):
    desk = Desk(server)
    expect.succeeded(server.run("connections", "create", "small", "--ceiling", AGENT))
    small = server.scim(server.token("small"))
    expect.equal([group["displayName"] for group in expect.listed(small.get("/Groups"))], [AGENT])
    sam = expect.scim(small.post("/Users", user_body("sam@acme.example")), 201)["id"]
    expect.refused(small.post("/Groups", group_body(ADMIN, sam)), 403)
    expect.scim(small.post("/Groups", group_body("Crew", sam)), 201)
    crew = ("links", "create", "--connection", "small", "--group", "Crew", "--role")
    expect.succeeded(server.run(*crew, ADMIN), 4)
    server.cli(*crew, AGENT)
    expect.equal(sorted(desk.roles("sam@acme.example")), sorted(["Crew", AGENT]))
    server.cli("roles", "update", "Crew", "--permission", "requests.view")
    expect.succeeded(server.run("roles", "update", "Crew", "--permission", "services.manage"), 5)
    expect.equal(server.decide("sam@acme.example", "services.manage"), False)


def test_a_client_sent_default_role_wins_under_the_ceiling(server):
    sent = {ROLECALL_USER: {"defaultRole": "hr admin"}}
    desk = Desk(server, **sent)
    expect.equal(desk.roles(), ["HR Admin"])
    for role, wanted in (("No Such Role", AGENT), ("Finance Admin", "Finance Admin"), ("Owner", AGENT)):
        expect.scim(
            desk.scim.patch(
                "/Users/" + desk.ana, {"op": "replace", "path": ROLECALL_USER + ":defaultRole", "value": role}
            )
        )
        expect.equal(desk.roles(), [wanted], role)
    desk.add(desk.listed_group(ADMIN), desk.ana)
    expect.equal(desk.roles(), [ADMIN], "a default role is for who has no other")
    desk.remove(desk.listed_group(ADMIN), desk.ana)
    expect.scim(desk.scim.patch("/Users/" + desk.ana, {"op": "remove", "path": ROLECALL_USER + ":defaultRole"}))
    expect.equal(desk.roles(), [AGENT])
    server.cli("connections", "create", "small", "--ceiling", AGENT)
    small = server.scim(server.token("small"))
    expect.scim(small.post("/Users", user_body("sam@acme.example", **{ROLECALL_USER: {"defaultRole": ADMIN}})), 201)
    expect.equal(desk.roles("sam@acme.example"), [AGENT])
    server.log_line("above this connection's ceiling")


def test_users_explain_prints_the_sentence_and_the_proof(server):
    desk = Desk(server)
    text = server.run("users", "explain", ANA, output="table").stdout
    expect.equal(
        text.splitlines()[0], f"{ANA} has {AGENT} by default, because no linked group and no grant by hand applies."
    )
    desk.push("Service Desk", desk.ana)
    link = desk.link("Service Desk", ADMIN)
    server.cli("users", "grant", ANA, "--role", "HR Admin")
    text = server.run("users", "explain", ANA, output="table").stdout
    expect.equal(
        text.splitlines()[0],
        f"{ANA} has HR Admin by a grant of admin, {ADMIN} as a member of Service Desk and "
        "Service Desk as a member of Service Desk.",
    )
    for part in (
        "member of Service Desk (okta, since ",
        f"Service Desk \u2192 {ADMIN}   by admin, ",
        "REMOVED BY",
        "leaving Service Desk",
        f"DEFAULT     {AGENT} (default of okta)",
    ):
        expect.holds(text, part)
    proof = server.cli("users", "explain", ANA)
    causes = {grant["role"]: (grant["cause"], grant["link_id"]) for grant in proof["grants"]}
    expect.equal(causes[ADMIN], ("link", link))
    expect.equal(causes["HR Admin"][0], "direct")
    server.cli("links", "pause", link)
    expect.holds(server.run("users", "explain", ANA, output="table").stdout, f"Service Desk \u2192 {ADMIN} is paused")
    expect.succeeded(server.run("users", "explain", "nobody"), 3)


def test_grants_by_hand_are_no_business_of_the_idp(server):
    desk = Desk(server)
    server.cli("users", "grant", ANA, "--role", "Finance Admin")
    expect.equal(desk.roles(), ["Finance Admin"])
    group = desk.push("Desk", desk.ana)
    desk.remove(group, desk.ana)
    expect.scim(desk.scim.put("/Users/" + desk.ana, user_body(ANA)))
    expect.equal(desk.roles(), ["Finance Admin"])
    expect.succeeded(server.run("users", "grant", ANA, "--role", "Finance Admin"), 5)
    server.cli("users", "revoke", ANA, "--role", "Finance Admin")
    expect.succeeded(server.run("users", "revoke", ANA, "--role", "Finance Admin"), 3)
    expect.equal(desk.roles(), [AGENT])


def test_a_role_in_use_cannot_be_deleted(server):
    desk = Desk(server)
    server.cli("roles", "create", "Helper", "--permission", "requests.view")
    desk.push("Crew")
    link = desk.link("Crew", "Helper")
    expect.holds(server.run("roles", "delete", "Helper").stderr, "Crew is linked to it")
    expect.succeeded(server.run("roles", "delete", "Helper"), 5)
    server.cli("links", "delete", link)
    server.cli("users", "grant", ANA, "--role", "Helper")
    expect.succeeded(server.run("roles", "delete", "Helper"), 5)
    desk.set_active(False)
    expect.succeeded(server.run("roles", "delete", "Helper"), 5)
    desk.set_active(True)
    server.cli("users", "revoke", ANA, "--role", "Helper")
    group = desk.listed_group("Helper")
    desk.add(group, desk.ana)
    expect.succeeded(server.run("roles", "delete", "Helper"), 5)
    desk.remove(group, desk.ana)
    expect.succeeded(server.run("roles", "delete", "Helper"))
    expect.equal(expect.listed(desk.scim.find("Groups", 'displayName eq "Helper"')), [])
    expect.succeeded(server.run("roles", "delete", AGENT), 4)


def test_permissions_of_a_role_change_decisions_at_once(server):
    desk = Desk(server)
    server.cli("roles", "create", "Helper", "--permission", "requests.view", "--permission", "tags.use")
    desk.add(desk.listed_group("Helper"), desk.ana)
    expect.equal((server.decide(ANA, "tags.use"), server.decide(ANA, "requests.reply")), (True, False))
    server.cli("roles", "update", "Helper", "--permission", "requests.reply")
    expect.equal((server.decide(ANA, "tags.use"), server.decide(ANA, "requests.reply")), (False, True))
    expect.equal([holder["user_name"] for holder in server.cli("roles", "holders", "Helper")], [ANA])


def test_faulty_questions_are_refused_and_unknown_ones_denied(server):
    Desk(server)
    admin = server.admin()
    whole = {
        "subject": {"type": "user", "id": ANA},
        "action": {"name": "requests.reply"},
        "resource": {"type": "workspace", "id": "default"},
    }
    for missing in whole:
        expect.message(admin.post("/access/v1/evaluation", {key: whole[key] for key in whole if key != missing}), 400)
    for wrong in ({"subject": []}, {"action": {"name": 5}}, {"resource": {"type": "workspace"}}):
        expect.message(admin.post("/access/v1/evaluation", {**whole, **wrong}), 400)
    for other in ({"subject": {"type": "group", "id": ANA}}, {"resource": {"type": "document", "id": "7"}}):
        denied = expect.status(admin.post("/access/v1/evaluation", {**whole, **other}), 200)
        expect.equal(denied["decision"], False)
        assert denied["context"]["reason_admin"]["en"].endswith("."), denied
    stranger = server.admin()
    stranger.token = server.token()
    expect.message(stranger.post("/access/v1/evaluation", whole), 401)
    expect.message(admin.get("/access/v1/evaluation"), 405)
