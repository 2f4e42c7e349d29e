"""An IdP takes access from too many at once: what goes over the limit waits, and all of it can be had back."""

import json

import expect
from backdoor import door_to
from metrics_test import measured, value_of
from rolecall_server import BULK, ERROR, ROLECALL_USER, Server, group_body, user_body

ROLES = ROLECALL_USER + ":effectiveRoles"
OFF = {"op": "replace", "path": "active", "value": False}


class Company:
    """A connection with many users, all of whom count, and a group with a role for every other one."""

    def __init__(self, server, size):
        self.server = server
        self.scim = server.scim(server.token())
        self.users = []
        for start in range(0, size, 500):
            answer = self.scim.post("/Bulk", {"schemas": [BULK], "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": str(number), "data": user_body(name_of(number))}
                for number in range(start, min(size, start + 500))]})
            operations = expect.status(answer, 200)["Operations"]
            self.users += [operation["location"].rsplit("/", 1)[1] for operation in operations]
        members = self.users[::2]
        expect.scim(self.scim.post("/Groups", group_body("Desk", *members)), 201)
        server.cli("links", "create", "--group", "Desk", "--role", "IT Admin")
        server.cli("guard", "set", "okta", "--newcomer-hours", "0")

    def deactivate(self, number):
        return self.scim.patch("/Users/" + self.users[number], OFF)

    def state(self):
        """Who is active, in which groups, with which roles."""
        found, start = {}, 1
        while True:
            page = self.scim.get(f"/Users?startIndex={start}&count=500&attributes=userName,active,groups,{ROLES}").json()
            for user in page["Resources"]:
                roles = user.get(ROLECALL_USER, {}).get("effectiveRoles", [])
                found[user["userName"]] = (user["id"], user["active"],
                                           sorted(group["value"] for group in user.get("groups", [])),
                                           sorted(tuple(sorted(role.items())) for role in roles))
            start += len(page["Resources"])
            if start > page["totalResults"]:
                return found


def name_of(number):
    return f"user{number:04}@acme.example"


def test_of_a_thousand_users_two_hundred_go_and_the_rest_waits_until_all_is_undone():
    with Server(environment={"ROLECALL_METRICS__LISTEN": "127.0.0.1:0"}) as server:
        company = Company(server, 1000)
        before = company.state()
        answers = [company.deactivate(number) for number in range(300)]
        expect.equal([answer.status for answer in answers], [200] * 200 + [503] * 100)
        refused = answers[200]
        expect.equal(refused.headers["retry-after"], "3600")
        body = refused.json()
        expect.equal((body["schemas"], body["status"]), ([ERROR], "503"))
        for words in ("201 users would have lost access", "within 60 minutes", "from 200 users",
                      "(the larger of 25 and 20 % of its active users)", "an administrator of the application decides",
                      "Without a decision it is done at 20"):
            expect.holds(body["detail"], words)
        expect.equal(company.deactivate(250).status, 503)

        held = server.cli("guard", "held", "list")
        expect.equal(len(held), 100)
        expect.equal(held[50]["name"], name_of(250))
        expect.equal(held[50]["asked"], 2)
        expect.equal(held[0]["costs"], [{"user_name": name_of(200), "id": company.users[200],
                                         "loses": ["Desk", "IT Admin"], "access_ends": True}])
        tripped = json.loads(server.log_line('"guard_tripped"'))
        expect.equal((tripped["connection"], tripped["losses"], tripped["limit"]), ("okta", 201, 200))
        status = server.cli("guard", "status")[0]
        expect.equal((status["losses"], status["limit"], status["held"], status["active_users"]),
                     (200, 200, 100, 1000))
        expect.equal(tripped["wave"], status["wave"])
        expect.holds(server.run("doctor", output="table").stdout, "100 changes of default/okta are held")
        shown = server.cli("requests", "get", refused.headers["x-request-id"])
        expect.equal((shown["status"], shown["error"], shown["intent"]),
                     (503, "held", f"asked to deactivate {name_of(200)}, which is held"))
        expect.equal([step["state"] for step in shown["steps"]], ["ok", "ok", "ok", "failed", "not reached"])
        line = json.loads(server.log_line('"request_completed"', refused.headers["x-request-id"]))
        expect.equal((line["level"], line["error"]), ("info", "held"))
        text = measured(server)
        expect.equal(value_of(text, "rolecall_requests_total", connection="okta", error="held"), 101)
        expect.equal(value_of(text, "rolecall_requests_total", error="unavailable"), 0)
        expect.equal(value_of(text, "rolecall_requests_total", error="internal"), 0)
        expect.equal(value_of(text, "rolecall_guard_held_changes", workspace="default"), 100)
        expect.equal(value_of(text, "rolecall_guard_trips_total", workspace="default"), 1)
        expect.equal(sum(1 for _, active, _, _ in company.state().values() if active), 800)

        undone = server.cli("guard", "undo", status["wave"])
        expect.equal(undone, {"wave": status["wave"], "restored": 200, "rejected": 100, "left": []})
        expect.equal(company.state(), before)
        expect.equal(server.cli("guard", "held", "list"), [])
        expect.equal(company.deactivate(250).status, 403)
        expect.equal(company.deactivate(0).status, 503)
        expect.equal(company.state(), before)


