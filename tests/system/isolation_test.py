"""What one connection or workspace holds does not exist for another (also not by a different answer)."""

import expect
from rolecall_server import PATCH_OP, group_body, user_body

ABSENT = "00000000-0000-7000-8000-000000000000"


class Worlds:
    """okta and entra in workspace default, okta in workspace north; each with ana and a group Desk that holds her."""

    def __init__(self, server):
        self.server = server
        # Else the role made from one connection's Desk would be listed to the other, and its name taken there.
        server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
        server.cli("connections", "create", "entra", "--unknown-groups", "keep_unlinked")
        server.cli("workspaces", "create", "north")
        server.cli("connections", "create", "okta", "--workspace", "north")
        self.clients = {
            "okta": server.scim(server.token()),
            "entra": server.scim(server.token("entra")),
            "north": server.scim(server.token("okta", "north")),
        }
        self.users, self.groups = {}, {}
        for name, client in self.clients.items():
            user_name = "ana@acme.example" if name != "entra" else "ana.entra@acme.example"
            self.users[name] = expect.scim(client.post("/Users", user_body(user_name, externalId="same")), 201)
            self.groups[name] = expect.scim(
                client.post("/Groups", group_body("Desk", self.users[name]["id"], externalId="same")), 201
            )

    def foreign(self, name):
        """The ids that are not this client's."""
        others = [other for other in self.clients if other != name]
        return [("/Users/", self.users[other]["id"]) for other in others] + [
            ("/Groups/", self.groups[other]["id"]) for other in others
        ]

    def snapshot(self):
        return {
            name: (expect.scim(client.get("/Users?count=1000")), expect.scim(client.get("/Groups?count=1000")))
            for name, client in self.clients.items()
        }


def test_foreign_ids_answer_like_absent_ones(server):
    worlds = Worlds(server)
    before = worlds.snapshot()
    for name, client in worlds.clients.items():
        for prefix, identifier in worlds.foreign(name):
            body = user_body("x@acme.example") if prefix == "/Users/" else group_body("X")
            patch = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "externalId", "value": "stolen"}]}
            for method, sent, headers in (
                ("GET", None, {}),
                ("PUT", body, {}),
                ("PATCH", patch, {}),
                ("DELETE", None, {}),
                ("DELETE", None, {"If-Match": "*"}),
                ("GET", None, {"If-None-Match": "*"}),
                ("PUT", body, {"If-Match": 'W/"1"'}),
            ):
                foreign = client.request(method, prefix + identifier, sent, headers=headers)
                absent = client.request(method, prefix + ABSENT, sent, headers=headers)
                expect.refused(foreign, 404)
                expect.equal((foreign.status, foreign.body), (absent.status, absent.body), f"{name} {method} {prefix}")
    expect.equal(worlds.snapshot(), before, "everything there is")


def test_lists_and_filters_show_one_s_own_only(server):
    worlds = Worlds(server)
    for name, client in worlds.clients.items():
        expect.equal([user["id"] for user in expect.listed(client.get("/Users"))], [worlds.users[name]["id"]])
        for text in ('externalId eq "same"', "id pr", 'userName sw "ana"', 'not (userName eq "x")', "active eq true"):
            body = expect.scim(client.find("Users", text))
            expect.equal((body["totalResults"], body["Resources"][0]["id"]), (1, worlds.users[name]["id"]), text)
        for prefix, identifier in worlds.foreign(name):
            kind = prefix.strip("/")
            expect.equal(expect.scim(client.find(kind, f'id eq "{identifier}"'))["totalResults"], 0)
        members = [
            expect.listed(client.find("Groups", f'members eq "{identifier}"')) for _, identifier in worlds.foreign(name)
        ]
        assert not any(members), members


