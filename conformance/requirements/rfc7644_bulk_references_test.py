"""Bulk: references by bulkId (RFC 7644 §3.7.1, §3.7.2), and the order of what is done (§3.7)."""

import expect
from rolecall_server import ENTERPRISE, GROUP, USER, group_body
from shared import unique
from strict import bulk, connect, make, message, minimal, path_of


def user(bulk_id, **more):
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": minimal(unique(), **more)}


def group(bulk_id, *members):
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": group_body(unique("Team"), *members)}


def created(scim, result):
    expect.equal(result["status"], "201", str(result))
    return expect.scim(scim.get("/" + "/".join(result["location"].rsplit("/", 2)[-2:])))


def members(resource):
    return sorted(member["value"] for member in resource.get("members", []))


def test_a_reference_becomes_the_id():
    """§3.7.2: whether what it names comes earlier or later in the request.

    Proves: 7644-3.7.2-01
    """
    scim = connect()
    for operations in ([user("q"), group("g", "bulkId:q")], [group("g", "bulkId:q"), user("q")]):
        made = {result["bulkId"]: created(scim, result) for result in bulk(scim, *operations)}
        expect.equal(members(made["g"]), [made["q"]["id"]])
        expect.equal([one["value"] for one in expect.scim(scim.get(path_of(made["q"])))["groups"]], [made["g"]["id"]])
    mixed = make(scim)
    operations = (user("a"), group("g", "bulkId:a", mixed["id"], "bulkId:b"), user("b"))
    made = {result["bulkId"]: created(scim, result) for result in bulk(scim, *operations)}
    expect.equal(members(made["g"]), sorted([made["a"]["id"], mixed["id"], made["b"]["id"]]))


def test_references_in_extensions_are_the_same():
    """§3.7.2: a manager who is created in the same request.

    Proves: 7644-3.7.2-02
    """
    scim = connect()
    for operations in ([user("boss"), user("q", **{ENTERPRISE: {"manager": {"value": "bulkId:boss"}}})],
                       [user("q", **{ENTERPRISE: {"manager": {"value": "bulkId:boss"}}}), user("boss")]):
        made = {result["bulkId"]: created(scim, result) for result in bulk(scim, *operations)}
        expect.equal(made["q"][ENTERPRISE]["manager"]["value"], made["boss"]["id"])


def test_a_path_may_name_what_was_created():
    """§3.7.2: a later operation on a new resource.

    Proves: 7644-3.7.2-03
    """
    scim = connect()
    title = {"method": "PATCH", "path": "/Users/bulkId:q", "data": message({"op": "add", "path": "title", "value": "Lead"})}
    results = bulk(scim, user("q"), title)
    expect.equal(created(scim, results[0])["title"], "Lead")
    assert results[1]["status"] in ("200", "204") and results[1]["location"] == results[0]["location"], results
    join = message({"op": "add", "path": "members", "value": [{"value": "bulkId:a"}]})
    results = bulk(scim, group("g"), user("a"), {"method": "PATCH", "path": "/Groups/bulkId:g", "data": join})
    expect.equal(members(created(scim, results[0])), [created(scim, results[1])["id"]])
    results = bulk(scim, user("z"), {"method": "DELETE", "path": "/Users/bulkId:z"})
    expect.equal([result["status"] for result in results], ["201", "204"])


def test_a_reference_to_nothing_fails_the_operation():
    """§3.7.2: an unknown bulkId, or one whose operation failed; no such text is stored.

    Proves: 7644-3.7.2-04
    """
    scim = connect()
    broken = {"method": "POST", "path": "/Users", "bulkId": "broken", "data": {"schemas": [USER]}}
    boss = user("u", **{ENTERPRISE: {"manager": {"value": "bulkId:none"}}})
    for operations in ([group("g", "bulkId:none")], [broken, group("g", "bulkId:broken")], [group("g", "bulkId:broken"), broken], [boss],
                       [{"method": "PATCH", "path": "/Users/bulkId:none", "data": message({"op": "add", "path": "title", "value": "x"})}],
                       [{"method": "DELETE", "path": "/Users/bulkId:none"}]):
        results = bulk(scim, *operations)
        assert all(result["status"] in ("400", "404", "409") for result in results), results
        expect.equal(len(results), len(operations))
    for path in ("/Users?count=1000", "/Groups?count=1000"):
        assert b"bulkId:" not in scim.get(path).body
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 0)


