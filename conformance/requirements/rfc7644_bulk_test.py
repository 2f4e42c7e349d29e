"""Bulk: requests, answers and limits (RFC 7644 §3.7, §3.7.3, §3.7.4)."""

import http.client
import json

import expect
from rolecall_server import ERROR, GROUP, USER, Answer
from shared import NOBODY, new_group, unique
from strict import BULK, BULK_ANSWER, bulk, connect, make, message, minimal, path_of

TITLE = message({"op": "replace", "path": "title", "value": "Lead"})


def post(path, data, bulk_id):
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data}


def good(bulk_id="good"):
    return post("/Users", minimal(unique()), bulk_id)


def bad(bulk_id="bad"):
    """An operation that no server can do: a User without a name."""
    return post("/Users", {"schemas": [USER], "title": "Lead"}, bulk_id)


def failed(result, *statuses):
    """The error of a result with one of these statuses, in the form of every error."""
    assert result["status"] in statuses, f"{result}, expected {statuses}"
    error = result["response"]
    expect.equal((error["schemas"], error["status"]), ([ERROR], result["status"]))
    assert isinstance(error.get("detail"), str) and len(error["detail"]) > 10, error
    return error


def test_requests_and_answers_are_named_by_their_urns():
    """§3.7: BulkRequest in, BulkResponse out; Operations is required; what cannot be processed is an error of the whole.

    Proves: 7644-3.7-01 7644-3.7-02 7644-3.7-12
    """
    scim = connect()
    body = expect.scim(scim.post("/Bulk", {"schemas": [BULK], "Operations": [good()]}))
    expect.equal((body["schemas"], len(body["Operations"])), ([BULK_ANSWER], 1))
    for wrong in ({"Operations": [good()]}, {"schemas": [BULK_ANSWER], "Operations": [good()]}, {"schemas": [], "Operations": [good()]},
                  {"schemas": [BULK]}, {"schemas": [BULK], "Operations": {}}, {"schemas": [BULK], "Operations": "x"},
                  {"schemas": [BULK], "Operations": [5]}, []):
        expect.refused(scim.post("/Bulk", wrong), 400, "invalidSyntax")
    for raw in ("{", "", '{"schemas":', b"\xff"):
        expect.refused(scim.post("/Bulk", raw=raw), 400, "invalidSyntax")
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 1)


def test_methods_are_post_put_patch_and_delete():
    """§3.7: each operation names one; they are done as single requests would be.

    Proves: 7644-3.7-03
    """
    scim = connect()
    user, other = make(scim), make(scim)
    name = unique()
    results = bulk(scim, good(), {"method": "PUT", "path": path_of(user), "data": minimal(name)},
                   {"method": "PATCH", "path": path_of(user), "data": TITLE}, {"method": "DELETE", "path": path_of(other)})
    expect.equal([result["status"] for result in results][0], "201")
    assert [result["status"] for result in results[1:]] in (["200", "200", "204"], ["200", "204", "204"]), results
    found = expect.scim(scim.get(path_of(user)))
    expect.equal((found["userName"], found["title"]), (name, "Lead"))
    expect.refused(scim.get(path_of(other)), 404)
    for method in ("GET", "HEAD", "OPTIONS", "", None, 5):
        operation = {"method": method, "path": path_of(user)}
        answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [operation]})
        if answer.status == 200:
            failed(answer.json()["Operations"][0], "400", "405", "501")
        else:
            expect.refused(answer, 400, "invalidSyntax")
    answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [{"path": path_of(user)}]})
    assert answer.status == 400 or answer.json()["Operations"][0]["status"] == "400", answer


def test_a_post_has_a_bulk_id_of_its_own():
    """§3.7: without one, or with that of another operation, it fails.

    Proves: 7644-3.7-04
    """
    scim = connect()
    for wrong in ({"bulkId": None}, {"bulkId": ""}, {"bulkId": 5}):
        operation = {**good(), **wrong}
        answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [operation]})
        assert answer.status == 400 or failed(expect.scim(answer)["Operations"][0], "400"), answer
        expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 0, str(wrong))
    without = {name: value for name, value in good().items() if name != "bulkId"}
    failed(bulk(scim, without)[0], "400")
    answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [good("q"), good("q")]})
    if answer.status == 200:
        assert "400" in [result["status"] for result in answer.json()["Operations"]], answer
    else:
        expect.equal(answer.status, 400)
    assert expect.scim(scim.get("/Users"))["totalResults"] <= 1


