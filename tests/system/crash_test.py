"""kill -9 at any moment loses nothing that was answered and leaves nothing half done; answers wait for the disk."""

import pathlib
import re
import shutil
import tempfile
import threading
import time

import expect
from backdoor import POSTGRESQL, SqliteDoor, door_to, only_on_sqlite
from crash_world import LINKED_ROLE, Database, Worker
from rolecall_server import Server, in_parallel, user_body

LASTS_LONG = True
KILLS = 50
WORKERS = 4
SYNC = re.compile(r"^(\d+) +(\d+\.\d+) (?:f(?:data)?sync\(\d+|<\.\.\. f(?:data)?sync resumed>)(.*)$")


def start_load(server, token, workers):
    for worker in workers:
        worker.client = server.scim(token)
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads:
        thread.start()
    return threads


def look_at_a_copy(server, workers):
    """What the killed process left: SQLite's files copied, so that it does not tidy them up before the server does."""
    with tempfile.TemporaryDirectory() as directory:
        if POSTGRESQL:
            door = door_to(server.data)
            door.hold_writes()
            examine(Database(door), workers)
            return
        for name in ("rolecall.db", "rolecall.db-wal"):
            if (server.data / name).exists():
                shutil.copy(server.data / name, directory)
        examine(Database(SqliteDoor(pathlib.Path(directory) / "rolecall.db")), workers)


def examine(database, workers):
    for worker in workers:
        worker.settle(database)
    database.check_invariants()
    database.close()


def check_over_http(server, workers):
    """What the restarted server says about the users that changed since the last kill."""
    admin = server.admin()
    for worker in workers:
        for user in worker.touched:
            has_role = user.active and user.in_group
            expect.equal(
                server.decide(user.id, "services.manage", client=admin), has_role, f"decision about {user.name}"
            )
            expect.equal(
                server.decide(user.id, "requests.reply", client=admin), user.active, f"decision about {user.name}"
            )
        worker.touched.clear()
    verified = expect.status(admin.get("/admin/v1/audit/verification"), 200)
    expect.equal(verified["intact"], True, "audit trail")


def test_fifty_kills_under_load():
    with Server() as server:
        token = server.token()
        workers = [Worker(number) for number in range(WORKERS)]
        for worker in workers:
            worker.client = server.scim(token)
            worker.prepare()
            server.cli("links", "create", "--group", f"crew {worker.number}", "--role", LINKED_ROLE)
        for kill in range(KILLS):
            wanted = sum(worker.acknowledged for worker in workers) + 10 + kill * 7 % 60
            threads = start_load(server, token, workers)
            end = time.monotonic() + 60
            while sum(worker.acknowledged for worker in workers) < wanted:
                assert time.monotonic() < end and any(thread.is_alive() for thread in threads), "the load stands still"
                time.sleep(0.0005)
            server.kill()
            for thread in threads:
                thread.join()
            look_at_a_copy(server, workers)
            server.start()
            check_over_http(server, workers)
        expect.equal(server.terminate(), 0)
        look_at_a_copy(server, workers)
        assert sum(worker.acknowledged for worker in workers) > 20 * KILLS


def syncs_of(path):
    """(begin, end) of every sync that succeeded, from strace's timestamps."""
    begun, syncs = {}, []
    for line in path.read_text().splitlines():
        found = SYNC.match(line)
        if not found:
            continue
        thread, at, rest = found[1], float(found[2]), found[3]
        if "unfinished" in rest:
            begun[thread] = at
        elif re.search(r"= 0( |$)", rest):
            took = re.search(r"<(\d+\.\d+)>", rest)
            began = begun.pop(thread, at)
            syncs.append((began, at if began != at else at + float(took[1])))
    return sorted(syncs)


def create_users(server, token, connections, each):
    """(sent, answered) of every acknowledged create, on several connections at once."""

    def work(number):
        client = server.scim(token)
        times = []
        for count in range(each):
            sent = time.time()
            expect.scim(client.post("/Users", user_body(f"user-{number}-{count}@acme.example")), 201)
            times.append((sent, time.time()))
        return times

    return [pair for times in in_parallel(connections, work) for pair in times]


def traced(directory, connections, each):
    trace = pathlib.Path(directory) / "trace"
    strace = ("strace", "-f", "--seccomp-bpf", "-qq", "-ttt", "-T", "-e", "trace=fsync,fdatasync", "-o", str(trace))
    server = Server()
    try:
        server.start(wrap=strace)
        token = server.token()
        started = time.time()
        writes = create_users(server, token, connections, each)
        ended = time.time()
        expect.equal(server.terminate(), 0)
    finally:
        server.close()
    return writes, [sync for sync in syncs_of(trace) if sync[1] >= started and sync[0] <= ended]


@only_on_sqlite
def test_one_sync_per_commit_when_writes_follow_each_other():
    with tempfile.TemporaryDirectory() as directory:
        writes, syncs = traced(directory, 1, 150)
        assert len(syncs) >= len(
            writes
        ), f"{len(writes)} acknowledged writes, {len(syncs)} syncs: the database does not wait for the disk"


@only_on_sqlite
def test_every_answer_waits_for_a_sync_that_began_after_its_request():
    with tempfile.TemporaryDirectory() as directory:
        writes, syncs = traced(directory, 8, 50)
        for sent, answered in writes:
            covered = any(sent <= began and ended <= answered for began, ended in syncs)
            assert covered, f"no sync between {sent:.6f} and {answered:.6f}"
