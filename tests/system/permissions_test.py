"""Who may do what: every permission × every route of the admin API, every kind of credential × every route of every face,
and every way to spell a credential wrongly. The tables are matrices/permissions.tsv and matrices/credentials.tsv."""

import time

import expect
import matrix
from admin_examples import BASE, DIRECTORIES, ENVIRONMENT, GUARDED, Example, document, make_world, play, speaker_for
from backdoor import door_to
from foreign_ids_scim_test import api as scim_description
from rolecall_server import Client, Server, ServerFailure, user_body

SAYS_NOTHING_OF_THE_ENGINE = True

LASTS_LONG = True
ENDS = ("/adoption", "/rotate-complete", "/rotate-cancel", "/sessions", "/revoke-access")
STARTS = ("/api-tokens", "/sessions", "/requests", "/webhooks", *DIRECTORIES, *GUARDED)
DECISIONS = tuple("/access/v1/" + name for name in (
    "evaluation", "evaluations", "search/subject", "search/resource", "search/action"))
BEGIN = ("POST", "/sessions")  # a session, which takes an API token of a user
PUBLIC = ("/", "/console", "/console/", "/docs", "/openapi.json", "/healthz/live", "/healthz/ready",
          "/.well-known/authzen-configuration", "/scim/v2/ServiceProviderConfig")


def malformed(token):
    """Values of Authorization that are none, by name; `token` is one that would open."""
    return {
        "empty": "",
        "blank": "   ",
        "tab": "\t",
        "scheme alone": "Bearer",
        "scheme and blanks": "Bearer    ",
        "another scheme": "Basic " + token,
        "digest": "Digest " + token,
        "two schemes": "Bearer Bearer " + token,
        "no blank after the scheme": "Bearer" + token,
        "quoted": f'Bearer "{token}"',
        "twice": f"Bearer {token} {token}",
        "with a comma": f"Bearer {token},",
        "as a parameter": f"Bearer token={token}",
        "cut": "Bearer " + token[:-1],
        "longer": "Bearer " + token + "x",
        "in capitals": "Bearer " + token.upper(),
        "over-long": "Bearer " + "x" * 9000,
        "undefined": "Bearer undefined",
        "null": "Bearer null",
        "zero": "Bearer 0",
        "not ASCII": "Bearer t\u00f6ken",
    }


def test_the_table_of_permissions_is_that_of_the_description():
    api = document()
    described = {(method.upper(), path): operation["x-permission"]
                 for path, operations in api["paths"].items() for method, operation in operations.items()}
    table = {(row["method"], row["path"]): row["permission"] for row in matrix.rows_of("permissions.tsv")}
    expect.equal(table, described, "permissions")


class Doors:
    """Sends the first request of each route that would succeed, as a dry run if there is one."""

    def __init__(self, server):
        self.server, self.admin, self.api = server, server.admin(), document()
        self.worlds = {}

    def world_of(self, path):
        key = path if path.endswith(ENDS) or path.startswith(STARTS) else ""
        if key not in self.worlds:
            workspace = f"home-{len(self.worlds)}"
            self.worlds[key] = workspace, make_world(self.server, self.admin, workspace, path), {}
        return self.worlds[key]

    def token(self, path, scope):
        workspace, _, tokens = self.world_of(path)
        user = speaker_for(path)
        if scope not in tokens:
            made = matrix.make_api_token(self.server, self.admin, workspace, [scope], scope.replace(":", " "),
                                         **({"user": user} if user else {}))
            tokens[scope] = Client(self.server.listen, made["token"], "", "application/json")
        return tokens[scope]

    def example(self, method, path):
        shown = self.api["paths"][path][method.lower()]["x-examples"]
        example = Example(self.api, path, method.lower(), next(name for name in shown if shown[name]["status"] < 300))
        declared = {parameter["name"] for parameter in example.declared}
        example.parameters = {**example.parameters, **({"If-Match": "*"} if "If-Match" in declared else {}),
                              **({"dry_run": True} if "dry_run" in declared else {})}
        return example

    def open(self, client, method, path, scope="users:read"):
        workspace, world, _ = self.world_of(path)
        example = self.example(method, path)
        if (method, path) == ("POST", "/api-tokens"):
            # No token gives what it lacks itself.
            example.body = {**example.body, "scopes": [scope]}
        return play(client, example, workspace, world)


