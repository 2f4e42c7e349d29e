"""Servers by address and by context, the formats of --output, and what every failure says."""

import csv
import http.server
import io
import json
import os
import pathlib
import re
import ssl
import subprocess
import tempfile
import threading

import expect
from rolecall_server import default_binary, user_body

SAYS_NOTHING_OF_THE_ENGINE = True

NO_ENVIRONMENT = {name: value for name, value in os.environ.items()
                  if not name.startswith(("ROLECALL_", "XDG_")) and name != "HOME"}


class Home:
    """A user's configuration directory of its own."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.file = self.directory / "rolecall" / "contexts.json"

    def run(self, *words, **environment):
        return subprocess.run([str(default_binary()), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, cwd=self.directory, check=False,
                              env={**NO_ENVIRONMENT, "XDG_CONFIG_HOME": str(self.directory), **environment})


def test_contexts_lead_to_servers(server):
    with tempfile.TemporaryDirectory() as directory:
        home = Home(directory)
        token = str(server.data / "admin-token")
        url = "http://" + server.listen
        expect.succeeded(home.run("users", "list"), 3)
        expect.succeeded(home.run("context", "add", "here", "--server", url, "--token-file", token))
        expect.equal(home.file.stat().st_mode & 0o777, 0o600)
        expect.equal(home.file.parent.stat().st_mode & 0o777, 0o700)
        expect.lacks(home.file.read_text(), server.admin_token())
        expect.equal(json.loads(expect.succeeded(home.run("whoami", "-o", "json")))["kind"], "admin_token")
        made = server.run("api-tokens", "create", "reader", "--scope", "users:read", output="table").stdout.strip()
        server.secrets.add(made)
        reader = pathlib.Path(directory) / "reader"
        reader.write_text(made + "\n")
        expect.succeeded(home.run("context", "add", "reader", "--server", url, "--token-file", "reader"))
        expect.equal(json.loads(home.file.read_text())["contexts"][1]["token_file"], str(reader))
        expect.equal(json.loads(expect.succeeded(home.run("whoami", "--context", "reader", "-o", "json")))["name"], "reader")
        refused = home.run("roles", "list", "--context", "reader")
        expect.succeeded(refused, 4)
        expect.holds(refused.stderr, "next:    rolecall whoami")
        expect.succeeded(home.run("context", "use", "reader"))
        expect.equal(expect.succeeded(home.run("whoami", "-o", "name")).split(":")[0], "api-token")
        expect.succeeded(home.run("users", "list"))
        expect.succeeded(home.run("roles", "list", "--data", str(server.data)))
        expect.succeeded(home.run("roles", "list", ROLECALL_DATA=str(server.data)))
        expect.succeeded(home.run("roles", "list", "--context", "here", ROLECALL_DATA="/nonexistent"))
        expect.succeeded(home.run("roles", "list", "--server", url, "--token-file", token))
        expect.succeeded(home.run("context", "remove", "reader"))
        expect.succeeded(home.run("users", "list"), 3)
        expect.equal(json.loads(expect.succeeded(home.run("context", "list", "-o", "json"))),
                     [{"name": "here", "current": False, "server": url, "token_file": token, "ca_file": None,
                       "signed_in": None}])


def test_what_names_no_server_is_refused(server):
    with tempfile.TemporaryDirectory() as directory:
        home = Home(directory)
        token = str(server.data / "admin-token")
        for words, code, hint in (
            (("--server", "http://" + server.listen), 2, "--token-file"),
            (("--token-file", token), 2, "--server"),
            (("--server", "http://x", "--token-file", token, "--data", "x"), 2, "excludes"),
            (("--server", "http://x", "--token-file", token, "--context", "x"), 2, "excludes"),
            (("--context", "x", "--data", "x"), 2, "excludes"),
            (("--context", "nobody"), 3, "rolecall context list"),
            (("--server", "http://desk.example.com", "--token-file", token), 1, "in the clear"),
            (("--server", "http://127.0.0.1.example.com", "--token-file", token), 1, "in the clear"),
            (("--server", "http://user@127.0.0.1", "--token-file", token), 1, "no address"),
            (("--server", "ftp://127.0.0.1", "--token-file", token), 1, "no address"),
            (("--server", "https://127.0.0.1/path", "--token-file", token), 1, "no address"),
            (("--server", "http://127.0.0.1:1", "--token-file", token), 7, "rolecall doctor"),
            (("--server", "http://" + server.listen, "--token-file", "/dev/null"), 1, "no token"),
        ):
            done = home.run("users", "list", *words)
            expect.succeeded(done, code)
            expect.holds(done.stderr, hint, str(words))
        home.file.parent.mkdir()
        home.file.write_text("[]")
        done = home.run("users", "list")
        expect.succeeded(done, 1)
        expect.holds(done.stderr, "contexts.json")
        expect.succeeded(home.run("users", "list", "--data", str(server.data)))


def test_https_reaches_who_the_certificate_is_for(server):
    with tempfile.TemporaryDirectory() as directory:
        home = Home(directory)
        key, certificate = directory + "/key.pem", directory + "/certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True, timeout=60)
        seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.headers["Authorization"])
                body = server.admin().get(self.path).body
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        port = proxy.server_address[1]
        token = ("--token-file", str(server.data / "admin-token"))
        try:
            good = home.run("roles", "list", "--server", f"https://localhost:{port}", *token, "--ca-file", certificate)
            expect.holds(expect.succeeded(good), "IT Agent")
            expect.equal(seen, ["Bearer " + server.admin_token()])
            for url, more in ((f"https://localhost:{port}", ()),
                              (f"https://127.0.0.1:{port}", ("--ca-file", certificate))):
                done = home.run("roles", "list", "--server", url, *token, *more)
                expect.succeeded(done, 7)
            expect.equal(len(seen), 1, "requests to a server whose certificate is not good")
        finally:
            proxy.shutdown()
            proxy.server_close()


def test_every_failure_names_code_request_and_what_to_type_next(server):
    for words, exit_code, code, command in (
        (("roles", "get", "nobody"), 3, "not_found", "rolecall roles list"),
        (("users", "explain", "nobody"), 3, "not_found", "rolecall users list"),
        (("users", "list", "--workspace", "nowhere"), 3, "not_found", "rolecall workspaces list"),
        (("roles", "create", "Owner"), 5, "uniqueness", "rolecall roles list"),
        (("roles", "delete", "Owner"), 4, "forbidden", "rolecall whoami"),
        (("roles", "create", "X", "--permission", "x"), 1, "invalid_value", "rolecall roles create --help"),
        (("apply", "nothing", "--yes"), 3, "not_found", "rolecall apply --help"),
        (("tokens", "rotate", "start", "nothing"), 3, "not_found", "rolecall tokens list"),
    ):
        done = server.run(*words, output="table")
        expect.succeeded(done, exit_code)
        expect.equal(done.stdout, "")
        assert re.fullmatch(rf"rolecall: \S.*\n  code:    {code}\n  request: [0-9a-f-]{{36}}\n  next:    {re.escape(command)}\n",
                            done.stderr), (words, done.stderr)
    for words, command in ((("users", "nonsense"), "rolecall users --help"), (("nonsense",), "rolecall --help"),
                           (("users", "list", "--limit", "0"), "rolecall users list --help"),
                           (("tokens", "rotate"), "rolecall tokens rotate --help"),
                           (("tokens", "create", "--connection", "okta", "--expires-in", "x"), "rolecall tokens create --help")):
        done = server.run(*words, output="table")
        expect.succeeded(done, 2)
        assert re.fullmatch(rf"rolecall: \S.*\n  code:    usage\n  next:    {re.escape(command)}\n", done.stderr), done.stderr


def test_exit_codes(server):
    """0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 conflict, 7 unreachable, 10 changes found, 11 doctor
    found failures; 6 (held) and 8 (partly done) are kept free for what can be held and done by halves."""
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
    with tempfile.TemporaryDirectory() as directory:
        plan = pathlib.Path(directory) / "plan.json"
        plan.write_text('{"roles": {"items": [{"name": "New", "permissions": []}]}}')
        token = str(server.data / "admin-token")
        wrong = pathlib.Path(directory) / "wrong"
        wrong.write_text("rolecall_wrong\n")
        here = Home(directory)
        for code, done in (
            (0, server.run("users", "list")),
            (0, server.run("plan", "-f", str(plan))),
            (1, server.run("roles", "create", "X", "--permission", "x")),
            (1, server.run("users", "explain", "ana@acme.example", "--at", "yesterday")),
            (2, server.run("users")),
            (2, server.run("apply", "-f", str(plan))),
            (2, server.run("apply", "-f", str(plan), "--no-input")),
            (3, server.run("users", "get", "nobody")),
            (3, here.run("users", "list", "--data", directory + "/none")),
            (4, server.run("roles", "delete", "Owner")),
            (4, here.run("users", "list", "--server", "http://" + server.listen, "--token-file", str(wrong))),
            (5, server.run("roles", "create", "Owner")),
            (7, here.run("users", "list", "--server", "http://127.0.0.1:1", "--token-file", token)),
            (10, server.run("plan", "-f", str(plan), "--exit-code")),
            (10, server.run("diff", "-f", str(plan), "--exit-code")),
            (11, here.run("doctor", "--data", directory + "/none")),
            (0, here.run("doctor", "--server", "http://" + server.listen, "--token-file", token)),
            (11, here.run("doctor", "--server", "http://127.0.0.1:1", "--token-file", token)),
        ):
            expect.equal(done.returncode, code, f"exit code of {done.args}: {done.stderr}")


def test_formats_say_the_same(server):
    scim = server.scim(server.token())
    for name in ("=cmd@acme.example", "ana@acme.example"):
        expect.scim(scim.post("/Users", user_body(name, emails=[])), 201)
    users = server.cli("users", "list")
    expect.equal([user["user_name"] for user in users], ["=cmd@acme.example", "ana@acme.example"])
    rows = list(csv.DictReader(io.StringIO(server.run("users", "list", output="csv").stdout, newline="")))
    expect.equal([row["user_name"] for row in rows], ["'=cmd@acme.example", "ana@acme.example"])
    expect.equal(list(rows[0]), list(users[0]))
    expect.equal(server.run("users", "list", output="name").stdout, "=cmd@acme.example\nana@acme.example\n")
    yaml = server.run("users", "list", output="yaml").stdout
    expect.holds(yaml, '- user_name: "=cmd@acme.example"\n')
    expect.holds(yaml, "- user_name: ana@acme.example\n")
    exported = pathlib.Path(server.directory) / "access.yaml"
    exported.write_text(server.run("export", output="yaml").stdout)
    expect.equal(server.cli("plan", "-f", str(exported))["changes"], [])
    for output in ("json", "yaml"):
        rehearsed = server.run("roles", "create", "X", "--dry-run", output=output)
        expect.holds(expect.succeeded(rehearsed), "role.created")


def test_nothing_is_coloured_and_nothing_is_asked(server):
    plan = pathlib.Path(server.directory) / "plan.json"
    plan.write_text('{"roles": {"items": [{"name": "New", "permissions": []}]}}')
    home = Home(server.directory)
    for environment in ({"TERM": "xterm-256color"}, {"TERM": "xterm-256color", "NO_COLOR": "1"},
                        {"TERM": "xterm-256color", "CLICOLOR_FORCE": "1"}):
        done = subprocess.run(["script", "--quiet", "--return", "--command",
                               f"{default_binary()} roles list --data {server.data}", "/dev/null"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False, env={**NO_ENVIRONMENT, **environment})
        assert done.returncode == 0 and b"\x1b" not in done.stdout, done
    done = home.run("apply", "-f", str(plan), "--no-input", "--data", str(server.data))
    expect.succeeded(done, 2)
    expect.holds(done.stderr, "--no-input forbids to ask")
    expect.holds(done.stderr, "--yes")
    expect.succeeded(home.run("apply", "-f", str(plan), "--no-input", "--yes", "--data", str(server.data)))
    expect.equal(server.cli("roles", "get", "New")["name"], "New")
