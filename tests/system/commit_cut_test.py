"""A connection to PostgreSQL that is lost while it commits: whoever asked is told what became of it, and what is asked
again under its key is done once."""

import contextlib
import os
import select
import shutil
import socket
import struct
import tempfile
import threading

import expect
from backdoor import POSTGRESQL, address_of, only_on_postgresql
from rolecall_server import Server, user_body

LASTS_LONG = True
ROUNDS = 25


class Wire:
    """Between the server and PostgreSQL's socket. `cut_next` loses the connection at the next COMMIT of a transaction that
    makes a user or a role: "before" it reaches the database, or "after", when only its answer is lost."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="rolecall-wire-")
        self.target = POSTGRESQL.rpartition("host=")[2] + "/.s.PGSQL.5432"
        self.cut_next = None
        self.cuts = 0
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.directory + "/.s.PGSQL.5432")
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        with near, socket.socket(socket.AF_UNIX) as far, contextlib.suppress(OSError):
            far.connect(self.target)
            sent, statements, started = b"", {}, False
            while True:
                for plug in select.select([near, far], [], [])[0]:
                    data = plug.recv(65536)
                    if not data:
                        return
                    if plug is far:
                        near.sendall(data)
                        continue
                    # Whole messages only; the first of a connection has no type (protocol 3.0, "message formats").
                    sent += data
                    whole = b""
                    while True:
                        header = 1 if started else 0
                        if len(sent) < header + 4:
                            break
                        size = header + struct.unpack("!I", sent[header:header + 4])[0]
                        if len(sent) < size:
                            break
                        message, sent, started = sent[:size], sent[size:], True
                        how = self.cut_at(message, statements) if header else None
                        if how == "before":
                            return
                        whole += message
                        if how == "after":
                            far.sendall(whole + sent)
                            # What the database does with it is done when it has answered.
                            far.recv(65536)
                            return
                    far.sendall(whole)

    def cut_at(self, message, statements):
        """What is to be done about a message of a client; `statements` are those it has prepared, by name."""
        kind, parts = message[:1], message[5:].split(b"\0")
        if kind == b"P":
            statements[parts[0]] = parts[1]
        text = {b"B": lambda: statements.get(parts[1], b""), b"Q": lambda: parts[0]}.get(kind, lambda: b"")()
        # Of the requests below; housekeeping writes as well.
        if text.startswith((b"INSERT INTO resources ", b"INSERT INTO roles ")):
            statements["is ours"] = True
        if text.strip().upper() != b"COMMIT" or not statements.pop("is ours", False):
            return None
        with self.lock:
            how, self.cut_next = self.cut_next, None
            self.cuts += how is not None
        return how


@contextlib.contextmanager
def served():
    with Wire() as wire:
        server = Server()
        straight = address_of(server.data)
        server.environment["ROLECALL_STORAGE__DSN"] = straight.replace(
            "host=" + os.path.dirname(wire.target), "host=" + wire.directory)
        try:
            server.start()
            yield server, wire
        finally:
            server.close()


@only_on_postgresql
def test_a_commit_whose_answer_is_lost_is_answered_as_it_went():
    with served() as (server, wire):
        scim = server.scim(server.token())
        for number in range(ROUNDS):
            name = f"user{number}@acme.example"
            wire.cut_next = "after"
            made = expect.scim(scim.post("/Users", user_body(name)), 201)
            expect.equal([user["id"] for user in expect.listed(scim.find("Users", f'userName eq "{name}"'))], [made["id"]])
        expect.equal(wire.cuts, ROUNDS)
        expect.equal(server.cli("audit", "verify")["intact"], True)


@only_on_postgresql
def test_a_commit_that_never_arrived_is_503_and_nothing_is_done():
    with served() as (server, wire):
        scim = server.scim(server.token())
        for number in range(ROUNDS):
            name = f"user{number}@acme.example"
            wire.cut_next = "before"
            refused = scim.post("/Users", user_body(name))
            expect.refused(refused, 503)
            assert refused.headers.get("retry-after"), refused.headers
            expect.equal(expect.listed(scim.find("Users", f'userName eq "{name}"')), [])
            expect.scim(scim.post("/Users", user_body(name)), 201)
        expect.equal(wire.cuts, ROUNDS)
        expect.equal(server.cli("audit", "verify")["intact"], True)


@only_on_postgresql
def test_one_key_is_one_effect_however_it_is_cut():
    with served() as (server, wire):
        admin = server.admin()
        for number in range(ROUNDS):
            body = {"name": f"Role {number}", "permissions": ["requests.view"]}
            made = set()
            for how in ("before", "after", None):
                wire.cut_next = how
                answer = admin.post("/admin/v1/roles", body, headers={"Idempotency-Key": f"key-{number}"})
                wire.cut_next = None
                if answer.status != 503:
                    made.add(expect.status(answer, 201)["id"])
            expect.equal(len(made), 1, "answers to one key")
            found = [role for role in server.cli("roles", "list") if role["name"] == body["name"]] if number % 8 == 0 else [1]
            expect.equal(len(found), 1)
