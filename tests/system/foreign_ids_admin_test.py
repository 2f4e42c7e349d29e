"""Every place of the admin API that a caller fills in × everything of another workspace: the answer is, but for the text
that was asked for, byte by byte the one to what does not exist. The places come from schemas/openapi/admin.json."""

import copy

import expect
import matrix
from admin_examples import BASE, DIRECTORIES, ENVIRONMENT, GUARDED, Example, document, make_world, play
from json_schema import resolve
from rolecall_server import Client

LASTS_LONG = True
TABLE = "foreign_ids_admin.tsv"
# Routes whose examples need a world of their own; see admin_examples.make_world.
ENDS = ("/adoption", "/rotate-complete", "/rotate-cancel", "/sessions", "/revoke-access")
STARTS = ("/api-tokens", "/sessions", "/requests", "/webhooks", *DIRECTORIES, *GUARDED)
# In an order there is a place before or after what does not exist, too; so these do not refuse.
PLACES = ("user-place", "group-place", "request-place", "wave-place")


def leaves(schema, at, api):
    schema = resolve(schema, api)
    if "properties" in schema:
        return [leaf for name, part in schema["properties"].items() for leaf in leaves(part, f"{at}.{name}", api)]
    return leaves(schema["items"], at + "[]", api) if schema.get("type") == "array" else [at]


def places_of(operation, api):
    declared = [resolve(parameter, api) for parameter in operation["parameters"]]
    places = [f"{parameter['in']}:{parameter['name']}" for parameter in declared]
    if "requestBody" in operation:
        content = resolve(operation["requestBody"], api)["content"]["application/json"]
        places += leaves(content["schema"], "body", api)
    return places or ["-"]


def test_the_table_has_every_place_of_the_description():
    api = document()
    described = [
        (method.upper(), path, place)
        for path, operations in api["paths"].items()
        for method, operation in operations.items()
        for place in places_of(operation, api)
    ]
    table = [(row["method"], row["path"], row["place"]) for row in matrix.rows_of(TABLE)]
    expect.equal([row for row in described if row not in table], [], "places without an entry")
    expect.equal([row for row in table if row not in described], [], "entries without a place")
    expect.equal(len(set(table)), len(table), "entries")


def base_of(api, method, path, place):
    """A request that would succeed; of several the one that fills the place."""
    operation = api["paths"][path][method.lower()]
    names = [name for name, shown in operation["x-examples"].items() if shown["status"] < 300]
    made = [Example(api, path, method.lower(), name) for name in names]
    leaf = place.removeprefix("body.").split(".")[0].removesuffix("[]")
    return copy.copy(next((one for one in made if place.startswith("body.") and leaf in (one.body or {})), made[0]))


def put_into_body(body, place, value):
    """`links.items[].group`: into the first item, which is made when there is none."""
    steps = place.removeprefix("body.").split(".")
    for step in steps[:-1]:
        if not step.endswith("[]"):
            body = body.setdefault(step, {})
            continue
        items = body.setdefault(step.removesuffix("[]"), [{}])
        body = items[0]
    name = steps[-1]
    body[name.removesuffix("[]")] = [value] if name.endswith("[]") else value
    if steps[-1] == "external_id":
        body.pop("group", None)


def asked(example, place, value, is_rehearsed):
    """The example with the value at the place."""
    changed = copy.copy(example)
    changed.parameters = dict(example.parameters)
    changed.parameters.pop("dry_run", None)
    declared = {parameter["name"] for parameter in changed.declared}
    if "If-Match" in declared:
        changed.parameters["If-Match"] = "*"
    if is_rehearsed:
        changed.parameters["dry_run"] = True
    where, _, name = place.partition(":")
    if where.startswith("body."):
        # A PATCH changes one thing at a time.
        changed.body = {} if changed.method == "patch" else copy.deepcopy(example.body) or {}
        put_into_body(changed.body, place, value)
    elif name == "If-Match":
        changed.parameters[name] = f'"{value}"'
    else:
        changed.parameters[name] = value
    return changed


def comparable(answer, value):
    """All of the answer that is not by nature another each time; `value` is what was asked for."""
    body = answer.body.decode().replace(value, "<asked>")
    body = body.replace(answer.headers["x-request-id"], "<request>")
    passing = ("date", "x-request-id", "content-length")
    return answer.status, body, {name: text for name, text in answer.headers.items() if name not in passing}


def test_what_is_of_another_workspace_is_answered_like_what_is_not_there(server):
    api = document()
    admin = server.admin()
    polar = matrix.make_polar_workspace(server, admin, api)
    before = matrix.contents_of(admin, "polar")
    worlds, compared = {}, 0
    for row in matrix.rows_of(TABLE):
        if row["kind"] == "-":
            continue
        method, path, place, kind = (row[name] for name in ("method", "path", "place", "kind"))
        key = path if path.endswith(ENDS) or path.startswith(STARTS) else ""
        if key not in worlds:
            workspace = f"home-{len(worlds)}"
            world = make_world(server, admin, workspace, path)
            token = matrix.make_api_token(server, admin, workspace, matrix.scopes_of(api))["token"]
            worlds[key] = workspace, world, Client(server.listen, token, "", "application/json")
        workspace, world, bound = worlds[key]
        example = base_of(api, method, path, place)
        can_rehearse = "dry_run" in {parameter["name"] for parameter in example.declared}
        in_earnest = [False] if not path.endswith("/replay") else []
        for value in polar[kind]:
            for is_rehearsed in ([True] if can_rehearse else []) + in_earnest:
                # The admin token reaches every workspace.
                for client in [bound] if kind == "workspace" else [admin, bound]:
                    sent = [asked(example, place, text, is_rehearsed) for text in (value, matrix.neighbour(value))]
                    foreign = play(client, sent[0], workspace, world)
                    absent = play(client, sent[1], workspace, world)
                    what = f"{method} {path} {place}: {kind} {value}, {'a dry run' if is_rehearsed else 'in earnest'}"
                    if kind not in PLACES:
                        assert absent.status in (400, 403, 404, 412), f"{what}: {absent}"
                    expect.equal(comparable(foreign, value), comparable(absent, matrix.neighbour(value)), what)
                    compared += 1
    expect.equal(matrix.contents_of(admin, "polar"), before, "the other workspace")
    assert compared > 300, compared


def test_a_key_that_another_workspace_used_is_a_new_one(server):
    api = document()
    admin = server.admin()
    matrix.make_polar_workspace(server, admin, api)
    make_world(server, admin, "home")
    key = {"Idempotency-Key": "one-and-the-same"}
    role = {"name": "Twice", "permissions": []}
    made = [admin.post(f"{BASE}/roles?workspace={name}", role, headers=key) for name in ("polar", "home")]
    for answer in made:
        expect.status(answer, 201)
        assert "idempotency-replayed" not in answer.headers, answer.headers
    assert made[0].json()["id"] != made[1].json()["id"], made
