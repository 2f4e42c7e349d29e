"""POST /oauth2/v1/token: client credentials by a secret or by a signed assertion (RFC 7523)."""

import base64
import binascii
import json
import pathlib
import subprocess
import tempfile
import urllib.parse

from gate import Token
from refusal import oauth_refusal

_LIFE = 3600
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def token(call):
    form = {name: values[0] for name, values in urllib.parse.parse_qs(call.text).items()}
    client = _by_secret(call) or _by_assertion(call, form)
    if client is None:
        raise oauth_refusal(401, "invalid_client", "No client credentials found")
    if form.get("grant_type") != "client_credentials":
        raise oauth_refusal(400, "unsupported_grant_type", "The authorization grant type is not supported.")
    scopes = set(form.get("scope", "").split())
    if not scopes:
        raise oauth_refusal(400, "invalid_scope", "The authorization server resource does not have any configured scopes.")
    # One that is not granted refuses them all.
    if scopes - client.granted:
        raise oauth_refusal(400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.")
    made = Token(call.org.new_id("eyJ") + "." + call.org.new_id("sig"), client, scopes, call.org.now() + _LIFE)
    call.org.tokens[made.value] = made
    return 200, {"token_type": "Bearer", "expires_in": _LIFE, "access_token": made.value, "scope": " ".join(sorted(scopes))}


def _by_secret(call):
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise oauth_refusal(401, "invalid_client", "No client credentials found") from None
    client = call.org.clients.get(urllib.parse.unquote(name))
    if client is None:
        raise oauth_refusal(401, "invalid_client", "Invalid value for 'client_id' parameter.")
    # A service app with a key takes no secret.
    if client.secret is None or urllib.parse.unquote(secret) != client.secret:
        raise oauth_refusal(401, "invalid_client", "The client secret supplied for a confidential client is invalid.")
    return client


def _by_assertion(call, form):
    if form.get("client_assertion_type") != _ASSERTION:
        return None
    wrong = oauth_refusal(401, "invalid_client", "The client_assertion token is invalid.")
    try:
        head, claims, signature = form.get("client_assertion", "").split(".")
        header, said = json.loads(_decoded(head)), json.loads(_decoded(claims))
        client = call.org.clients.get(said["sub"])
        lives = call.org.now() < said["exp"] <= call.org.now() + _LIFE
    except (ValueError, KeyError, TypeError):
        raise wrong from None
    if client is None or client.public_key is None or said.get("iss") != client.id or not lives:
        raise wrong
    if said.get("aud") != call.base + "/oauth2/v1/token" or header.get("alg") not in ("RS256", "ES256"):
        raise wrong
    # An id is good once.
    if said.get("jti") in call.org.assertions:
        raise wrong
    is_ec = header["alg"] == "ES256"
    if not _is_signed(client.public_key, f"{head}.{claims}".encode(), _as_der(_decoded(signature)) if is_ec else _decoded(signature)):
        raise wrong
    call.org.assertions.update([said["jti"]] if "jti" in said else [])
    return client


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _as_der(numbers):
    """Two numbers of 32 bytes, as openssl wants them (RFC 7518 §3.4)."""
    parts = b""
    for number in (numbers[:32], numbers[32:64]):
        shortest = number.lstrip(b"\0") or b"\0"
        if shortest[0] >= 0x80:
            shortest = b"\0" + shortest
        parts += bytes([2, len(shortest)]) + shortest
    return bytes([0x30, len(parts)]) + parts


def _is_signed(public_key, text, signature):
    """By the openssl command: the standard library verifies no RSA."""
    with tempfile.TemporaryDirectory() as where:
        folder = pathlib.Path(where)
        (folder / "key").write_text(public_key)
        (folder / "signature").write_bytes(signature)
        command = ["openssl", "dgst", "-sha256", "-verify", folder / "key", "-signature", folder / "signature"]
        return subprocess.run(command, input=text, capture_output=True, check=False).returncode == 0
