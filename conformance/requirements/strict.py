"""What the tests of RFC 7644 share: connections in the strict dialect, each in a workspace of its own unless one is named,
so that a test may count what it finds."""

import expect
from rolecall_server import PATCH_OP, USER
from shared import server, unique

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_ANSWER = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def workspace(running):
    name = unique("workspace")
    expect.status(running.admin().post("/admin/v1/workspaces", {"name": name}), 201)
    return name


def connect(within=None, running=None, **connection):
    """A client of a new connection that sees only what it makes, and the roles that are listed to it as groups.

    Its `workspace`, `connection_name` and `running` (the server) say where it is.
    """
    running = running or server()
    within = within or workspace(running)
    name = unique("idp")
    expect.status(running.admin().post("/admin/v1/connections?workspace=" + within, {
        "name": name, "dialect": "strict", "unknown_groups": "keep_unlinked", **connection}), 201)
    client = running.scim(token(running, within, name))
    client.workspace, client.connection_name, client.running = within, name, running
    return client


def token(running, within, connection, **more):
    """A token of a connection; `expires_in_seconds` and `user` are among what more there may be."""
    made = running.admin().post("/admin/v1/tokens?workspace=" + within, {"connection": connection, **more})
    text = expect.status(made, 201)["token"]
    running.secrets.add(text)
    return text


def minimal(name, /, **more):
    """A User of a userName and what is named, nothing else; `schemas` names the extensions among it."""
    return {"schemas": [USER, *(key for key in more if key.startswith("urn:"))], "userName": name, **more}


def make(scim, /, **more):
    """A created User with only these attributes and a userName."""
    return expect.scim(scim.post("/Users", minimal(more.pop("userName", None) or unique("user"), **more)), 201)


def message(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def change(scim, target, *operations):
    """PATCHes a user or group that was created; its state as a GET shows it."""
    path = path_of(target)
    answer = scim.patch(path, *operations)
    assert answer.status in (200, 204), f"PATCH {operations}: {answer}"
    return expect.scim(scim.get(path))


def path_of(target):
    """The path below the base of what was created."""
    return "/" + "/".join(target["meta"]["location"].rsplit("/", 2)[-2:])


def stays_as_it_is(scim, target, answer, status, scim_type=None):
    """The answer refuses, and a GET shows what it showed before."""
    expect.refused(answer, status, scim_type)
    expect.equal(expect.scim(scim.get(path_of(target))), target, "what is stored")


def bulk(scim, *operations, **more):
    """Sends operations and returns their results, in order."""
    body = expect.scim(scim.post("/Bulk", {"schemas": [BULK], "Operations": list(operations), **more}))
    expect.equal(body["schemas"], [BULK_ANSWER], "schemas of a bulk answer")
    return body["Operations"]
