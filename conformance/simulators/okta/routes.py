"""Which path does what, the scope that it needs, and the bucket that it is counted in."""

import re

import directory
import hooks
import users

_ROUTES = [
    ("GET", "/api/v1/org", directory.get_org, "okta.orgs.read", "org"),
    ("GET", "/api/v1/users", users.list_users, "okta.users.read", "users"),
    ("POST", "/api/v1/users", users.create, "okta.users.manage", "users"),
    ("GET", "/api/v1/users/{}", users.get, "okta.users.read", "user"),
    ("POST", "/api/v1/users/{}", users.update, "okta.users.manage", "user"),
    ("DELETE", "/api/v1/users/{}", users.delete, "okta.users.manage", "user"),
    ("GET", "/api/v1/users/{}/groups", users.groups_of, "okta.users.read", "user"),
    ("GET", "/api/v1/users/{}/factors", users.list_factors, "okta.users.read", "user"),
    ("DELETE", "/api/v1/users/{}/factors/{}", users.delete_factor, "okta.users.manage", "user"),
    ("DELETE", "/api/v1/users/{}/sessions", users.end_sessions, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/activate", users.activate, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/suspend", users.suspend, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/unsuspend", users.unsuspend, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/unlock", users.unlock, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/deactivate", users.deactivate, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/reset_password", users.reset_password, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/expire_password", users.expire_password, "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/expire_password_with_temp_password", users.temporary_password,
     "okta.users.manage", "user"),
    ("POST", "/api/v1/users/{}/lifecycle/reset_factors", users.reset_factors, "okta.users.manage", "user"),
    ("GET", "/api/v1/groups", directory.list_groups, "okta.groups.read", "groups"),
    ("GET", "/api/v1/groups/{}", directory.get_group, "okta.groups.read", "groups"),
    ("GET", "/api/v1/groups/{}/users", directory.list_members, "okta.groups.read", "groups"),
    ("PUT", "/api/v1/groups/{}/users/{}", directory.add_member, "okta.groups.manage", "groups"),
    ("DELETE", "/api/v1/groups/{}/users/{}", directory.remove_member, "okta.groups.manage", "groups"),
    ("GET", "/api/v1/apps", directory.list_apps, "okta.apps.read", "apps"),
    ("GET", "/api/v1/apps/{}/users", directory.list_assignments, "okta.apps.read", "apps"),
    ("POST", "/api/v1/apps/{}/users", directory.assign, "okta.apps.manage", "apps"),
    ("DELETE", "/api/v1/apps/{}/users/{}", directory.unassign, "okta.apps.manage", "apps"),
    ("GET", "/api/v1/eventHooks", hooks.list_hooks, "okta.eventHooks.read", "hooks"),
    ("POST", "/api/v1/eventHooks", hooks.create, "okta.eventHooks.manage", "hooks"),
    ("GET", "/api/v1/eventHooks/{}", hooks.get, "okta.eventHooks.read", "hooks"),
    ("DELETE", "/api/v1/eventHooks/{}", hooks.delete, "okta.eventHooks.manage", "hooks"),
    ("POST", "/api/v1/eventHooks/{}/lifecycle/verify", hooks.verify, "okta.eventHooks.manage", "hooks"),
    ("POST", "/api/v1/eventHooks/{}/lifecycle/deactivate", hooks.deactivate, "okta.eventHooks.manage", "hooks"),
    ("POST", "/api/v1/eventHooks/{}/lifecycle/activate", hooks.activate, "okta.eventHooks.manage", "hooks"),
    ("GET", "/api/v1/logs", directory.list_log, "okta.logs.read", "logs"),
]


class Route:
    def __init__(self, method, path, handler, scope, bucket):
        self.method, self.handler, self.scope, self.bucket = method, handler, scope, bucket
        self.pattern = re.compile(re.escape(path).replace(r"\{\}", "([^/]+)") + "$")


ROUTES = [Route(*row) for row in _ROUTES]


def find(method, path):
    """The route and what its path names; (None, is there any method for the path)."""
    known = False
    for route in ROUTES:
        match = route.pattern.match(path)
        if match and route.method == method:
            return route, match.groups()
        known = known or bool(match)
    return None, known
