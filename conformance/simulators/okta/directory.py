"""Groups, applications, the System Log and the org itself."""

import re

import users
from clock import stamp
from paging import page
from refusal import not_found, refuse
from search import Expression


def get_org(call):
    return 200, {
        "id": "00o1a2b3c4d5e6f7g8h9",
        "companyName": "Simulated",
        "status": "ACTIVE",
        "subdomain": call.org.domain.split(".")[0].split(":")[0],
    }


def _group(call, key):
    group = call.org.groups.get(key)
    if group is None:
        raise not_found(f"{key} (UserGroup)")
    return group


def list_groups(call):
    views = [group.view() for group in call.org.groups.values()]
    for name, fold in (("search", True), ("filter", False)):
        if name in call.query:
            expression = Expression(call.query[name], fold)
            views = [view for view in views if expression.matches(view)]
    if "q" in call.query:
        views = [view for view in views if view["profile"]["name"].lower().startswith(call.query["q"].lower())]
    shown, links = page(call, views, lambda view: view["id"], 200, 10_000)
    return 200, shown, {"Link": links}


def get_group(call, key):
    return 200, _group(call, key).view()


def list_members(call, key):
    members = sorted(_group(call, key).members)
    shown, links = page(call, members, lambda member: member, 1000, 1000)
    return 200, [call.org.users[member].view() for member in shown], {"Link": links}


def _writable(call, group, user):
    found = _group(call, group)
    # Only groups made in Okta take members by hand.
    if found.type != "OKTA_GROUP":
        raise refuse(403, "E0000006")
    return found, users.find(call.org, user)


def add_member(call, group, user):
    group, user = _writable(call, group, user)
    if user.id not in group.members:
        group.members[user.id] = None
        group.members_changed = call.org.now()
        call.org.record("group.user_membership.add", "Add user to group membership", [user.target(), group.target()],
                        call.caller.name)
    return 204, None


def remove_member(call, group, user):
    group, user = _writable(call, group, user)
    if user.id in group.members:
        del group.members[user.id]
        group.members_changed = call.org.now()
        call.org.record("group.user_membership.remove", "Remove user from group membership",
                        [user.target(), group.target()], call.caller.name)
    return 204, None


def _app(call, key):
    app = call.org.apps.get(key)
    if app is None:
        raise not_found(f"{key} (AppInstance)")
    return app


def _of_user(call, view, app, user):
    """As `expand=user/{id}` shows it."""
    return {**view, "_embedded": {"user": _assignment(call, app, user)}}


def list_apps(call):
    apps = list(call.org.apps.values())
    wanted = call.query.get("filter")
    if wanted is None:
        views = [app.view() for app in apps]
    else:
        match = re.fullmatch(r'user\.id eq "([A-Za-z0-9]+)"', wanted)
        if not match or call.query.get("expand") != f"user/{match[1]}":
            raise refuse(400, "E0000031")
        user = match[1]
        views = [_of_user(call, app.view(), app, user) for app in apps if user in app.assigned]
    shown, links = page(call, views, lambda view: view["id"], 20, 200)
    return 200, shown, {"Link": links}


def _assignment(call, app, user_id):
    scope, when = app.assigned[user_id]
    user = call.org.users[user_id]
    return {
        "id": user_id,
        "scope": scope,
        "status": "ACTIVE",
        "created": stamp(when),
        "lastUpdated": stamp(when),
        "statusChanged": stamp(when),
        "syncState": "DISABLED",
        "credentials": {"userName": user.profile["login"]},
        "profile": {"email": user.profile["email"]},
    }


def list_assignments(call, key):
    app = _app(call, key)
    shown, links = page(call, sorted(app.assigned), lambda user: user, 50, 500)
    return 200, [_assignment(call, app, user) for user in shown], {"Link": links}


def assign(call, key):
    app = _app(call, key)
    user = users.find(call.org, (call.body or {}).get("id", ""))
    app.assigned[user.id] = ("USER", call.org.now())
    call.org.record("application.user_membership.add", "Add user to application membership",
                    [user.target(), app.target()], call.caller.name)
    return 200, _assignment(call, app, user.id)


def unassign(call, key, user_id):
    app = _app(call, key)
    if user_id not in app.assigned:
        raise not_found(f"{user_id} (AppUser)")
    # What a group assigned only the group takes away.
    if app.assigned[user_id][0] == "GROUP":
        raise refuse(403, "E0000006")
    del app.assigned[user_id]
    call.org.record("application.user_membership.remove", "Remove user's application membership",
                    [users.find(call.org, user_id).target(), app.target()], call.caller.name)
    return 204, None


def list_log(call):
    """The link to the next page is there even on an empty one: it is where to go on later."""
    entries = list(enumerate(call.org.log))
    if "since" in call.query:
        entries = [(number, entry) for number, entry in entries if entry["published"] >= call.query["since"]]
    if "filter" in call.query:
        expression = Expression(call.query["filter"], fold=False)
        entries = [(number, entry) for number, entry in entries if expression.matches(entry)]
    shown, links = page(call, entries, lambda entry: f"{entry[0]:012d}", 100, 1000, always_next=True)
    return 200, [entry for _, entry in shown], {"Link": links}
