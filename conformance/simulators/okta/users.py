"""People: reading, creating, changing, and the transitions between their statuses."""

from paging import page_behind
from refusal import invalid, not_found, refuse
from search import Expression
from org import User


def find(org, key):
    """By id or login."""
    user = org.users.get(key)
    if user is None:
        user = next((one for one in org.users.values() if one.profile["login"] == key), None)
    if user is None:
        raise not_found(f"{key} (User)")
    return user


def matching(call, last):
    """What search and lists know, in the order of ids, behind one. A plain list leaves those out who are gone."""
    tests = []
    if "search" in call.query:
        tests.append(Expression(call.query["search"], fold=True).matches)
    if "filter" in call.query:
        tests.append(Expression(call.query["filter"], fold=False).matches)
    if not tests:
        tests.append(lambda view: view["status"] != "DEPROVISIONED")
    if "q" in call.query:
        start = call.query["q"].lower()
        tests.append(lambda view: any(view["profile"].get(name, "").lower().startswith(start)
                                      for name in ("firstName", "lastName", "email")))
    known = (user.indexed() for user in call.org.users.behind(last))
    return (view for view in known if view is not None and all(test(view) for test in tests))


def list_users(call):
    shown, links = page_behind(call, lambda last: matching(call, last), lambda view: view["id"], 200, 200)
    return 200, shown, {"Link": links}


def get(call, key):
    return 200, find(call.org, key).view()


def create(call):
    profile = (call.body or {}).get("profile", {})
    missing = [name for name in ("login", "email", "firstName", "lastName") if not profile.get(name)]
    if missing:
        raise invalid(missing[0], *(f"{name}: The field cannot be left blank" for name in missing))
    if any(user.profile["login"] == profile["login"] for user in call.org.users.values()):
        raise invalid("login", "login: An object with this field already exists in the current organization")
    is_active = call.query.get("activate", "true") == "true"
    user = User(call.org, dict(profile), "PROVISIONED" if is_active else "STAGED")
    user.hide_until_indexed()
    call.org.users[user.id] = user
    everyone = next(group for group in call.org.groups.values() if group.type == "BUILT_IN")
    everyone.members[user.id] = None
    call.org.record("user.lifecycle.create", "Create okta user", [user.target()], call.caller.name)
    return 200, user.view()


def update(call, key):
    user = find(call.org, key)
    user.change(profile={**user.profile, **(call.body or {}).get("profile", {})})
    call.org.record("user.account.update_profile", "Update user profile for Okta", [user.target()], call.caller.name)
    return 200, user.view()


def _begin(call, key):
    user = find(call.org, key)
    if call.org.is_read_only:
        raise refuse(503, "E0000010")
    if user.to_status:
        raise refuse(409, "E0000112")
    return user


def activate(call, key):
    user = _begin(call, key)
    if user.status not in ("STAGED", "DEPROVISIONED"):
        raise refuse(403, "E0000016")
    user.change(status="PROVISIONED", activated=call.org.now())
    call.org.record("user.lifecycle.activate", "Activate Okta user", [user.target()], call.caller.name)
    if call.query.get("sendEmail", "true") == "true":
        call.org.mails.append((user.profile["login"], "activation"))
        return 200, {}
    return 200, {"activationUrl": f"https://{call.org.domain}/welcome/x", "activationToken": "x"}


def suspend(call, key):
    user = _begin(call, key)
    if user.status != "ACTIVE":
        raise invalid("Cannot suspend a user that is not active")
    user.change(status="SUSPENDED")
    call.org.sessions.pop(user.id, None)
    call.org.record("user.lifecycle.suspend", "Suspend Okta user", [user.target()], call.caller.name)
    return 200, {}


def unsuspend(call, key):
    user = _begin(call, key)
    if user.status != "SUSPENDED":
        raise invalid("Cannot unsuspend a user that is not suspended")
    user.change(status="ACTIVE")
    call.org.record("user.lifecycle.unsuspend", "Unsuspend Okta user", [user.target()], call.caller.name)
    return 200, {}


