"""Who returns, whom nobody knows yet, and who goes to another connection."""

import expect
from rolecall_server import Server, group_body, user_body

ANA = "ana@acme.example"
AGENT, ADMIN = "IT Agent", "IT Admin"


def made(scim, path, body):
    return expect.scim(scim.post(path, body), 201)


def listed_group(scim, name):
    return expect.listed(scim.find("Groups", f'displayName eq "{name}"'))[0]


def add(scim, group, *values, op="add"):
    return scim.patch("/Groups/" + group, {"op": op, "path": "members", "value": [{"value": value} for value in values]})


def test_who_is_made_again_has_the_id_of_before_and_nothing_else(server):
    scim = server.scim(server.token())
    ana = made(scim, "/Users", user_body(ANA, externalId="00u1", title="Lead"))
    expect.equal(add(scim, listed_group(scim, ADMIN)["id"], ana["id"]).status, 204)
    server.cli("users", "grant", ANA, "--role", "HR Admin")
    before = expect.scim(scim.get("/Users/" + ana["id"]))
    expect.equal(scim.delete("/Users/" + ana["id"]).status, 204)
    expect.refused(scim.get("/Users/" + ana["id"]), 404)

    answer = scim.post("/Users", user_body("Ana@acme.example", externalId="00u1"))
    again = expect.scim(answer, 201)
    expect.equal(again["id"], ana["id"])
    assert answer.headers["location"].endswith("/Users/" + ana["id"])
    assert "title" not in again and "groups" not in again, again
    assert again["meta"]["created"] > before["meta"]["created"], again["meta"]
    stale = {"If-Match": before["meta"]["version"]}
    expect.refused(scim.put("/Users/" + ana["id"], user_body(ANA), headers=stale), 412)
    expect.equal(scim.get("/Users/" + ana["id"], headers={"If-None-Match": before["meta"]["version"]}).status, 200)
    expect.equal(server.cli("users", "get", ANA)["roles"], [AGENT])
    rows = [row for row in server.cli("audit", "list", "--limit", "1000") if row["target"] == "User/" + ana["id"]]
    assert "user.returned" in {row["action"] for row in rows}, rows
    assert ANA not in str(rows)


def test_an_external_id_says_who_it_is(server):
    scim = server.scim(server.token())
    ana = made(scim, "/Users", user_body(ANA, externalId="00u1"))
    expect.equal(scim.delete("/Users/" + ana["id"]).status, 204)
    namesake = made(scim, "/Users", user_body(ANA, externalId="00u2"))
    assert namesake["id"] != ana["id"]
    expect.equal(made(scim, "/Users", user_body("ana.lopez@acme.example", externalId="00u1"))["id"], ana["id"])


def test_a_token_of_somebody_who_returned_stays_revoked(server):
    scim = server.scim(server.token())
    ana = made(scim, "/Users", user_body(ANA))
    token = server.cli("tokens", "create", "--connection", "okta", "--user", ANA)["token"]
    server.secrets.add(token)
    own = server.scim(token)
    expect.scim(own.get("/Me"))
    expect.equal(scim.delete("/Users/" + ana["id"]).status, 204)
    expect.equal(made(scim, "/Users", user_body(ANA))["id"], ana["id"])
    expect.refused(own.get("/Me"), 401)


def test_returns_survive_a_restart_and_can_be_off(server):
    token = server.token()
    scim = server.scim(token)
    ana = made(scim, "/Users", user_body(ANA))
    expect.equal(scim.delete("/Users/" + ana["id"]).status, 204)
    expect.equal(server.terminate(), 0)
    server.start()
    scim = server.scim(token)
    expect.equal(made(scim, "/Users", user_body(ANA))["id"], ana["id"])
    expect.equal(scim.delete("/Users/" + ana["id"]).status, 204)
    expect.equal(server.terminate(), 0)
    with Server(data=server.data, environment={"ROLECALL_SCIM__TOMBSTONE_DAYS": "0"}) as forgetful:
        assert made(forgetful.scim(token), "/Users", user_body(ANA))["id"] != ana["id"]


def test_a_pushed_group_returns_without_members(server):
    server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
    scim = server.scim(server.token())
    ana = made(scim, "/Users", user_body(ANA))
    desk = made(scim, "/Groups", group_body("Desk", ana["id"]))
    link = server.cli("links", "create", "--group", "Desk", "--role", ADMIN)
    expect.equal(scim.delete("/Groups/" + desk["id"]).status, 204)
    again = made(scim, "/Groups", group_body("desk", ana["id"]))
    expect.equal(again["id"], desk["id"])
    expect.equal(server.cli("users", "get", ANA)["roles"], [AGENT])
    expect.equal(server.cli("links", "resume", link["id"])["state"], "active")
    expect.equal(server.cli("users", "get", ANA)["roles"], [ADMIN])


def test_members_that_name_nobody_are_refused_and_change_nothing(server):
    scim = server.scim(server.token())
    ana = made(scim, "/Users", user_body(ANA))
    desk = made(scim, "/Groups", group_body("Desk", ana["id"]))
    for members in ([{}], [{"display": "Ana"}], [{"value": ana["id"]}, {}], [None], [{"value": ""}]):
        expect.refused(scim.post("/Groups", {**group_body("Other"), "members": members}), 400, "invalidValue")
        answer = scim.put("/Groups/" + desk["id"], {**group_body("Desk"), "members": members})
        expect.refused(answer, 400, "invalidValue")
        if members != [None]:
            expect.holds(answer.json()["detail"], "members.value")
        operation = {"op": "replace", "path": "members", "value": members}
        expect.refused(scim.patch("/Groups/" + desk["id"], operation), 400, "invalidValue")
    expect.equal(len(expect.scim(scim.get("/Groups/" + desk["id"]))["members"]), 1)


