"""ETag, If-Match and If-None-Match (RFC 7644 §3.14), also when writers race."""

import expect
from rolecall_server import group_body, in_parallel, user_body

TITLE = {"op": "replace", "path": "title", "value": "Lead"}


def test_every_change_is_a_new_version_and_nothing_else_is(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    path = "/Users/" + ana["id"]
    expect.equal(ana["meta"]["version"], 'W/"1"')
    expect.equal(expect.scim(scim.patch(path, TITLE))["meta"]["version"], 'W/"2"')
    expect.equal(expect.scim(scim.patch(path, TITLE))["meta"]["version"], 'W/"2"', "the same again")
    expect.refused(scim.patch(path, {"op": "replace", "path": "title", "value": 1}), 400, "invalidValue")
    expect.equal(scim.get(path).headers["etag"], 'W/"2"')


def test_if_match_lets_the_version_it_names_be_changed(server):
    scim = server.scim(server.token())
    path = "/Users/" + expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
    refused, done = expect.refused, expect.scim
    for header, check, status in (
        ('W/"7"', refused, 412),
        ('"nonsense"', refused, 412),
        ('W/"1"', done, 200),
        ('W/"1"', refused, 412),
        ("*", done, 200),
        ('W/"1", W/"2"', refused, 412),
        ('W/"9", W/"3"', done, 200),
        ('"4"', done, 200),
    ):
        check(scim.patch(path, dict(TITLE, value=f"{status} {header}"), headers={"If-Match": header}), status)
    expect.equal(scim.get(path).headers["etag"], 'W/"5"')


def test_if_match_guards_put_and_delete_and_group_members(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    desk = expect.scim(scim.post("/Groups", group_body("Desk")), 201)
    stale = {"If-Match": 'W/"5"'}
    path = "/Users/" + ana["id"]
    expect.refused(scim.put(path, user_body("ana@acme.example"), headers=stale), 412)
    expect.refused(scim.delete(path, headers=stale), 412)
    add = {"op": "add", "path": "members", "value": [{"value": ana["id"]}]}
    expect.refused(scim.patch("/Groups/" + desk["id"], add, headers=stale), 412)
    assert "members" not in expect.scim(scim.get("/Groups/" + desk["id"]))
    expect.refused(scim.delete("/Users/none", headers=stale), 404)
    fresh = {"If-Match": ana["meta"]["version"]}
    expect.equal(scim.delete(path, headers=fresh).status, 204)


def test_if_none_match_saves_the_body(server):
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    path = "/Users/" + ana["id"]
    for header in ('W/"1"', '"1"', 'W/"9", W/"1"', "*"):
        answer = scim.get(path, headers={"If-None-Match": header})
        expect.equal((answer.status, answer.body, answer.headers["etag"]), (304, b"", 'W/"1"'), header)
    expect.scim(scim.get(path, headers={"If-None-Match": 'W/"2"'}))
    expect.scim(scim.patch(path, TITLE))
    expect.scim(scim.get(path, headers={"If-None-Match": 'W/"1"'}))


def test_of_two_racing_writers_exactly_one_wins(server):
    token = server.token()
    scim = server.scim(token)
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    path = "/Users/" + ana["id"]
    version = ana["meta"]["version"]
    clients = [server.scim(token) for _ in range(2)]
    for turn in range(40):
        answers = in_parallel(
            2,
            lambda number, turn=turn, version=version: clients[number].patch(
                path, dict(TITLE, value=f"writer {number} in turn {turn}"), headers={"If-Match": version}
            ),
        )
        expect.equal(sorted(answer.status for answer in answers), [200, 412])
        won = next(answer for answer in answers if answer.status == 200).json()
        expect.equal(expect.scim(scim.get(path)), won)
        version = won["meta"]["version"]


def test_concurrent_member_changes_without_a_version_all_arrive(server):
    token = server.token()
    scim = server.scim(token)
    users = [
        expect.scim(scim.post("/Users", user_body(f"user{number}@acme.example")), 201)["id"] for number in range(24)
    ]
    desk = expect.scim(scim.post("/Groups", group_body("Desk")), 201)["id"]
    clients = [server.scim(token) for _ in range(4)]

    def add(worker):
        for user in users[worker::4]:
            answer = clients[worker].patch(
                "/Groups/" + desk, {"op": "add", "path": "members", "value": [{"value": user}]}
            )
            expect.equal(answer.status, 204)

    in_parallel(4, add)
    shown = expect.scim(scim.get("/Groups/" + desk))
    expect.equal(sorted(member["value"] for member in shown["members"]), sorted(users))
    expect.equal(shown["meta"]["version"], f'W/"{1 + len(users)}"')


def test_of_many_posts_of_one_name_one_makes_it(server):
    token = server.token()
    clients = [server.scim(token) for _ in range(8)]
    answers = in_parallel(8, lambda number: clients[number].post("/Users", user_body("ana@acme.example")))
    expect.equal(sorted(answer.status for answer in answers), [201] + [409] * 7)
    expect.equal(len(expect.listed(clients[0].get("/Users"))), 1)
