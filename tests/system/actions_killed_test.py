"""kill -9 while actions are under way: whatever the step, what somebody would notice twice is never done twice, what may be
repeated is done in the end, and what nobody knows is said."""

import collections
import os
import random
import time

import expect
from actions_test import Acting

LASTS_LONG = True
# More of it: ROLECALL_ACTION_KILLS=1000 tests/system/run --only killed_again
KILLS = int(os.environ.get("ROLECALL_ACTION_KILLS", "100"))
ASKED = ("revoke_sessions", "suspend", "unsuspend", "reset_password")


class Killed(Acting):
    # The lease of an action is this and ten seconds more, which is how long a cut-off one stays in the dark.
    TIMEOUT = "2s"

    def __init__(self, **options):
        super().__init__(**{"users": 70, **options})

    def __enter__(self):
        super().__enter__()
        self.server.cli("action-policies", "create", "--hourly", "0")
        self.control("/set", limits={"*": 1_000_000})
        return self

    def restart(self):
        self.server.kill()
        self.server.start()
        self.admin = self.server.admin()

    def stall(self, login, step, kind):
        """The next such call of this person hangs: with its effect ("lost_stall") or without."""
        path = f"/api/v1/users/{self.id_of(login)}/lifecycle/{step}"
        self.control("/fault", kind=kind, method="POST", path=path)
        return path

    def mails_to(self, login):
        return sum(1 for mail in self.control("/dump")["mails"] if mail[0] == login)

    def events(self, kind):
        """How often something took effect, by login."""
        return collections.Counter(event["target"][0]["alternateId"] for event in self.control("/log")
                                   if event["eventType"] == kind)


def test_cut_off_within_the_call_once_is_unknown_and_the_rest_is_done():
    cases = [("person0@example.com", "reset_password", "lost_stall", "unknown", 1),
             ("person1@example.com", "reset_password", "stall", "unknown", 0),
             ("person2@example.com", "suspend", "lost_stall", "succeeded", 1),
             ("person3@example.com", "suspend", "stall", "succeeded", 1),
             ("person31@example.com", "activate", "lost_stall", "succeeded", 1)]
    with Killed(threads=len(cases)) as okta:
        okta.server.cli("directories", "pause", "okta-api")
        cut_off = [(okta.stall(login, action, kind), okta.ask(action, login), login, action, kind, wanted, effects)
                   for login, action, kind, wanted, effects in cases]
        okta.server.cli("directories", "resume", "okta-api")
        okta.wait_until(lambda: all(okta.action(made)["state"] == "sent" for _, made, *_ in cut_off), "the calls")
        arrive = {path for path, _, _, _, kind, *_ in cut_off if kind != "stall"}
        okta.wait_until(lambda: arrive <= {call["path"] for call in okta.control("/journal")}, "their arrival")
        time.sleep(0.3)
        okta.restart()
        for path, made, login, action, kind, wanted, effects in cut_off:
            done = okta.ended(made)
            expect.equal(done["state"], wanted, f"{action}, {kind}: {done['note']}")
            cut = [attempt for attempt in done["attempts"] if attempt["kind"] == "call"][0]
            expect.equal(cut["finished"], None)
            if action == "reset_password":
                expect.equal(okta.mails_to(login), effects, f"{action}, {kind}")
                assert len([call for call in okta.calls_to(path) if call["status"] == 200]) <= 1, okta.calls_to(path)
            else:
                kind_of_event = "user.lifecycle." + action
                expect.equal(okta.events(kind_of_event)[login], effects, f"{action}, {kind}")
        shown = okta.server.cli("actions", "list", "--state", "unknown")
        expect.equal(len(shown), 2)


def test_killed_again_and_again_under_load():
    with Killed(users=KILLS + 60) as okta:
        people = [login for login, status in okta.statuses().items()
                  if status == "ACTIVE" and login.startswith("person")][:KILLS]
        made, dice = {}, random.Random(7)
        # Never an empty queue: the directory rests until there is one.
        okta.server.cli("directories", "pause", "okta-api")
        for number in range(KILLS):
            login = people[number % len(people)]
            if login not in made:
                made[login] = [okta.ask(action, login) for action in ASKED]
            if number == 10:
                okta.server.cli("directories", "resume", "okta-api")
            time.sleep(dice.uniform(0.0, 0.4))
            okta.restart()
        # What was cut off is known within a minute of the restart, however much waits behind it.
        begun = [one for state in ("leased", "sent") for one in
                 okta.server.cli("actions", "list", "--state", state, "--limit", "1000")]
        for one in begun:
            okta.wait_until(lambda one=one: okta.action(one)["note"] or okta.action(one)["ended"], one["action"], 60)
        unknown = 0
        for login, actions in made.items():
            sessions, suspend, unsuspend, password = (okta.ended(one, 60 + 2 * KILLS) for one in actions)
            expect.equal((sessions["state"], suspend["state"], unsuspend["state"]), ("succeeded",) * 3, login)
            assert password["state"] in ("succeeded", "unknown"), password
            unknown += password["state"] == "unknown"
            mails = okta.mails_to(login)
            assert mails == 1 or (mails == 0 and password["state"] == "unknown"), (login, mails, password)
        for event in ("user.lifecycle.suspend", "user.lifecycle.unsuspend"):
            counted = okta.events(event)
            expect.equal({login: counted[login] for login in made}, dict.fromkeys(made, 1), event)
        shown = okta.server.cli("actions", "list", "--state", "unknown")
        expect.equal(len(shown), unknown, "what nobody knows is to be seen")
        cut = collections.Counter((one["action"], attempt["kind"]) for actions in made.values() for one in actions
                                  for attempt in okta.action(one)["attempts"] if attempt["finished"] is None)
        print(f"{KILLS} kills, {4 * len(made)} actions, {unknown} unknown; cut off: {dict(cut)}")
        assert cut, "no call was cut off"
