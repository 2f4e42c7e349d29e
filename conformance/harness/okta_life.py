"""What an administrator does with a directory of Okta, from the first read to the last action, through the command line."""

import json
import pathlib
import tempfile

SCOPES = ("okta.users.read", "okta.users.manage", "okta.groups.read", "okta.groups.manage", "okta.apps.read",
          "okta.apps.manage", "okta.eventHooks.manage", "okta.logs.read")
SECONDS = "30"
MAYA, TOM, ANA, NEW = "person0@example.com", "person1@example.com", "person2@example.com", "new.person@example.com"
# In this order each finds somebody to do it to.
ACTIONS = (
    ("suspend", MAYA), ("restore_sessions", MAYA), ("suspend", MAYA), ("unsuspend", MAYA), ("revoke_sessions", MAYA),
    ("expire_password", MAYA), ("temporary_password", MAYA), ("reset_password", MAYA),
    ("deprovision", TOM), ("activate", TOM), ("deprovision", TOM), ("delete", TOM))


def live(server, okta):
    """What went wrong, a line each."""
    wrong = []

    def step(what, *words, code=0):
        done = server.run(*words)
        if done.returncode != code:
            wrong.append(f"{what}: exit {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
        return done

    def act(action, person=None, *more):
        step(action, "actions", "create", action, *(("--person", person) if person else ()), "--wait", SECONDS, *more)

    # What no administrator grants without being asked to.
    okta.control("/grant", client="0oaIntegration", scopes=list(SCOPES))
    with tempfile.TemporaryDirectory() as folder:
        credential = pathlib.Path(folder) / "credential"
        credential.write_text("integration-secret\n")
        step("connect", "directories", "create", "okta-api", "--provider", "okta", "--domain", okta.about["domain"],
             "--credential-kind", "client_secret", "--credential-file", str(credential), "--client-id", "0oaIntegration",
             *(word for scope in SCOPES for word in ("--scope", scope)))
    step("read everything", "directories", "sync", "okta-api", "--wait", SECONDS)
    step("read what changed", "directories", "sync", "okta-api", "--changes", "--wait", SECONDS)
    step("read one person", "people", "sync", MAYA, "--wait", SECONDS)
    step("let act", "action-policies", "create", "--approvals", "0", "--hourly", "0", "--needs-reason", "false")
    for action, person in ACTIONS:
        act(action, person)
    okta.control("/user", login=ANA, status="LOCKED_OUT")
    act("unlock", ANA)
    factors = okta.simulator.get(f"http://127.0.0.1:{okta.about['port']}/api/v1/users/{ANA}/factors").body
    act("reset_factor", ANA, "--object", factors[0]["id"])
    act("reset_mfa", ANA)
    group = next(group for group in okta.control("/dump")["groups"].values() if group["type"] == "OKTA_GROUP")["name"]
    application = next(iter(okta.control("/dump")["apps"].values()))["label"]
    for action, object_ in (("add_to_group", group), ("remove_from_group", group), ("assign_application", application),
                            ("remove_application", application)):
        act(action, ANA, "--object", object_)
    act("create", None, "--directory", "okta-api", *(word for name, value in (
        ("login", NEW), ("email", NEW), ("first_name", "New"), ("last_name", "Person"))
        for word in ("--parameter", f"{name}={value}")))
    step("be told", "directories", "hook", "create", "okta-api")
    step("be told no more", "directories", "hook", "delete", "okta-api")
    step("try the credential", "directories", "test", "okta-api")
    return wrong
