"""Tokens that are bound to a key, and those that come of a consent: part of selftest.py."""

import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile
import time
import urllib.parse

import possession
import signature

# The proof of RFC 9449 §4.1, and what §6.1 calls its key.
_KNOWN = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdC"
    "RnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwi"
    "aHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiM"
    "LvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg")
_THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


class Key:
    """On P-256, by the openssl command."""

    def __init__(self, where):
        self.path = pathlib.Path(where) / "key.pem"
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path], check=True)
        der = subprocess.run(["openssl", "ec", "-in", self.path, "-pubout", "-outform", "DER"], check=True,
                             capture_output=True).stdout
        self.jwk = {"kty": "EC", "crv": "P-256", "x": signature.encoded(der[-64:-32]), "y": signature.encoded(der[-32:])}

    def sign(self, header, claims):
        text = ".".join(signature.encoded(json.dumps(part).encode()) for part in (header, claims))
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path], input=text.encode(), check=True,
                             capture_output=True).stdout
        first = der[4:4 + der[3]]
        second = der[4 + der[3] + 2:]
        raw = b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in (first, second))
        return f"{text}.{signature.encoded(raw)}"


class Holder:
    """Makes proofs for one org; each with another jti."""

    def __init__(self, okta, where):
        self.okta, self.key, self.number = okta, Key(where), 0

    def proof(self, path, method="POST", header=None, token=None, **claims):
        self.number += 1
        said = {"jti": f"j{self.number}", "htm": method, "htu": self.okta.about["url"] + path, "iat": int(time.time())}
        if token:
            said["ath"] = signature.encoded(hashlib.sha256(token.encode()).digest())
        return self.key.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.jwk, **(header or {})}, {**said, **claims})

    def ask(self, proof=None):
        basic = base64.b64encode(b"0oaIntegration:integration-secret").decode()
        return self.okta.post("/oauth2/v1/token", form={"grant_type": "client_credentials", "scope": "okta.users.read"},
                              headers={"Authorization": f"Basic {basic}", "DPoP": proof})

    def call(self, token, proof, scheme="DPoP"):
        return self.okta.call("GET", "/api/v1/users?limit=1", headers={"Authorization": f"{scheme} {token}", "DPoP": proof})


def test_the_proof_of_the_standard_is_a_good_one(_):
    header, said, text, signed = signature.parts_of(_KNOWN)
    assert signature.is_signed(signature.key_of(header["jwk"]), "ES256", text, signed)
    assert possession.thumbprint(header["jwk"]) == _THUMBPRINT and said["htm"] == "POST"
    assert not signature.is_signed(signature.key_of(header["jwk"]), "ES256", text + b"x", signed)


def test_an_app_that_demands_proofs_gives_tokens_that_need_them(okta):
    with tempfile.TemporaryDirectory() as where:
        holder = Holder(okta, where)
        assert holder.ask().body["token_type"] == "Bearer"
        okta.control("/dpop", client="0oaIntegration")
        assert holder.ask().body["error"] == "invalid_dpop_proof"
        first = holder.ask(holder.proof("/oauth2/v1/token"))
        nonce = first.headers["dpop-nonce"]
        assert first.body["error"] == "use_dpop_nonce" and nonce
        for wrong in ({"htm": "GET"}, {"htu": okta.about["url"] + "/oauth2/v1/authorize"}, {"iat": int(time.time()) - 3600},
                      {"header": {"typ": "JWT"}}, {"header": {"alg": "none"}}, {"ath": "x"}):
            refused = holder.ask(holder.proof("/oauth2/v1/token", nonce=nonce, **wrong))
            assert (refused.status, refused.body["error"]) == (400, "invalid_dpop_proof"), wrong
        good = holder.proof("/oauth2/v1/token", nonce=nonce)
        token = holder.ask(good).body
        assert token["token_type"] == "DPoP"
        assert holder.ask(good).body["error"] == "invalid_dpop_proof", "a proof is good once"
        token = token["access_token"]
        good = holder.proof("/api/v1/users", "GET", token=token)
        assert holder.call(token, good).status == 200
        assert holder.call(token, good).status == 401, "a proof is good once"
        assert holder.call(token, None, "Bearer").status == 401
        assert holder.call(token, None).status == 401
        assert holder.call(token, holder.proof("/api/v1/users", "GET")).status == 401, "no ath"
        assert holder.call(token, holder.proof("/api/v1/users", "GET", token="another")).status == 401
        assert holder.call(token, holder.proof("/api/v1/users?limit=1", "GET", token=token)).status == 401
        with tempfile.TemporaryDirectory() as other:
            stolen = Holder(okta, other).proof("/api/v1/users", "GET", token=token)
            assert "key" in holder.call(token, stolen).headers["WWW-Authenticate"]