def unlock(call, key):
    user = _begin(call, key)
    if user.status != "LOCKED_OUT":
        raise refuse(403, "E0000038")
    user.change(status="ACTIVE")
    call.org.record("user.account.unlock", "Unlock user account", [user.target()], call.caller.name)
    return 200, {}


def deactivate(call, key):
    user = _begin(call, key)
    if user.status == "DEPROVISIONED":
        raise refuse(403, "E0000038")
    _deactivate(call, user)
    return 200, {}


def _deactivate(call, user):
    who = call.caller.name

    def done():
        user.change(status="DEPROVISIONED", to_status=None)
        call.org.sessions.pop(user.id, None)
        for app in call.org.apps.values():
            app.assigned.pop(user.id, None)
        for group in call.org.groups.values():
            if group.type != "BUILT_IN" and user.id in group.members:
                del group.members[user.id]
                group.members_changed = call.org.now()
        call.org.record("user.lifecycle.deactivate", "Deactivate Okta user", [user.target()], who)

    if call.org.delay and "respond-async" in call.headers.get("prefer", ""):
        user.change(to_status="DEPROVISIONED")
        call.org.later(call.org.delay, done)
    else:
        done()


def delete(call, key):
    """The first call deactivates, the second deletes."""
    user = _begin(call, key)
    if user.status != "DEPROVISIONED":
        _deactivate(call, user)
        return 204, None
    del call.org.users[user.id]
    for group in call.org.groups.values():
        group.members.pop(user.id, None)
    call.org.record("user.lifecycle.delete.initiated", "Delete Okta user", [user.target()], call.caller.name)
    return 204, None


def reset_password(call, key):
    user = _begin(call, key)
    if call.query.get("sendEmail") not in ("true", "false"):
        raise invalid("sendEmail", "sendEmail: The field cannot be left blank")
    if user.status not in ("ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "PROVISIONED"):
        raise refuse(403, "E0000038")
    user.change(status="RECOVERY")
    _end_sessions_if_asked(call, user)
    call.org.record("user.account.reset_password", "Fired when the user's Okta password is reset", [user.target()],
                    call.caller.name)
    if call.query["sendEmail"] == "false":
        return 200, {"resetPasswordUrl": f"https://{call.org.domain}/reset/x"}
    call.org.mails.append((user.profile["login"], "password reset"))
    return 200, {}


def expire_password(call, key):
    user = _begin(call, key)
    if user.status not in ("ACTIVE", "PASSWORD_EXPIRED"):
        raise refuse(403, "E0000038")
    user.change(status="PASSWORD_EXPIRED")
    return 200, user.view()


def temporary_password(call, key):
    expire_password(call, key)
    user = find(call.org, key)
    _end_sessions_if_asked(call, user)
    return 200, {"tempPassword": call.org.new_id("")}


def _end_sessions_if_asked(call, user):
    if call.query.get("revokeSessions") == "true":
        call.org.sessions.pop(user.id, None)


def reset_factors(call, key):
    user = _begin(call, key)
    call.org.factors.pop(user.id, None)
    call.org.record("user.mfa.factor.reset_all", "Reset all factors for user", [user.target()], call.caller.name)
    return 200, {}


def list_factors(call, key):
    return 200, list(call.org.factors.get(find(call.org, key).id, {}).values())


def delete_factor(call, key, factor):
    user = _begin(call, key)
    if factor not in call.org.factors.get(user.id, {}):
        raise not_found(f"{factor} (UserFactor)")
    del call.org.factors[user.id][factor]
    return 204, None


def end_sessions(call, key):
    user = _begin(call, key)
    call.org.sessions.pop(user.id, None)
    call.org.record("user.session.clear", "Clear user session", [user.target()], call.caller.name)
    return 204, None


def groups_of(call, key):
    user = find(call.org, key)
    return 200, [group.view() for group in call.org.groups.values() if user.id in group.members]
