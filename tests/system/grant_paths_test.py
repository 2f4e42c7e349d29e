"""Every path that can end in a role × every kind of actor × roles under the ceiling, above it, and protected. What each
must come to is matrices/grant_paths.tsv: the status of the request that decides, and what it does to the person, who gains,
keeps, loses or has not the permission that only that role has."""

import expect
import matrix
from admin_examples import BASE, document
from rolecall_server import BULK, PATCH_OP, ROLECALL_USER, Client, Server, group_body, user_body

LASTS_LONG = True
TABLE = "grant_paths.tsv"
# The connection's ceiling is IT Admin. Each role with a permission that no lower one of these has.
ROLES = {"under": ("HR Admin", "surveys.manage"), "above": ("Super Admin", "roles.manage"),
         "protected": ("Owner", "settings.ownership")}
ACTORS = {"connection": "scim", "token without": "without", "token with": "with", "admin": "admin"}


class World:
    """A workspace with maya, pushed by the connection idp, and big, another connection, whose ceiling is Super Admin."""

    def __init__(self, server, admin, number, kind):
        self.server, self.workspace, self.kind = server, f"w-{number}", kind
        self.role, self.permission = ROLES[kind]
        self.boss = admin
        expect.status(admin.post(BASE + "/workspaces", {"name": self.workspace}), 201)
        self.make("/connections", {"name": "idp", "ceiling": "IT Admin"})
        self.make("/connections", {"name": "big", "unknown_groups": "keep_unlinked"})
        # A path may take a protected role first to show that it cannot give it back; the guard would not let it.
        for name in ("idp", "big"):
            guard = self.boss.request("PATCH", self.at(f"/guard/{name}"), {"mode": "off"}, headers={"If-Match": "*"})
            expect.status(guard, 200)
        self.scim_token = self.make("/tokens", {"connection": "idp"})["token"]
        self.scim = server.scim(self.scim_token)
        self.big = server.scim(self.make("/tokens", {"connection": "big"})["token"])
        self.maya = self.push_user("maya")

    def at(self, path):
        return f"{BASE}{path}?workspace={self.workspace}"

    def make(self, path, body, status=201):
        return expect.status(self.boss.post(self.at(path), body), status)

    def push_user(self, name, scim=None, **more):
        made = (scim or self.scim).post("/Users", user_body(f"{name}@acme.example", **more))
        return expect.scim(made, 201)["id"]

    def push_group(self, name, *members):
        return expect.scim(self.scim.post("/Groups", group_body(name, *members)), 201)["id"]

    def listing(self):
        """The id of a group that stands for the role; of a role that is listed to nobody, its own."""
        for client in (self.scim, self.big):
            for group in expect.listed(client.get("/Groups?count=100&excludedAttributes=members")):
                if group["displayName"] == self.role:
                    return group["id"]
        return expect.status(self.boss.get(self.at("/roles/" + self.role.replace(" ", "%20"))), 200)["id"]

    def may(self):
        """Whether maya, or lee where a path is about lee, may do what only the role allows."""
        asking = Asking(self.boss, self.workspace)
        return any(self.server.decide(f"{name}@acme.example", self.permission, self.workspace, asking)
                   for name in ("maya", "lee"))

    def grant(self, user, role):
        self.make(f"/users/{user}/grants", {"role": role})

    def roles(self):
        return [{"value": self.role}]


class Asking:
    """The decision endpoint as seen from a workspace."""

    def __init__(self, client, workspace):
        self.client, self.workspace = client, workspace

    def post(self, path, body):
        return self.client.post(f"{path}?workspace={self.workspace}", body)


def add_maya(world):
    return {"op": "add", "path": "members", "value": [{"value": world.maya}]}


def default_of(world):
    return {ROLECALL_USER: {"defaultRole": world.role}}


# Paths of a connection: they get a client of SCIM with the actor's token, and answer what decided.

def group_post(world, scim):
    return scim.post("/Groups", group_body(world.role, world.maya))


def group_put(world, scim):
    return scim.put("/Groups/" + world.listing(), group_body(world.role, world.maya))


def group_patch(world, scim):
    return scim.patch("/Groups/" + world.listing(), add_maya(world))


def group_rename(world, scim):
    group = world.push_group("Plain", world.maya)
    return scim.patch("/Groups/" + group, {"op": "replace", "path": "displayName", "value": world.role})


def group_restore(world, scim):
    """Deleted and made again, which gives it its id back."""
    listed = {one["displayName"]: one["id"] for one in expect.listed(world.scim.get("/Groups?count=100"))}
    if world.role in listed:
        expect.status(world.scim.delete("/Groups/" + listed[world.role]), 204)
    return scim.post("/Groups", group_body(world.role, world.maya))


def user_post_groups(world, scim):
    group = {"value": world.listing()}
    return scim.post("/Users", user_body("lee@acme.example", groups=[group]))


