"""Acting in a directory: asked for by one person, approved by another, done in the provider and told on one timeline; what
the provider refuses, throttles or loses, against a simulated Okta over TLS."""

import collections
import datetime
import json
import statistics
import time

import expect
from receiver import Receiver
from rolecall_server import Client, in_parallel, user_body
from sync_test import Org

LASTS_LONG = True
MANAGE = ("okta.users.manage", "okta.groups.manage", "okta.apps.manage")
BASE = "/admin/v1"


class Acting(Org):
    """An org that was read, with scopes to act in it, and people here who may ask and approve."""

    def __init__(self, **options):
        super().__init__(**{"users": 30, "groups": 3, **options})

    def __enter__(self):
        super().__enter__()
        held = self.get()["scopes"]
        words = [word for scope in (*held, *MANAGE) for word in ("--scope", scope)]
        self.server.cli("directories", "set", "okta-api", *words)
        self.wait_until(lambda: set(MANAGE) <= set(self.get()["granted"]), "the scopes")
        self.sync()
        self.admin = self.server.admin()
        self.scim = self.server.scim(self.server.token())
        return self

    def wait_until(self, look, what, seconds=60):
        end = time.monotonic() + seconds
        while not look():
            assert time.monotonic() < end, f"{what}: {str(self.server.cli('actions', 'list'))[:2000]}"
            time.sleep(0.05)

    def somebody(self, name, role):
        """A user with a role, and a client whose token stands for them."""
        expect.scim(self.scim.post("/Users", user_body(name)), 201)
        expect.status(self.admin.post(f"{BASE}/users/{name}/grants", {"role": role}), 201)
        scopes = ["actions:read", "actions:write", "approvals:write"]
        made = self.admin.post(BASE + "/api-tokens", {"name": name, "scopes": scopes, "user": name})
        token = expect.status(made, 201)["token"]
        self.server.secrets.add(token)
        return Client(self.server.listen, token, BASE, "application/json")

    def ask(self, action, person, client=None, **more):
        body = {"action": action, "person": person, "reason": "Because", **more}
        client = client or Client(self.server.listen, self.admin.token, BASE, "application/json")
        return expect.status(client.post("/actions", body), 202)

    def action(self, made):
        return expect.status(self.admin.get(f"{BASE}/actions/{made['id']}"), 200)

    def ended(self, made, seconds=60):
        self.wait_until(lambda: self.action(made)["ended"], made["action"], seconds)
        return self.action(made)

    def status_of(self, login):
        return self.statuses()[login]

    def calls_to(self, part):
        return [call for call in self.control("/journal") if part in call["path"] and call["method"] != "GET"]

    def id_of(self, login):
        return self.person(login)["id"]


def seconds_between(earlier, later):
    first, second = (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (earlier, later))
    return (second - first).total_seconds()


def test_asked_for_by_one_approved_by_another_and_told_on_one_timeline():
    with Acting() as okta:
        maya = "person0@example.com"
        asker, boss = okta.somebody(maya, "HR Admin"), okta.somebody("boss@acme.example", "IT Admin")
        made = okta.ask("deprovision", maya, asker)
        expect.equal((made["state"], made["approvals_needed"]), ("awaiting_approval", 1))
        verdict = {"digest": made["digest"]}
        own = expect.problem(asker.post(f"/actions/{made['id']}/approve", verdict), 403)
        expect.holds(own, "themselves")
        robot = okta.admin.post(BASE + "/api-tokens", {"name": "robot", "scopes": ["approvals:write"]}).json()["token"]
        okta.server.secrets.add(robot)
        nobody = Client(okta.server.listen, robot, BASE, "application/json")
        expect.holds(expect.problem(nobody.post(f"/actions/{made['id']}/approve", verdict), 403), "stands for nobody")
        other = okta.ask("deprovision", "person1@example.com", asker)
        wrong = boss.post(f"/actions/{made['id']}/approve", {"digest": other["digest"]})
        expect.holds(expect.problem(wrong, 409), "digest")
        expect.equal(okta.calls_to("lifecycle"), [])
        okta.control("/set", delay=2)
        expect.status(boss.post(f"/actions/{made['id']}/approve", {**verdict, "comment": "Seen"}), 200)
        done = okta.ended(made)
        expect.equal((done["state"], done["vendor_status"]), ("succeeded", 200))
        expect.equal([one["by"] for one in done["approvals"]], [done["approvals"][0]["by"]])
        kinds = [attempt["kind"] for attempt in done["attempts"]]
        expect.equal(kinds[:2], ["read", "call"])
        assert len(kinds) > 3 and set(kinds[2:]) == {"verify"}, kinds
        expect.equal(okta.status_of(maya), "DEPROVISIONED")
        assert len(okta.calls_to("lifecycle")) == 1, okta.calls_to("lifecycle")

        told = okta.server.cli("people", "timeline", maya)
        sentences = [entry["sentence"] for entry in told]
        for part in ("Created by okta.", f"{maya} asked for the action deprovision, which waits for approval.",
                     "may not judge the action deprovision. Nobody approves what they asked for themselves.",
                     "boss@acme.example approved the action deprovision: 1 of 1.", "The action deprovision is done."):
            assert any(part in sentence for sentence in sentences), (part, sentences)
        assert any(entry["kind"] == "request" for entry in told), told
        expect.equal([entry["at"] for entry in told], sorted((entry["at"] for entry in told), reverse=True))
        mine = okta.server.cli("actions", "list", "--request", made["request"])
        expect.equal([one["id"] for one in mine], [made["id"]])
        expect.holds(okta.server.log_line('"action_ended"'), '"succeeded"')
        rows = [row["action"] for row in okta.server.cli("audit", "list", "--limit", "1000")]
        expect.equal(rows.count("action.approval_refused"), 2, "refused, and written down")