def test_a_version_guards_an_operation():
    """§3.7: it acts as If-Match does.

    Proves: 7644-3.7-05
    """
    scim = connect()
    user = make(scim)
    old, path = user["meta"]["version"], path_of(user)
    current = expect.scim(scim.patch(path, *TITLE["Operations"]))["meta"]["version"]
    for operation in ({"method": "PUT", "data": minimal(user["userName"])}, {"method": "PATCH", "data": TITLE}, {"method": "DELETE"}):
        failed(bulk(scim, {**operation, "path": path, "version": old})[0], "412")
    expect.equal(expect.scim(scim.get(path))["meta"]["version"], current)
    done = bulk(scim, {"method": "PUT", "path": path, "version": current, "data": minimal(user["userName"])})[0]
    expect.equal(done["status"], "200")
    assert done["version"] == scim.get(path).headers["etag"] != current, done


def test_paths_are_endpoints_for_post_and_resources_otherwise():
    """§3.7: anything else fails, alone.

    Proves: 7644-3.7-06
    """
    scim = connect()
    user = make(scim)
    for method, path in (("POST", path_of(user)), ("PUT", "/Users"), ("PATCH", "/Users"), ("DELETE", "/Users"), ("POST", "/Nothing"),
                         ("POST", "/Bulk"), ("POST", "/Users/.search"), ("DELETE", "/Schemas/x"), ("PUT", "Users/" + user["id"] + "/x"),
                         ("PUT", ""), ("POST", "https://example.com/Users")):
        operation = {"method": method, "path": path, "bulkId": "q", "data": TITLE if method == "PATCH" else minimal(unique())}
        failed(bulk(scim, operation)[0], "400", "404", "405", "501")
    answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [{"method": "DELETE"}]})
    assert answer.status == 400 or failed(expect.scim(answer)["Operations"][0], "400"), answer
    expect.equal([one["id"] for one in expect.listed(scim.get("/Users"))], [user["id"]])


def test_data_is_required():
    """§3.7: for POST, PUT and PATCH; erratum 5050: that of a PATCH is a whole PatchOp message.

    Proves: 7644-3.7-07 7644-E5050
    """
    scim = connect()
    user = make(scim)
    for method, path in (("POST", "/Users"), ("PUT", path_of(user)), ("PATCH", path_of(user))):
        for wrong in ({}, {"data": None}, {"data": "x"}, {"data": []}):
            answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [{"method": method, "path": path, "bulkId": "q", **wrong}]})
            assert answer.status == 400 or failed(expect.scim(answer)["Operations"][0], "400"), f"{method} {wrong}: {answer}"
    failed(bulk(scim, {"method": "PATCH", "path": path_of(user), "data": TITLE["Operations"]})[0], "400")
    expect.equal(expect.scim(scim.get(path_of(user))), user)
    assert bulk(scim, {"method": "PATCH", "path": path_of(user), "data": TITLE})[0]["status"] in ("200", "204")
    expect.equal(expect.scim(scim.get(path_of(user)))["title"], "Lead")


def test_results_say_where_and_how():
    """§3.7, §3.7.3: each processed operation has its result, in order, with the method, the status of a single request as a
    string, the location of all but failed POSTs, and the bulkId of what was created.

    Proves: 7644-3.7-08 7644-3.7-16 7644-3.7.3-01 7644-3.7.3-02 7644-3.7.3-03
    """
    scim = connect()
    user, team = make(scim), new_group(scim)
    base = f"http://{scim.running.listen}/scim/v2"
    operations = [good("q1"), bad("q2"), {"method": "PUT", "path": path_of(user), "data": minimal(user["userName"], title=5)},
                  {"method": "PATCH", "path": path_of(team), "data": message({"op": "add", "path": "externalId", "value": "e"})},
                  {"method": "PATCH", "path": path_of(user), "data": message({"op": "remove"})},
                  {"method": "DELETE", "path": "/Users/" + NOBODY}, {"method": "DELETE", "path": path_of(user)},
                  post("/Groups", {"schemas": [GROUP], "displayName": team["displayName"]}, "q3")]
    results = bulk(scim, *operations)
    expect.equal([result["method"] for result in results], [operation["method"] for operation in operations])
    statuses = [result["status"] for result in results]
    expect.equal(statuses[:3] + statuses[4:], ["201", "400", "400", "400", "404", "204", "409"])
    assert statuses[3] in ("200", "204"), statuses
    assert results[0]["location"].startswith(base + "/Users/"), results[0]
    expect.equal(expect.scim(scim.get(results[0]["location"][len(base):]))["userName"], operations[0]["data"]["userName"])
    for failed_post in (results[1], results[7]):
        assert "location" not in failed_post, failed_post
    expect.equal([result.get("location") for result in results[2:7]], [base + operation["path"] for operation in operations[2:7]])
    expect.equal([result.get("bulkId") for result in (results[0], results[1], results[7])], ["q1", "q2", "q3"])
    expect.equal(results[0]["version"], scim.get(results[0]["location"][len(base):]).headers["etag"])


