"""scim2-tester, run by scim2-cli; its printed report is read line by line."""

import json
import os
import re
import subprocess
import tempfile

# A certificate of "CN=bo".
CERTIFICATE = (
    "MIIBcTCCARegAwIBAgIUDVwkA/zxEe9P4TvE8COwD1m/9E8wCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCYm8wIBcNMjYxMTI0MjIzMzE1WhgPMjEyNjEw"
    "MzEyMjMzMTVaMA0xCzAJBgNVBAMMAmJvMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9u/SApgzSPSIEeJxgWCuSGM2Xj3FxZls/+fr/wBbZVFUkszi"
    "1DePAp/Q8YNbtbPHale5KFbHQwkOxV2w2NAJYaNTMFEwHQYDVR0OBBYEFCIDGzHfWuCXPhlCKrd5kO6/s9HSMB8GA1UdIwQYMBaAFCIDGzHfWuCXPhlC"
    "Krd5kO6/s9HSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAIvGRJrPwnvlLdbG3fk24Bc6bItwW3GU+N4tLmAVokpRAiAYqkAsWP8A"
    "nDxdM7tFPBNJIbrpMc4XQ10JzRMgKEFLUw==")
# What a schema has no words for: formats. The tester makes up a UUID for each text, unless there are canonical values;
# told these, it sends a language tag as a language tag. What the server publishes is tested as it is.
FORMATS = {
    "preferredLanguage": "en-US", "locale": "en-US", "timezone": "Europe/Berlin",
    "addresses.country": "DE", "x509Certificates.value": CERTIFICATE,
}
VERDICT = re.compile(r"^(SUCCESS|COMPLIANT|ACCEPTABLE|DEVIATION|ERROR|CRITICAL|SKIPPED) (\w+)$")
GOOD = ("SUCCESS", "COMPLIANT", "ACCEPTABLE")
# The tester makes a resource of every type that there is, also of those whose schema says that clients write nothing. All
# its checks of such a type then end with this refusal.
READ_ONLY = "The method POST is not offered at this address. Offered: GET, HEAD."
# It is sent and compared as a whole, and effectiveRoles in it are the server's: whether there are any depends on what the
# tester made up for `active`, so that these checks end one way or the other by chance.
BY_CHANCE = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User"
SECONDS = 120


def run(python, base_url, token, schemas, results):
    """`schemas` is the list that the server publishes."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(with_formats(schemas), file)
        file.flush()
        # On the command line everybody on the machine could read the token.
        environment = {**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {token}"}
        done = subprocess.run([str(python.parent / "scim"), "--url", base_url, "--schemas", file.name, "test"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment,
                              timeout=SECONDS, check=False)
    resource = ""
    checked = set()
    for verdict, title, reason in report(done.stdout):
        if READ_ONLY in reason:
            continue
        # The report does not say which resource it is about; each starts with its creation.
        named = re.match(r"Successfully created (\w+)", reason)
        if title == "object_creation":
            resource = named.group(1) if named else resource + "?"
        checked.add((resource, title))
        about = re.search(r"'([^']+)'", reason) if title.startswith("check_") else None
        if about and about.group(1) == BY_CHANCE:
            continue
        name = " ".join(filter(None, (resource, title, about and about.group(1))))
        results.add(name, None if verdict in GOOD else f"{verdict}: {reason[:1500]}")
    # Both types to the end, so that a tester that gave up in the middle is seen.
    missing = {("User", "check_replace_attribute"), ("Group", "check_replace_attribute")} - checked
    results.add("runs to its end", f"{missing} was not run: {done.stdout[-500:]}{done.stderr[-1500:]}" if missing else None)


def report(text):
    """(verdict, title, reason) for each check of the printed report."""
    found = []
    for line in text.splitlines():
        verdict = VERDICT.match(line)
        if verdict:
            found.append([*verdict.groups(), ""])
        elif found:
            found[-1][2] += ("\n" if found[-1][2] else "") + line.strip()
    return found


def with_formats(schemas):
    for schema in schemas:
        for attribute in schema["attributes"]:
            for path, one in [(attribute["name"], attribute)] + [
                    (f"{attribute['name']}.{sub['name']}", sub) for sub in attribute.get("subAttributes", [])]:
                if path in FORMATS:
                    one["canonicalValues"] = [FORMATS[path]]
    return schemas
