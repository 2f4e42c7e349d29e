"""A first start that is killed, wherever it is, and many at once: there is nothing or everything, and one administrator."""

import time

import expect
from rolecall_server import Client, Server, user_body

LASTS_LONG = True
KILLS = 8
RACERS = 6
CONFLICT = 5


def test_a_start_that_is_killed_leaves_nothing_half_made():
    """The times of the kills are spread over what a whole start takes: before, while and after tables and roles are made."""
    began = time.monotonic()
    with Server():
        took = time.monotonic() - began
    for number in range(KILLS):
        server = Server()
        try:
            server.launch()
            time.sleep(took * (number + 1) / KILLS)
            server.kill()
            server.start()
            expect.succeeded(server.run("doctor", "--deep"))
            scim = server.scim(server.token())
            expect.scim(scim.post("/Users", user_body("maya@acme.example")), 201)
            expect.equal(server.decide("maya@acme.example", "requests.view"), True)
            expect.equal(server.cli("audit", "verify")["intact"], True)
            expect.equal(server.terminate(), 0)
        finally:
            server.close()


def test_of_many_first_starts_at_once_one_serves_and_there_is_one_admin_token():
    """Who may write the data directory is the administrator: there is no page to claim the server by, before or after."""
    racers = [Server()]
    racers += [Server(data=racers[0].data, environment=racers[0].database_environment()) for _ in range(RACERS - 1)]
    try:
        for racer in racers:
            racer.log_path = racers[0].directory / f"log-{racers.index(racer)}"
            racer.launch()
        ends = time.monotonic() + 60
        while sum(racer.process.poll() is None for racer in racers) > 1:
            assert time.monotonic() < ends, "two serve one directory"
            time.sleep(0.05)
        (winner,) = (racer for racer in racers if racer.process.poll() is None)
        while not (found := winner.server_file()):
            assert time.monotonic() < ends, "nobody serves"
            time.sleep(0.05)
        winner.listen, winner.pid = found["listen"], found["pid"]
        expect.equal(winner.pid, winner.process.pid)
        expect.equal([racer.process.returncode for racer in racers if racer is not winner], [CONFLICT] * (RACERS - 1))
        token = winner.admin_token()
        expect.status(winner.admin().get("/admin/v1/roles"), 200)
        for credential in ("", "setup", token[:-1] + ("a" if token[-1] != "a" else "b")):
            claim = Client(winner.listen, credential, "", "application/json")
            for path in ("/admin/v1/api-tokens", "/admin/v1/setup", "/setup", "/admin/v1/roles"):
                assert claim.post(path, {"name": "mine"}).status in (401, 404), path
        winner.terminate()
        winner.start()
        expect.equal(winner.admin_token(), token)
        expect.equal(winner.cli("api-tokens", "list"), [])
    finally:
        for racer in reversed(racers):
            racer.close()
