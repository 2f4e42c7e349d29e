"""POST /oauth2/v1/token: a client by its secret or by a signed assertion (RFC 7523), for itself or for who consented."""

import base64
import binascii
import urllib.parse

from consent import by_code, by_refresh
from gate import Token
from possession import key_of_request
from refusal import oauth_refusal
from signature import is_signed, parts_of

_LIFE = 3600
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def token(call):
    form = {name: values[0] for name, values in urllib.parse.parse_qs(call.text).items()}
    client = _by_secret(call) or _by_assertion(call, form)
    if client is None:
        raise oauth_refusal(401, "invalid_client", "No client credentials found")
    if form.get("grant_type") not in _GRANTS:
        raise oauth_refusal(400, "unsupported_grant_type", "The authorization grant type is not supported.")
    key = key_of_request(call, client)
    scopes, refresh = _GRANTS[form["grant_type"]](call.org, client, form, key)
    made = Token(call.org.new_id("eyJ") + "." + call.org.new_id("sig"), client, scopes, call.org.now() + _LIFE, key)
    call.org.tokens[made.value] = made
    answer = {"token_type": "DPoP" if key else "Bearer", "expires_in": _LIFE, "access_token": made.value,
              "scope": " ".join(sorted(scopes))}
    return 200, {**answer, "refresh_token": refresh} if refresh else answer


def _by_credentials(org, client, form, key):
    scopes = set(form.get("scope", "").split())
    # A web app acts for whoever consented, never for itself.
    if client.redirects:
        raise oauth_refusal(400, "unauthorized_client", "The client is not authorized to use the provided grant type.")
    if not scopes:
        raise oauth_refusal(400, "invalid_scope", "The authorization server resource does not have any configured scopes.")
    # One that is not granted refuses them all.
    if scopes - client.granted:
        raise oauth_refusal(400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.")
    return scopes, None


_GRANTS = {"client_credentials": _by_credentials, "authorization_code": by_code, "refresh_token": by_refresh}


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
        header, said, signed, signature = parts_of(form.get("client_assertion", ""))
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
    if not is_signed(client.public_key, header["alg"], signed, signature):
        raise wrong
    call.org.assertions.update([said["jti"]] if "jti" in said else [])
    return client
