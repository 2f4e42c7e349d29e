"""The command line: every noun and verb, formats, exit codes, configuration faults, doctor and the audit trail."""

import json
import os
import pathlib
import subprocess
import tempfile

import command_tree
import expect
from backdoor import door_to
from rolecall_server import SHIPPED_ROLES, Server, default_binary, group_body, user_body

SAYS_NOTHING_OF_THE_ENGINE = True

NO_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("ROLECALL_")}


def rolecall(*words, environment=None):
    return subprocess.run(
        [str(default_binary()), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env={**NO_ENVIRONMENT, **(environment or {})},
        check=False,
    )


def test_help_names_every_noun_and_verb():
    for words in command_tree.verbs():
        expect.holds(command_tree.help_of(*words), "rolecall " + " ".join(words))
        expect.succeeded(rolecall(*words, "--data", "x", "--help"))
    for option in ("--data", "--config", "--workspace", "--output", "--context", "--server", "--no-input"):
        expect.holds(expect.succeeded(rolecall("--help")), option)
    expect.holds(expect.succeeded(rolecall("--version")), ".")
    expect.holds(expect.succeeded(rolecall("version")), "rolecall ")


def test_usage_faults_exit_2_and_say_so_on_stderr():
    for words in (
        (),
        ("nonsense",),
        ("roles",),
        ("roles", "nonsense"),
        ("roles", "get"),
        ("tokens", "create"),
        ("serve", "--nonsense"),
        ("roles", "list", "--output", "xml"),
        ("audit", "list", "--limit", "0"),
        ("links", "create", "--group", "x"),
        ("connections", "set", "okta"),
    ):
        done = rolecall(*words, "--data", "/nonexistent")
        expect.succeeded(done, 2)
        assert done.stdout == "" and done.stderr, words


def test_a_wrong_data_directory_is_said_plainly():
    with tempfile.TemporaryDirectory() as empty:
        done = rolecall("users", "list", "--data", empty)
        expect.succeeded(done, 3)
        expect.holds(done.stderr, "rolecall serve --data " + empty)
        expect.equal(os.listdir(empty), [])
        done = rolecall("tokens", "create", "--connection", "okta", "--data", empty + "/none")
        expect.succeeded(done, 3)


def test_tables_json_and_names(server):
    table = expect.succeeded(server.run("roles", "list", output="table")).splitlines()
    expect.equal(table[0].split(), ["NAME", "PRIORITY", "ORIGIN", "PROTECTED", "DESCRIPTION"])
    expect.equal(len(table), 2 + len(SHIPPED_ROLES))
    columns = {line.index("shipped") for line in table[1:]}
    expect.equal(columns, {table[0].index("ORIGIN")}, "columns are aligned")
    names = expect.succeeded(server.run("roles", "list", output="name")).split("\n")[:-1]
    expect.equal(names, ["Owner", *SHIPPED_ROLES])
    listed = server.cli("roles", "list")
    expect.equal([role["name"] for role in listed], names)
    one = server.cli("roles", "get", "it agent")
    expect.equal(sorted(one), ["description", "id", "name", "origin", "permissions", "priority", "protected"])
    assert "requests.reply" in one["permissions"]
    expect.equal(server.cli("roles", "get", one["id"]), one)


def test_a_walk_through_every_verb(server):
    cli = server.cli
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    expect.scim(scim.post("/Groups", group_body("Desk", ana["id"])), 201)
    cli("workspaces", "create", "north")
    expect.equal([workspace["name"] for workspace in cli("workspaces", "list")], ["default", "north"])
    made = cli("connections", "create", "entra", "--dialect", "strict", "--unknown-groups", "refuse")
    expect.equal((made["dialect"], made["unknown_groups"], made["default_role"]), ("strict", "refuse", "IT Agent"))
    expect.equal(cli("connections", "get", "entra"), made)
    expect.equal(made["unknown_members"], "strict")
    expect.equal(cli("connections", "set", "entra", "--unknown-members", "parked")["unknown_members"], "parked")
    expect.equal(cli("connections", "set", "entra", "--ceiling", "IT Admin")["ceiling"], "IT Admin")
    expect.equal([connection["name"] for connection in cli("connections", "list")], ["entra", "okta"])
    token = cli("tokens", "create", "--connection", "entra", "--note", "for the test")
    expect.equal((token["note"], token["state"]), ("for the test", "live"))
    server.secrets.add(token["token"])
    expect.equal([found["id"] for found in cli("tokens", "list", "--connection", "entra")], [token["id"]])
    cli("tokens", "revoke", token["id"])
    expect.equal(cli("tokens", "list", "--connection", "entra")[0]["state"], "revoked")
    cli("roles", "create", "Helper", "--description", "Helps.", "--permission", "requests.view")
    expect.equal(cli("roles", "update", "Helper", "--description", "Helps out.")["permissions"], ["requests.view"])
    expect.equal(cli("roles", "update", "Helper", "--no-permissions")["permissions"], [])
    link = cli("links", "create", "--group", "Desk", "--role", "Helper", "--connection", "okta")
    expect.equal(cli("links", "pause", link["id"])["state"], "paused")
    expect.equal(cli("links", "resume", link["id"])["state"], "active")
    expect.equal([holder["user_name"] for holder in cli("roles", "holders", "Helper")], ["ana@acme.example"])
    expect.equal(cli("users", "grant", "ana@acme.example", "--role", "Owner")["roles"][0], "Owner")
    server.cli("users", "grant", ana["id"], "--role", "HR Admin")
    expect.equal(cli("users", "revoke", "ana@acme.example", "--role", "HR Admin")["groups"], ["Desk"])
    expect.equal([user["user_name"] for user in cli("users", "list")], ["ana@acme.example"])
    expect.equal(cli("users", "get", ana["id"])["id"], ana["id"])
    assert cli("users", "explain", ana["id"])["grants"]
    desk = cli("groups", "get", "desk", "--connection", "okta")
    expect.equal((desk["members"], desk["stands_for"]), (1, "Desk"))
    expect.equal([member["name"] for member in cli("groups", "members", desk["id"])], ["ana@acme.example"])
    assert desk["id"] in [group["id"] for group in cli("groups", "list")]
    cli("links", "delete", link["id"])
    cli("roles", "delete", "Helper")
    planned = cli("users", "adopt", "ana@acme.example", "--connection", "entra", "--dry-run")
    expect.equal((planned["users"], planned["memberships_ended"], planned["dry_run"]["rows"]), (1, 1, 3))
    expect.equal(cli("users", "get", "ana@acme.example")["connection"], "okta")
    expect.equal(cli("users", "adopt", "ana@acme.example", "--connection", "entra")["to"], "entra")
    expect.equal(cli("connections", "adopt", "--from", "entra", "--to", "okta", "--keep-roles")["users"], 1)
    expect.succeeded(server.run("groups", "adopt", "Desk", "--from", "okta", "--connection", "entra"), 5)
    actions = {row["action"] for row in cli("audit", "list", "--limit", "1000")}
    assert {
        "user.created",
        "group.created",
        "link.created",
        "link.paused",
        "role.removed",
        "user.role_granted",
        "token.revoked",
        "connection.created",
        "connection.unknown_members_changed",
        "user.adopted",
    } <= actions, actions
    expect.equal(cli("audit", "verify")["intact"], True)


def test_dry_runs_say_what_they_would_write_and_change_nothing(server):
    cli = server.cli
    scim = server.scim(server.token())
    ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    expect.scim(scim.post("/Groups", group_body("Desk", ana["id"])), 201)
    cli("roles", "create", "Helper")
    cli("users", "grant", "ana@acme.example", "--role", "HR Admin")
    link = cli("links", "create", "--group", "Desk", "--role", "IT Admin")["id"]
    paused = cli("links", "create", "--group", "Desk", "--role", "IT Agent")["id"]
    cli("links", "pause", paused)
    token = cli("tokens", "list")[0]["id"]
    before = cli("audit", "verify")["head"]
    for words, action in (
        (("workspaces", "create", "north"), "workspace.created"),
        (("connections", "create", "entra"), "connection.created"),
        (("connections", "set", "okta", "--unknown-groups", "refuse"), "connection.unknown_groups_changed"),
        (("tokens", "create", "--connection", "okta"), "token.created"),
        (("tokens", "revoke", token), "token.revoked"),
        (("roles", "create", "Second"), "role.created"),
        (("roles", "update", "Helper", "--description", "Helps."), "role.updated"),
        (("roles", "delete", "Helper"), "role.removed"),
        (("links", "create", "--group", "Desk", "--role", "Finance Admin"), "link.created"),
        (("links", "delete", link), "link.removed"),
        (("links", "pause", link), "link.paused"),
        (("links", "resume", paused), "link.resumed"),
        (("users", "grant", "ana@acme.example", "--role", "Owner"), "user.role_granted"),
        (("users", "revoke", "ana@acme.example", "--role", "HR Admin"), "user.role_revoked"),
    ):
        done = server.run(*words, "--dry-run", output="table")
        expect.holds(expect.succeeded(done), action, f"{words}")
        expect.holds(done.stderr, "nothing was changed", f"{words}")
        expect.lacks(done.stdout, "rolecall_", f"{words}")
        rows = cli(*words, "--dry-run")["dry_run"]
        assert action in [row["action"] for row in rows["audit"]], (words, rows)
        expect.equal(cli("audit", "verify")["head"], before, f"{words}")
    for words, code in ((("roles", "delete", "Owner"), 4), (("roles", "delete", "None"), 3), (("roles", "list"), 2)):
        expect.succeeded(server.run(*words, "--dry-run"), code)
    expect.scim(scim.get("/Users"))


def test_a_key_lets_a_command_be_repeated(server):
    made = server.cli("roles", "create", "Helper", "--idempotency-key", "run-7")
    expect.equal(server.cli("roles", "create", "Helper", "--idempotency-key", "run-7"), made)
    expect.succeeded(server.run("roles", "create", "Helper"), 5)
    done = server.run("roles", "create", "Other", "--idempotency-key", "run-7")
    expect.succeeded(done, 1)
    expect.holds(done.stderr, "another request")


def test_a_change_of_what_has_changed_meanwhile_is_a_conflict(server):
    """The command reads and changes at once, so somebody else has to come in between: here through the API."""
    server.cli("roles", "create", "Helper")
    admin = server.admin()
    tag = admin.get("/admin/v1/roles/Helper").headers["etag"]
    server.cli("roles", "update", "Helper", "--description", "Helps.")
    answer = admin.request("PATCH", "/admin/v1/roles/Helper", {"description": "x"}, {"If-Match": tag})
    expect.problem(answer, 412)
    expect.equal(server.cli("roles", "get", "Helper")["description"], "Helps.")


def test_exit_codes_and_nearest_names(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    for words, code, hint in (
        (("roles", "get", "IT Agnet"), 3, "IT Agent"),
        (("connections", "get", "okte"), 3, "okta"),
        (("roles", "create", "IT AGENT"), 5, "IT Agent"),
        (("roles", "create", "X", "--permission", "requests.veiw"), 1, "requests.view"),
        (("workspaces", "create", "default"), 5, "already"),
        (("roles", "delete", "Owner"), 4, "Owner"),
        (("users", "get", "nobody"), 3, "nobody"),
        (("groups", "get", "none"), 3, "none"),
        (("tokens", "create", "--connection", "okta", "--expires-in", "soon"), 2, "30d"),
        (("users", "list", "--workspace", "none"), 3, "none"),
    ):
        done = server.run(*words)
        expect.succeeded(done, code)
        expect.equal(done.stdout, "")
        assert done.stderr.startswith("rolecall: ") and hint in done.stderr, done.stderr


def test_commands_work_without_a_running_server(server):
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    expect.equal(server.terminate(), 0)
    expect.equal([user["user_name"] for user in server.cli("users", "list")], ["ana@acme.example"])
    token = server.token()
    server.cli("roles", "create", "Offline")
    server.start()
    expect.scim(server.scim(token).get("/Users"))
    expect.equal(server.cli("roles", "get", "Offline")["origin"], "custom")


def test_names_from_outside_cannot_move_the_terminal(server):
    scim = server.scim(server.token())
    name = "evil\u001b[2J\u0007@acme.example"
    answer = scim.post("/Users", user_body(name, emails=[]))
    if answer.status == 201:
        for words in (("users", "list"), ("users", "explain", name), ("users", "get", name)):
            expect.lacks(server.run(*words, output="table").stdout, "\u001b", " ".join(words))
    else:
        expect.refused(answer, 400, "invalidValue")


def test_unknown_settings_refuse_and_name_the_nearest():
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "rolecall.toml"
        for text, hint in (
            ('[server]\nlisen = "x"\n', "server.listen"),
            ('[sever]\nlisten = "x"\n', "server.listen"),
            ("listen = 1\n", "listen"),
            ('[server]\nlisten = "nowhere"\n', "server.listen"),
            ("[limits]\npage_max = 5\n", "limits.page_max"),
            ('[limits]\nuser_body = "lots"\n', "limits.user_body"),
            ("[server\n", "rolecall.toml:1"),
            ("[server]\nworkers = [1]\n", "server.workers"),
        ):
            file.write_text(text)
            for words in (("serve", "--listen", "127.0.0.1:0"), ("config", "check"), ("config", "show")):
                done = rolecall(*words, "--config", str(file), "--data", directory + "/data")
                assert done.returncode in (1, 2), (text, words, done)
                expect.holds(done.stderr, hint, f"{words} with {text!r}")
        done = rolecall("serve", "--data", directory + "/data", environment={"ROLECALL_SERVER__LISEN": "x"})
        expect.succeeded(done, 2)
        expect.holds(done.stderr, "server.listen")
        missing = rolecall("config", "check", "--config", directory + "/none.toml")
        expect.succeeded(missing, 1)
        expect.holds(missing.stderr, "does not exist")
        assert not (pathlib.Path(directory) / "data").exists(), "a refused start makes nothing"


def test_settings_come_from_flag_environment_file_default_in_that_order():
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "rolecall.toml"
        file.write_text('[limits]\npage_max = 200\npage_default = 50\n[log]\nlevel = "warn"\n')
        done = rolecall(
            "config",
            "show",
            "--config",
            str(file),
            "--output",
            "json",
            environment={"ROLECALL_LIMITS__PAGE_MAX": "300"},
        )
        shown = {item["key"]: (item["value"], item["origin"]) for item in json.loads(expect.succeeded(done))}
        expect.equal(shown["limits.page_max"], ("300", "environment"))
        expect.equal(shown["limits.page_default"], ("50", "file"))
        expect.equal(shown["server.workers"], ("4", "default"))
        with Server(environment={"ROLECALL_LIMITS__PAGE_MAX": "300"}) as server:
            server.terminate()
            server.start("--config", str(file))
            config = expect.scim(server.scim(server.token()).get("/ServiceProviderConfig"))
            expect.equal(config["filter"]["maxResults"], 300)


def test_config_never_prints_a_secret():
    secret = "canary-" + "5f3a" * 10
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "token"
        file.write_text(secret + "\n")
        for environment in (
            {"ROLECALL_ADMIN__TOKEN": secret, "ROLECALL_SCIM__CURSOR_KEY": secret[::-1],
             "ROLECALL_STORAGE__SEALING_KEY": secret[::-1]},
            {"ROLECALL_ADMIN__TOKEN_FILE": str(file), "ROLECALL_SCIM__CURSOR_KEY_FILE": str(file),
             "ROLECALL_STORAGE__SEALING_KEY_FILE": str(file)},
        ):
            for words in (
                ("config", "show"),
                ("config", "show", "--output", "json"),
                ("config", "explain", "admin.token"),
                ("config", "check"),
                ("doctor", "--data", directory),
            ):
                done = rolecall(*words, environment=environment)
                expect.lacks(done.stdout + done.stderr, secret, " ".join(words))
                expect.lacks(done.stdout + done.stderr, secret[::-1], " ".join(words))
            expect.holds(rolecall("config", "show", environment=environment).stdout, "(set)")
            with Server(environment=environment) as server:
                server.terminate()
                kept = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
                assert secret.encode() not in kept and secret[::-1].encode() not in kept
                assert not (server.data / "keys").exists(), "a key that is configured is not made"
                expect.lacks(server.log_text(), secret)


def test_config_explains_and_prints_its_schema():
    text = expect.succeeded(rolecall("config", "explain", "limits.page_max"))
    expect.holds(text, "ROLECALL_LIMITS__PAGE_MAX")
    wrong = rolecall("config", "explain", "limits.pagemax")
    expect.succeeded(wrong, 3)
    expect.holds(wrong.stderr, "limits.page_max")
    schema = json.loads(expect.succeeded(rolecall("config", "schema")))
    expect.equal(schema["type"], "object")


def test_doctor_passes_on_a_sound_server_and_fails_on_an_open_token(server):
    for words in (("doctor",), ("doctor", "--deep")):
        findings = server.cli(*words)
        results = {finding["check"]: finding["result"] for finding in findings}
        expect.equal((results["data"], results["database"], results["config"], results["server"]), ("ok",) * 4)
        assert not any(finding["result"] == "failed" for finding in findings), findings
    expect.holds(server.run("doctor", output="table").stdout, "no live token")
    (server.data / "admin-token").chmod(0o644)
    done = server.run("doctor", output="table")
    expect.succeeded(done, 11)
    expect.holds(done.stdout, "admin-token is open to other accounts")
    (server.data / "admin-token").chmod(0o600)
    expect.succeeded(rolecall("doctor", "--data", "/nonexistent"), 11)


def test_audit_list_says_who_did_what_and_holds_no_values(server):
    token = server.token()
    scim = server.scim(token)
    made = scim.post("/Users", user_body("ana@acme.example", title="Canary title"))
    user = expect.scim(made, 201)["id"]
    scim.patch("/Users/" + user, {"op": "replace", "path": "title", "value": "Second canary"})
    server.cli("users", "grant", "ana@acme.example", "--role", "HR Admin")
    rows = server.cli("audit", "list", "--limit", "1000")
    expect.equal([row["seq"] for row in rows], list(range(1, len(rows) + 1)))
    created = next(row for row in rows if row["action"] == "user.created")
    expect.equal(created["actor"], "token:" + token.split("_")[1])
    expect.equal((created["target"], created["request"]), ("User/" + user, made.headers["x-request-id"]))
    assert "title" in created["details"]["attributes"], created
    updated = next(row for row in rows if row["action"] == "user.updated")
    expect.equal(updated["details"]["attributes"], ["title"])
    expect.equal(next(row for row in rows if row["action"] == "user.role_granted")["actor"], "admin")
    assert "anary" not in json.dumps(rows) and "ana@acme" not in json.dumps(rows)
    expect.equal([row["seq"] for row in server.cli("audit", "list", "--after", "2", "--limit", "3")], [3, 4, 5])
    expect.equal([row["seq"] for row in server.cli("audit", "list", "--limit", "2")], [len(rows) - 1, len(rows)])


TAMPERINGS = (
    "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
    "UPDATE audit SET at = at + 1 WHERE seq = 3",
    "UPDATE audit SET details = '{}' WHERE seq = (SELECT min(seq) FROM audit WHERE details <> '{}' AND seq > 2)",
    "DELETE FROM audit WHERE seq = 3",
    "UPDATE audit SET target = 'User/x' WHERE seq = 1",
    "UPDATE audit SET action = 'x' WHERE seq = 4",
    "UPDATE audit SET request = 'x' WHERE seq = 2",
    "UPDATE audit SET seq = seq + 1000 WHERE seq = 5",
    "UPDATE audit SET hash = previous_hash WHERE seq = 3",
    "DELETE FROM audit WHERE seq < 3",
)


def test_audit_verify_finds_a_tampered_row(server):
    scim = server.scim(server.token())
    for number in range(3):
        expect.scim(scim.post("/Users", user_body(f"user{number}@acme.example")), 201)
    sound = server.cli("audit", "verify")
    expect.equal((sound["intact"], sound["first_bad_seq"]), (True, None))
    expect.equal(server.terminate(), 0)
    door = door_to(server.data)
    door.execute("CREATE TABLE sound AS SELECT * FROM audit")
    for statement in TAMPERINGS:
        assert door.execute(statement) > 0, statement
        done = server.run("audit", "verify")
        expect.succeeded(done, 1)
        found = json.loads(done.stdout)
        assert found["intact"] is False and found["first_bad_seq"], (statement, found)
        expect.succeeded(server.run("doctor", "--deep"), 11)
        door.execute("DELETE FROM audit")
        door.execute("INSERT INTO audit SELECT * FROM sound")
    door.close()
    expect.equal(server.cli("audit", "verify"), sound)


def test_a_second_server_on_the_same_data_is_refused(server):
    done = rolecall("serve", "--data", str(server.data), "--listen", "127.0.0.1:0")
    expect.succeeded(done, 5)
    expect.holds(done.stderr, str(server.pid))
    expect.scim(server.scim(server.token()).get("/Users"))
    expect.equal(json.loads((server.data / "server.json").read_text())["pid"], server.pid)


def test_a_taken_port_is_said_plainly(server):
    with tempfile.TemporaryDirectory() as directory:
        done = rolecall("serve", "--data", directory + "/data", "--listen", server.listen)
        assert done.returncode not in (0, -11), done
        expect.holds(done.stderr, "server_failed")


def test_a_newer_or_changed_schema_is_refused(server):
    expect.equal(server.terminate(), 0)
    door = door_to(server.data)
    for statement, undo in (
        (
            "INSERT INTO schema_migrations VALUES (999, 'future', 'x', 999, 0)",
            "DELETE FROM schema_migrations WHERE version = 999",
        ),
        (
            "UPDATE schema_migrations SET checksum = 'x' || checksum",
            "UPDATE schema_migrations SET checksum = substr(checksum, 2)",
        ),
    ):
        for sql, starts in ((statement, False), (undo, True)):
            door.execute(sql)
            if starts:
                server.start()
                expect.equal(server.terminate(), 0)
                continue
            done = rolecall(
                "serve", "--data", str(server.data), "--listen", "127.0.0.1:0", environment=server.database_environment()
            )
            expect.succeeded(done, 5)
            expect.holds(done.stderr, "server_failed")
            done = server.run("users", "list")
            assert done.returncode not in (0, -11) and done.stderr.startswith("rolecall: "), done
