"""Several servers over one PostgreSQL, and a database that goes away. More of that: ROLECALL_OUTAGES=100 tests/postgresql
tests/system/run --only replicas_test"""

import contextlib
import os
import threading
import time

import expect
from backdoor import address_of, door_to, only_on_postgresql
from own_postgresql import OwnPostgresql
from rolecall_server import Server, group_body, in_parallel, user_body

LASTS_LONG = True
SHARED = {"ROLECALL_ADMIN__TOKEN": "replicas-share-this-admin-token-0123456789",
          "ROLECALL_SCIM__CURSOR_KEY": "replicas-share-this-cursor-key-0123456789",
          "ROLECALL_STORAGE__SEALING_KEY": "replicas-share-this-sealing-key-0123456789",
          "ROLECALL_SERVER__PUBLIC_URL": "https://scim.acme.example"}
AWAY = 503
OUTAGES = int(os.environ.get("ROLECALL_OUTAGES", "10"))


@contextlib.contextmanager
def replicas(count=2, listens=None, environment=None):
    """Servers with data directories of their own over the schema of the first."""
    with contextlib.ExitStack() as stack:
        servers = [Server(environment={**SHARED, **(environment or {})}) for _ in range(count)]
        address = address_of(servers[0].data)
        for server in servers:
            server.environment["ROLECALL_STORAGE__DSN"] = address
            stack.callback(server.close)
        in_parallel(count, lambda number: servers[number].start(listen=listens[number] if listens else "127.0.0.1:0"))
        yield servers


@only_on_postgresql
def test_replicas_started_together_make_one_database():
    with replicas(3) as servers:
        seen = {str(server.cli("connections", "list")) for server in servers}
        expect.equal(len(seen), 1)
        door = door_to(servers[0].data)
        expect.equal([row[0] for row in door.ask("SELECT count(*) FROM workspaces")], [1])
        expect.equal([row[0] for row in door.ask("SELECT count(*) FROM schema_migrations WHERE version = 1")], [1])
        door.close()


@only_on_postgresql
def test_what_one_replica_answered_holds_at_the_other():
    """A token made, a user pushed, a role linked, an access ended: the next request at the other replica knows."""
    with replicas() as (one, other):
        token = one.token()
        here, there = one.scim(token), other.scim(token)
        for round_ in range(20):
            name = f"maya{round_}@acme.example"
            user = expect.scim(here.post("/Users", user_body(name)), 201)
            expect.equal(expect.scim(there.get("/Users/" + user["id"])), user)
            group = expect.listed(there.find("Groups", 'displayName eq "IT Admin"'))[0]
            added = there.patch("/Groups/" + group["id"], {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
            expect.status(added, 204)
            expect.equal(one.decide(name, "services.manage"), True)
            expect.scim(here.patch("/Users/" + user["id"], {"op": "replace", "path": "active", "value": False}))
            expect.equal(other.decide(name, "services.manage"), False)
        expect.succeeded(one.run("tokens", "revoke", token.split("_")[1]))
        expect.status(there.get("/Users"), 401)
        expect.status(here.get("/Users"), 401)


@only_on_postgresql
def test_one_name_at_two_replicas_is_given_once():
    with replicas() as servers:
        token = servers[0].token()
        names = [f"user{number}@acme.example" for number in range(30)]

        def post(number):
            client = servers[number % 2].scim(token)
            return [client.post("/Users", user_body(name)).status for name in names]

        answers = in_parallel(8, post)
        for place, name in enumerate(names):
            statuses = sorted(statuses[place] for statuses in answers)
            expect.equal(statuses, [201] + [409] * 7, name)
        verified = servers[1].cli("audit", "verify")
        expect.equal(verified["intact"], True, "the trail that both wrote")


@only_on_postgresql
def test_a_replica_that_stops_leaves_the_other_serving():
    with replicas() as (one, other):
        token = one.token()
        ends, failed, done = threading.Event(), [], []

        def load(number):
            client, count = other.scim(token), 0
            while not ends.is_set():
                answer = client.post("/Users", user_body(f"user{number}-{count}@acme.example"))
                (done if answer.status == 201 else failed).append(answer)
                count += 1

        threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        expect.equal(one.terminate(), 0)
        one.start()
        one.kill()
        before = len(done)
        end = time.monotonic() + 20
        while len(done) < before + 20 and time.monotonic() < end:
            time.sleep(0.01)
        ends.set()
        for thread in threads:
            thread.join()
        expect.equal(failed, [])
        assert len(done) >= before + 20, "the other replica stood still"


@only_on_postgresql
def test_while_the_database_is_away_answers_are_503_and_it_recovers_by_itself():
    with OwnPostgresql() as database:
        server = Server()
        server.environment["ROLECALL_STORAGE__DSN"] = database.address
        server.environment["ROLECALL_STORAGE__LEASE_TIMEOUT"] = "5s"
        try:
            server.start()
            token = server.token()
            ends, acknowledged, away, wrong = threading.Event(), [], [], []

            def load(number):
                client, count = server.scim(token), 0
                while not ends.is_set():
                    name = f"user{number}-{count}@acme.example"
                    answer = client.post("/Users", user_body(name))
                    count += 1
                    if answer.status == 201:
                        acknowledged.append((time.monotonic(), answer.json()["id"]))
                    elif answer.status == AWAY and answer.headers.get("retry-after"):
                        away.append(answer)
                        time.sleep(0.05)
                    else:
                        wrong.append(answer)

            threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            for _ in range(OUTAGES):
                time.sleep(0.3)
                database.control("stop", "-m", "immediate")
                time.sleep(0.3)
                database.start()
                back = time.monotonic()
                while not acknowledged or acknowledged[-1][0] < back:
                    assert time.monotonic() < back + 5, "no write within 5 s of the database's return"
                    time.sleep(0.01)
                expect.status(server.admin().get("/healthz/ready"), 200)
            ends.set()
            for thread in threads:
                thread.join()
            expect.equal(wrong, [])
            assert away, "the database was never missed"
            client = server.scim(token)
            for _, user in acknowledged:
                expect.status(client.get("/Users/" + user), 200)
            expect.equal(server.cli("audit", "verify")["intact"], True)
        finally:
            server.close()
