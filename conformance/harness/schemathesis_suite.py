"""schemathesis, against the OpenAPI description in schemas/openapi/scim.json."""

import json
import os
import subprocess
import tempfile

from third_party import PINS, ROOT

DESCRIPTION = ROOT / "schemas" / "openapi" / "scim.json"
SECONDS, SECONDS_FOR_ME = 20, 5
LIMIT_SECONDS = 300
DESCRIBED, AT_RANDOM = "examples,coverage", "fuzzing,stateful"
# The answer to data that fits the description need not be a success: which filters are meant, that a name is taken or that
# two parameters exclude each other, no description can say.
LEFT_OUT = "positive_data_acceptance"
ME = "/Me"
# It would end the token in the middle of the run.
NOT_PLAYED = ("DELETE " + ME,)
# By the URN that a resource type names as its own.
PUBLISHED = {
    "User": "urn:ietf:params:scim:schemas:core:2.0:User", "Group": "urn:ietf:params:scim:schemas:core:2.0:Group",
    "Role": "urn:okta:scim:schemas:core:1.0:Role", "Entitlement": "urn:okta:scim:schemas:core:1.0:Entitlement",
}


def run(python, base_url, token, token_of_me, schemas, resource_types, results):
    """`token_of_me` stands for a user, so that /Me can be asked. That comes first: the other run may delete the user."""
    document = json.loads(DESCRIPTION.read_text())
    describes_what_is_published(document, schemas, resource_types, results)
    operations = {f"{method.upper()} {path}": path for path, item in document["paths"].items() for method in item}
    others = [name for name, path in operations.items() if path != ME]
    mine = [name for name, path in operations.items() if path == ME and name not in NOT_PLAYED]
    play(python, base_url, token_of_me, SECONDS_FOR_ME, ["--include-path", ME, "--exclude-method", "DELETE"], mine, results)
    play(python, base_url, token, SECONDS, ["--exclude-path", ME], others, results)


def play(python, base_url, token, seconds, selection, operations, results):
    """Each operation in all the ways that its description names, however long that takes; then at random for a while."""
    failed = set()
    for label, phases, limit in (("described ways", DESCRIBED, []), ("at random", AT_RANDOM, ["--max-time", str(seconds)])):
        failed |= play_phases(python, base_url, token, ["--phases", phases, *limit, *selection], operations,
                              label, results)
    for operation in operations:
        if operation not in failed:
            results.add(operation)


def play_phases(python, base_url, token, selection, operations, label, results):
    """The operations that failed; each kind of failure of one is a check."""
    with tempfile.TemporaryDirectory() as directory:
        settings = os.path.join(directory, "schemathesis.toml")
        report = os.path.join(directory, "report.json")
        # On the command line everybody on the machine could read the token.
        with open(settings, "w", encoding="utf-8") as file:
            file.write('[headers]\nAuthorization = "Bearer ${SCIM_TOKEN}"\n')
        command = [str(python.parent / "schemathesis"), "--config-file", settings, "run", str(DESCRIPTION),
                   "--url", base_url, "--seed", "20", "--exclude-checks", LEFT_OUT, *selection,
                   "--suppress-health-check", "all", "--generation-database", "none", "--no-shrink",
                   "--continue-on-failure", "--no-color", "--report", "json", "--report-json-path", report]
        environment = {**os.environ, "SCIM_TOKEN": token, "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                       "PYTHONPATH": str(PINS), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment,
                              cwd=directory, timeout=LIMIT_SECONDS, check=False)
        try:
            with open(report, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError) as error:
            results.add(f"{label}: runs to its end", f"{error}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
            return set()
    return read(found, operations, done.stdout, label, results)


def read(found, operations, text, label, results):
    failed = set()
    for failure in found["failures"] + found["errors"]:
        for operation in failure.get("operations") or [failure.get("operation") or "?"]:
            failed.add(operation)
            results.add(f"{operation}: {failure.get('title', failure.get('type'))}", f"\n{excerpt(text, operation)}")
    counted = found["operations"]
    # At random it may be over before the last operation had its turn.
    is_short = label != "at random" and counted["tested"] != len(operations)
    cut_short = is_short or counted["errored"] or not found["complete"]
    # A token that stopped working would let every answer be right.
    cut_short = cut_short or "Authentication failed" in text
    results.add(f"{label}: runs to its end", f"{counted}: {text[-1500:]}" if cut_short else None)
    print(f"       schemathesis: {label}, {found['test_cases']['generated']} requests to {len(operations)} operations")
    return failed


def excerpt(text, operation):
    """What the printed report says about an operation."""
    at = text.find(f" {operation} _")
    return text[at:text.find("\n____", at + 1)][:1500].strip("_ ") if at >= 0 else text[-1500:]


def describes_what_is_published(document, schemas, resource_types, results):
    """Every attribute that the server publishes stands in the description, and no other."""
    by_id = {schema["id"]: schema for schema in schemas}
    described = document["components"]["schemas"]
    for name, urn in PUBLISHED.items():
        extensions = {one["schema"] for kind in resource_types if kind["schema"] == urn for one in kind["schemaExtensions"]}
        # Another schema for the same attributes in the same place: of a type that clients cannot write.
        own = {one["name"] for one in by_id[urn]["attributes"]}
        extensions = {one for one in extensions if not {each["name"] for each in by_id[one]["attributes"]} <= own}
        core = {"schemas", "id", "externalId", "meta", *extensions}
        differences = [
            *compare(name, by_id[urn], {key: value for key, value in described[name]["properties"].items() if key not in core}),
            *(difference for extension in sorted(extensions) for difference in compare(
                extension, by_id[extension], described[name]["properties"].get(extension, {}).get("properties", {}))),
        ]
        results.add(f"{name} is described as it is published", "; ".join(differences) or None)


def compare(where, schema, properties):
    published = {one["name"]: one for one in schema["attributes"] if one["returned"] != "never"}
    found = [f"{where}: {name} is only published" for name in published.keys() - properties.keys()]
    found += [f"{where}: {name} is only described" for name in properties.keys() - published.keys()]
    for name in published.keys() & properties.keys():
        wanted = {one["name"] for one in published[name].get("subAttributes", [])}
        shown = properties[name].get("items", properties[name]).get("properties", {}).keys()
        if wanted != shown:
            found.append(f"{where}: {name}: {sorted(wanted ^ shown)}")
    return found
