"""Reading a directory: everybody with everything, what changed and who left; and no failed, cut or empty read, and no
kill, ever removes anybody."""

import json
import time

import expect
from directories_test import Okta

LASTS_LONG = True
SCOPES = ("okta.users.read", "okta.groups.read", "okta.apps.read")


class Org(Okta):
    TIMEOUT = "3s"

    def __init__(self, **options):
        super().__init__(**{"users": 230, "groups": 6, **options})

    def __enter__(self):
        super().__enter__()
        self.create(*(word for scope in SCOPES for word in ("--scope", scope)))
        return self

    def sync(self, *more, code=0):
        done = self.server.run("directories", "sync", "okta-api", "--wait", "120", *more)
        expect.equal(done.returncode, code, done.stdout + done.stderr)
        return self.last()

    def last(self):
        return self.server.cli("sync-runs", "list")[0]

    def people(self, *more):
        more = more or ("--status", "all", "--limit", "1000")
        return {person["login"]: person for person in self.server.cli("people", "list", *more)}

    def person(self, login):
        return self.server.cli("people", "get", login)

    def statuses(self):
        """What the org itself says, by login."""
        return {user["login"]: user["status"] for user in self.control("/dump")["users"].values()}

    def wait_for(self, look, what):
        end = time.monotonic() + 60
        while not look():
            assert time.monotonic() < end, f"{what}: {self.last()}"
            time.sleep(0.05)


def counts(seen, added=0, changed=0, gone=0):
    return {"seen": seen, "added": added, "changed": changed, "gone": gone}


def told(okta, run):
    """What the rows of the audit say of a run, as its summary counts it."""
    found = {}
    for row in okta.server.cli("audit", "list", "--limit", "1000"):
        details = row["details"] if isinstance(row["details"], dict) else json.loads(row["details"])
        if row["action"] != "directory.read" or details["run"] != "SyncRun/" + run["id"]:
            continue
        of = found.setdefault(details["what"], counts(None))
        for name in ("added", "changed", "gone"):
            of[name] += len(details.get(name, ()))
    return found


def test_everybody_is_read_with_everything_and_then_what_changed():
    with Org() as okta:
        run = okta.sync()
        expect.equal((run["kind"], run["state"], run["reason"], run["progress"]), ("whole", "succeeded", None, None))
        org = okta.control("/dump")
        members = sum(len(group["members"]) for group in org["groups"].values())
        assigned = sum(len(app["users"]) for app in org["apps"].values())
        expect.equal((run["people"], run["groups"], run["members"], run["applications"], run["assignments"]),
                     (counts(231, 231), counts(7, 7), counts(members, members), counts(3, 3), counts(assigned, assigned)))
        found = okta.people()
        expect.equal({login: person["provider_status"] for login, person in found.items()}, okta.statuses())
        shown = okta.people("--limit", "1000")
        expect.equal(sorted(shown), sorted(login for login, person in found.items()
                                           if person["status"] in ("active", "provisioned")))
        maya = okta.person("PERSON12@example.com")
        expect.equal((maya["display_name"], maya["employee_number"], maya["country"]), ("Maya Lindqvist", "E00012", "KE"))
        assert maya["custom"]["badgeColour"] in ("red", "green", "blue") and "badgeColour" not in maya, maya
        mine = [group["name"] for group in org["groups"].values() if maya["id"] in group["members"]]
        expect.equal([group["name"] for group in maya["groups"]], sorted(mine))
        expect.equal([group["accepts_members"] for group in maya["groups"] if group["name"] == "Everyone"], [False])
        expect.equal({one["name"]: one["by_group"] for one in maya["applications"]},
                     {app["label"]: app["users"][maya["id"]] == "GROUP" for app in org["apps"].values()
                      if maya["id"] in app["users"]})
        expect.equal(okta.person(maya["id"])["login"], maya["login"])

        group = next(one for one in maya["groups"] if one["accepts_members"])
        okta.control("/user", login="person3@example.com", status="SUSPENDED")
        okta.control("/users", login="new@example.com", profile={"firstName": "New", "lastName": "Hire"})
        okta.simulator.call("DELETE", f"/api/v1/groups/{group['id']}/users/{maya['id']}")
        run = okta.sync("--changes")
        expect.equal((run["kind"], run["people"]["added"], run["people"]["changed"], run["people"]["gone"]),
                     ("changes", 1, 1, 0))
        assert group["name"] not in [one["name"] for one in okta.person(maya["id"])["groups"]]
        expect.equal(okta.person("person3@example.com")["status"], "suspended")

        gone = okta.person("person19@example.com")
        expect.equal(gone["status"], "deprovisioned")
        okta.simulator.call("DELETE", "/api/v1/users/" + gone["id"])
        run = okta.sync()
        expect.equal(run["people"], counts(231, gone=1))
        expect.equal(told(okta, run)["people"], counts(None, gone=1))
        assert okta.person("person19@example.com")["gone"], okta.person("person19@example.com")
        assert "person19@example.com" not in okta.people("--status", "deprovisioned")
        expect.holds(okta.server.log_line('"directory_synced"'), '"succeeded"')


