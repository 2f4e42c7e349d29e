"""The alias /Me, and redirects (RFC 7644 §3.11, §3.12)."""

import expect
from strict import connect, make, message, minimal, path_of, token

METHODS = ("GET", "PUT", "PATCH", "DELETE")


def body_of(method, user_name="x"):
    return {"PUT": minimal(user_name), "PATCH": message({"op": "add", "path": "title", "value": "Lead"})}.get(method)


def bound():
    """(client of the connection, its user, client with a token that stands for that user)"""
    scim = connect()
    user = make(scim)
    own = scim.running.scim(token(scim.running, scim.workspace, scim.connection_name, user=user["id"]))
    return scim, user, own


def test_who_is_nobody_has_no_me():
    """§3.11, §3.12: a token that stands for no user: 501 for every method.

    Proves: 7644-3.11-01 7644-3.12-14
    """
    scim = connect()
    make(scim)
    for method in METHODS:
        expect.refused(scim.request(method, "/Me", body_of(method)), 501)
    expect.equal(expect.scim(scim.get("/Users"))["totalResults"], 1)


def test_me_has_the_permanent_location():
    """§3.11: a token that stands for a user gets that user, with the address under /Users; directly, without a redirect.

    Proves: 7644-3.11-02 7644-3.11-03
    """
    scim, user, own = bound()
    make(scim)
    answer = own.get("/Me")
    expect.equal(expect.scim(answer), user)
    expect.equal((answer.headers["location"], answer.headers["etag"]), (user["meta"]["location"], user["meta"]["version"]))
    expect.equal(answer.json()["meta"]["location"], user["meta"]["location"])
    expect.equal(set(expect.scim(own.get("/Me?attributes=userName"))) - {"schemas", "meta"}, {"id", "userName"})


def test_me_is_the_user():
    """§3.11: what is done with /Me is done with the user, and what is refused there is refused here.

    Proves: 7644-3.11-03
    """
    scim, user, own = bound()
    changed = own.request("PATCH", "/Me", body_of("PATCH"))
    assert changed.status in (200, 204), changed
    found = expect.scim(scim.get(path_of(user)))
    expect.equal(found["title"], "Lead")
    expect.equal(expect.scim(own.get("/Me")), found)
    expect.refused(own.request("PATCH", "/Me", body_of("PATCH"), headers={"If-Match": user["meta"]["version"]}), 412)
    answer = own.put("/Me", minimal(user["userName"], nickName="An"))
    expect.equal((expect.scim(answer)["nickName"], answer.headers["location"]), ("An", user["meta"]["location"]))
    expect.equal(expect.scim(scim.get(path_of(user)))["nickName"], "An")


def test_nothing_is_redirected():
    """§3.12: 307 and 308 are for resources that moved; here none moves: other spellings of an address are answered directly.

    Proves: 7644-3.12-05
    """
    scim, user, own = bound()
    for client, path in ((scim, path_of(user) + "/"), (scim, "/Users/"), (scim, "/ServiceProviderConfig/"), (own, "/Me"), (scim, "/Groups"),
                         (scim, path_of(user).replace("Users", "Groups")), (scim, "/users"), (scim, "/ServiceProviderConfigs")):
        answer = client.get(path)
        assert not 300 <= answer.status < 400, f"{path}: {answer}"
    expect.equal(expect.scim(scim.get(path_of(user) + "/")), user)