def test_a_failed_operation_is_explained():
    """§3.7, §3.7.3 and errata 7916 and 8096: its response is the Error object, with a sentence, below `response`; a success may
    go without.

    Proves: 7644-3.7-09 7644-3.7-10 7644-3.7.3-04 7644-E7916 7644-E8096
    """
    scim = connect()
    user = make(scim)
    answer = scim.post("/Bulk", {"schemas": [BULK], "Operations": [
        good("q0"), bad("q1"), post("/Users", minimal(user["userName"]), "q2"), {"method": "DELETE", "path": "/Users/" + NOBODY},
        {"method": "PATCH", "path": path_of(user), "data": message({"op": "replace", "path": "id", "value": "x"})}]})
    results = json.loads(answer.body.decode("utf-8"))["Operations"]
    for result, status, scim_type in zip(results[1:], ("400", "409", "404", "400"), ("invalidValue", "uniqueness", None, "mutability")):
        expect.equal(failed(result, status).get("scimType"), scim_type)
        assert not {"scimType", "detail", "schemas"} & set(result), result
    response = results[0].get("response")
    assert response is None or response.get("userName"), response


def test_a_processed_job_is_200_and_goes_on():
    """§3.7: whatever becomes of its operations; after a failed one the next is done.

    Proves: 7644-3.7-11 7644-3.7-13
    """
    scim = connect()
    expect.equal([result["status"] for result in bulk(scim, bad("a"), bad("b"), {"method": "DELETE", "path": "/Users/" + NOBODY})],
                 ["400", "400", "404"])
    before = expect.scim(scim.get("/Users"))["totalResults"]
    expect.equal([result["status"] for result in bulk(scim, bad("a"), good("b"), bad("c"), good("d"))], ["400", "201", "400", "201"])
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], before + 2)


def test_fail_on_errors_stops():
    """§3.7: after that many errors; what is behind is not done and has no result; the answer does not repeat the number.

    Proves: 7644-3.7-14 7644-3.7-15
    """
    scim = connect()
    for limit, statuses in ((1, ["201", "400"]), (2, ["201", "400", "201", "400"]), (3, ["201", "400", "201", "400", "201"])):
        operations = [good("a"), bad("b"), good("c"), bad("d"), good("e")]
        before = expect.scim(scim.get("/Users"))["totalResults"]
        body = expect.scim(scim.post("/Bulk", {"schemas": [BULK], "failOnErrors": limit, "Operations": operations}))
        expect.equal([result["status"] for result in body["Operations"]], statuses, f"failOnErrors {limit}")
        expect.equal(set(body), {"schemas", "Operations"})
        expect.equal(expect.scim(scim.get("/Users"))["totalResults"], before + statuses.count("201"))
    for wrong in (-1, "many", 1.5, [1]):
        answer = scim.post("/Bulk", {"schemas": [BULK], "failOnErrors": wrong, "Operations": [good()]})
        expect.equal(answer.status, 400, f"failOnErrors {wrong!r}")


def test_limits_are_announced_and_kept():
    """§3.7.4, §3.12: one operation or one byte too many is 413, and the sentence names the limit.

    Proves: 7644-3.7.4-01 7644-3.7.4-02 7644-3.7.4-03 7644-3.12-12
    """
    scim = connect()
    limits = expect.scim(scim.get("/ServiceProviderConfig"))["bulk"]
    assert limits["supported"] is True and limits["maxOperations"] > 0 and limits["maxPayloadSize"] > 0, limits
    nothing = {"method": "DELETE", "path": "/Users/0"}
    most = limits["maxOperations"]
    expect.equal(len(bulk(scim, *[nothing] * most)), most)
    detail = expect.refused(scim.post("/Bulk", {"schemas": [BULK], "Operations": [nothing] * (most + 1)}), 413)
    expect.holds(detail, str(most), "the sentence")
    body = json.dumps({"schemas": [BULK], "Operations": [good()]}).encode()
    fitting = body + b" " * (limits["maxPayloadSize"] - len(body))
    expect.equal(scim.post("/Bulk", raw=fitting).status, 200, "as large as may be")
    expect.holds(expect.refused(oversized(scim, len(fitting) + 1), 413), str(limits["maxPayloadSize"]), "the sentence")


def oversized(scim, size):
    """Says how much is to come and waits for the answer, which arrives before the body has to be sent."""
    plug = http.client.HTTPConnection(scim.host, scim.port, timeout=10)
    try:
        plug.putrequest("POST", "/scim/v2/Bulk")
        for name, value in (("Authorization", "Bearer " + scim.token), ("Content-Type", "application/scim+json"),
                            ("Content-Length", str(size))):
            plug.putheader(name, value)
        plug.endheaders()
        got = plug.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read(), 0.0)
    finally:
        plug.close()
