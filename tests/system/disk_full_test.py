"""A disk that is full or fails: nothing half, nothing lost, reads as long as they can be trusted, and back by itself."""

import contextlib
import pathlib
import resource
import subprocess
import tempfile
import time

import expect
from backdoor import only_on_sqlite
from rolecall_server import Server, user_body

ROOM = "24m"
RECOVERY_SECONDS = 10
STOP_SECONDS = 60


@contextlib.contextmanager
def small_disk():
    """A directory on a file system of its own that can be filled; None where none can be mounted."""
    with tempfile.TemporaryDirectory(prefix="rolecall-disk-") as place:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "none", place]
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"left out, for no small file system can be mounted: {done.stderr.strip()}", flush=True)
            yield None
            return
        try:
            yield pathlib.Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def fill(path):
    """Until not one byte more fits."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)


def name(number):
    return f"user{number}@acme.example"


def found(scim, number):
    return expect.listed(scim.find("Users", f'userName eq "{name(number)}"'))


@only_on_sqlite
def test_full_disk_refuses_writes_answers_reads_and_ends_when_there_is_room():
    with small_disk() as disk, tempfile.TemporaryDirectory(prefix="rolecall-log-") as logs:
        if disk is None:
            return
        server = Server(data=disk / "data")
        server.log_path = pathlib.Path(logs) / "server.log"
        with server:
            scim = server.scim(server.token())
            admin = server.admin()
            user = expect.scim(scim.post("/Users", user_body(name(0))), 201)
            fill(disk / "filler")
            for number in range(1, 6):
                refused = scim.post("/Users", user_body(name(number)))
                expect.holds(expect.refused(refused, 503), "no room")
                assert refused.headers.get("retry-after"), refused.headers
                expect.scim(scim.get("/Users/" + user["id"]))
                expect.equal(found(scim, number), [])
            problem = admin.post("/admin/v1/roles", {"name": "Nobody"})
            expect.equal(problem.status, 503, "status")
            expect.equal(expect.media_type(problem), "application/problem+json")
            expect.holds(problem.json()["detail"], "no room")
            expect.equal(server.decide(user["id"], "requests.reply"), True)
            (disk / "filler").unlink()
            freed = time.monotonic()
            while (answer := scim.post("/Users", user_body(name(1)))).status == 503:
                assert time.monotonic() < freed + RECOVERY_SECONDS, answer
                time.sleep(0.1)
            expect.scim(answer, 201)
            expect.equal(expect.status(admin.get("/admin/v1/audit/verification"), 200)["intact"], True)
            server.stop()
            server.start()
            scim = server.scim(server.token())
            expect.equal([len(found(scim, number)) for number in range(4)], [1, 1, 0, 0])


@only_on_sqlite
def test_failed_write_ends_the_process_and_a_new_one_has_all_that_was_answered():
    with Server() as server:
        # A file that may not grow fails as a device does; without this the signal for it would be the end.
        server.stop()
        server.start(wrap=("env", "--ignore-signal=XFSZ"))
        token = server.token()
        scim = server.scim(token)
        for number in range(20):
            expect.scim(scim.post("/Users", user_body(name(number))), 201)
        size = (server.data / "rolecall.db-wal").stat().st_size
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        expect.refused(scim.post("/Users", user_body(name(20))), 503)
        expect.equal(server.process.wait(STOP_SECONDS), 1, "exit code")
        server.log_line("server_failed", '"storage"')
        server.start()
        scim = server.scim(token)
        expect.equal([len(found(scim, number)) for number in range(20)], [1] * 20)
        expect.scim(scim.post("/Users", user_body(name(21))), 201)
        doctor = server.cli("doctor", "--deep")
        expect.equal([item for item in doctor if item["result"] == "failed"], [])