def test_calls_want_a_nonce_where_that_is_switched_on(okta):
    with tempfile.TemporaryDirectory() as where:
        holder = Holder(okta, where)
        okta.control("/dpop", client="0oaIntegration", on_calls=True)
        nonce = holder.ask(holder.proof("/oauth2/v1/token")).headers["dpop-nonce"]
        token = holder.ask(holder.proof("/oauth2/v1/token", nonce=nonce)).body["access_token"]
        assert holder.call(token, holder.proof("/api/v1/users", "GET", token=token, nonce=nonce)).status == 200
        okta.control("/dpop", renew=True)
        refused = holder.call(token, holder.proof("/api/v1/users", "GET", token=token, nonce=nonce))
        assert refused.status == 401 and "use_dpop_nonce" in refused.headers["WWW-Authenticate"]
        renewed = refused.headers["DPoP-Nonce"]
        assert holder.call(token, holder.proof("/api/v1/users", "GET", token=token, nonce=renewed)).status == 200


_BACK = "https://rolecall.example/directories/callback"
# RFC 7636 appendix B.
_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def _web_app(okta):
    okta.control("/client", client="0oaWeb", secret="web-secret", granted=["okta.users.read"], redirects=[_BACK])


def _consent(okta, **more):
    """What comes back in the query of the redirect."""
    query = {"client_id": "0oaWeb", "response_type": "code", "redirect_uri": _BACK, "state": "s1",
             "scope": "openid offline_access okta.users.read", "code_challenge_method": "S256", "code_challenge": _CHALLENGE, **more}
    reply = okta.call("GET", "/oauth2/v1/authorize?" + urllib.parse.urlencode(query), headers={"Authorization": ""})
    if reply.status != 302:
        return reply
    where, _, answer = reply.headers["Location"].partition("?")
    assert where == _BACK
    return dict(urllib.parse.parse_qsl(answer))


def _exchange(okta, **form):
    basic = base64.b64encode(b"0oaWeb:web-secret").decode()
    return okta.post("/oauth2/v1/token", form=form, headers={"Authorization": f"Basic {basic}"})


def _by_code(okta, code, **more):
    return _exchange(okta, **{"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK, "code_verifier": _VERIFIER, **more})


def _by_refresh(okta, value):
    return _exchange(okta, grant_type="refresh_token", refresh_token=value)


def test_consent_gives_a_code_for_one_client_address_and_verifier(okta):
    _web_app(okta)
    assert _consent(okta, redirect_uri="https://elsewhere.example/").status == 400
    assert _consent(okta, code_challenge="")["error"] == "invalid_request"
    assert _consent(okta, scope="openid okta.logs.read")["error"] == "invalid_scope"
    okta.control("/consent", denial=["access_denied", "The resource owner denied the request."])
    assert _consent(okta)["error"] == "access_denied"
    okta.control("/consent", denial=None)
    back = _consent(okta)
    assert back["state"] == "s1"
    assert "PKCE" in _by_code(okta, back["code"], code_verifier="x" * 43).body["error_description"]
    assert _by_code(okta, back["code"], redirect_uri="https://elsewhere.example/").body["error"] == "invalid_grant"
    got = _by_code(okta, back["code"]).body
    assert got["refresh_token"] and "okta.users.read" in got["scope"]
    assert _by_code(okta, back["code"]).body["error"] == "invalid_grant", "a code is good once"
    okta.authorization = "Bearer " + got["access_token"]
    assert okta.get("/api/v1/users?limit=1").status == 200
    assert _by_code(okta, "nothing").status == 400
    late = _consent(okta)["code"]
    okta.control("/advance", seconds=301)
    assert _by_code(okta, late).body["error"] == "invalid_grant"
    assert _exchange(okta, grant_type="client_credentials", scope="okta.users.read").body["error"] == "unauthorized_client"


def test_a_refresh_token_that_comes_again_ends_the_family(okta):
    _web_app(okta)
    first = _by_code(okta, _consent(okta)["code"]).body["refresh_token"]
    second = _by_refresh(okta, first).body["refresh_token"]
    assert second != first
    assert _by_refresh(okta, first).status == 200, "an answer may have been lost"
    okta.control("/advance", seconds=31)
    assert _by_refresh(okta, second).status == 200
    assert _by_refresh(okta, first).body["error"] == "invalid_grant"
    assert _by_refresh(okta, second).status == 400, "the family has ended"
    assert okta.control("/consents")["reused"] == 1
    other = _by_code(okta, _consent(okta)["code"]).body["refresh_token"]
    okta.control("/consent", revoke="0oaWeb")
    assert _by_refresh(okta, other).body["error"] == "invalid_grant"