def test_a_hundred_approvals_at_once_are_two_by_two_people():
    """C6: done once, and everybody counts once."""
    with Acting() as okta:
        okta.server.cli("action-policies", "create", "--action", "deprovision", "--approvals", "2", "--approver", "IT Admin")
        asker = okta.somebody("person0@example.com", "HR Admin")
        bosses = [okta.somebody(f"boss{number}@acme.example", "IT Admin") for number in (1, 2)]
        for turn in range(5):
            login = f"person{turn + 1}@example.com"
            made = okta.ask("deprovision", login, asker)

            def approve(number, made=made):
                boss = bosses[number % 2]
                client = Client(okta.server.listen, boss.token, BASE, "application/json")
                try:
                    return client.post(f"/actions/{made['id']}/approve", {"digest": made["digest"]}).status
                finally:
                    client.close()

            answers = collections.Counter(in_parallel(100, approve))
            assert answers[200] == 2 and answers[409] == 98, answers
            done = okta.ended(made)
            expect.equal((done["state"], len(done["approvals"])), ("succeeded", 2))
            assert len({one["by"] for one in done["approvals"]}) == 2, done["approvals"]
            path = f"/api/v1/users/{okta.id_of(login)}/lifecycle/deactivate"
            expect.equal(len([call for call in okta.calls_to("deactivate") if call["path"] == path]), 1)


def test_the_command_line_waits_and_says_how_it_ended():
    with Acting() as okta:
        done = okta.server.run("actions", "create", "suspend", "--person", "person0@example.com")
        expect.equal((done.returncode, json.loads(done.stdout)["state"]), (0, "succeeded"), done.stderr)
        expect.equal(okta.status_of("person0@example.com"), "SUSPENDED")
        again = okta.server.run("actions", "create", "suspend", "--person", "person0@example.com")
        expect.holds(json.loads(again.stdout)["note"], "so already")
        waits = okta.server.run("actions", "create", "deprovision", "--person", "person1@example.com", "--reason", "Left")
        expect.equal(waits.returncode, 6, waits.stdout + waits.stderr)
        failed = okta.server.run("actions", "create", "unlock", "--person", "person31@example.com")
        expect.equal(failed.returncode, 3, failed.stdout)
        okta.control("/fault", kind="lost_reset", method="POST",
                     path=f"/api/v1/users/{okta.id_of('person2@example.com')}/lifecycle/reset_password")
        lost = okta.server.run("actions", "create", "reset_password", "--person", "person2@example.com")
        expect.equal(lost.returncode, 8, lost.stdout + lost.stderr)
        expect.holds(lost.stdout, "not done a second time")
        okta.server.cli("directories", "pause", "okta-api")
        late = okta.server.run("actions", "create", "suspend", "--person", "person3@example.com", "--wait", "1")
        expect.equal(late.returncode, 7, late.stdout + late.stderr)
        group = next(one["name"] for one in okta.control("/dump")["groups"].values() if one["type"] == "APP_GROUP") \
            if any(one["type"] == "APP_GROUP" for one in okta.control("/dump")["groups"].values()) else "Everyone"
        refused = okta.server.run("actions", "create", "add_to_group", "--person", "person3@example.com", "--object", group)
        expect.equal(refused.returncode, 5, refused.stdout + refused.stderr)
        expect.holds(refused.stderr, "takes no members by hand")