def user_post_roles(world, scim):
    return scim.post("/Users", user_body("lee@acme.example", roles=world.roles()))


def user_post_default(world, scim):
    return scim.post("/Users", user_body("lee@acme.example", **default_of(world)))


def user_put_roles(world, scim):
    return scim.put("/Users/" + world.maya, user_body("maya@acme.example", roles=world.roles()))


def user_put_default(world, scim):
    return scim.put("/Users/" + world.maya, user_body("maya@acme.example", **default_of(world)))


def user_patch_roles(world, scim):
    return scim.patch("/Users/" + world.maya, {"op": "add", "path": "roles", "value": world.roles()})


def user_patch_entitlements(world, scim):
    return scim.patch("/Users/" + world.maya, {"op": "add", "path": "entitlements", "value": world.roles()})


def user_patch_default(world, scim):
    return scim.patch("/Users/" + world.maya, {"op": "replace", "value": default_of(world)})


def user_restore(world, scim):
    """Whoever held the role when deleted comes back without it."""
    world.grant(world.maya, world.role)
    # Else maya is the last Owner, who cannot be deleted.
    world.grant(world.push_user("tom"), world.role)
    expect.status(world.scim.delete("/Users/" + world.maya), 204)
    return scim.post("/Users", user_body("maya@acme.example"))


def bulk_group(world, scim):
    operation = {"method": "PATCH", "path": "/Groups/" + world.listing(),
                 "data": {"schemas": [PATCH_OP], "Operations": [add_maya(world)]}}
    return scim.post("/Bulk", {"schemas": [BULK], "Operations": [operation]})


def bulk_user(world, scim):
    operation = {"method": "POST", "path": "/Users", "bulkId": "one",
                 "data": user_body("lee@acme.example", roles=world.roles())}
    return scim.post("/Bulk", {"schemas": [BULK], "Operations": [operation]})


# Paths of an admin: they get a client of the admin API.

def link_create(world, admin):
    world.push_group("Plain", world.maya)
    return admin.post(world.at("/links"), {"group": "Plain", "connection": "idp", "role": world.role})


def link_resume(world, admin):
    """A paused link to a role that got the permission while the link was paused."""
    world.push_group("Plain", world.maya)
    world.make("/roles", {"name": "Chef"})
    link = world.make("/links", {"group": "Plain", "connection": "idp", "role": "Chef"})["id"]
    any_tag = {"If-Match": "*"}
    expect.status(world.boss.request("PATCH", world.at("/links/" + link), {"state": "paused"}, any_tag), 200)
    widened = world.boss.request("PATCH", world.at("/roles/Chef"), {"permissions": [world.permission]}, any_tag)
    assert widened.status in (200, 409), widened
    return admin.request("PATCH", world.at("/links/" + link), {"state": "active"}, any_tag)


def link_approve(world, admin):
    """A link that a push made, whose role then is to have the permission."""
    world.push_group("Pushed", world.maya)
    link = next(one for one in world.boss.get(world.at("/links")).json()["items"] if one["origin"] == "pushed")
    world.boss.request("PATCH", world.at("/roles/Pushed"), {"permissions": [world.permission]}, {"If-Match": "*"})
    return admin.post(world.at(f"/links/{link['id']}/approval"))


def role_edit(world, admin):
    """More permissions for a role that a group has already."""
    world.push_group("Pushed", world.maya)
    return admin.request("PATCH", world.at("/roles/Pushed"), {"permissions": [world.permission]}, {"If-Match": "*"})


def default_role(world, admin):
    return admin.request("PATCH", world.at("/connections/idp"), {"default_role": world.role}, {"If-Match": "*"})


def ceiling(world, admin):
    """The IdP asserts the role; the ceiling is raised to it."""
    expect.status(user_put_roles(world, world.scim), 200)
    return admin.request("PATCH", world.at("/connections/idp"), {"ceiling": world.role}, {"If-Match": "*"})


def asserted_roles(world, admin):
    """What the IdP asserted while that was to be passed over."""
    any_tag = {"If-Match": "*"}
    connection = world.at("/connections/idp")
    expect.status(world.boss.request("PATCH", connection, {"asserted_roles": "ignore"}, any_tag), 200)
    expect.status(user_put_roles(world, world.scim), 200)
    return admin.request("PATCH", connection, {"asserted_roles": "grant"}, any_tag)


def direct(world, admin):
    return admin.post(world.at("/users/maya%40acme.example/grants"), {"role": world.role})


def role_replacement(world, admin):
    """A role that a group is linked to goes, and another takes its links."""
    world.push_group("Pushed", world.maya)
    query = "&replacement=" + world.role.replace(" ", "%20")
    return admin.request("DELETE", world.at("/roles/Pushed") + query, None, {"If-Match": "*"})