def test_circles_are_resolved():
    """§3.7.1: two groups that hold each other, three in a ring, users who manage each other.

    Proves: 7644-3.7.1-01
    """
    scim = connect()
    for ring in (("a", "b"), ("a", "b", "c")):
        operations = [group(name, "bulkId:" + ring[(number + 1) % len(ring)]) for number, name in enumerate(ring)]
        made = {result["bulkId"]: created(scim, result) for result in bulk(scim, *operations)}
        for number, name in enumerate(ring):
            expect.equal(members(made[name]), [made[ring[(number + 1) % len(ring)]]["id"]], name)
    pair = [user("x", **{ENTERPRISE: {"manager": {"value": "bulkId:y"}}}), user("y", **{ENTERPRISE: {"manager": {"value": "bulkId:x"}}})]
    made = {result["bulkId"]: created(scim, result) for result in bulk(scim, *pair)}
    expect.equal((made["x"][ENTERPRISE]["manager"]["value"], made["y"][ENTERPRISE]["manager"]["value"]), (made["y"]["id"], made["x"]["id"]))


def test_a_circle_through_a_failure_is_a_conflict():
    """§3.7.1: 409 may be answered where a circle cannot be resolved, as when one side of it cannot be created.

    Proves: 7644-3.7.1-02
    """
    scim = connect()
    broken = {"method": "POST", "path": "/Groups", "bulkId": "b", "data": {"schemas": [GROUP], "members": [{"value": "bulkId:a"}]}}
    results = {result["bulkId"]: result for result in bulk(scim, group("a", "bulkId:b"), broken)}
    expect.equal(results["b"]["status"], "400")
    expect.equal(results["a"]["status"], "409")
    assert b"bulkId:" not in scim.get("/Groups?count=1000").body


def test_the_outcome_is_that_of_one_after_the_other():
    """§3.7: however the work is arranged: the same requests, single and as a job, leave the same state.

    Proves: 7644-3.7-17
    """
    def play(scim, one_by_one):
        """Users a, b, c; a group that gains and loses them; a leaves. What is left, by names."""
        ids = {}

        def send(*operations):
            for batch in ([[operation] for operation in operations] if one_by_one else [operations]):
                for result in bulk(scim, *batch):
                    assert result["status"].startswith("2"), result
                    if "bulkId" in result:
                        ids[result["bulkId"]] = result["location"].rsplit("/", 1)[-1]

        def named(number):
            return {"method": "POST", "path": "/Users", "bulkId": f"u{number}", "data": minimal(f"name-{number}")}

        def patched(path, op, attribute, value):
            return {"method": "PATCH", "path": path, "data": message({"op": op, "path": attribute, "value": value})}

        send(*(named(number) for number in range(3)), {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group_body("Team")})
        team, users = "/Groups/" + ids["g"], [ids[f"u{number}"] for number in range(3)]
        send(patched(team, "add", "members", [{"value": users[0]}]), patched(team, "add", "members", [{"value": users[1]}]),
             patched("/Users/" + users[0], "replace", "title", "first"), patched("/Users/" + users[0], "replace", "title", "second"),
             {"method": "DELETE", "path": "/Users/" + users[1]}, named(9),
             patched(team, "replace", "members", [{"value": users[0]}, {"value": users[2]}]),
             {"method": "PUT", "path": "/Users/" + users[2], "data": minimal("renamed")},
             patched("/Users/" + users[2], "add", "nickName", "N"), {"method": "DELETE", "path": "/Users/" + users[0]})
        left = expect.listed(scim.get("/Users"))
        names = {one["id"]: one["userName"] for one in left}
        state = sorted((one["userName"], one.get("title"), one.get("nickName"), len(one.get("groups", []))) for one in left)
        return state, sorted(names[member] for member in members(expect.scim(scim.get(team))))

    single, job = play(connect(), True), play(connect(), False)
    expect.equal(job, single)
    expect.equal(single[1], ["renamed"])


def test_create_use_and_delete_in_one_request():
    """§3.7: in the order of the request, also where one thing is created, used and deleted.

    Proves: 7644-3.7-17
    """
    scim = connect()
    leave = {"method": "DELETE", "path": "/Users/bulkId:a"}
    results = bulk(scim, user("a"), user("b"), group("g", "bulkId:a", "bulkId:b"), leave)
    expect.equal([result["status"] for result in results], ["201", "201", "201", "204"])
    expect.equal(members(created(scim, results[2])), [created(scim, results[1])["id"]])
    name = unique()
    again = [{"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": minimal(name)} for bulk_id in ("x", "y", "z")]
    again.insert(1, {"method": "DELETE", "path": "/Users/bulkId:x"})
    expect.equal([result["status"] for result in bulk(scim, *again)], ["201", "204", "201", "409"])