def test_a_temporary_password_is_shown_once_and_written_down_nowhere():
    with Acting() as okta:
        made = okta.ask("temporary_password", "person0@example.com")
        expect.equal(okta.ended(made)["state"], "succeeded")
        assert okta.action(made)["secret_until"], okta.action(made)
        shown = okta.server.run("actions", "secret", made["id"], output="table")
        password = shown.stdout.strip()
        assert shown.returncode == 0 and len(password) > 5, shown
        expect.equal(okta.server.run("actions", "secret", made["id"]).returncode, 3)
        for path in okta.server.data.rglob("*"):
            assert not path.is_file() or password.encode() not in path.read_bytes(), path
        expect.lacks(okta.server.log_text(), password)


def test_a_revoked_credential_holds_the_queue_and_a_new_one_lets_it_go_on():
    """O4."""
    with Acting() as okta:
        okta.control("/revoke", credential="0oaIntegration")
        before = len(okta.control("/journal"))
        made = [okta.ask("suspend", f"person{number}@example.com") for number in (0, 1, 2)]
        okta.wait_until(lambda: okta.get()["state"] == "needs_reauthorization", "the state", 30)
        time.sleep(2)
        calls = okta.control("/journal")[before:]
        assert len(calls) <= 3, calls
        expect.equal({okta.action(one)["state"] for one in made}, {"approved"})
        okta.control("/client", client="0oaSecond", secret="second-secret",
                     granted=list(okta.get()["scopes"]))
        okta.server.secrets.add("second-secret")
        done = okta.server.run("directories", "reauthorize", "okta-api", "--client-id", "0oaSecond", "--credential-file",
                               okta.secret_file("second-secret"))
        expect.equal(done.returncode, 0, done.stdout + done.stderr)
        expect.equal({okta.ended(one)["state"] for one in made}, {"succeeded"})
        expect.equal(len([call for call in okta.calls_to("suspend") if call["status"] == 200]), 3)


def test_webhooks_are_told_of_actions_and_of_a_directory_that_stops_working():
    """The alert of O4: within half a minute of the first refusal."""
    with Acting(environment={"ROLECALL_EGRESS__PLAIN_HTTP": "true"}) as okta, Receiver() as receiver:
        made = okta.server.cli("webhooks", "create", receiver.url, "--event", "action.*", "--event", "directory.*")
        okta.server.secrets.add(made["secret"])
        suspended = okta.ask("suspend", "person0@example.com")
        okta.ended(suspended)
        came = receiver.wait_for(lambda found: "action.succeeded" in [one.body["type"] for one in found], "the end")
        expect.equal([one.body["type"] for one in came], ["action.requested", "action.succeeded"])
        done = came[1].body
        expect.equal(done["subject"], {"type": "Action", "id": suspended["id"]})
        expect.equal(done["request"], suspended["request"])
        directory = okta.get()["id"]
        expect.equal(done["data"]["person"],
                     {"type": "Person", "id": okta.id_of("person0@example.com"), "directory": directory})
        expect.equal((done["data"]["type"], done["data"]["outcome"]), ("suspend", "ok"))

        okta.control("/revoke", credential="0oaIntegration")
        begun = time.monotonic()
        waits = okta.ask("suspend", "person1@example.com")
        came = receiver.wait_for(lambda found: "directory.state_changed" in [one.body["type"] for one in found], "alert")
        assert time.monotonic() - begun < 30, "the alert is late"
        alert = next(one.body for one in came if one.body["type"] == "directory.state_changed")
        expect.equal(alert["subject"], {"type": "Directory", "id": directory})
        expect.equal((alert["data"]["to"], alert["data"]["because"]), ("needs_reauthorization", "unauthorized"))
        expect.holds(okta.server.run("doctor").stdout, "The directory okta-api of default is needs_reauthorization.")
        expect.equal(okta.action(waits)["state"], "approved")
        for one in came:
            expect.lacks(one.raw.decode(), "@example.com", "no values")


def test_nothing_is_sent_within_the_wait_that_a_provider_announces():
    """O2, in short."""
    with Acting() as okta:
        okta.control("/fault", kind="limited", method="POST", path="/api/v1/users")
        made = [okta.ask("suspend", f"person{number}@example.com") for number in (0, 1, 2)]
        okta.wait_until(lambda: okta.get()["state"] == "throttled", "the state", 10)
        until = okta.get()["throttled_until"]
        assert until, okta.get()
        expect.equal({okta.ended(one)["state"] for one in made}, {"succeeded"})
        done = sorted(attempt["started"] for one in made for attempt in okta.action(one)["attempts"])
        limited = [attempt for one in made for attempt in okta.action(one)["attempts"] if attempt["status"] == 429]
        expect.equal(len(limited), 1)
        # What was on its way cannot be called back.
        sent = [start for start in done if limited[0]["finished"] < start < until]
        assert len(sent) <= 1 and done[-1] >= until, (done, until)


