"""Backups and moves between engines: one instant of a database under load, all of it or nothing, byte for byte."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time

import expect
from backdoor import POSTGRESQL, address_of, only_on_postgresql
from rolecall_server import CLI_SECONDS, Server, default_binary, group_body, leaks_in, user_body

LASTS_LONG = True
SQLITE, OTHER = "sqlite", "postgresql" if POSTGRESQL else "sqlite"
ALIKE = {"ROLECALL_SERVER__PUBLIC_URL": "https://scim.acme.example"}
LOOPBACK = {"ROLECALL_EGRESS__ALLOW": "127.0.0.1/32", "ROLECALL_EGRESS__PLAIN_HTTP": "true"}
CREATE_SECONDS = 30


class Place:
    """A data directory and a database of an engine, where servers and commands may run."""

    def __init__(self, stack, engine, environment=None):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="rolecall-backup-"))
        stack.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.server = Server(data=self.root / "data", environment={**ALIKE, **(environment or {})})
        self.server.log_path = self.root / "server.log"
        stack.callback(self.server.close)
        self.engine = engine
        self.server.environment.pop("ROLECALL_STORAGE__DSN", None)
        if engine == "postgresql":
            self.server.environment["ROLECALL_STORAGE__DSN"] = address_of(self.server.data)

    def file(self, name):
        return str(self.root / name)

    def run(self, *words, output="json", data=None):
        """`data` is what comes in by the standard input."""
        command = [str(default_binary()), *words, "--data", str(self.server.data), "--output", output]
        return subprocess.run(command, input=data, capture_output=True, timeout=CLI_SECONDS, check=False,
                              env=self.server.environment)

    def cli(self, *words, code=0, data=None):
        done = self.run(*words, data=data)
        assert done.returncode == code, f"{words}: exit {done.returncode}, expected {code}: {done.stderr[-800:]!r}"
        return json.loads(done.stdout) if done.stdout.strip() else done.stderr.decode()

    def everything(self):
        done = self.run("export", "--everything")
        expect.equal(done.returncode, 0, done.stderr)
        return done.stdout


@contextlib.contextmanager
def places(*engines, environment=None):
    with contextlib.ExitStack() as stack:
        yield [Place(stack, engine, environment) for engine in engines]


def settle_in(place, users=3):
    """A server with people, a group and a link; its token."""
    server = place.server.start()
    token = server.token()
    scim = server.scim(token)
    ids = [expect.scim(scim.post("/Users", user_body(f"user{number}@acme.example")), 201)["id"] for number in range(users)]
    expect.scim(scim.post("/Groups", group_body("Désk \u202e'; --", *ids[:2], externalId="00g1")), 201)
    server.cli("links", "create", "--group", "Désk \u202e'; --", "--role", "IT Admin")
    return token


def seen_by_scim(server, token):
    """What an identity provider reads, and why everybody has their roles."""
    scim, found = server.scim(token), {}
    for kind in ("Users", "Groups"):
        cursor = "&cursor"
        while cursor is not None:
            page = expect.scim(scim.get(f"/{kind}?count=500{cursor}"))
            found.update({resource["id"]: resource for resource in page["Resources"]})
            cursor = "&cursor=" + page["nextCursor"] if page.get("nextCursor") else None
    names = [resource["userName"] for resource in found.values() if "userName" in resource]
    for name in names[:5]:
        found[name] = server.cli("users", "explain", name)
    return found


def digest_of(text):
    return hashlib.sha256(b"".join(text.splitlines(keepends=True)[:-1])).hexdigest()


def moves(source, target):
    """Backup under load, verify, restore into the other engine, a server over it, the same bytes, and back."""
    token = settle_in(source)
    server = source.server
    acknowledged, ends = [], threading.Event()

    def push(number):
        client, count = server.scim(token), 0
        while not ends.is_set():
            user = client.post("/Users", user_body(f"load{number}-{count}@acme.example"))
            acknowledged.append(expect.scim(user, 201)["id"])
            count += 1

    threads = [threading.Thread(target=push, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        while len(acknowledged) < 50:
            time.sleep(0.01)
        before, started = list(acknowledged), time.monotonic()
        made = source.cli("backup", "create", source.file("load"))
        assert time.monotonic() - started < CREATE_SECONDS, "the load kept the backup from its end"
        during = len(acknowledged)
        while len(acknowledged) < during + 10:
            time.sleep(0.01)
    finally:
        ends.set()
        for thread in threads:
            thread.join()
    expect.equal(made["trail"], "intact")
    text = pathlib.Path(source.file("load")).read_bytes()
    expect.equal(digest_of(text), made["sha256"])
    for user in before:
        assert user.encode() in text, "a user who was acknowledged before the backup is not in it"
    assert acknowledged[-1].encode() not in text
    expect.equal(source.cli("backup", "verify", source.file("load")), made)
    # At rest, for what is compared in full.
    expect.status(server.admin().get("/healthz/ready"), 200)
    server.stop()
    made = source.cli("backup", "create", source.file("rest"))
    rest = pathlib.Path(source.file("rest")).read_bytes()
    expect.equal(source.everything(), rest)
    restored = target.cli("backup", "restore", source.file("rest"))
    expect.equal((restored["sha256"], restored["rows"], restored["tables"]), (made["sha256"], made["rows"], made["tables"]))
    expect.equal(len(restored["live_tokens"]), 1)
    expect.equal(target.everything(), rest)
    target.server.start()
    expect.equal(target.everything(), rest, "after the start of a server")
    source.server.start()
    expect.equal(seen_by_scim(target.server, token), seen_by_scim(source.server, token))
    expect.equal(target.server.cli("audit", "verify")["intact"], True)
    user = expect.scim(target.server.scim(token).post("/Users", user_body("later@acme.example")), 201)
    expect.status(target.server.scim(token).patch("/Users/" + user["id"], {"op": "replace", "path": "active", "value": False},
                                                  headers={"If-Match": user["meta"]["version"]}), 200)
    expect.equal(target.server.cli("audit", "verify")["intact"], True)
    expect.equal(leaks_in(rest.decode(), server.secrets), [])


def test_a_database_under_load_moves_to_the_other_engine():
    with places(SQLITE, OTHER) as (source, target):
        moves(source, target)


@only_on_postgresql
def test_and_back():
    with places(OTHER, SQLITE) as (source, target):
        moves(source, target)


def test_what_is_imported_is_exported_byte_for_byte():
    with places(OTHER, SQLITE, OTHER) as (first, second, third):
        settle_in(first)
        first.server.stop()
        text = first.everything()
        second.cli("backup", "verify", "-", data=text)
        second.cli("import", "-", data=text)
        expect.equal(second.everything(), text)
        third.cli("import", "-", data=second.everything())
        expect.equal(third.everything(), text)


def test_a_file_is_made_whole_private_and_once():
    with places(OTHER) as (place,):
        settle_in(place)
        path = pathlib.Path(place.file("once"))
        place.cli("backup", "create", str(path))
        expect.equal(stat.S_IMODE(path.stat().st_mode), 0o600)
        before = path.read_bytes()
        expect.holds(place.cli("backup", "create", str(path), code=5), "--overwrite")
        expect.equal(path.read_bytes(), before)
        place.server.token()
        place.cli("backup", "create", str(path), "--overwrite")
        assert path.read_bytes() != before
        place.cli("backup", "create", place.file("none/of/them"), code=1)
        expect.equal(sorted(found.name for found in place.root.iterdir()), ["data", "once", "server.log"])
        # Nothing there to be saved, and none is made.
        (place.root / "empty").mkdir()
        done = subprocess.run([str(default_binary()), "backup", "create", place.file("x"), "--data", place.file("empty")],
                              capture_output=True, text=True, timeout=CLI_SECONDS, check=False)
        expect.succeeded(done, 3)
        expect.equal(list((place.root / "empty").iterdir()), [])
        with open("/dev/full", "wb") as full:
            done = subprocess.run([str(default_binary()), "export", "--everything", "--data", str(place.server.data)],
                                  stdout=full, stderr=subprocess.PIPE, timeout=CLI_SECONDS, check=False,
                                  env=place.server.environment)
        expect.equal(done.returncode, 1)
        expect.holds(done.stderr.decode(), "cannot be written")
        assert not os.path.exists(place.file("x"))


def test_a_database_in_use_or_with_rows_takes_nothing():
    with places(OTHER, OTHER) as (source, target):
        settle_in(source)
        source.cli("backup", "create", source.file("b"))
        settle_in(target, users=1)
        for verb in (("backup", "restore"), ("import",)):
            target.cli(*verb, source.file("b"), code=5)
        target.server.stop()
        before = target.everything()
        for verb in (("backup", "restore"), ("import",)):
            expect.holds(target.cli(*verb, source.file("b"), code=5), "not empty")
        expect.equal(target.everything(), before)


def test_changed_files_are_refused_and_leave_nothing():
    with places(OTHER, OTHER) as (source, target):
        settle_in(source)
        path = pathlib.Path(source.file("b"))
        source.cli("backup", "create", str(path))
        good = path.read_bytes()
        bad = pathlib.Path(source.file("bad"))
        size = len(good)
        changed = [good[:place] + bytes([good[place] ^ 0x04]) + good[place + 1:] for place in range(3, size, size // 9)]
        lines = good.splitlines(keepends=True)
        changed += [good[: size // 2], good[:-1], b"", b"PK\3\4", good + good, b"".join(lines[:20] + lines[21:])]
        for text in changed:
            bad.write_bytes(text)
            expect.holds(source.cli("backup", "verify", str(bad), code=1), "rchive")
            target.cli("backup", "restore", str(bad), code=1)
            target.cli("export", "--everything", code=3)
            assert not (target.server.data / "rolecall.db").exists()
        source.cli("backup", "verify", source.file("none"), code=3)
        bad.write_bytes(good.replace(b'"format":1', b'"format":2', 1))
        expect.holds(source.cli("backup", "verify", str(bad), code=5), "newer program")
        bad.write_bytes(good.replace(b'"schema":1', b'"schema":9999', 1))
        expect.holds(target.cli("backup", "restore", str(bad), code=5), "newer program")
        target.cli("backup", "restore", str(path))
        expect.equal(target.everything(), good)


def resealed(lines):
    """The lines with the digest that they have now."""
    last = json.loads(lines[-1])
    last["sha256"] = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    return b"".join(lines[:-1]) + json.dumps(last, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def test_a_trail_that_was_changed_is_told_and_taken_only_on_demand():
    with places(OTHER, OTHER) as (source, target):
        settle_in(source)
        source.cli("backup", "create", source.file("b"))
        lines = pathlib.Path(source.file("b")).read_bytes().splitlines(keepends=True)
        at = next(number for number, line in enumerate(lines) if b'"user.created"' in line)
        lines[at] = lines[at].replace(b'"user.created"', b'"user.changed"')
        bad = pathlib.Path(source.file("bad"))
        bad.write_bytes(resealed(lines))
        found = source.cli("backup", "verify", str(bad), code=1)
        expect.equal(found["trail"], "broken")
        expect.holds(target.cli("backup", "restore", str(bad), code=1), "--accept-broken-trail")
        target.cli("export", "--everything", code=3)
        target.cli("backup", "restore", str(bad), "--accept-broken-trail")
        expect.equal(target.everything(), bad.read_bytes())


def test_kill_9_in_the_midst_leaves_nothing():
    with places(OTHER, OTHER) as (source, target):
        settle_in(source, users=40)
        source.cli("backup", "create", source.file("b"))
        good = pathlib.Path(source.file("b")).read_bytes()
        for part in (0.2, 0.6, 0.95):
            command = [str(default_binary()), "backup", "restore", "-", "--data", str(target.server.data)]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env=target.server.environment) as restore:
                restore.stdin.write(good[: int(len(good) * part)])
                restore.stdin.flush()
                time.sleep(0.5)
                assert restore.poll() is None, "it ended before the file did"
                restore.send_signal(signal.SIGKILL)
                restore.wait()
            target.cli("export", "--everything", code=3)
        target.cli("backup", "restore", source.file("b"))
        expect.equal(target.everything(), good)


def test_a_restore_pauses_webhooks_and_an_import_does_not():
    with places(OTHER, OTHER, OTHER, environment=LOOPBACK) as (source, restored, moved):
        settle_in(source, users=1)
        secret = source.server.run("webhooks", "create", "http://127.0.0.1:9/", output="table").stdout.strip()
        source.server.secrets.add(secret)
        hook = source.server.cli("webhooks", "list")[0]["id"]
        source.server.cli("api-tokens", "create", "reports", "--scope", "users:read")
        source.server.cli("api-tokens", "create", "gone", "--scope", "users:read")
        key, gone = (token["id"] for token in source.server.cli("api-tokens", "list"))
        source.server.cli("api-tokens", "revoke", gone)
        token = source.server.cli("tokens", "list")[0]["id"]
        source.server.cli("tokens", "revoke", source.server.token().split("_")[1])
        source.server.stop()
        source.cli("backup", "create", source.file("b"))
        found = restored.cli("backup", "restore", source.file("b"))
        expect.equal((found["paused_webhooks"], found["unsealed_webhooks"]), ([hook], [hook]))
        expect.equal((found["live_tokens"], found["live_api_tokens"]), ([token], [key]))
        restored.server.start()
        shown = restored.server.cli("webhooks", "get", hook)
        expect.equal(shown["state"], "paused")
        expect.holds(shown["paused_because"], "restored from a backup")
        last = restored.server.cli("audit", "list", "--limit", "1")[0]
        expect.equal((last["action"], last["details"]), ("webhook.paused", {"cause": "restored"}))
        expect.equal(restored.server.cli("audit", "verify")["intact"], True)
        restored.server.secrets.clear()
        # With the key beside it the secret opens, and an import changes nothing.
        (moved.server.data / "keys").mkdir(parents=True)
        shutil.copy(source.server.data / "keys" / "sealing", moved.server.data / "keys")
        moved.cli("import", source.file("b"))
        expect.equal(moved.everything(), pathlib.Path(source.file("b")).read_bytes())
        expect.equal(leaks_in(pathlib.Path(source.file("b")).read_text(), source.server.secrets), [])


def test_what_was_revoked_after_the_backup_is_revoked_again():
    with places(OTHER, OTHER) as (source, target):
        settle_in(source)
        server = source.server
        server.cli("api-tokens", "create", "reports", "--scope", "users:read")
        source.cli("backup", "create", source.file("b"))
        key = server.cli("api-tokens", "list")[0]["id"]
        stolen = server.cli("tokens", "list")[0]["id"]
        kept = server.token().split("_")[1]
        server.cli("tokens", "revoke", stolen)
        server.cli("tokens", "revoke", kept)
        server.cli("api-tokens", "revoke", key)
        trail = pathlib.Path(source.file("trail"))
        text = server.run("audit", "export", output="table").stdout
        trail.write_text(text)
        ended = len(text.splitlines()) - json.loads(pathlib.Path(source.file("b")).read_bytes().splitlines()[-1])["trails"][0]["rows"]
        words = ("backup", "restore", source.file("b"), "--trail", str(trail))
        rehearsed = target.cli(*words, "--dry-run")
        target.cli("export", "--everything", code=3)
        lines = text.splitlines(keepends=True)
        for wrong in (lines[:-1] + [lines[-1].replace("api_token.revoked", "api_token.created")], lines[-2:], ["{}\n"], []):
            trail.write_text("".join(wrong))
            expect.holds(target.cli(*words, code=1), "later trail")
            target.cli("export", "--everything", code=3)
        trail.write_text(text)
        found = target.cli(*words)
        expect.equal(found, rehearsed)
        expect.equal((found["lost_changes"], sorted(found["revoked_tokens"])), (ended, sorted([stolen, key])))
        expect.equal((found["live_tokens"], found["live_api_tokens"]), ([], []))
        target.server.start()
        expect.equal([token["state"] for token in target.server.cli("tokens", "list")], ["revoked"])
        newest = target.server.cli("audit", "list", "--limit", "2")
        expect.equal(sorted(row["action"] for row in newest), ["api_token.revoked", "token.revoked"])
        expect.equal(target.server.cli("audit", "verify")["intact"], True)


def test_a_server_elsewhere_is_not_asked():
    with places(OTHER) as (place,):
        done = subprocess.run([str(default_binary()), "backup", "create", place.file("x"), "--server", "http://127.0.0.1:9",
                               "--token-file", __file__], capture_output=True, text=True, timeout=CLI_SECONDS, check=False)
        expect.succeeded(done, 2)
        expect.holds(done.stderr, "--data")
