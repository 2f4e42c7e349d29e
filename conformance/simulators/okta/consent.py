"""GET /oauth2/v1/authorize, and what comes of it: codes with PKCE (RFC 7636), refresh tokens that are replaced with each use."""

import hashlib
import urllib.parse

from refusal import Refusal, oauth_refusal
from signature import encoded

_CODE_LASTS = 300
_OIDC = {"openid", "offline_access"}


class Code:
    def __init__(self, client, scopes, redirect, challenge, expires):
        self.client, self.scopes, self.redirect, self.challenge, self.expires = client, scopes, redirect, challenge, expires
        self.is_used = False


class Family:
    """All refresh tokens that came of one consent."""

    def __init__(self, client, scopes, key):
        self.client, self.scopes, self.key = client, scopes, key
        self.is_revoked = False


class Refresh:
    def __init__(self, family):
        self.family = family
        self.replaced = None  # when


class Consents:
    """Of one org."""

    def __init__(self):
        self.codes, self.refreshes = {}, {}
        self.leeway = 30  # seconds for which a replaced token still counts; after that its use ends the family
        self.denial = None  # (error, description): the administrator does not consent
        self.reused = 0  # times that a family was ended for it

    def secrets(self):
        return [*self.codes, *self.refreshes]


def authorize(call):
    """The administrator is signed in and answers at once; the answer goes back by a redirect."""
    asked, org = call.query, call.org
    client = org.clients.get(asked.get("client_id"))
    if client is None or asked.get("redirect_uri") not in client.redirects:
        # Nobody is sent to an address that nobody registered.
        raise oauth_refusal(400, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.")
    scopes = set(asked.get("scope", "").split())
    answer = {"state": asked.get("state", "")}
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        answer |= {"error": "invalid_request", "error_description": "PKCE code challenge is required."}
    elif org.consents.denial is not None:
        answer |= dict(zip(("error", "error_description"), org.consents.denial))
    elif not scopes or scopes - _OIDC - client.granted or not scopes - _OIDC:
        answer |= {"error": "invalid_scope", "error_description": "One or more scopes are not configured for the authorization server resource."}
    else:
        code = org.new_id("code")
        org.consents.codes[code] = Code(client, scopes, asked["redirect_uri"], asked["code_challenge"], org.now() + _CODE_LASTS)
        answer["code"] = code
    raise Refusal(302, None, {"Location": asked["redirect_uri"] + "?" + urllib.parse.urlencode(answer)})


def by_code(org, client, form, key):
    """Scopes and the refresh token of a code; each is good once, for the client, address and verifier that it is of."""
    wrong = oauth_refusal(400, "invalid_grant", "The authorization code is invalid or has expired.")
    code = org.consents.codes.get(form.get("code"))
    if code is None or code.is_used or code.expires <= org.now() or code.client is not client:
        raise wrong
    if form.get("redirect_uri") != code.redirect:
        raise oauth_refusal(400, "invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
    if encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) != code.challenge:
        raise oauth_refusal(400, "invalid_grant", "PKCE verification failed.")
    code.is_used = True
    if "offline_access" not in code.scopes:
        return code.scopes, None
    return code.scopes, _next(org, Family(client, code.scopes, key))


def by_refresh(org, client, form, key):
    held = org.consents.refreshes.get(form.get("refresh_token"))
    wrong = oauth_refusal(400, "invalid_grant", "The refresh token is invalid or expired.")
    if held is None or held.family.is_revoked or held.family.client is not client:
        raise wrong
    if held.family.key != key:
        raise oauth_refusal(400, "invalid_grant", "The refresh token is bound to another key.")
    if held.replaced is not None and held.replaced + org.consents.leeway <= org.now():
        # Somebody holds what somebody else has used: nobody can tell which of them is the thief.
        held.family.is_revoked = True
        org.consents.reused += 1
        raise wrong
    held.replaced = org.now() if held.replaced is None else held.replaced
    return held.family.scopes, _next(org, held.family)


def revoke(org, client):
    """The administrator takes the consent back."""
    for held in org.consents.refreshes.values():
        if held.family.client.id == client:
            held.family.is_revoked = True


def _next(org, family):
    value = org.new_id("refresh")
    org.consents.refreshes[value] = Refresh(family)
    return value
