"""Proof of possession (RFC 9449): what a proof has to say, which keys and nonces it is good with, and that it is good once."""

import hashlib
import json

from refusal import Refusal, oauth_refusal
from signature import encoded, is_signed, key_of, parts_of

_LATE = 300  # seconds between their clock and ours


class Proofs:
    """Of one org: its nonce, and the proofs that it has seen."""

    def __init__(self):
        self.nonce = ""
        self.seen = set()
        self.on_calls = False  # does the API want nonces as well? Okta's does not; the standard lets it
        self.every = 0  # another nonce after so many proofs; 0: only when a test says so
        self.wrong = []  # why proofs were refused, for tests

    def renew(self, org):
        """Another nonce; the ones before are no longer good, which at Okta takes three days."""
        self.nonce = org.new_id("nonce")

    def latest(self, org):
        if not self.nonce:
            self.renew(org)
        return self.nonce


def thumbprint(jwk):
    """RFC 7638."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return encoded(hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest())


def _fault_in(call, wants_nonce, token):
    """(None, whose key it is), or (what is wrong, None)."""
    proofs, text = call.org.proofs, call.headers.get("dpop", "")
    try:
        header, said, signed, signature = parts_of(text)
        jwk = header["jwk"]
        key = key_of(jwk)
        number, when = said["jti"], said["iat"]
    except (ValueError, KeyError, TypeError):
        return "unreadable", None
    if header.get("typ") != "dpop+jwt" or header.get("alg") != "ES256" or "d" in jwk:
        return "header", None
    if not is_signed(key, "ES256", signed, signature):
        return "signature", None
    if said.get("htm") != call.method or said.get("htu") != call.base + call.path:
        return "htm or htu", None
    if not isinstance(when, int) or abs(call.org.now() - when) > _LATE:
        return "iat", None
    if wants_nonce and said.get("nonce") != proofs.latest(call.org):
        return "nonce", None
    if not number or number in proofs.seen:
        return "jti", None
    if token is not None and said.get("ath") != encoded(hashlib.sha256(token.encode()).digest()):
        return "ath", None
    if token is None and "ath" in said:
        return "ath", None
    proofs.seen.add(number)
    if proofs.every and len(proofs.seen) % proofs.every == 0:
        proofs.renew(call.org)
    return None, thumbprint(jwk)


def key_of_request(call, client):
    """Whose key a request for a token proves; none where it proves nothing and nobody demands it."""
    if "dpop" not in call.headers and not client.dpop:
        return None
    if "dpop" not in call.headers:
        raise oauth_refusal(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
    nonce = call.org.proofs.latest(call.org)
    fault, key = _fault_in(call, True, None)
    if fault == "nonce":
        refusal = oauth_refusal(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")
        refusal.headers["dpop-nonce"] = nonce
        raise refusal
    if fault:
        call.org.proofs.wrong.append(fault)
        raise oauth_refusal(400, "invalid_dpop_proof", f"The DPoP proof JWT is invalid: {fault}.")
    return key


def check_call(call, token):
    """A call of the API with a token that is bound to a key."""
    proofs = call.org.proofs
    fault, key = _fault_in(call, proofs.on_calls, token.value)
    if fault is None and key != token.key:
        fault = "key"
    if fault is None:
        return
    if fault == "nonce":
        words = 'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"'
        raise Refusal(401, None, {"WWW-Authenticate": words, "DPoP-Nonce": proofs.latest(call.org)})
    proofs.wrong.append(fault)
    words = f'DPoP error="invalid_dpop_proof", error_description="The DPoP proof JWT is invalid: {fault}."'
    raise Refusal(401, None, {"WWW-Authenticate": words})
