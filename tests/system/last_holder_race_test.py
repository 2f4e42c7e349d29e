"""Several at the same instant: two Owners end on two ways at once, a hundred times one approval, plan or key."""

import threading

import expect
from admin_examples import BASE
from rolecall_server import Client, group_body, in_parallel, user_body

LASTS_LONG = True
TRIES = 1000


class Racers:
    """Threads that wait for each other before each try; each has a connection of its own."""

    def __init__(self, works):
        self.start, self.end = threading.Barrier(len(works) + 1), threading.Barrier(len(works) + 1)
        self.answers, self.is_over = [None] * len(works), False
        self.threads = [threading.Thread(target=self.run, args=item, daemon=True) for item in enumerate(works)]
        for thread in self.threads:
            thread.start()

    def run(self, number, work):
        while True:
            self.start.wait(60)
            if self.is_over:
                return
            try:
                self.answers[number] = work()
            except Exception as error:  # pylint: disable=broad-except
                self.answers[number] = error
            self.end.wait(60)

    def race(self):
        self.start.wait(60)
        self.end.wait(60)
        for answer in self.answers:
            if isinstance(answer, Exception):
                raise answer
        return list(self.answers)

    def finish(self):
        self.is_over = True
        self.start.wait(60)
        for thread in self.threads:
            thread.join()


def test_one_owner_always_remains(server):
    token, admin = server.token(), server.admin()
    scim = server.scim(token)
    users = [expect.scim(scim.post("/Users", user_body(f"o{number}@acme.example")), 201)["id"] for number in range(2)]
    grants = [f"{BASE}/users/{user}/grants" for user in users]
    for grant in grants:
        expect.status(admin.post(grant, {"role": "Owner"}), 201)
    # The guard would refuse the IdP before there is a race.
    server.cli("guard", "set", "okta", "--mode", "off")
    first, second = server.scim(token), server.admin()
    inactive = {"op": "replace", "path": "active", "value": False}
    active = {"op": "replace", "path": "active", "value": True}
    racers = Racers([lambda: first.patch("/Users/" + users[0], inactive),
                     lambda: second.delete(grants[1] + "/Owner")])
    outcomes = {"the IdP": 0, "the admin": 0}
    try:
        for number in range(TRIES):
            by_idp, by_admin = racers.race()
            is_gone = by_idp.status == 200
            is_revoked = by_admin.status == 200
            assert is_gone != is_revoked, f"try {number}: {by_idp} {by_admin}"
            assert (by_admin if is_gone else by_idp).status in (403, 409), f"try {number}: {by_idp} {by_admin}"
            outcomes["the IdP" if is_gone else "the admin"] += 1
            if number % 50 == 0:
                held = [server.decide(user, "settings.ownership", client=admin) for user in users]
                expect.equal(held, [not is_gone, not is_revoked], f"try {number}: who is Owner")
            if is_gone:
                expect.status(scim.patch("/Users/" + users[0], active), 200)
            else:
                expect.status(admin.post(grants[1], {"role": "Owner"}), 201)
    finally:
        racers.finish()
    assert all(outcomes.values()), f"not a race: {outcomes}"
    expect.equal(server.cli("audit", "verify")["intact"], True)


def rows_of(server, action):
    return [row for row in server.cli("audit", "list", "--limit", "1000") if row["action"] == action]


def test_a_hundred_approvals_of_one_link_are_one(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Groups", group_body("Pushed")), 201)
    admin = server.admin()
    link = next(one for one in admin.get(BASE + "/links").json()["items"] if one["origin"] == "pushed")
    answers = in_parallel(100, lambda _: server.admin().post(f"{BASE}/links/{link['id']}/approval"))
    expect.equal({answer.status for answer in answers} - {200, 409}, set(), "statuses")
    assert any(answer.status == 200 for answer in answers)
    expect.equal(len(rows_of(server, "link.approved")), 1, "approvals in the audit")


def test_a_hundred_applications_of_one_plan_are_one(server):
    scim = server.scim(server.token())
    user = expect.scim(scim.post("/Users", user_body("maya@acme.example")), 201)["id"]
    expect.scim(scim.post("/Groups", group_body("Desk", user)), 201)
    admin = server.admin()
    wanted = {"links": {"items": [{"group": "Desk", "connection": "okta", "role": "HR Admin"}]}}
    plan = expect.status(admin.post(BASE + "/plans", wanted), 201)["id"]
    answers = in_parallel(100, lambda _: server.admin().post(f"{BASE}/plans/{plan}/apply"))
    expect.equal(sorted(answer.status for answer in answers), [200] + [409] * 99, "statuses")
    expect.equal(len(rows_of(server, "plan.applied")), 1, "applications in the audit")
    given = [row for row in rows_of(server, "grant.added") if row["target"] == "User/" + user]
    expect.equal(server.cli("users", "get", user)["roles"].count("HR Admin"), 1, "the role")
    assert len(given) >= 1, given


def test_a_hundred_requests_under_one_key_are_one(server):
    def send(_):
        admin = Client(server.listen, server.admin_token(), "", "application/json")
        body = {"name": "Once", "permissions": []}
        for _ in range(100):
            answer = admin.post(BASE + "/roles", body, headers={"Idempotency-Key": "the-same"})
            if answer.status != 409:
                return answer
        return answer

    answers = in_parallel(100, send)
    expect.equal({answer.status for answer in answers}, {201}, "statuses")
    expect.equal(len({answer.json()["id"] for answer in answers}), 1, "roles that were made")
    expect.equal(sum("idempotency-replayed" not in answer.headers for answer in answers), 1, "done in earnest")
