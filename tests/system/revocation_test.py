"""Whoever loses access has lost it when the answer arrives: roles, tokens, and the word to others. And one timeline that
says how it came."""

import time

import expect
from metrics_test import measured, value_of
from receiver import Receiver
from rolecall_server import Server, user_body
from webhooks_test import LOOPBACK, make

USERS = 200


def listed_group(scim, role):
    return expect.listed(scim.find("Groups", f'displayName eq "{role}"'))[0]["id"]


def test_after_the_answer_every_decision_says_no():
    with Server(environment={"ROLECALL_METRICS__LISTEN": "127.0.0.1:0"}) as server:
        scim = server.scim(server.token())
        application = server.admin()
        group = listed_group(scim, "IT Admin")
        users = [expect.scim(scim.post("/Users", user_body(f"u{at}@acme.example")), 201)["id"] for at in range(USERS)]
        expect.status(scim.patch("/Groups/" + group, {"op": "add", "path": "members",
                                                     "value": [{"value": user} for user in users]}), 204)
        slowest = 0.0
        for at, user in enumerate(users):
            expect.equal(server.decide(user, "services.manage", client=application), True)
            begun = time.monotonic()
            if at % 3 == 0:
                answer = scim.patch("/Users/" + user, {"op": "replace", "path": "active", "value": False})
                expect.scim(answer)
            elif at % 3 == 1:
                expect.equal(scim.delete("/Users/" + user).status, 204)
            else:
                where = f'members[value eq "{user}"]'
                expect.status(scim.patch("/Groups/" + group, {"op": "remove", "path": where}), 204)
            expect.equal(server.decide(user, "services.manage", client=application), False, f"decision {at}")
            slowest = max(slowest, time.monotonic() - begun)
            has_default = at % 3 == 2
            expect.equal(server.decide(user, "requests.reply", client=application), has_default, f"default {at}")
        text = measured(server)
        expect.equal(value_of(text, "rolecall_revocation_seconds_count"), USERS)
        assert value_of(text, "rolecall_revocation_seconds_sum") < slowest * USERS
        print(f"slowest from request to denied decision: {slowest * 1000:.1f} ms")


def test_what_took_nothing_is_not_measured():
    with Server(environment={"ROLECALL_METRICS__LISTEN": "127.0.0.1:0"}) as server:
        scim = server.scim(server.token())
        ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
        expect.scim(scim.patch("/Users/" + ana, {"op": "replace", "path": "title", "value": "Dr"}))
        server.cli("users", "grant", "ana@acme.example", "--role", "IT Admin")
        expect.equal(value_of(measured(server), "rolecall_revocation_seconds_count"), 0)
        expect.succeeded(server.run("users", "revoke", "ana@acme.example", "--role", "IT Admin", "--dry-run"))
        expect.equal(value_of(measured(server), "rolecall_revocation_seconds_count"), 0)
        server.cli("users", "revoke", "ana@acme.example", "--role", "IT Admin")
        expect.equal(value_of(measured(server), "rolecall_revocation_seconds_count"), 1)


def test_a_token_that_stood_for_a_leaver_never_opens_again(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
    own = server.token("okta", "default", "--user", "ana@acme.example")
    expect.scim(server.scim(own).get("/Me"))
    expect.scim(scim.patch("/Users/" + ana, {"op": "replace", "path": "active", "value": False}))
    expect.refused(server.scim(own).get("/Me"), 401)
    expect.scim(scim.patch("/Users/" + ana, {"op": "replace", "path": "active", "value": True}))
    expect.refused(server.scim(own).get("/Me"), 401)
    actions = [row["action"] for row in server.cli("audit", "list")]
    expect.equal(actions.count("access.revoked"), 1)
    expect.equal(actions.count("token.revoked"), 1)


def test_each_end_of_access_is_told_once():
    with Server(environment=LOOPBACK) as server, Receiver() as receiver:
        make(server, receiver.url, "access.revoked", "user.deleted")
        scim = server.scim(server.token())
        users = [expect.scim(scim.post("/Users", user_body(f"u{at}@acme.example")), 201)["id"] for at in range(3)]
        expect.scim(scim.patch("/Users/" + users[0], {"op": "replace", "path": "active", "value": False}))
        expect.equal(scim.delete("/Users/" + users[0]).status, 204)
        expect.equal(scim.delete("/Users/" + users[1]).status, 204)
        came = receiver.wait(4)
        expect.equal([(one.body["type"], one.body["subject"]["id"]) for one in came],
                     [("access.revoked", users[0]), ("user.deleted", users[0]),
                      ("access.revoked", users[1]), ("user.deleted", users[1])])


def test_the_timeline_joins_requests_and_what_they_did(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
    group = listed_group(scim, "IT Admin")
    expect.status(scim.patch("/Groups/" + group, {"op": "add", "path": "members", "value": [{"value": ana}]}), 204)
    expect.refused(scim.patch("/Users/" + ana, {"op": "replace", "path": "userName", "value": ""}), 400, "mutability")
    expect.scim(scim.get("/Users/" + ana))
    last = scim.patch("/Users/" + ana, {"op": "replace", "path": "active", "value": False})
    expect.scim(last)
    items = server.cli("users", "timeline", "ana@acme.example")
    sentences = [item["sentence"] for item in items]
    for sentence in ("Created by okta.", "Gained the role IT Agent by default.", "Joined the group IT Admin.",
                     "Gained the role IT Admin through the group IT Admin.", "Deactivated by okta.",
                     "Lost the role IT Admin, held through the group IT Admin.", "Changed by okta: active.",
                     "All access ended."):
        assert sentence in sentences, f"{sentence!r} is not in {sentences}"
    refused = [item for item in items if item["kind"] == "request" and item["status"] == 400]
    expect.equal(len(refused), 1)
    expect.holds(refused[0]["sentence"], "okta sent PATCH /Users/{id}, refused with 400")
    assert not any(item["action"].startswith("GET") for item in items), items
    instants = [item["at"] for item in items]
    expect.equal(instants, sorted(instants, reverse=True), "newest first")
    of_last = [item["kind"] for item in items if item["request"] == last.headers["x-request-id"]]
    expect.equal(sorted(of_last), ["access", "change", "change", "request", "role"])
    # Page by page it is the same.
    admin = server.admin()
    paged, after = [], ""
    while True:
        body = expect.status(admin.get(f"/admin/v1/users/{ana}/timeline?limit=3&cursor={after}"), 200)
        paged += body["items"]
        after = body["next_cursor"]
        if not after:
            break
    expect.equal(paged, items)
    expect.problem(admin.get(f"/admin/v1/users/{ana}/timeline?cursor=x"), 400)
    other = expect.scim(scim.post("/Users", user_body("ben@acme.example")), 201)["id"]
    foreign = expect.status(admin.get(f"/admin/v1/users/{ana}/timeline?limit=1"), 200)["next_cursor"]
    expect.problem(admin.get(f"/admin/v1/users/{other}/timeline?cursor={foreign}"), 400)
    expect.equal(server.run("users", "timeline", "nobody").returncode, 3)


def test_the_timeline_outlives_the_user(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
    expect.equal(scim.delete("/Users/" + ana).status, 204)
    sentences = [item["sentence"] for item in server.cli("users", "timeline", ana)]
    expect.holds(sentences, "Deleted by okta.")
    expect.holds(sentences, "Created by okta.")
    expect.equal(server.run("users", "timeline", "ana@acme.example").returncode, 3)
