"""Tokens that are bound to a key: part of selftest.py."""

import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile
import time

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
