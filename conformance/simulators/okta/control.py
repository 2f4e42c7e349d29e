"""The other door, for tests: looks at the org, changes it behind Okta's back, makes things go wrong."""

import seed
from consent import revoke
from gate import Buckets, Client, Ssws


def act(okta, method, path, wanted):
    if method == "GET":
        return _LOOKS[path](okta)
    _DEEDS[path](okta, **wanted)
    okta.org.settle()
    return {}


def _dump(okta):
    org = okta.org
    org.settle()
    return {
        "users": {user.id: {"status": user.status, "login": user.profile["login"],
                            "sessions": len(org.sessions.get(user.id, [])),
                            "factors": len(org.factors.get(user.id, {}))} for user in org.users.values()},
        "groups": {group.id: {"name": group.profile["name"], "type": group.type, "members": list(group.members)}
                   for group in org.groups.values()},
        "apps": {app.id: {"label": app.label, "users": {user: scope for user, (scope, _) in app.assigned.items()}}
                 for app in org.apps.values()},
        "mails": org.mails,
    }


def _user(okta, login):
    return next(user for user in okta.org.users.values() if user.profile["login"] == login)


def _reset(okta, **numbers):
    okta.adopt(seed.make_org(okta.org.domain, **numbers))
    okta.buckets = Buckets()
    okta.journal.clear()
    okta.faults.ordered.clear()


def _set(okta, **values):
    """lag, delay, is_read_only, limits, concurrency; hostile is the share of calls that go wrong."""
    okta.faults.rate = values.pop("hostile", okta.faults.rate)
    for name, value in values.items():
        if name not in ("lag", "delay", "is_read_only", "limits", "concurrency"):
            raise KeyError(name)
        setattr(okta.org, name, value)


def _change_user(okta, login, **fields):
    _user(okta, login).change(**fields)


def _add_user(okta, login, **more):
    seed.make_user(okta.org, login, **more).hide_until_indexed()


def _grant(okta, client, scopes):
    okta.org.clients[client].granted = set(scopes)


def _add_client(okta, client, **more):
    okta.org.clients[client] = Client(client, **more)


def _dpop(okta, client=None, demanded=True, on_calls=None, renew=False, every=None):
    """An app that wants proofs; an API that wants nonces; another nonce, after which those before are no good."""
    if client is not None:
        okta.org.clients[client].dpop = demanded
    if on_calls is not None:
        okta.org.proofs.on_calls = on_calls
    if every is not None:
        okta.org.proofs.every = every
    if renew:
        okta.org.proofs.renew(okta.org)


def _consent(okta, **wanted):
    """`denial`: what the administrator answers instead, none to consent again; `leeway`; `revoke`: a client's."""
    if "denial" in wanted:
        okta.org.consents.denial = wanted["denial"]
    okta.org.consents.leeway = wanted.get("leeway", okta.org.consents.leeway)
    if "revoke" in wanted:
        revoke(okta.org, wanted["revoke"])


def _add_ssws(okta, value, has_role=True):
    okta.org.ssws[value] = Ssws(value, None, okta.org.now(), has_role)


def _revoke(okta, credential):
    """A client with its tokens, or an SSWS token."""
    if okta.org.clients.pop(credential, None) is None:
        okta.org.ssws[credential].is_revoked = True


def _expire_tokens(okta):
    for token in okta.org.tokens.values():
        token.expires = okta.org.now()


_LOOKS = {
    "/dump": _dump,
    "/journal": lambda okta: okta.journal,
    "/log": lambda okta: okta.org.log,
    "/secrets": lambda okta: [*okta.org.tokens, *okta.org.consents.secrets()],
    "/consents": lambda okta: {"codes": len(okta.org.consents.codes), "refreshes": len(okta.org.consents.refreshes),
                               "reused": okta.org.consents.reused},
    "/proofs": lambda okta: {"seen": len(okta.org.proofs.seen), "wrong": okta.org.proofs.wrong},
    "/hooks": lambda okta: {"hooks": [hook.view() for hook in okta.org.hooks.values()],
                            "sent": [list(one) for one in okta.deliveries.sent]},
}
_DEEDS = {
    "/reset": _reset,
    "/set": _set,
    "/deliveries": lambda okta, **values: okta.deliveries.set(**values),
    "/advance": lambda okta, seconds: okta.org.clock.advance(seconds),
    "/users": _add_user,
    "/user": _change_user,
    "/grant": _grant,
    "/client": _add_client,
    "/dpop": _dpop,
    "/consent": _consent,
    "/ssws": _add_ssws,
    "/revoke": _revoke,
    "/expire-tokens": _expire_tokens,
    "/fault": lambda okta, **order: okta.faults.order(**order),
}
