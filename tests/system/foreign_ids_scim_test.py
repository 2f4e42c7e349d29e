"""Every place of the SCIM API that a client fills in × everything that is not its own: ids of another connection, of another
workspace, of roles above its ceiling, of what has gone. The answer is, but for the text that was asked for, byte by byte
the one to what does not exist. Routes come from schemas/openapi/scim.json, attributes from what the server says of itself."""

import json
import pathlib
import re
import urllib.parse

import expect
import matrix
from admin_examples import document
from json_schema import resolve
from rolecall_server import BULK, PATCH_OP, ROOT, group_body, user_body

LASTS_LONG = True
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
FILTERS = ('{path} eq "{value}"', '{path} co "{value}"', 'not ({path} ne "{value}")')
PASSING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<instant>"),
    (re.compile(r'W/\\?"\d+\\?"'), "<tag>"),
    (re.compile(r"number-\d+"), "<number>"),
)
# What a place holds that nothing is found by: orders and excerpts, which differ for nobody, and the names of what the
# server says of itself, which is the same for everybody.
WITHOUT_IDS = ("query:sortBy", "query:sortOrder", "query:startIndex", "query:count", "query:attributes",
               "query:excludedAttributes", "path:name", "path:urn")


def api():
    return json.loads((pathlib.Path(ROOT) / "schemas" / "openapi" / "scim.json").read_text())


def places():
    """(method, path, place) of the description."""
    described = api()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                parameter = resolve(parameter, described)
                yield method.upper(), path, f"{parameter['in']}:{parameter['name']}"
            if "requestBody" in operation:
                yield method.upper(), path, "body"


class World:
    """okta, which looks; what it must not see, by the name of its kind."""

    def __init__(self, server):
        admin = server.admin()
        server.cli("connections", "set", "okta", "--unknown-groups", "keep_unlinked")
        server.cli("connections", "set", "okta", "--ceiling", "IT Admin")
        server.cli("connections", "create", "entra", "--unknown-groups", "keep_unlinked")
        self.okta, self.entra = server.scim(server.token()), server.scim(server.token("entra"))
        polar = matrix.make_polar_workspace(server, admin, document())
        self.user = expect.scim(self.okta.post("/Users", user_body("ana@home.example", externalId="own")), 201)
        self.group = expect.scim(self.okta.post("/Groups", group_body("Desk", self.user["id"])), 201)
        theirs = expect.scim(self.entra.post("/Users", user_body("bo@entra.example", externalId="entra-bo-7")), 201)
        group = expect.scim(self.entra.post("/Groups", group_body("Entra Desk", theirs["id"], externalId="e-d-7")), 201)
        for number in range(3):
            expect.scim(self.entra.post("/Users", user_body(f"number-{number}@entra.example")), 201)
        gone = expect.scim(self.okta.post("/Users", user_body("gone@home.example", externalId="gone-7")), 201)
        expect.status(self.okta.delete("/Users/" + gone["id"]), 204)
        listed = {one["displayName"]: one["id"] for one in expect.listed(self.entra.get("/Groups?count=100"))}
        self.ids = {
            "user of entra": theirs["id"],
            "group of entra": group["id"],
            "group of a role of entra": listed["HR Admin"],
            "user of polar": polar["user"][0],
            "group of polar": polar["group"][0],
            "role of polar": polar["role"][0],
            "role above the ceiling": server.cli("roles", "get", "Super Admin")["id"],
            "protected role": server.cli("roles", "get", "Owner")["id"],
            "user that has gone": gone["id"],
        }
        # A userName is taken for the whole workspace, which a client has to learn; so that of entra is not secret.
        self.texts = {"externalId of entra": "entra-bo-7", "name of a group of entra": "Entra Desk",
                      "externalId of polar": "polar-ursa-7", "userName of polar": polar["user"][1],
                      "name of a group of polar": "Ice Watch", "externalId of one that has gone": "gone-7"}
        self.everything = {**self.ids, **self.texts}
        self.tags = {"entra": theirs["meta"]["version"], "polar": 'W/"2"'}
        self.own = {"/Users": self.user["id"], "/Groups": self.group["id"]}
        self.schemas = {one["id"]: one for one in expect.listed(self.okta.get("/Schemas?count=100"))}
        self.types = expect.listed(self.okta.get("/ResourceTypes"))
        self.number = 0

    def seen(self):
        """All that entra has."""
        return [expect.scim(self.entra.get(path + "?count=1000")) for path in ("/Users", "/Groups")]

    def paths(self, endpoint, is_writable=False):
        """Every attribute of a type in which a text can stand."""
        found = ["externalId"] + ([] if is_writable else ["id", "meta.location"])
        kind = next(one for one in self.types if one["endpoint"] == endpoint)
        core = kind["schema"]
        for urn in [core] + [one["schema"] for one in kind.get("schemaExtensions", [])]:
            start = "" if urn == core else urn + ":"
            for attribute in self.schemas[urn]["attributes"]:
                for path, one in [(attribute["name"], attribute)] + [
                    (f"{attribute['name']}.{sub['name']}", sub) for sub in attribute.get("subAttributes", [])
                ]:
                    is_open = one["type"] in ("string", "reference") and one.get("returned") != "never"
                    if is_open and not (is_writable and "readOnly" in (one["mutability"], attribute["mutability"])):
                        found.append(start + path)
        return found

    def next_number(self):
        self.number += 1
        return f"number-{self.number}"


