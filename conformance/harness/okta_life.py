"""What an administrator does with a directory of Okta, from the first read on, through the command line."""

import pathlib
import tempfile

SCOPES = ("okta.users.read", "okta.users.manage", "okta.groups.read", "okta.groups.manage", "okta.apps.read",
          "okta.apps.manage")
SECONDS = "30"


def live(server, okta):
    """What went wrong, a line each."""
    wrong = []

    def step(what, *words, code=0):
        done = server.run(*words)
        if done.returncode != code:
            wrong.append(f"{what}: exit {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
        return done

    with tempfile.TemporaryDirectory() as folder:
        credential = pathlib.Path(folder) / "credential"
        credential.write_text("integration-secret\n")
        step("connect", "directories", "create", "okta-api", "--provider", "okta", "--domain", okta.about["domain"],
             "--credential-kind", "client_secret", "--credential-file", str(credential), "--client-id", "0oaIntegration",
             *(word for scope in SCOPES for word in ("--scope", scope)))
    step("read everything", "directories", "sync", "okta-api", "--wait", SECONDS)
    step("read what changed", "directories", "sync", "okta-api", "--changes", "--wait", SECONDS)
    step("read one person", "people", "sync", "person0@example.com", "--wait", SECONDS)
    step("try the credential", "directories", "test", "okta-api")
    return wrong
