"""An org to begin with: the same for the same numbers."""

import random

from gate import Client, Ssws
from org import App, Group, Org, User

_FIRST = ["Maya", "Jonas", "Priya", "Luis", "Aiko", "Zoë", "Omar", "Ines", "Tomasz", "Grace", "Björn", "Noor"]
_LAST = ["Okafor", "Lindqvist", "Raman", "Ferreira", "Tanaka", "Müller", "Haddad", "Silva", "Nowak", "Hopper"]
_DEPARTMENTS = ["Engineering", "Finance", "People", "Operations", "Support"]
_TITLES = ["Engineer", "Analyst", "Manager", "Director", "Specialist"]
_CITIES = [("Lisbon", "PT"), ("Berlin", "DE"), ("Nairobi", "KE"), ("Osaka", "JP"), ("Austin", "US")]
# Of a hundred people: the rest are ACTIVE.
_STATUSES = {7: "SUSPENDED", 19: "DEPROVISIONED", 31: "STAGED", 43: "PROVISIONED", 59: "LOCKED_OUT",
             71: "PASSWORD_EXPIRED", 83: "RECOVERY"}
SCOPES = ["okta.users.read", "okta.users.manage", "okta.groups.read", "okta.groups.manage", "okta.apps.read",
          "okta.apps.manage", "okta.sessions.manage", "okta.eventHooks.manage"]


def make_user(org, login, **more):
    profile = {"login": login, "email": login, "firstName": "New", "lastName": "Person", **more.pop("profile", {})}
    user = User(org, profile, more.get("status", "ACTIVE"))
    org.users[user.id] = user
    for group in org.groups.values():
        if group.type == "BUILT_IN":
            group.members[user.id] = None
    return user


def make_org(domain, users=50, groups=5, apps=3, seed=1):
    org = Org(domain, seed)
    dice = random.Random(seed)
    everyone = Group(org, "Everyone", "BUILT_IN", "All users in your organization")
    org.groups[everyone.id] = everyone
    for number in range(users):
        first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
        city, country = _CITIES[number % len(_CITIES)]
        department = _DEPARTMENTS[number % len(_DEPARTMENTS)]
        make_user(org, f"person{number}@example.com", status=_STATUSES.get(number % 100, "ACTIVE"), profile={
            "firstName": first, "lastName": last, "displayName": f"{first} {last}", "employeeNumber": f"E{number:05d}",
            "title": _TITLES[number % len(_TITLES)], "department": department, "city": city, "countryCode": country,
            "manager": f"person{number // 8}@example.com", "managerId": f"E{number // 8:05d}",
            "badgeColour": dice.choice(["red", "green", "blue"])})
    people = [user for user in org.users.values() if user.status not in ("DEPROVISIONED", "STAGED")]
    for number in range(groups):
        kind = "APP_GROUP" if number % 5 == 4 else "OKTA_GROUP"
        group = Group(org, f"{_DEPARTMENTS[number % len(_DEPARTMENTS)]} {number // len(_DEPARTMENTS) + 1}", kind)
        org.groups[group.id] = group
        for user in people[number % len(_DEPARTMENTS)::len(_DEPARTMENTS)][:200]:
            group.members[user.id] = None
    for number in range(apps):
        app = App(org, f"App {number + 1}", ["SAML_2_0", "OPENID_CONNECT", "AUTO_LOGIN"][number % 3])
        org.apps[app.id] = app
        for place, user in enumerate(people[number::3][:100]):
            app.assigned[user.id] = ("GROUP" if place % 4 == 0 else "USER", org.now())
    for user in people[:20]:
        factor = org.new_id("opf")
        org.factors[user.id] = {factor: {"id": factor, "factorType": "push", "provider": "OKTA",
                                         "status": "ACTIVE", "vendorName": "OKTA"}}
        org.sessions[user.id] = [org.new_id("102")]
    org.clients["0oaIntegration"] = Client("0oaIntegration", secret="integration-secret", granted=SCOPES)
    owner = make_user(org, "admin@example.com", profile={"firstName": "Org", "lastName": "Admin"})
    org.ssws["00sswsToken"] = Ssws("00sswsToken", owner.id, org.now())
    return org