def comparable(answer, *values):
    text = answer.body.decode()
    for value in values:
        # In a location it stands as in a URL.
        for spelling in (value, urllib.parse.quote(value, safe="@")):
            text = text.replace(spelling, "<asked>")
    headers = {name: shown for name, shown in answer.headers.items()
               if name not in ("date", "x-request-id", "content-length", "location", "etag")}
    if answer.status < 300:
        for pattern, word in PASSING:
            text = pattern.sub(word, text)
    return answer.status, text, headers, "etag" in answer.headers


def compare(what, send, value, refused=()):
    """send(text) is asked twice: for what is another's and for what is not there."""
    foreign, absent = send(value), send(matrix.neighbour(value))
    assert not refused or absent.status in refused, f"{what}: {absent}"
    # What was written before may still be there.
    both = value, matrix.neighbour(value)
    expect.equal(comparable(foreign, *both), comparable(absent, *both), what)
    return 1


def patch_of(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def address_of(endpoint, identifier):
    return endpoint + "/" + urllib.parse.quote(identifier, safe="")


def body_for(world, endpoint, method):
    if method == "PATCH":
        return patch_of({"op": "replace", "path": "externalId", "value": "stolen"})
    if method != "PUT":
        return None
    return user_body(world.next_number()) if endpoint == "/Users" else group_body(world.next_number())


def in_path(world, method, path):
    endpoint = path.removesuffix("/{id}")
    count = 0
    for kind, value in world.everything.items():
        for headers in ({}, {"If-Match": "*"}, {"If-Match": 'W/"1"'}, {"If-None-Match": "*"}):
            body = body_for(world, endpoint, method)
            count += compare(f"{method} {path} {kind} {headers}", lambda text: world.okta.request(
                method, address_of(endpoint, text), body, headers=headers), value, (404,))
    return count


def in_tag(world, method, path):
    if path == "/Me":
        return 0
    endpoint = path.removesuffix("/{id}")
    if endpoint not in world.own:
        return 0
    header = "If-None-Match" if method == "GET" else "If-Match"
    for tag in world.tags.values():
        # Versions are small numbers, so another's tag may be one's own; what it opens is one's own then, too.
        foreign = world.okta.request("GET", address_of(endpoint, world.ids["user of entra"]), None, {header: tag})
        expect.refused(foreign, 404)
    return 1


def filters_over(world, endpoint):
    endpoints = [endpoint] if endpoint else [one["endpoint"] for one in world.types]
    for path in sorted({path for one in endpoints for path in world.paths(one)}):
        for kind, value in world.everything.items():
            for shape in FILTERS if kind in world.ids else FILTERS[:1]:
                yield f"{shape} {path} {kind}", shape, path, value


def in_filter(world, method, path):
    assert method == "GET", method
    count = 0
    for what, shape, attribute, value in filters_over(world, path.rstrip("/")):
        if path == "/" and "eq" not in shape:
            continue
        count += compare(f"GET {path}: {what}", lambda text: world.okta.get(
            f"{path}?filter=" + urllib.parse.quote(shape.format(path=attribute, value=text), safe="")), value)
    for value in world.ids.values():
        for text in ('members[value eq "{}"]', 'members[value eq "{}" and type eq "User"]', 'groups[value eq "{}"]'):
            count += compare(f"GET {path}: {text}", lambda one: world.okta.get(
                f"{path}?filter=" + urllib.parse.quote(text.format(one), safe="")), value)
    return count


def in_search(world, path):
    endpoint = path.removesuffix("/.search")
    count = 0
    for what, shape, attribute, value in filters_over(world, endpoint):
        if shape == FILTERS[0] and attribute.split(":")[-1] in ("id", "externalId", "members.value", "manager.value",
                                                                "userName", "displayName", "groups.value"):
            count += compare(f"POST {path}: {what}", lambda text: world.okta.post(
                path, {"schemas": [SEARCH], "filter": shape.format(path=attribute, value=text)}), value)
    return count


def in_cursor(world, method, path):
    """The place where another's list goes on is no place in one's own."""
    assert method == "GET", method
    page = world.entra.get(f"{path}?cursor&count=1")
    cursor = expect.scim(page).get("nextCursor")
    if cursor is None:
        return 0
    own = f"{path}?count=1&cursor="
    foreign, broken = world.okta.get(own + cursor), world.okta.get(own + matrix.neighbour(cursor[:-2]) + cursor[-2:])
    expect.equal(comparable(foreign, cursor), comparable(broken, cursor), f"GET {path}: a cursor of entra")
    assert foreign.status == 400, foreign
    return 1


def in_writing(world, method, path):
    """Every writable attribute, by PATCH with and without a path, and in a resource as a whole."""
    endpoint = path.removesuffix("/{id}")
    count = 0
    for attribute in world.paths(endpoint, is_writable=True):
        # Two resources of one's own cannot have one name; that is not about others.
        is_unique = attribute in ("userName", "displayName")
        for kind, value in world.everything.items():
            if is_unique and kind not in world.ids:
                continue
            # Whoever left comes back under the old id when its own connection makes it again.
            if method == "POST" and kind.endswith("gone"):
                continue
            count += compare(f"{method} {path} {attribute} {kind}", lambda text: write(
                world, method, endpoint, attribute, text), value)
    return count


def write(world, method, endpoint, attribute, text):
    address = address_of(endpoint, world.own[endpoint])
    name, _, sub = attribute.rpartition(":")[2].partition(".")
    urn = attribute.rpartition(":")[0]
    if method == "PATCH":
        path = attribute if sub or name != "members" else "members"
        done = world.okta.request("PATCH", address, patch_of({"op": "replace", "path": path, "value": text}))
        if sub == "value":
            base = attribute.removesuffix(".value")
            for operation in ({"op": "add", "path": base, "value": [{"value": text}]},
                              {"op": "remove", "path": f'{base}[value eq "{text}"]'},
                              {"op": "replace", "path": base, "value": {"value": text}}):
                done = world.okta.request("PATCH", address, patch_of(operation))
        return done
    unique = world.next_number()
    body = user_body(unique) if endpoint == "/Users" else group_body(unique)
    place = body.setdefault(urn, {}) if urn else body
    if not sub:
        place[name] = text
    else:
        is_list = name in ("members", "emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles",
                           "x509Certificates")
        place[name] = [{sub: text}] if is_list else {sub: text}
    if urn:
        body["schemas"] = body["schemas"] + [urn]
    return world.okta.request(method, endpoint if method == "POST" else address, body)


def in_bulk(world):
    count = 0
    for kind, value in world.everything.items():
        operations = [("DELETE", "/Users/{}", None), ("DELETE", "/Groups/{}", None)]
        operations += [("PUT", "/Users/{}", user_body("x")), ("PUT", "/Groups/{}", group_body("x")),
                       ("PATCH", "/Groups/{}", patch_of({"op": "replace", "path": "externalId", "value": "stolen"}))]
        member = {"op": "add", "path": "members", "value": [{"value": "{}"}]}
        operations += [("PATCH", "/Groups/" + world.group["id"], patch_of(member)),
                       ("PATCH", "/Groups/{}", patch_of(member)),
                       ("PATCH", "/Groups/" + world.group["id"], patch_of({**member, "value": [{"value": "bulkId:{}"}]})),
                       ("POST", "/Groups", group_body("number-1", "{}"))]
        for method, path, data in operations:
            def send(text):
                operation = {"method": method, "path": path.replace("{}", text)}
                if method == "POST":
                    operation["bulkId"] = "one"
                if data is not None:
                    sent = json.dumps(data).replace("{}", text).replace("number-1", world.next_number())
                    operation["data"] = json.loads(sent)
                return world.okta.post("/Bulk", {"schemas": [BULK], "Operations": [operation]})
            count += compare(f"bulk {method} {path} {kind}", send, value, (200,))
    return count


def in_body(world, method, path):
    if path.endswith("/.search"):
        return in_search(world, path)
    if path == "/Bulk":
        return in_bulk(world)
    if path == "/Me":
        return 0
    return in_writing(world, method, path)


BY_PLACE = {"path:id": in_path, "query:filter": in_filter, "query:cursor": in_cursor, "header:If-Match": in_tag,
            "header:If-None-Match": in_tag, "body": in_body}


def test_every_place_and_every_type_is_known(server):
    unknown = {place for _, _, place in places()} - set(BY_PLACE) - set(WITHOUT_IDS)
    expect.equal(unknown, set(), "places")
    served = {one["endpoint"] for one in expect.listed(server.scim(server.token()).get("/ResourceTypes"))}
    described = {path.removesuffix("/{id}") for path in api()["paths"] if path.endswith("/{id}")}
    expect.equal(served, described, "types that are served and described")


def check(server, is_wanted):
    world = World(server)
    before = world.seen()
    compared = 0
    for method, path, place in places():
        if place in BY_PLACE and is_wanted(path, place):
            compared += BY_PLACE[place](world, method, path)
    expect.equal(world.seen(), before, "what entra has")
    return compared


def is_search(path, place):
    return place == "query:filter" or path.endswith("/.search")


def test_ids_in_paths_headers_and_cursors(server):
    assert check(server, lambda path, place: place != "body" and not is_search(path, place)) > 500


def test_ids_in_filters(server):
    assert check(server, is_search) > 3000


def test_ids_in_bodies(server):
    assert check(server, lambda path, place: place == "body" and not is_search(path, place)) > 1500
