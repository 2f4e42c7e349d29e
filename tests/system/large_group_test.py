"""What a large group costs: a change of one member, and a look without members, do not grow with it."""

import statistics
import time

import expect
from rolecall_server import BULK, group_body, user_body

LASTS_LONG = True
MEMBERS = 5000
AT_ONCE = 1000
ROUNDS = 40
# By how much more than a small one; what grows with the group grows by hundreds.
FACTOR = 3
SLACK_SECONDS = 0.005


def pushed(scim, count):
    """The ids of so many users, made by bulk requests."""
    ids = []
    for start in range(0, count, AT_ONCE):
        operations = [{"method": "POST", "path": "/Users", "bulkId": f"b{number}",
                       "data": user_body(f"user{number}@acme.example")} for number in range(start, start + AT_ONCE)]
        done = expect.scim(scim.post("/Bulk", {"schemas": [BULK], "Operations": operations}))
        expect.equal({operation["status"] for operation in done["Operations"]}, {"201"})
        ids += [operation["location"].rsplit("/", 1)[1] for operation in done["Operations"]]
    return ids


def median_of(work):
    return statistics.median(work().seconds for _ in range(ROUNDS))


def test_a_change_of_one_member_costs_the_same_in_a_large_group(server):
    scim = server.scim(server.token())
    began = time.monotonic()
    users = pushed(scim, MEMBERS)
    took = time.monotonic() - began
    one = users.pop()
    small = expect.scim(scim.post("/Groups", group_body("Small", *users[:5])), 201)["id"]
    large = expect.scim(scim.post("/Groups", group_body("Large")), 201)["id"]
    whole = scim.put(f"/Groups/{large}", group_body("Large", *users))
    expect.equal(len(expect.scim(whole)["members"]), MEMBERS - 1)
    # To make somebody a member is no more work than to make them.
    assert whole.seconds < 4 * took, f"{MEMBERS} users took {took:.1f} s, and a PUT of them as members {whole.seconds:.1f} s"

    def change(group):
        added = scim.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": one}]})
        expect.status(added, 204)
        removed = scim.patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{one}"]'})
        expect.status(removed, 204)
        added.seconds += removed.seconds
        return added

    def look(group):
        answer = scim.get(f"/Groups/{group}?excludedAttributes=members")
        assert "members" not in expect.scim(answer)
        return answer

    for work in (change, look):
        of_small, of_large = median_of(lambda: work(small)), median_of(lambda: work(large))
        assert of_large <= FACTOR * of_small + SLACK_SECONDS, (
            f"{work.__name__}: {of_large * 1000:.1f} ms in the large group, {of_small * 1000:.1f} ms in the small one")
    expect.equal(len(expect.scim(scim.get(f"/Groups/{large}"))["members"]), MEMBERS - 1)