def test_strict_refuses_unknown_members_by_name(server):
    server.cli("connections", "set", "okta", "--unknown-members", "strict")
    scim = server.scim(server.token())
    ana = made(scim, "/Users", user_body(ANA))
    group = listed_group(scim, ADMIN)["id"]
    answer = add(scim, group, ana["id"], "00u-nobody")
    expect.refused(answer, 400, "invalidValue")
    expect.holds(answer.json()["detail"], "00u-nobody")
    assert "members" not in expect.scim(scim.get("/Groups/" + group))
    expect.refused(scim.post("/Groups", group_body("Desk", "00u-nobody")), 400, "invalidValue")
    expect.equal(expect.listed(scim.find("Groups", 'displayName eq "Desk"')), [])


def test_parked_members_join_with_the_request_that_makes_them(server):
    server.cli("connections", "set", "okta", "--unknown-members", "parked")
    scim = server.scim(server.token())
    group = listed_group(scim, ADMIN)["id"]
    expect.equal(add(scim, group, "00u1", "00u2").status, 204)
    assert "members" not in expect.scim(scim.get("/Groups/" + group))
    expect.equal(server.cli("groups", "get", group)["parked_members"], 2)
    ana = made(scim, "/Users", user_body(ANA, externalId="00u1"))
    expect.equal([entry["value"] for entry in ana["groups"]], [group])
    expect.equal(scim.get("/Users/" + ana["id"]).headers["etag"], ana["meta"]["version"])
    expect.equal(server.cli("users", "get", ANA)["roles"], [ADMIN])
    expect.equal(server.cli("groups", "get", group)["parked_members"], 1)
    expect.equal(scim.patch("/Groups/" + group, {"op": "remove", "path": 'members[value eq "00u2"]'}).status, 204)
    expect.equal(server.cli("groups", "get", group)["parked_members"], 0)
    actions = {row["action"] for row in server.cli("audit", "list", "--limit", "1000")}
    assert {"group.member_parked", "group.member_unparked"} <= actions, actions


def test_a_company_moves_from_one_provider_to_another(server):
    okta = server.scim(server.token())
    server.cli("connections", "create", "entra", "--dialect", "entra")
    entra = server.scim(server.token("entra"))
    ana = made(okta, "/Users", user_body(ANA, externalId="00u1"))
    ben = made(okta, "/Users", user_body("ben@acme.example", externalId="00u2"))
    expect.equal(add(okta, listed_group(okta, ADMIN)["id"], ana["id"]).status, 204)

    taken = entra.post("/Users", user_body(ANA))
    expect.refused(taken, 409, "uniqueness")
    expect.holds(taken.json()["detail"], "users adopt")
    expect.lacks(taken.json()["detail"], "okta")
    expect.lacks(taken.json()["detail"], ana["id"])

    planned = server.cli("connections", "adopt", "--from", "okta", "--to", "entra", "--dry-run")
    expect.equal((planned["users"], planned["memberships_ended"]), (2, 1))
    expect.equal(planned["role_changes"], [{"user_name": ANA, "before": [ADMIN], "after": [AGENT]}])
    expect.equal(server.cli("users", "get", ANA)["roles"], [ADMIN])

    shown = server.run("users", "adopt", ANA, "--connection", "entra", "--keep-roles", "--dry-run", output="table")
    expect.succeeded(shown)
    expect.holds(shown.stdout, "user.adopted")
    done = server.cli("connections", "adopt", "--from", "okta", "--to", "entra", "--keep-roles")
    expect.equal((done["users"], done["memberships_moved"], done["users_changed"]), (2, 1, 0))
    expect.refused(okta.get("/Users/" + ana["id"]), 404)
    found = expect.listed(entra.find("Users", f'userName eq "{ANA}"'))
    expect.equal([user["id"] for user in found], [ana["id"]])
    assert "externalId" not in found[0], found
    expect.equal(expect.scim(okta.get("/Users"))["totalResults"], 0)
    expect.equal(expect.scim(entra.get("/Users"))["totalResults"], 2)
    expect.equal(server.cli("users", "get", ANA)["roles"], [ADMIN])
    answer = entra.patch("/Users/" + ben["id"], {"op": "Replace", "path": "active", "value": "False"})
    assert answer.status in (200, 204), answer
    expect.equal(server.cli("users", "get", ben["id"])["roles"], [])
    actions = {row["action"] for row in server.cli("audit", "list", "--limit", "1000")}
    assert "user.adopted" in actions, actions
    expect.equal(server.cli("audit", "verify")["intact"], True)


def test_a_group_without_a_role_can_be_handed_over(server):
    server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
    server.cli("connections", "create", "entra", "--unknown-groups", "keep_unlinked")
    okta, entra = server.scim(server.token()), server.scim(server.token("entra"))
    desk = made(okta, "/Groups", group_body("Desk"))
    expect.equal(server.cli("groups", "adopt", "Desk", "--connection", "entra")["groups"], 1)
    expect.refused(okta.get("/Groups/" + desk["id"]), 404)
    expect.equal(expect.scim(entra.get("/Groups/" + desk["id"]))["displayName"], "Desk")
    refused = server.run("groups", "adopt", ADMIN, "--from", "okta", "--connection", "entra")
    expect.succeeded(refused, 5)
    expect.holds(refused.stderr, "stands for a role")
