"""What an administrator does with a directory of Okta, from the first read on, through the command line."""

import pathlib
import tempfile
import time

SCOPES = ("okta.users.read", "okta.users.manage", "okta.groups.read", "okta.groups.manage", "okta.apps.read",
          "okta.apps.manage", "okta.eventHooks.manage", "okta.logs.read")
SECONDS = "30"


def live(server, okta):
    """What went wrong, a line each."""
    wrong = []

    def step(what, *words, code=0):
        done = server.run(*words)
        if done.returncode != code:
            wrong.append(f"{what}: exit {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
        return done

    okta.control("/grant", client="0oaIntegration", scopes=SCOPES)
    with tempfile.TemporaryDirectory() as folder:
        credential = pathlib.Path(folder) / "credential"
        credential.write_text("integration-secret\n")
        step("connect", "directories", "create", "okta-api", "--provider", "okta", "--domain", okta.about["domain"],
             "--credential-kind", "client_secret", "--credential-file", str(credential), "--client-id", "0oaIntegration",
             *(word for scope in SCOPES for word in ("--scope", scope)))
    step("read everything", "directories", "sync", "okta-api", "--wait", SECONDS)
    step("read what changed", "directories", "sync", "okta-api", "--changes", "--wait", SECONDS)
    step("read one person", "people", "sync", "person0@example.com", "--wait", SECONDS)
    step("be told", "directories", "hook", "create", "okta-api", "--wait", SECONDS)
    user = next(key for key, one in okta.control("/dump")["users"].items() if one["login"] == "person0@example.com")
    group = next(key for key, one in okta.control("/dump")["groups"].items()
                 if one["type"] == "OKTA_GROUP" and user not in one["members"])
    okta.call("PUT", f"http://127.0.0.1:{okta.about['port']}/api/v1/groups/{group}/users/{user}")
    end = time.monotonic() + int(SECONDS)
    while group not in server.run("people", "get", user).stdout:
        if time.monotonic() > end:
            wrong.append("an event of a membership changed nothing")
            break
        time.sleep(0.2)
    step("be told no more", "directories", "hook", "delete", "okta-api")
    while server.run("directories", "hook", "show", "okta-api").returncode == 0 and time.monotonic() < end:
        time.sleep(0.2)
    step("try the credential", "directories", "test", "okta-api")
    return wrong
