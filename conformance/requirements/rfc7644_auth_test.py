"""Authentication and authorization (RFC 7644 §2, §7.3, §7.4, §7.7)."""

import base64
import json
import math
import time

import expect
from rolecall_server import Client, Server, group_body, user_body
from shared import NOBODY, anonymous, server, unique
from strict import connect, make, path_of, token


def unsigned_token():
    """A JWT of algorithm "none" that names an administrator."""
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": "admin", "iss": "rolecall", "exp": int(time.time()) + 3600})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def with_authorization(value, path="/Users", **headers):
    return anonymous().get(path, headers={"Authorization": value, **headers})


def test_an_answer_without_credentials_names_the_scheme():
    """§2: WWW-Authenticate shows what is supported; 401 for missing and for invalid credentials.

    Proves: 7644-2-01 7644-3.12-07
    """
    for value in (None, "Bearer wrong"):
        answer = with_authorization(value)
        expect.refused(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer "), answer.headers


def test_a_token_stands_for_its_connection_and_its_ceiling():
    """§2: each client maps to a policy: which resources are its own, and the highest role it may give.

    Proves: 7644-2-02 7644-3.12-08
    """
    lowest = connect(ceiling="IT Agent")
    highest = connect(ceiling="Super Admin")
    for name in ("Super Admin", "IT Admin"):
        expect.refused(lowest.post("/Groups", group_body(name)), 403)
        found = expect.listed(highest.find("Groups", f'displayName eq "{name}"'))
        expect.equal(len(found), 1, f"groups of the role {name} for a connection that may give it")
    expect.refused(highest.post("/Groups", group_body("Owner")), 403)


def test_a_resource_of_somebody_else_is_out_of_reach():
    """§2: the affected resource counts, not only the token; §7.7: client applications are told apart.

    Deviates: 7644-7.7-03: a token reaches all attributes of what its connection made; it cannot be limited to some, because
        an identity provider writes whole resources. Writes are limited by the ceiling.
    Proves: 7644-2-03 7644-7.7-03
    """
    owner = connect()
    stranger = connect(within=owner.workspace)
    ana = make(owner)
    body = user_body(unique())
    for answer in (stranger.get(path_of(ana)), stranger.delete(path_of(ana)), stranger.put(path_of(ana), body),
                   stranger.patch(path_of(ana), {"op": "replace", "path": "title", "value": "Boss"})):
        expect.refused(answer, 404)
    expect.equal(expect.listed(stranger.get("/Users")), [])
    expect.equal(expect.scim(owner.get(path_of(ana))), ana)


def test_unsigned_and_self_issued_tokens_are_refused():
    """§2: nothing that was issued on weak or no authentication is accepted.

    Proves: 7644-2-04
    """
    real = connect().token
    _, identifier, secret = real.split("_", 2)
    for made_up in (unsigned_token(), f"rolecall_{identifier}_" + "A" * len(secret), f"rolecall_{identifier}_", identifier, "null"):
        expect.refused(with_authorization("Bearer " + made_up), 401)


def test_basic_credentials_are_refused():
    """§2: HTTP Basic is not offered.

    Proves: 7644-2-05
    """
    scim = connect()
    for pair in ("admin:admin", scim.token + ":", ":" + scim.token, "rolecall:" + scim.token):
        expect.refused(with_authorization("Basic " + base64.b64encode(pair.encode()).decode()), 401)
    schemes = expect.scim(scim.get("/ServiceProviderConfig"))["authenticationSchemes"]
    expect.equal([scheme["type"] for scheme in schemes], ["oauthbearertoken"])


def test_cookies_and_certificate_headers_are_no_credentials():
    """§2: a cookie or a certificate that maps to no subject gives nothing; no cookie is ever set, so none can live long.

    Proves: 7644-2-06 7644-7.4-04
    """
    scim = connect()
    for name, value in (("Cookie", "token=" + scim.token), ("Cookie", "session=1; Authorization=Bearer%20" + scim.token),
                        ("X-Client-Cert", "CN=admin"), ("X-SSL-Client-Verify", "SUCCESS"), ("X-Forwarded-User", "admin"),
                        ("X-SSL-Client-S-DN", "CN=admin"), ("Forwarded", "for=127.0.0.1;by=admin")):
        expect.refused(anonymous().get("/Users", headers={name: value}), 401)
    for answer in (scim.get("/Users"), scim.get("/none"), scim.get("/ServiceProviderConfig"), anonymous().get("/Users")):
        assert "set-cookie" not in answer.headers, answer.headers


def test_bearer_tokens_travel_in_the_header_only():
    """§2: bearer tokens are accepted in Authorization and never in the address.

    Proves: 7644-2-08
    """
    scim = connect()
    expect.listed(with_authorization("Bearer " + scim.token))
    for name in ("access_token", "token", "Authorization", "bearer"):
        expect.refused(anonymous().get(f"/Users?{name}={scim.token}"), 401)
    sent = anonymous().request("POST", "/Users/.search", raw="access_token=" + scim.token,
                               headers={"Content-Type": "application/x-www-form-urlencoded"})
    expect.refused(sent, 401)


def test_what_a_token_may_do_is_limited():
    """§2.1: a token of a connection is for SCIM, up to the ceiling; administration takes another one.

    Deviates: 7644-2.1-01: tokens have no scopes of read and write; what they are limited by is connection and ceiling.
    Proves: 7644-2.1-01
    """
    scim = connect(ceiling="IT Agent")
    running = server()
    for method, path in (("GET", "/admin/v1/connections"), ("POST", "/admin/v1/tokens"), ("GET", "/admin/v1/users"),
                         ("POST", "/access/v1/evaluation")):
        answer = Client(running.listen, scim.token, "", "application/json").request(method, path, {} if method == "POST" else None)
        assert answer.status in (401, 403), f"{method} {path} with a SCIM token: {answer}"
    expect.refused(Client(running.listen, running.admin_token(), "/scim/v2").get("/Users"), 401)
    expect.refused(scim.post("/Groups", group_body("Super Admin")), 403)


def wait_until_refused(value):
    end = time.monotonic() + 10
    while with_authorization(value).status != 401:
        assert time.monotonic() < end, "the token is still accepted after its end"
        time.sleep(0.02)


def test_expired_and_foreign_tokens_are_refused():
    """§2.1, §7.3: expired, of another issuer (server), of another audience (connection), with a broken signature (checksum).

    Proves: 7644-2.1-02 7644-7.3-01 7644-7.4-03
    """
    scim = connect()
    short = token(scim.running, scim.workspace, scim.connection_name, expires_in_seconds=1)
    expect.listed(with_authorization("Bearer " + short))
    with Server() as elsewhere:
        expect.refused(with_authorization("Bearer " + elsewhere.token()), 401)
    broken = scim.token[:-1] + ("0" if scim.token[-1] != "0" else "1")
    other = connect().token.split("_", 2)
    swapped = "_".join([other[0], other[1], scim.token.split("_", 2)[2]])
    for wrong in (broken, swapped, scim.token[: len(scim.token) // 2], scim.token.upper()):
        expect.refused(with_authorization("Bearer " + wrong), 401)
    wait_until_refused("Bearer " + short)
    expect.refused(with_authorization("Bearer " + short), 401)
    expect.listed(with_authorization("Bearer " + scim.token))


def test_a_revoked_token_is_refused_at_once():
    """§2.1: tokens of our own format are protected like OAuth's: a rotated or revoked one is dead.

    Proves: 7644-2.1-03
    """
    scim = connect()
    successor = token(scim.running, scim.workspace, scim.connection_name)
    identifier = scim.token.split("_")[1]
    expect.status(scim.running.admin().delete(f"/admin/v1/tokens/{identifier}?workspace={scim.workspace}"), 204)
    expect.refused(scim.get("/Users"), 401)
    expect.refused(with_authorization("Bearer " + scim.token), 401)
    expect.listed(with_authorization("Bearer " + successor))


def test_nobody_registers_without_a_token():
    """§2.2, §7.6: anonymous requests may be allowed; here they are not, so there is no creation to throttle.

    Proves: 7644-2.2-01 7644-7.6-01
    """
    name = unique()
    for path in ("/Users", "/Me", "/Groups", "/Bulk"):
        expect.refused(anonymous().post(path, user_body(name)), 401)
    expect.equal(expect.listed(connect(within="default").find("Users", f'userName eq "{name}"')), [])


def test_tokens_hold_more_than_128_random_bits():
    """§7.4: what varies from token to token is counted, position by position.

    Proves: 7644-7.4-01
    """
    scim = connect()
    secrets = []
    for _ in range(40):
        text = token(scim.running, scim.workspace, scim.connection_name)
        _, identifier, secret = text.split("_", 2)
        secrets.append(secret[:-9])  # the end is a checksum of the rest
        expect.status(scim.running.admin().delete(f"/admin/v1/tokens/{identifier}?workspace={scim.workspace}"), 204)
    expect.equal(len(set(secrets)), 40, "different secrets")
    expect.equal({len(secret) for secret in secrets}, {len(secrets[0])}, "lengths")
    varying = [column for column in zip(*secrets) if len(set(column)) > 10]
    letters = {letter for column in varying for letter in column}
    bits = len(varying) * math.log2(len(letters))
    assert bits >= 128, f"{len(varying)} positions of {len(letters)} letters: {bits} bits"


def test_a_password_cannot_be_guessed_by_filters():
    """§7.7: there is no login, and a filter on password matches nobody, the right one included: there is nothing to guess.

    Proves: 7644-7.7-02
    """
    scim = connect()
    name = unique()
    make(scim, userName=name, password="correct horse 4711")
    for guess in ("correct horse 4711", "correct", "", "wrong"):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": f'userName eq "{name}" and password eq {json.dumps(guess)}'}
        expect.equal(expect.scim(scim.post("/Users/.search", body))["totalResults"], 0, f"users with password {guess!r}")
    for operator in ("sw", "co", "gt"):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": f'password {operator} "c"'}
        expect.refused(scim.post("/Users/.search", body), 400, "invalidFilter")
    expect.refused(scim.get("/Users/" + NOBODY), 404)