def test_who_ends_everybody_does_not_end_the_owners(server):
    company = Company(server, 60)
    for number in (7, 33):
        server.cli("users", "grant", name_of(number), "--role", "Owner")
    answers = [company.deactivate(number).status for number in range(60)]
    expect.equal((answers.count(200), answers.count(403), answers.count(503)), (25, 2, 33))
    expect.equal([answers[7], answers[33]], [403, 403])
    detail = company.deactivate(7).json()["detail"]
    expect.holds(detail, "the protected role Owner")
    for number in range(60):
        if number not in (7, 33):
            company.scim.delete("/Users/" + company.users[number])
        expect.equal(company.scim.delete("/Users/" + company.users[7]).status, 403) if number == 0 else None
    server.cli("guard", "held", "apply", "--all")
    for number in (7, 33):
        expect.equal(server.decide(name_of(number), "audit.view"), True)
    users = server.cli("users", "list")
    expect.equal(sorted(user["user_name"] for user in users if user["active"]), [name_of(7), name_of(33)])
    expect.equal(server.cli("guard", "status")[0]["held"], 0)


def test_a_restart_changes_nothing_and_the_clock_applies_deactivations_alone():
    with Server() as server:
        company = Company(server, 4)
        server.cli("guard", "set", "okta", "--minimum", "0", "--percent", "0")
        expect.equal(company.deactivate(0).status, 503)
        expect.equal(company.scim.delete("/Users/" + company.users[1]).status, 503)
        expect.equal(company.deactivate(2).status, 503)
        before = server.cli("guard", "held", "list")
        server.cli("guard", "held", "reject", "--user", name_of(2))
        server.kill()
        server.start()
        expect.equal(server.cli("guard", "held", "list"), before[:2])
        server.terminate()
        # Four hours later.
        door = door_to(server.data)
        moved = door.execute("UPDATE held_changes SET due = due - CAST(4 AS BIGINT) * 3600 * 1000000 - 1 WHERE due IS NOT NULL")
        expect.equal(moved, 1)
        door.close()
        server.start()
        expect.equal(json.loads(server.log_line('"held_changes_applied"'))["count"], 1)
        waiting = server.cli("guard", "held", "list")
        expect.equal([(change["action"], change["name"]) for change in waiting], [("delete", name_of(1))])
        applied = server.cli("guard", "held", "list", "--state", "applied")
        expect.equal([(change["name"], change["decided_by"]) for change in applied], [(name_of(0), "system")])
        expect.equal([company_state[1] for _, company_state in sorted(Again(server).state().items())],
                     [False, True, True, True])


class Again(Company):
    """The same company, seen after a restart."""

    def __init__(self, server):
        self.server = server
        self.scim = server.scim(server.token())


def test_settings_decide_and_are_checked(server):
    company = Company(server, 6)
    cli = server.cli
    settings = cli("guard", "set", "okta", "--minimum", "1", "--percent", "0", "--answer", "accept")
    expect.equal(settings, {"connection": "okta", "mode": "hold", "minimum": 1, "percent": 0, "window_minutes": 60,
                            "newcomer_hours": 0, "auto_apply_minutes": 240, "answer": "accept"})
    expect.equal(cli("guard", "get", "okta"), settings)
    expect.equal(company.deactivate(0).status, 200)
    answer = company.deactivate(1)
    expect.equal((answer.status, answer.json()["active"]), (200, False))
    expect.equal(company.scim.get("/Users/" + company.users[1]).json()["active"], True)
    rehearsed = cli("guard", "held", "apply", "--all", "--dry-run")
    expect.equal(rehearsed[0]["state"], "applied")
    expect.equal(cli("guard", "held", "list")[0]["state"], "held")
    cli("guard", "held", "apply", rehearsed[0]["id"])
    expect.equal(company.scim.get("/Users/" + company.users[1]).json()["active"], False)
    expect.equal(company.deactivate(1).status, 200)
    cli("guard", "set", "okta", "--mode", "observe")
    expect.equal(company.deactivate(2).status, 200)
    expect.equal(company.scim.get("/Users/" + company.users[2]).json()["active"], False)
    cli("guard", "set", "okta", "--mode", "off")
    expect.equal(company.scim.delete("/Users/" + company.users[3]).status, 204)
    expect.holds(server.run("doctor", output="table").stdout, "default/okta has none")
    for words, code in ((("guard", "set", "okta"), 2), (("guard", "set", "okta", "--window-minutes", "10081"), 1),
                        (("guard", "get", "none"), 3), (("guard", "undo", "none"), 3),
                        (("guard", "held", "apply"), 1), (("guard", "held", "apply", "none"), 3)):
        expect.succeeded(server.run(*words), code)