def plan(world, admin, wanted):
    made = world.boss.post(world.at("/plans"), wanted)
    if made.status != 201:
        # Not for anybody; so whoever would apply it is asked to make it.
        return admin.post(world.at("/plans"), wanted)
    return admin.post(world.at(f"/plans/{made.json()['id']}/apply"))


def plan_link(world, admin):
    world.push_group("Plain", world.maya)
    link = {"group": "Plain", "connection": "idp", "role": world.role}
    return plan(world, admin, {"links": {"items": [link]}})


def plan_default(world, admin):
    return plan(world, admin, {"default_roles": {"items": [{"connection": "idp", "role": world.role}]}})


def adopt_user(world, admin):
    """lee holds a role through big, whose ceiling is higher, and is handed to idp with the roles."""
    lee = world.push_user("lee", world.big)
    listed = {one["displayName"]: one["id"] for one in expect.listed(world.big.get("/Groups?count=100"))}
    if world.role in listed:
        operation = {"op": "add", "path": "members", "value": [{"value": lee}]}
        expect.status(world.big.patch("/Groups/" + listed[world.role], operation), 204)
    return admin.post(world.at("/users/lee%40acme.example/adoption"), {"connection": "idp", "keep_roles": True})


def adopt_all(world, admin):
    """A linked group and its member are handed to idp."""
    lee = world.push_user("lee", world.big)
    expect.scim(world.big.post("/Groups", group_body("Plain", lee)), 201)
    world.boss.post(world.at("/links"), {"group": "Plain", "connection": "big", "role": world.role})
    return admin.post(world.at("/connections/idp/adoption"), {"from": "big", "keep_roles": True})


SCIM_PATHS = (group_post, group_put, group_patch, group_rename, group_restore, user_post_groups, user_post_roles,
              user_post_default, user_put_roles, user_put_default, user_patch_roles, user_patch_entitlements,
              user_patch_default, user_restore, bulk_group, bulk_user)
ADMIN_PATHS = (link_create, link_resume, link_approve, role_edit, role_replacement, default_role, ceiling,
               asserted_roles, direct, plan_link, plan_default, adopt_user, adopt_all)


def client_of(world, actor, path):
    """The actor's token at the face that the path is of."""
    scopes = matrix.scopes_of(document())
    tokens = {
        "scim": lambda: world.scim_token,
        "without": lambda: make_token(world, [scope for scope in scopes if scope.endswith(":read")]),
        "with": lambda: make_token(world, scopes),
        "admin": lambda: world.boss.token,
    }
    token = tokens[ACTORS[actor]]()
    if path in SCIM_PATHS:
        return world.server.scim(token)
    return Client(world.server.listen, token, "", "application/json")


def make_token(world, scopes):
    return matrix.make_api_token(world.server, world.boss, world.workspace, scopes)["token"]


def status_of(answer):
    """Of one in a bulk request, its own."""
    if answer.status == 200 and b"BulkResponse" in answer.body:
        return answer.json()["Operations"][0]["status"]
    return str(answer.status)


WORDS = {(False, True): "gains", (True, True): "keeps", (True, False): "loses", (False, False): "has not"}


def outcome(server, admin, number, path, actor, kind):
    world = World(server, admin, number, kind)
    client = client_of(world, actor, path)
    send, before = client.request, []

    def asked(*words, **more):
        before.append(world.may())
        return send(*words, **more)

    client.request = asked
    status = status_of(path(world, client))
    expect.equal(len(before), 1, f"{path.__name__}: requests of the actor")
    return f"{status} {WORDS[before[0], world.may()]}"


def columns():
    return [(f"{actor}, {kind}", actor, kind) for actor in ACTORS for kind in ROLES
            if actor != "token without" or kind == "under"]


def check(paths):
    # Without the operator's word no default role may do more than the lowest; privileged_defaults_test.py is about that.
    with Server(environment={"ROLECALL_ACCESS__PRIVILEGED_DEFAULTS": "idp=HR Admin"}) as server:
        check_with(server, server.admin(), paths)


def check_with(server, admin, paths):
    table = {row["path"]: row for row in matrix.rows_of(TABLE)}
    number, wrong = 0, []
    for path in paths:
        for column, actor, kind in columns():
            number += 1
            found = outcome(server, admin, number, path, actor, kind)
            if found != table[path.__name__][column]:
                wrong.append(f"{path.__name__}: {column}: {found}, in the table {table[path.__name__][column]}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_every_path_and_every_actor():
    rows = matrix.rows_of(TABLE)
    expect.equal([row["path"] for row in rows], [path.__name__ for path in SCIM_PATHS + ADMIN_PATHS], "paths")
    expect.equal(list(rows[0]), ["path"] + [column for column, _, _ in columns()], "actors")


def test_what_a_connection_can_bring_about():
    check(SCIM_PATHS)


def test_what_an_admin_can_bring_about():
    check(ADMIN_PATHS)
