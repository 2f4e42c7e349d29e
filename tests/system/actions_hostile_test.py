"""An Okta of whose answers every tenth is one of thirty bad ones: everything ends, what may be repeated is done, nothing is
done twice that somebody would notice, and every call is kept with what came back. More of it:
ROLECALL_HOSTILE_PEOPLE=25 tests/system/run --only actions_hostile"""

import contextlib
import os

import expect
from actions_killed_test import Killed

LASTS_LONG = True
PEOPLE = int(os.environ.get("ROLECALL_HOSTILE_PEOPLE", "6"))


class Watched(Killed):
    """With an admin who has a directory tested again when its credential was refused out of the blue twice in a row."""

    def ended(self, made, seconds=60):
        for _ in range(seconds // 20):
            if self.action(made)["ended"]:
                break
            if self.get()["state"] == "needs_reauthorization":
                self.test()
            with contextlib.suppress(AssertionError):
                return super().ended(made, 20)
        return super().ended(made, 1)


def test_every_tenth_answer_is_bad_and_all_ends_as_it_should():
    with Watched() as okta:
        people = [login for login, status in okta.statuses().items()
                  if status == "ACTIVE" and login.startswith("person")][:PEOPLE]
        okta.control("/set", hostile=0.1)
        made = {login: [okta.ask(action, login) for action in ("suspend", "unsuspend", "revoke_sessions", "reset_password")]
                for login in people}
        unknown, bad = 0, set()
        for login, actions in made.items():
            suspend, unsuspend, sessions, password = (okta.ended(one, 300) for one in actions)
            expect.equal((suspend["state"], unsuspend["state"], sessions["state"]), ("succeeded",) * 3,
                         str([suspend["note"], unsuspend["note"], sessions["note"]]))
            assert password["state"] in ("succeeded", "unknown"), password
            unknown += password["state"] == "unknown"
            mails = okta.mails_to(login)
            assert mails == 1 or (mails == 0 and password["state"] == "unknown"), (login, mails, password)
            for action in (suspend, unsuspend, sessions, password):
                assert all(attempt["finished"] for attempt in action["attempts"]), action["attempts"]
                bad |= {attempt["outcome"] for attempt in action["attempts"]} - {"ok"}
        assert bad, "nothing bad came"
        for event in ("user.lifecycle.suspend", "user.lifecycle.unsuspend"):
            counted = okta.events(event)
            expect.equal({login: counted[login] for login in people}, dict.fromkeys(people, 1), event)
