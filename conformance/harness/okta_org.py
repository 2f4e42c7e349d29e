"""An Okta org in miniature: its own API as far as the published CRUD tests call it, and the SCIM traffic that follows.

What is sent in which dialect: Okta's SCIM 2.0 reference (okta/okta-developer-docs, docs/reference/scim/scim-20) and its
guide to catalogue submissions. "aiw" is a custom app (GET and PUT only), "oin" a catalogue app, "oin-patch" one with
"Support PATCH for User".
"""

import re
import urllib.parse

from rolecall_server import ENTERPRISE, GROUP, PATCH_OP, USER

HEADERS = {"User-Agent": "Okta SCIM Client 1.0.0", "Accept": "application/scim+json", "Accept-Charset": "utf-8",
           "Accept-Encoding": "gzip,deflate", "Connection": "Keep-Alive",
           "Content-Type": "application/scim+json; charset=utf-8"}


class TaskFailure(Exception):
    """What Okta shows to its administrator as a failed task."""


class ScimApp:
    """The provisioning side of one app."""

    def __init__(self, client, dialect):
        self.client = client
        self.dialect = dialect
        self.requests = 0

    def send(self, method, path, body=None, allowed=(200,)):
        self.requests += 1
        headers = HEADERS if body is not None else {k: v for k, v in HEADERS.items() if k != "Content-Type"}
        got = self.client.request(method, path, body, headers)
        if got.status not in allowed:
            raise TaskFailure(f"{method} {path.partition('?')[0]}: {got}")
        return got

    def look_up(self, kind, attribute, value):
        text = urllib.parse.quote(f'{attribute} eq "{value}"', safe="")
        found = self.send("GET", f"/{kind}?filter={text}&startIndex=1&count=100").json()
        if found["totalResults"] == 0:
            return None
        return found["Resources"][0]

    def import_all(self, kind):
        """Pages of 100, whatever a page held, while startIndex <= totalResults."""
        items, start, total = [], 1, 1
        while start <= total:
            page = self.send("GET", f"/{kind}?startIndex={start}&count=100").json()
            total = page["totalResults"]
            items += page["Resources"]
            start += 100
        return items

    # Users

    def assign(self, profile):
        """Match, then create; or link, activate and push the profile. The id at the server."""
        found = self.look_up("Users", "userName", profile["userName"])
        if found is None:
            body = {"schemas": [USER, ENTERPRISE], **profile, "groups": [], "password": "kd83Jf0w", "active": True}
            made = self.send("POST", "/Users", body, (201,)).json()
            if not isinstance(made.get("id"), str):
                raise TaskFailure("Create new user returned empty user")
            return made["id"]
        if found.get("active") is not True:
            self.set_active(found["id"], True)
        self.update(found["id"], profile)
        return found["id"]

    def update(self, user, profile):
        if self.dialect == "oin-patch":
            self.patch("Users", user, {"op": "replace", "value": profile})
            return
        body = self.send("GET", f"/Users/{user}").json()
        body.update(profile)
        self.send("PUT", f"/Users/{user}", body)

    def set_active(self, user, active):
        if self.dialect != "aiw":
            self.patch("Users", user, {"op": "replace", "value": {"active": active}})
            return
        body = self.send("GET", f"/Users/{user}").json()
        body["active"] = active
        self.send("PUT", f"/Users/{user}", body)

    # Groups

    def push_group(self, name, members):
        """Find by name, else create; the name again; the members. The id at the server."""
        found = self.look_up("Groups", "displayName", name)
        if found is None:
            body = {"schemas": [GROUP], "displayName": name, "members": []}
            found = self.send("POST", "/Groups", body, (201,)).json()
        self.set_members(found["id"], name, members)
        return found["id"]

    def set_members(self, group, name, members):
        values = [{"value": member} for member in members]
        if self.dialect == "aiw":
            self.send("GET", f"/Groups/{group}")
            self.send("PUT", f"/Groups/{group}", {"schemas": [GROUP], "displayName": name, "members": values})
            return
        self.patch("Groups", group, {"op": "replace", "value": {"id": group, "displayName": name}})
        self.patch("Groups", group, {"op": "replace", "path": "members", "value": values})

    def change_members(self, group, name, removed, added):
        if self.dialect == "aiw":
            members = [item["value"] for item in self.send("GET", f"/Groups/{group}").json().get("members", [])]
            members = [item for item in members if item not in removed] + [item for item in added]
            self.set_members(group, name, members)
            return
        operations = [{"op": "remove", "path": f'members[value eq "{member}"]'} for member in removed]
        if added:
            operations.append({"op": "add", "path": "members", "value": [{"value": member} for member in added]})
        self.patch("Groups", group, *operations)

    def delete_group(self, group):
        self.send("DELETE", f"/Groups/{group}", None, (204,))

    def patch(self, kind, resource, *operations):
        self.send("PATCH", f"/{kind}/{resource}", {"schemas": [PATCH_OP], "Operations": list(operations)}, (200, 204))


