"""What waits for PostgreSQL waits no longer than the configuration says, and is answered 503 then."""

import itertools
import time

import expect
from backdoor import POSTGRESQL, door_to, only_on_postgresql, psql
from rolecall_server import Server, in_parallel, user_body

# Asks the table itself; how many there are in all is kept beside it.
LIST = "/Users?filter=userName%20sw%20%22a%22"


def away(answer, at_least, at_most):
    expect.refused(answer, 503)
    assert answer.headers.get("retry-after"), answer.headers
    assert at_least <= answer.seconds <= at_most, f"after {answer.seconds:.2f} s"


@only_on_postgresql
def test_a_write_waits_for_the_turn_of_another_replica_so_long():
    with Server(environment={"ROLECALL_STORAGE__BUSY_TIMEOUT": "400ms"}) as server:
        scim = server.scim(server.token())
        door = door_to(server.data)
        door.hold_writes()
        away(scim.post("/Users", user_body("maya@acme.example")), 0.4, 20)
        expect.equal(expect.listed(scim.get("/Users")), [])
        door.let_go()
        expect.scim(scim.post("/Users", user_body("maya@acme.example")), 201)
        door.close()


@only_on_postgresql
def test_a_statement_runs_so_long():
    with Server(environment={"ROLECALL_STORAGE__STATEMENT_TIMEOUT": "1s", "ROLECALL_STORAGE__BUSY_TIMEOUT": "60s"}) as server:
        scim = server.scim(server.token())
        door = door_to(server.data)
        door.execute("BEGIN")
        door.execute("LOCK TABLE resources IN ACCESS EXCLUSIVE MODE")
        away(scim.get(LIST), 1, 20)
        door.let_go()
        expect.equal(expect.listed(scim.get(LIST)), [])
        door.close()


@only_on_postgresql
def test_a_read_waits_for_a_connection_so_long_and_no_more_are_made():
    limits = {"ROLECALL_STORAGE__READERS": "2", "ROLECALL_STORAGE__LEASE_TIMEOUT": "500ms",
              "ROLECALL_STORAGE__BUSY_TIMEOUT": "60s", "ROLECALL_REQUEST_LOG__KEEP": "0", "ROLECALL_WEBHOOKS__THREADS": "0"}
    server = Server(environment=limits)
    server.environment["ROLECALL_STORAGE__DSN"] += "&application_name=limits"
    with server:
        token = server.token()
        clients = [server.scim(token) for _ in range(6)]
        for client in clients:
            expect.listed(client.get(LIST))
        door = door_to(server.data)
        door.execute("BEGIN")
        door.execute("LOCK TABLE resources IN ACCESS EXCLUSIVE MODE")
        open_ones = []

        def read(number):
            if number == len(clients):
                time.sleep(3)
                open_ones.append(psql(POSTGRESQL, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'limits'"))
                door.let_go()
                return None
            return clients[number].get(LIST)

        got = in_parallel(len(clients) + 1, read)[:-1]
        statuses = sorted(answer.status for answer in got)
        expect.equal(statuses, [200, 200, 503, 503, 503, 503], "two had a connection")
        for answer in got:
            if answer.status == 503:
                away(answer, 0.5, 20)
        # Those that read, and the one that writes.
        expect.equal(open_ones, ["3"])
        door.close()


@only_on_postgresql
def test_a_table_that_fills_is_known_to_the_planner_before_autovacuum_comes():
    with Server() as server:
        scim = server.scim(server.token())
        door = door_to(server.data)
        end = time.monotonic() + 20
        for number in itertools.count():
            expect.scim(scim.post("/Users", user_body(f"user{number}@acme.example")), 201)
            known = door.ask("SELECT reltuples AS rows FROM pg_class WHERE oid = 'resources'::regclass")[0]["rows"]
            if known >= 0:
                break
            assert time.monotonic() < end, f"{number} users, and no statistics"
        # Too few rows look as if no two could be alike.
        assert known >= 50, known
        door.close()