def test_a_token_of_one_scope_opens_the_routes_of_that_scope(server):
    doors = Doors(server)
    scopes = matrix.scopes_of(doors.api)
    cells = 0
    for row in matrix.rows_of("permissions.tsv"):
        method, path, needed, reach = row["method"], row["path"], row["permission"], row["reach"]
        # Which stands for nobody, and so has no session.
        wanted = 4 if (method, path) == BEGIN else 2
        expect.equal(doors.open(server.admin(), method, path).status // 100, wanted, f"{method} {path}: the admin token")
        for scope in scopes:
            answer = doors.open(doors.token(path, scope), method, path, scope)
            what = f"{method} {path}: a token for {scope}"
            cells += 1
            if needed.startswith("self:") or (scope == needed and reach != "installation"):
                assert answer.status // 100 == 2, f"{what}: {answer}"
                continue
            sentence = expect.problem(answer, 403)
            if scope != needed:
                expect.holds(sentence, needed, what)
        if needed.startswith("workspaces:"):
            refused = doors.admin.post(f"{BASE}/api-tokens?workspace=home-0", {"name": "all", "scopes": [needed]})
            expect.holds(expect.problem(refused, 400), needed, "a scope about all workspaces")
    expect.equal(cells, len(matrix.rows_of("permissions.tsv")) * len(scopes), "cells")


def test_a_refused_change_leaves_nothing(server):
    """The same in earnest: what is forbidden is not done before it is refused."""
    doors = Doors(server)
    routes = [row for row in matrix.rows_of("permissions.tsv")
              if row["method"] != "GET" and not row["permission"].startswith("self:")]
    for row in routes:
        doors.world_of(row["path"])
        doors.token(row["path"], "users:read")
    before = {name: matrix.contents_of(doors.admin, name) for name, _, _ in doors.worlds.values()}
    for row in routes:
        workspace, world, _ = doors.world_of(row["path"])
        example = doors.example(row["method"], row["path"])
        example.parameters.pop("dry_run", None)
        expect.problem(play(doors.token(row["path"], "users:read"), example, workspace, world), 403)
    after = {name: matrix.contents_of(doors.admin, name) for name, _, _ in doors.worlds.values()}
    expect.equal(after, before, "the workspaces")


class Keys:
    """One of each kind of credential, by the name it has in the table."""

    def __init__(self, server):
        self.server, admin = server, server.admin()
        scopes = matrix.scopes_of(document())
        live = server.token()
        scim = server.scim(live)
        ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
        bo = expect.scim(scim.post("/Users", user_body("bo@acme.example")), 201)["id"]

        def connection(name, *more):
            server.cli("connections", "create", name)
            return server.token(name, "default", *more)

        def api_token(name, wanted, **more):
            return matrix.make_api_token(server, admin, "default", wanted, name, **more)

        def bound(user):
            token = server.cli("tokens", "create", "--connection", "okta", "--user", user)["token"]
            server.secrets.add(token)
            return token

        revoked_api = api_token("revoked", scopes)
        expect.status(admin.delete(f"{BASE}/api-tokens/{revoked_api['id']}?workspace=default"), 204)
        revoked = connection("was")
        expect.succeeded(server.run("tokens", "revoke", revoked.split("_")[1]))
        self.tokens = {
            "none": None,
            "admin token": server.admin_token(),
            "API token of all scopes": api_token("all", scopes)["token"],
            "API token for decisions": api_token("decide", ["decisions:read"])["token"],
            "API token for users": api_token("users", ["users:read"])["token"],
            "revoked API token": revoked_api["token"],
            "expired API token": api_token("short", scopes, expires_in_seconds=1)["token"],
            "SCIM token": live,
            "revoked SCIM token": revoked,
            "expired SCIM token": connection("brief", "--expires-in", "1s"),
        }
        self.tokens["SCIM token bound to a user"] = bound(ana)
        server.cli("connections", "create", "second")
        self.tokens["SCIM token of a user who is deactivated"] = self.deactivated()
        self.sessions(api_token, scopes, scim)
        self.rotate(connection("rotating"), "rotated SCIM token, old and new both live", "")
        self.rotate(connection("rotated"), "", "replaced SCIM token")
        self.own = {"Users": ana, "Groups": bo}
        time.sleep(1.1)

    def sessions(self, api_token, scopes, scim):
        """Of one user each, because whoever begins a session forgets what has ended of theirs."""
        admin, door = self.server.admin(), door_to(self.server.data)

        def begun(name, wanted, **more):
            user = expect.scim(scim.post("/Users", user_body(f"{len(self.tokens)}@sessions.example")), 201)["id"]
            token = api_token(name, wanted, user=user, **more)
            client = Client(self.server.listen, token["token"], "", "application/json")
            made = expect.status(client.post(f"{BASE}/sessions"), 201)
            client.close()
            self.server.secrets.add(made["token"])
            self.tokens[name] = made["token"]
            return user, token["id"], made["id"]

        begun("session of all scopes", scopes)
        begun("session for users", ["users:read"])
        expect.status(admin.delete(f"{BASE}/sessions/{begun('ended session', scopes)[2]}"), 204)
        begun("expired session", scopes, expires_in_seconds=1)
        idle = begun("idle session", scopes)[2]
        door.execute(f"UPDATE admin_sessions SET used = used - 1800000000 WHERE id = '{idle}'")
        door.close()
        token = begun("session whose API token was revoked", scopes)[1]
        expect.status(admin.delete(f"{BASE}/api-tokens/{token}"), 204)
        leaver = begun("session of a user who is deactivated", scopes)[0]
        expect.scim(scim.patch("/Users/" + leaver, {"op": "replace", "path": "active", "value": False}))

    def deactivated(self):
        own = self.server.scim(self.server.token("second"))
        user = expect.scim(own.post("/Users", user_body("lee@acme.example")), 201)["id"]
        token = self.server.cli("tokens", "create", "--connection", "second", "--user", user)["token"]
        self.server.secrets.add(token)
        expect.scim(self.server.scim(token).get("/Me"))
        expect.scim(own.patch("/Users/" + user, {"op": "replace", "path": "active", "value": False}))
        return token

    def rotate(self, token, both, gone):
        admin, identifier = self.server.admin(), token.split("_")[1]
        start = admin.post(f"{BASE}/tokens/{identifier}/rotate-start?workspace=default", {})
        self.server.secrets.add(expect.status(start, 201)["token"])
        if both:
            self.tokens[both] = token
            return
        expect.status(admin.post(f"{BASE}/tokens/{identifier}/rotate-complete?workspace=default", {}), 200)
        self.tokens[gone] = token


def routes():
    """(face, method, path) of everything that asks for a credential."""
    for path, operations in scim_description()["paths"].items():
        for method in operations:
            filled = path.replace("{id}", "nobody").replace("{name}", "User").replace("{urn}", "nothing")
            yield ("identity" if path == "/Me" else "scim"), method.upper(), "/scim/v2" + filled
    for path, operations in document()["paths"].items():
        for method in operations:
            filled = path.replace("{name}", "nobody").replace("{id}", "nobody").replace("{role}", "nobody")
            yield "admin", method.upper(), BASE + filled
    for path in DECISIONS:
        yield "decisions", "POST", path


def check_cell(what, cell, answer):
    if cell == "yes":
        assert answer.status not in (401, 403) and answer.status < 500, f"{what}: {answer}"
    else:
        expect.equal(answer.status, int(cell), f"{what}: {answer.body[:300]!r}")
    if answer.status == 401:
        expect.equal(answer.headers["www-authenticate"], 'Bearer realm="rolecall"', what)


def test_every_credential_opens_only_its_own_faces(server):
    keys = Keys(server)
    table = matrix.rows_of("credentials.tsv")
    expect.equal({row["credential"] for row in table}, set(keys.tokens), "credentials")
    of_installation = {(row["method"], BASE + row["path"]) for row in matrix.rows_of("permissions.tsv")
                       if row["reach"] == "installation"}
    cells = 0
    for row in table:
        client = Client(server.listen, keys.tokens[row["credential"]], "")
        bare = Client(server.listen, None, "")
        for face, method, path in routes():
            cell = row[face]
            if row["credential"] == "none" and path == "/scim/v2/ServiceProviderConfig":
                cell = "yes"
            if face == "admin" and (method, path) == (BEGIN[0], BASE + BEGIN[1]):
                # The admin token and API tokens that stand for nobody; and no session begins another.
                cell = "403" if row[face] != "401" else "401"
            elif face == "admin" and row["credential"].startswith(("API token", "session")) and row[face] != "401":
                template = path.replace("nobody", "{name}")
                is_closed = (method, template) in of_installation
                scope = "users:read"
                needed = needs(method, path)
                allowed = row["credential"].endswith("of all scopes") or needed == "self:read" or (
                    row["credential"].endswith(" for users") and needed == scope)
                cell = "yes" if allowed and not is_closed else "403"
            # Of nobody, or of a version that there never was.
            answer = client.request(method, path, None, {"If-Match": 'W/"999999"'})
            check_cell(f"{row['credential']}: {method} {path}", cell, answer)
            cells += 1
        for path in PUBLIC:
            shown = client.get(path) if path != PUBLIC[-1] else bare.get(path)
            assert shown.status == 200, f"{row['credential']}: {path}: {shown}"
    assert cells >= len(table) * 80, cells


def needs(method, path):
    for row in matrix.rows_of("permissions.tsv"):
        template = BASE + row["path"].replace("{name}", "nobody").replace("{id}", "nobody").replace("{role}", "nobody")
        if (row["method"], template) == (method, path):
            return row["permission"]
    return ""


def test_what_is_no_credential_opens_nothing(server):
    token, admin = server.token(), server.admin_token()
    scopes = matrix.scopes_of(document())
    of_api = matrix.make_api_token(server, server.admin(), "default", scopes)["token"]
    expect.scim(server.scim(token).post("/Users", user_body("ana@acme.example")), 201)
    hers = matrix.make_api_token(server, server.admin(), "default", scopes, "hers", user="ana@acme.example")["token"]
    begun = expect.status(Client(server.listen, hers, "", "application/json").post(f"{BASE}/sessions"), 201)["token"]
    server.secrets.add(begun)
    for own, method, path in ((token, "GET", "/scim/v2/Users"), (admin, "GET", BASE + "/roles"),
                              (of_api, "GET", BASE + "/roles"), (begun, "GET", BASE + "/roles"), (admin, "POST", DECISIONS[0]),
                              (of_api, "POST", DECISIONS[0])):
        client = Client(server.listen, None, "")
        reference = None
        for name, value in malformed(own).items():
            answer = client.request(method, path, None, {"Authorization": value.encode("utf-8")})
            expect.equal(answer.status, 401, f"{method} {path}: {name}")
            passing = answer.headers["x-request-id"].encode()
            body = answer.body.replace(passing, b"<request>")
            reference = reference or body
            expect.equal(body, reference, f"{method} {path}: {name}: the words of the refusal")
        line = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
        doubled = f"Authorization: Bearer {own}\r\n" * 2
        answer = server.raw((line + doubled + "Connection: close\r\n\r\n").encode())
        assert answer.startswith(b"HTTP/1.1 401 "), f"{path}: two headers: {answer[:100]!r}"
        for where in (f"?access_token={own}", f"?token={own}"):
            expect.equal(client.request(method, path + where).status, 401, f"{path}: a token in the query")
        cookie = client.request(method, path, None, {"Cookie": f"token={own}; session={own}"})
        expect.equal(cookie.status, 401, f"{path}: a token in a cookie")


def test_without_a_secret_there_is_no_server():
    for variable, value in (("ROLECALL_ADMIN__TOKEN", "short"), ("ROLECALL_ADMIN__TOKEN", " " * 40),
                            ("ROLECALL_SCIM__CURSOR_KEY", "short")):
        with_nothing = Server(environment={variable: value})
        try:
            with_nothing.start()
        except ServerFailure as failure:
            expect.holds(str(failure), "32" if value.strip() else "blank", f"{variable}={value!r}")
        else:
            raise AssertionError(f"{variable}={value!r} is taken for a secret")
        finally:
            with_nothing.close()


def test_an_emptied_file_of_the_admin_token_is_no_open_door():
    with Server() as server:
        server.terminate()
        for content in ("", "\n", "   \n"):
            (server.data / "admin-token").write_text(content)
            try:
                server.start()
            except ServerFailure as failure:
                expect.holds(str(failure), "admin-token")
                continue
            for value in ("", "Bearer", "Bearer ", "Bearer  ", content):
                answer = Client(server.listen, None, "").get(BASE + "/roles", headers={"Authorization": value.strip()})
                expect.equal(answer.status, 401, f"{content!r}: {value!r}")
            server.terminate()