class OktaOrg:
    """Okta's own API with one app in it. Provisioning is done before the answer, so nobody needs to wait for it."""

    def __init__(self, app, app_id="0oa1app"):
        self.app = app
        self.app_id = app_id
        self.users = {}
        self.assigned = {}
        self.failed_tasks = []
        self.routes = [
            ("GET", r"/api/v1/apps/([^/]+)", self._get_app),
            ("POST", r"/api/v1/users", self._create_user),
            ("PUT", r"/api/v1/users/([^/]+)", self._update_user),
            ("POST", r"/api/v1/users/([^/]+)/lifecycle/(activate|deactivate)", self._lifecycle),
            ("POST", r"/api/v1/apps/([^/]+)/users", self._assign),
            ("DELETE", r"/api/v1/apps/([^/]+)/users/([^/]+)", self._unassign),
            ("POST", r"/governance/api/v1/grants", self._grant),
        ]

    def request(self, method, url, body):
        """(status, JSON or None), as Okta would answer."""
        path = urllib.parse.urlsplit(url).path
        for wanted, pattern, handler in self.routes:
            match = re.fullmatch(pattern, path)
            if match and wanted == method:
                return handler(body, *match.groups())
        return 404, {"errorCode": "E0000007", "errorSummary": f"Not found: {method} {path}"}

    def _provision(self, work, *arguments):
        """A failed task does not fail the API call that caused it; the administrator sees it later."""
        try:
            return work(*arguments)
        except (TaskFailure, OSError) as failure:
            self.failed_tasks.append(str(failure))
            return None

    def _profile(self, user):
        profile = self.users[user]["profile"]
        name = f"{profile['firstName']} {profile['lastName']}"
        return {"userName": profile["login"], "externalId": user, "displayName": name,
                "name": {"givenName": profile["firstName"], "familyName": profile["lastName"]},
                "emails": [{"primary": True, "value": profile["email"], "type": "work"}]}

    def _get_app(self, _, app):
        return (200, {"id": app, "status": "ACTIVE"}) if app == self.app_id else (404, {"errorCode": "E0000007"})

    def _create_user(self, body):
        user = f"00u{len(self.users) + 1:017d}"
        self.users[user] = {"profile": dict(body["profile"]), "status": "ACTIVE"}
        return 200, {"id": user, **self.users[user]}

    def _update_user(self, body, user):
        if user not in self.users:
            return 404, {"errorCode": "E0000007"}
        self.users[user]["profile"] = dict(body["profile"])
        if user in self.assigned:
            self._provision(self.app.update, self.assigned[user], self._profile(user))
        return 200, {"id": user, **self.users[user]}

    def _lifecycle(self, _, user, verb):
        """Deactivation ends the assignments; activation alone sends nothing."""
        if user not in self.users:
            return 404, {"errorCode": "E0000007"}
        self.users[user]["status"] = "ACTIVE" if verb == "activate" else "DEPROVISIONED"
        if verb == "deactivate" and user in self.assigned:
            self._provision(self.app.set_active, self.assigned.pop(user), False)
        return 200, {}

    def _assign(self, body, app):
        if app != self.app_id or body["id"] not in self.users:
            return 404, {"errorCode": "E0000007"}
        user = body["id"]
        remote = self._provision(self.app.assign, self._profile(user))
        if remote is not None:
            self.assigned[user] = remote
        return 200, {"id": user, "externalId": remote, "scope": "USER", "status": "PROVISIONED"}

    def _unassign(self, _, app, user):
        if app != self.app_id or user not in self.users:
            return 404, {"errorCode": "E0000007"}
        if user in self.assigned:
            self._provision(self.app.set_active, self.assigned.pop(user), False)
        return 204, None

    def _grant(self, body):
        """A custom grant that names no entitlement: the profile is pushed, nothing in it changes."""
        user = body["targetPrincipal"]["externalId"]
        if user not in self.assigned:
            return 404, {"errorCode": "E0000007"}
        self._provision(self.app.update, self.assigned[user], self._profile(user))
        return 200, {"id": "grant1", "status": "ACTIVE"}