def test_no_failed_empty_throttled_or_cut_read_removes_anybody():
    """Whatever comes back, who is there stays."""
    with Org(users=30, groups=4) as okta:
        okta.sync()
        before = okta.people()
        members = okta.last()["members"]["seen"]
        org = okta.control("/dump")
        # One of them for each list of a run, which goes on behind it.
        okta.control("/fault", kind="truncated", method="GET", path="/api/v1/users")
        okta.control("/fault", kind="limited", method="GET", path="/api/v1/apps")
        for kind, group in zip(("status_500", "empty_200", "html_200", "nulls", "object_for_list"), org["groups"]):
            okta.control("/fault", kind=kind, method="GET", path=f"/api/v1/groups/{group}/users")
        run = okta.sync()
        expect.equal((run["state"], run["people"], run["groups"], run["members"]),
                     ("succeeded", counts(31), counts(5), counts(members)))
        # Lists that are well-formed, and lack somebody: asked for by id, or once more.
        for kind, path in (("first_half", "/api/v1/users"), ("first_half", "/api/v1/groups"), ("empty_list", "/api/v1/apps"),
                           *(("empty_list", f"/api/v1/groups/{group}/users") for group in org["groups"]),
                           *(("first_half", f"/api/v1/apps/{app}/users") for app in org["apps"])):
            okta.control("/fault", kind=kind, method="GET", path=path)
        run = okta.sync()
        expect.equal([run[what]["gone"] for what in ("people", "groups", "members", "applications", "assignments")],
                     [0, 0, 0, 0, 0])
        expect.equal((run["state"], run["people"]["seen"]), ("succeeded", 31))
        for path, state, code in (("/api/v1/users", "failed", 1), ("/api/v1/groups", "partial", 8)):
            okta.control("/fault", kind="empty_list", method="GET", path=path)
            run = okta.sync(code=code)
            expect.equal((run["state"], run["people"]["gone"], run["groups"]["gone"]), (state, 0, 0))
            expect.holds(run["reason"], "empty")
        expect.equal(okta.people(), before)


def test_a_killed_server_goes_on_where_it_was():
    with Org(users=450, groups=2) as okta:
        okta.control("/fault", kind="stall", method="GET", path="/api/v1/groups", count=1)
        okta.server.run("directories", "sync", "okta-api", "--wait", "0")
        okta.wait_for(lambda: okta.last()["phase"] == "groups", "the groups")
        progress = okta.last()["progress"]
        expect.equal((sorted(progress), progress["done"]), (["done", "of", "per_second", "seconds_left"], 0))
        okta.server.kill()
        calls = len(okta.control("/journal"))
        okta.server.start()
        # The lease of who was killed runs out.
        okta.wait_for(lambda: okta.last()["state"] == "succeeded", "the end")
        expect.equal(okta.last()["people"], counts(451, 451))
        again = [call for call in okta.control("/journal")[calls:] if call["path"] == "/api/v1/users"]
        assert all(call["query"].get("limit") == "1" for call in again), again


def test_a_refused_credential_ends_a_run_and_nobody_goes():
    with Org(users=20, groups=2) as okta:
        okta.sync()
        okta.server.cli("directories", "set", "okta-api", "--scope", "okta.users.read")
        okta.wait_for(lambda: okta.get()["granted"] == ["okta.users.read"], "the test")
        run = okta.sync(code=8)
        expect.equal((run["state"], run["people"]["seen"], run["members"]["gone"]), ("partial", 21, 0))
        expect.holds(run["reason"], "okta.groups.read")
        okta.control("/revoke", credential="0oaIntegration")
        run = okta.sync(code=1)
        expect.equal((run["state"], run["people"]["gone"]), ("failed", 0))
        expect.holds(run["reason"], "not accepted")
        expect.equal(len(okta.people()), 21)
        okta.wait_for(lambda: okta.get()["state"] == "needs_reauthorization", "the state")


def test_one_person_a_part_of_them_and_none_while_paused():
    with Org(users=40, groups=4) as okta:
        new = okta.server.cli("people", "sync", "person5@example.com", "--directory", "okta-api")
        expect.equal((new["kind"], new["people"]), ("person", counts(1, 1)))
        okta.control("/user", login="person5@example.com", status="SUSPENDED")
        okta.server.cli("people", "sync", "person5@example.com")
        expect.equal(okta.person("person5@example.com")["status"], "suspended")
        nobody = okta.server.run("people", "sync", "nobody@example.com")
        expect.equal((nobody.returncode, okta.last()["state"]), (1, "failed"), nobody.stdout)

        expect.equal(okta.get()["next_sync"], None)
        okta.server.cli("directories", "set", "okta-api", "--sync-group", "Finance 1")
        run = okta.sync()
        finance = next(group for group in okta.control("/dump")["groups"].values() if group["name"] == "Finance 1")
        expect.equal(sorted(person["id"] for person in okta.people().values() if not person["gone"]),
                     sorted(finance["members"]))
        expect.equal(run["people"]["seen"], len(finance["members"]))
        assert okta.get()["next_sync"] > run["ended"], okta.get()
        okta.server.cli("directories", "set", "okta-api", "--sync-group", "")
        okta.wait_for(lambda: (run := okta.last())["requested_by"] == "system" and run["state"] == "succeeded", "all")
        expect.equal(len([person for person in okta.people().values() if not person["gone"]]), 41)

        okta.control("/fault", kind="stall", method="GET", path="/api/v1/users")
        okta.server.run("directories", "sync", "okta-api", "--wait", "0")
        expect.equal(okta.server.run("directories", "sync", "okta-api", "--wait", "0").returncode, 5)
        okta.server.cli("directories", "pause", "okta-api")
        expect.equal(okta.server.run("people", "sync", "person5@example.com", "--wait", "0").returncode, 5)
        okta.server.cli("directories", "delete", "okta-api")
        expect.equal(okta.server.cli("people", "list", "--status", "all"), [])
        expect.equal(okta.server.cli("sync-runs", "list"), [])
