"""A world of the vectors (worlds/*.json) in a fresh server: catalogue and record type as files of an operator, roles over
the admin API, people, memberships and records over SCIM."""

import contextlib
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "system"))

import rolecall_server  # noqa: E402

RECORD = "urn:example:params:scim:schemas:1.0:Record"
# What the metadata names; the address below it is the loopback.
PUBLIC_URL = "https://pdp.example.com"


def load(name):
    return json.loads((HERE / "worlds" / f"{name}.json").read_text())


def vectors(name):
    return json.loads((HERE / "vectors" / name).read_text())


def users_of(world):
    if "users_from" not in world:
        return world["users"]
    return [{"userName": user["id"], "userType": user["role"],
             rolecall_server.ENTERPRISE: {"department": user["department"]}} for user in vectors(world["users_from"])]


def resources_of(world):
    """Endpoint and body of each."""
    for endpoint, bodies in world.get("resources", {}).items():
        for body in bodies:
            yield endpoint, body
    for endpoint, name in world.get("resources_from", {}).items():
        for record in vectors(name):
            yield endpoint, {"externalId": str(record["id"]), **{key: record[key] for key in ("title", "department", "owner")}}


def expect(answer, status):
    if answer.status != status:
        raise rolecall_server.ServerFailure(f"status {answer.status}, expected {status}: {answer.body[:500]!r}")
    return answer.json() if answer.body else None


def fill(server, world):
    admin, scim = server.admin(), server.scim(server.token())
    for name, permissions in world["roles"].items():
        expect(admin.post("/admin/v1/roles", {"name": name, "permissions": permissions}), 201)
    ids = {}
    for user in users_of(world):
        schemas = [rolecall_server.USER] + [key for key in user if key.startswith("urn:")]
        made = expect(scim.post("/Users", {"schemas": schemas, "active": True, **user}), 201)
        ids[user["userName"]] = ids[user.get("displayName", user["userName"])] = made["id"]
    for role, holders in world["holders"].items():
        group = expect(scim.find("Groups", f'displayName eq "{role}"'), 200)["Resources"][0]["id"]
        expect(scim.patch(f"/Groups/{group}", {"op": "add", "path": "members",
                                               "value": [{"value": ids[holder]} for holder in holders]}), 204)
    for endpoint, body in resources_of(world):
        expect(scim.post("/" + endpoint, {"schemas": [RECORD], **body}), 201)


@contextlib.contextmanager
def running(binary, name):
    """A client of the decision API of a server in which that world is."""
    world = load(name)
    with tempfile.TemporaryDirectory(prefix="authzen-") as directory:
        permissions = pathlib.Path(directory) / "permissions.json"
        permissions.write_text(json.dumps(world["permissions"]))
        environment = {"ROLECALL_ACCESS__PERMISSIONS_FILE": str(permissions),
                       "ROLECALL_SCIM__SCHEMAS_DIRECTORY": str(HERE / "schemas"),
                       "ROLECALL_SERVER__PUBLIC_URL": PUBLIC_URL}
        with rolecall_server.Server(binary, environment=environment) as server:
            fill(server, world)
            yield server.admin()
