"""1,000 users and 50 groups through Okta's flows in one dialect, then a look at every one of them."""

import okta_org
import rolecall_server
from transcript import StepFailure

USERS = 1000
GROUPS = 50
ROLE_GROUPS = ("IT Admin", "HR Admin", "Finance Admin", "Ops Admin")
# A permission that this role has and the default role has not.
PERMISSION = {"IT Admin": "integrations.manage", "HR Admin": "communications.manage",
              "Finance Admin": "settings.billing", "Ops Admin": "resources.manage"}


def profile(number, title="Agent"):
    name = f"User.{number:04d}@acme.example"
    return {"userName": name, "externalId": f"00u{number:017d}", "displayName": f"User {number}", "title": title,
            "name": {"givenName": "User", "familyName": f"Number {number}"},
            "emails": [{"primary": True, "value": name.lower(), "type": "work"}]}


def expect(right, what):
    if not right:
        raise StepFailure(what)


def run(binary, dialect):
    with rolecall_server.Server(binary) as server:
        app = okta_org.ScimApp(server.scim(server.token()), dialect)
        try:
            people(app)
            groups(app, server)
            at_once(app, server)
        except okta_org.TaskFailure as failure:
            raise StepFailure(str(failure)) from None
        verified = server.cli("audit", "verify")
        expect(verified["intact"], f"the trail does not verify: {verified}")
        leaks = rolecall_server.leaks_in(server.log_text(), server.secrets | {"kd83Jf0w", "user.0001@acme.example"})
        expect(not leaks, f"the log holds {leaks}")
        return f"{app.requests} requests"


def people(app):
    app.ids = [app.assign(profile(number)) for number in range(USERS)]
    expect(len(set(app.ids)) == USERS, "ids are not unique")
    listed = app.import_all("Users")
    expect([item["id"] for item in listed] == [item["id"] for item in app.import_all("Users")], "the order changed")
    expect(sorted(item["id"] for item in listed) == sorted(app.ids), "an import does not show every user once")
    for number in range(0, USERS, 10):
        app.update(app.ids[number], profile(number, "Lead"))
    titles = {item["id"]: item.get("title") for item in app.import_all("Users")}
    expect(all(titles[app.ids[number]] == ("Agent" if number % 10 else "Lead") for number in range(USERS)),
           "a profile update is lost or reached somebody else")


def holders_of(server, role):
    return sorted(item["id"] for item in server.cli("roles", "holders", role, "--limit", str(USERS)))


def members_of(app, group):
    return sorted(item["value"] for item in app.send("GET", f"/Groups/{group}").json().get("members", []))


def groups(app, server):
    """Group n has the users n, n + 50, …; the first four are roles found by name."""
    names = list(ROLE_GROUPS) + [f"Team {number:02d}" for number in range(len(ROLE_GROUPS), GROUPS)]
    wanted = {name: app.ids[number::GROUPS] for number, name in enumerate(names)}
    pushed = {name: app.push_group(name, members) for name, members in wanted.items()}
    for name, group in pushed.items():
        expect(members_of(app, group) == sorted(wanted[name]), f"{name} has other members than were pushed")
    for name in names:
        expect(holders_of(server, name) == sorted(wanted[name]), f"{name} is not held by exactly its members")
    decisions(app, server, names, lambda number: number < len(ROLE_GROUPS))

    move_members(app, server, names, wanted, pushed)
    leave_and_return(app, server, names, wanted)
    delete_groups(app, server, names, wanted, pushed)


def move_members(app, server, names, wanted, pushed):
    """Five members of every second group change to the next one."""
    for number in range(0, GROUPS - 1, 2):
        name, following = names[number], names[number + 1]
        moved = wanted[name][:5]
        app.change_members(pushed[name], name, moved, [])
        app.change_members(pushed[following], following, [], moved)
        wanted[name], wanted[following] = wanted[name][5:], wanted[following] + moved
    for name, group in pushed.items():
        expect(members_of(app, group) == sorted(wanted[name]), f"{name} lost or kept a member")
        expect(holders_of(server, name) == sorted(wanted[name]), f"{name} is not held by exactly its members")
    client = server.admin()
    for name in ROLE_GROUPS:
        for user in wanted[name]:
            expect(server.decide(user, PERMISSION[name], client=client), f"a member of {name} has not its role")
    expect(not any(server.decide(user, PERMISSION["IT Admin"], client=client) for user in wanted["HR Admin"][-5:]),
           "a user who left IT Admin still has the role")


def leave_and_return(app, server, names, wanted):
    """Every seventh user is deactivated, and later assigned again."""
    client = server.admin()
    gone = {app.ids[number] for number in range(0, USERS, 7)}
    for user in sorted(gone):
        app.set_active(user, False)
        expect(not server.decide(user, "requests.view", client=client), "a deactivated user is still allowed something")
    states = {item["id"]: item["active"] for item in app.import_all("Users")}
    expect(all(states[user] == (user not in gone) for user in app.ids), "active is wrong after deactivations")
    for name in names:
        expect(not gone & set(holders_of(server, name)), f"a deactivated user still holds {name}")
    for user in sorted(gone):
        app.assign(profile(app.ids.index(user)))
    expect(all(item["active"] for item in app.import_all("Users")), "somebody is not active after a new assignment")
    for name in names:
        expect(holders_of(server, name) == sorted(wanted[name]), f"{name} is not held by all its members again")


def delete_groups(app, server, names, wanted, pushed):
    """All groups but those of shipped roles go: the role is listed anew, the members fall back to the default role."""
    teams = names[len(ROLE_GROUPS):]
    for name in teams:
        app.delete_group(pushed[name])
    listed = {item["displayName"]: item for item in app.import_all("Groups")}
    expect(set(listed) == {*rolecall_server.SHIPPED_ROLES, *teams}, f"after deletion the groups are {sorted(listed)}")
    for name in teams:
        expect(listed[name]["id"] != pushed[name], f"the id of {name} was used again")
        expect("members" not in listed[name], f"{name} has members after its deletion")
        expect(not holders_of(server, name), f"somebody holds {name} after its deletion")
    for name in ROLE_GROUPS:
        expect(listed[name]["id"] == pushed[name], f"the id of {name} changed")
    expect(holders_of(server, "IT Agent") == sorted(user for name in teams for user in wanted[name]),
           "the default role is not held by exactly those who are in no linked group")


def at_once(app, server):
    """Okta pushes with several hands: none of the changes of one group that are sent at the same time is lost."""
    hands, each = 8, 20
    shared = app.push_group("Everybody", [])
    joining = [app.ids[number * each:(number + 1) * each] for number in range(hands)]

    def add_members(number):
        hand = okta_org.ScimApp(server.scim(app.client.token), "oin")
        for user in joining[number]:
            hand.change_members(shared, "Everybody", [], [user])

    rolecall_server.in_parallel(hands, add_members)
    together = sorted(user for users in joining for user in users)
    expect(members_of(app, shared) == together, "members that were added at the same time are lost")
    expect(holders_of(server, "Everybody") == together, "the role is not held by the members added at the same time")


def decisions(app, server, names, is_role):
    client = server.admin()
    for number, user in enumerate(app.ids[:200]):
        group = number % GROUPS
        for role in ROLE_GROUPS:
            got = server.decide(user, PERMISSION[role], client=client)
            # Permissions overlap: an IT Admin may do what the others may, and Ops manages resources as IT does.
            if is_role(group) and names[group] == role:
                expect(got, f"a member of {role} may not {PERMISSION[role]}")
            if not is_role(group):
                expect(not got, f"a member of {names[group]} may {PERMISSION[role]}")
