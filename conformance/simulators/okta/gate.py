"""Who calls, what for, and how often: credentials, scopes, administrator roles, rate limits."""

from possession import check_call
from refusal import insufficient_scope, invalid_bearer, refuse

_IDLE = 30 * 24 * 3600  # an SSWS token that nobody used dies
_WINDOW = 60
_LIMIT = 600


class Client:
    """An app that may ask for tokens: with a secret (API service integration) or a public key (service app)."""

    def __init__(self, key, secret=None, public_key=None, granted=(), has_role=True, dpop=False, redirects=()):
        self.id, self.secret, self.public_key = key, secret, public_key
        self.granted = set(granted)
        self.has_role = has_role
        self.dpop = dpop  # every request for a token has to prove a key
        self.redirects = list(redirects)  # of a web app: where consent may come back to


class Ssws:
    def __init__(self, value, owner, now, has_role=True):
        self.value, self.owner, self.used, self.has_role = value, owner, now, has_role
        self.is_revoked = False


class Token:
    """Of an app; with a key, it is good only with a proof of that."""

    def __init__(self, value, client, scopes, expires, key=None):
        self.value, self.client, self.scopes, self.expires, self.key = value, client, scopes, expires, key


class Caller:
    """Whom a credential stands for. `scopes` is None for SSWS, which has those of its owner's roles: all."""

    def __init__(self, name, scopes, has_role):
        self.name, self.scopes, self.has_role = name, scopes, has_role


def caller_of(call):
    org = call.org
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme == "SSWS":
        return _by_ssws(org, value)
    token = org.tokens.get(value) if scheme in ("Bearer", "DPoP") else None
    if token is None or token.expires <= org.now() or token.client.id not in org.clients:
        if scheme not in ("Bearer", "DPoP"):
            raise refuse(401, "E0000011")
        raise invalid_bearer()
    # What is bound to a key is no bearer token, and the other way round (RFC 9449 §7.2).
    if (scheme == "DPoP") != (token.key is not None):
        raise invalid_bearer()
    if token.key is not None:
        check_call(call, token)
    # A scope that was withdrawn since is no longer one of this token's.
    return Caller(token.client.id, token.scopes & token.client.granted, token.client.has_role)


def _by_ssws(org, value):
    token = org.ssws.get(value)
    owner = org.users.get(token.owner) if token else None
    is_idle = token is not None and org.now() - token.used > _IDLE
    # Revoked, unknown, idle or of somebody who left: nobody outside can tell these apart.
    if token is None or token.is_revoked or is_idle or (owner is not None and owner.status != "ACTIVE"):
        raise refuse(401, "E0000011")
    token.used = org.now()
    return Caller("ssws:" + value[:4], None, token.has_role)


def check_scope(caller, needed, path):
    """`needed` as in "okta.users.read"; managing includes reading."""
    if caller.scopes is not None:
        wider = needed.replace(".read", ".manage")
        if needed not in caller.scopes and wider not in caller.scopes:
            raise insufficient_scope(needed, path)
    if not caller.has_role:
        raise refuse(403, "E0000006")


class Buckets:
    """Calls a minute, by caller and kind of path. A window begins with its first call."""

    def __init__(self):
        self.windows = {}

    def take(self, org, who, bucket):
        """The headers that go with the answer; a refusal when nothing is left."""
        limit = org.limits.get(bucket, org.limits.get("*", _LIMIT))
        now = org.now()
        began, used = self.windows.get((who, bucket), (now, 0))
        if now >= began + _WINDOW:
            began, used = now, 0
        self.windows[who, bucket] = (began, used + 1)
        headers = {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(max(0, limit - used - 1)),
            "X-Rate-Limit-Reset": str(int(began + _WINDOW) + 1),
        }
        if used >= limit:
            raise refuse(429, "E0000047", headers=headers)
        return headers


def concurrency_refusal(org):
    """Too many at once looks like a bucket of nothing."""
    reset = str(int(org.now()) + 1)
    headers = {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": reset}
    return refuse(429, "E0000047", headers=headers)