def test_what_was_done_to_somebody_is_what_is_known_of_them():
    with Acting() as okta:
        scopes = [word for scope in (*okta.get()["scopes"], "okta.apps.read") for word in ("--scope", scope)]
        okta.server.cli("directories", "set", "okta-api", *scopes)
        okta.wait_until(lambda: "okta.apps.read" in okta.get()["granted"], "the scope")
        okta.sync()
        login = "person0@example.com"

        def known(kind):
            return {one["name"] for one in okta.person(login)[kind]}

        dump = okta.control("/dump")
        group = next(one["name"] for one in dump["groups"].values()
                     if one["type"] == "OKTA_GROUP" and one["name"] not in known("groups"))
        app = next(one["label"] for one in dump["apps"].values() if one["label"] not in known("applications"))
        for there, back, what, kind in (("add_to_group", "remove_from_group", group, "groups"),
                                        ("assign_application", "remove_application", app, "applications")):
            before = known(kind)
            expect.equal(okta.ended(okta.ask(there, login, object=what))["state"], "succeeded")
            okta.wait_until(lambda kind=kind, wanted=before | {what}: known(kind) == wanted, what)
            expect.equal(okta.ended(okta.ask(back, login, object=what))["state"], "succeeded")
            okta.wait_until(lambda kind=kind, wanted=before: known(kind) == wanted, what)


def test_a_storm_of_refusals_in_one_directory_holds_no_other():
    """O2: nothing is sent within an announced wait, the other directory is as fast as before, and it goes on by itself."""
    with Acting() as okta:
        okta.control("/set", limits={"*": 1_000_000})
        held = [word for scope in okta.get()["scopes"] for word in ("--scope", scope)]
        expect.equal(okta.create(*held, name="second").returncode, 0)
        okta.server.cli("directories", "sync", "second")

        def seconds_in_second(action):
            took = []
            for number in range(3, 13):
                begun = time.monotonic()
                done = okta.ended(okta.ask(action, f"person{number}@example.com", directory="second"))
                took.append(time.monotonic() - begun)
                expect.equal(done["state"], "succeeded", done["note"])
            return statistics.median(took)

        calm = seconds_in_second("suspend")
        people = okta.control("/dump")["users"]
        person = next(id for id, user in people.items() if user["login"] == "person0@example.com")
        okta.control("/fault", kind="limited", method="POST", path=f"/api/v1/users/{person}/", count=4)
        stormy = okta.ask("suspend", "person0@example.com", directory="okta-api")
        okta.wait_until(lambda: okta.get()["state"] == "throttled", "the storm")
        meanwhile = seconds_in_second("unsuspend")
        assert meanwhile <= 1.2 * calm + 0.1, f"{meanwhile:.3f} s beside the storm, {calm:.3f} s before it"
        attempts = okta.ended(stormy)["attempts"]
        expect.equal(okta.action(stormy)["state"], "succeeded")
        refused = [at for at, one in enumerate(attempts) if one["status"] == 429]
        expect.equal(len(refused), 4)
        for at in refused:
            # Each refusal announces two seconds; a second is added, because two clocks differ.
            waited = seconds_between(attempts[at]["finished"], attempts[at + 1]["started"])
            assert 2 <= waited <= 2 * 3, attempts[at:at + 2]


def test_actions_of_one_person_are_done_in_their_order():
    with Acting() as okta:
        okta.server.cli("action-policies", "create", "--hourly", "0")
        okta.server.cli("directories", "pause", "okta-api")
        order = ["suspend", "unsuspend"] * 5
        made = {name: [okta.ask(action, name) for action in order]
                for name in (f"person{number}@example.com" for number in range(6))}
        okta.server.cli("directories", "resume", "okta-api")
        for name, actions in made.items():
            done = [okta.ended(one) for one in actions]
            expect.equal([one["state"] for one in done], ["succeeded"] * 10, str([one["note"] for one in done]))
            calls = [call["path"].rsplit("/", 1)[1] for call in okta.calls_to(f"/users/{okta.id_of(name)}/lifecycle")]
            expect.equal(calls, order)