def test_foreign_users_cannot_become_members(server):
    worlds = Worlds(server)
    client, group = worlds.clients["okta"], worlds.groups["okta"]["id"]
    for other in ("entra", "north"):
        for member in (worlds.users[other]["id"], worlds.groups[other]["id"]):
            for operation in (
                {"op": "add", "path": "members", "value": [{"value": member}]},
                {"op": "add", "value": {"members": [{"value": member, "type": "User"}]}},
            ):
                expect.equal(client.patch("/Groups/" + group, operation).status, 204)
            assert "members" not in expect.scim(client.post("/Groups", group_body("For " + member, member)), 201)
    shown = expect.scim(client.get("/Groups/" + group))
    expect.equal([member["value"] for member in shown["members"]], [worlds.users["okta"]["id"]])
    expect.equal(shown["meta"]["version"], worlds.groups["okta"]["meta"]["version"])
    for workspace, user in (("default", "ana.entra@acme.example"), ("north", "ana@acme.example")):
        expect.equal(server.cli("users", "get", user, "--workspace", workspace)["groups"], ["Desk"])


def test_names_are_taken_per_workspace_for_users_and_per_connection_for_groups(server):
    worlds = Worlds(server)
    expect.refused(worlds.clients["entra"].post("/Users", user_body("ANA@acme.example")), 409, "uniqueness")
    expect.scim(worlds.clients["north"].post("/Users", user_body("ana.entra@acme.example")), 201)
    for client in worlds.clients.values():
        expect.scim(client.post("/Groups", group_body("Night Shift")), 201)


def test_decisions_and_roles_end_at_the_workspace(server):
    worlds = Worlds(server)
    north = worlds.users["north"]["id"]
    server.cli("roles", "create", "Northern", "--permission", "requests.delete", "--workspace", "north")
    server.cli("users", "grant", north, "--role", "Northern", "--workspace", "north")
    expect.equal(server.decide(north, "requests.delete", "north"), True)
    expect.equal(server.decide("ana@acme.example", "requests.delete", "north"), True)
    expect.equal(server.decide(north, "requests.delete", "default"), False)
    expect.equal(server.decide("ana@acme.example", "requests.delete", "default"), False)
    expect.equal(server.decide(north, "requests.delete", "nowhere"), False)
    names = [role["name"] for role in server.cli("roles", "list")]
    assert "Northern" not in names, names
    for words in (
        ("users", "get", north),
        ("roles", "get", "Northern"),
        ("groups", "get", worlds.groups["north"]["id"]),
        ("users", "grant", "ana@acme.example", "--role", "Northern"),
    ):
        expect.succeeded(server.run(*words), 3)


def test_links_end_at_their_connection(server):
    Worlds(server)
    ambiguous = server.run("links", "create", "--group", "Desk", "--role", "IT Admin")
    expect.succeeded(ambiguous, 5)
    server.cli("links", "create", "--group", "Desk", "--role", "IT Admin", "--connection", "entra")
    for user, workspace, wanted in (
        ("ana.entra@acme.example", "default", True),
        ("ana@acme.example", "default", False),
        ("ana@acme.example", "north", False),
    ):
        expect.equal("IT Admin" in server.cli("users", "get", user, "--workspace", workspace)["roles"], wanted, user)


def test_audit_trails_are_apart(server):
    worlds = Worlds(server)
    for workspace, here, elsewhere in (("default", "okta", "north"), ("north", "north", "okta")):
        targets = {row["target"] for row in server.cli("audit", "list", "--limit", "1000", "--workspace", workspace)}
        assert "User/" + worlds.users[here]["id"] in targets, targets
        assert "User/" + worlds.users[elsewhere]["id"] not in targets, targets
        expect.equal(server.cli("audit", "verify", "--workspace", workspace)["intact"], True)


def test_tokens_of_another_workspace_cannot_be_listed_or_revoked(server):
    worlds = Worlds(server)
    foreign = worlds.clients["north"].token.split("_")[1]
    assert foreign not in [token["id"] for token in server.cli("tokens", "list")]
    expect.succeeded(server.run("tokens", "revoke", foreign), 3)
    expect.scim(worlds.clients["north"].get("/Users"))
