"""Two replicas behind nginx, as deploy/nginx.conf has it, that are restarted one after the other while clients write."""

import threading
import time

import expect
from backdoor import WRITE_TURN, door_to, only_on_postgresql
from proxy import Proxy, free_port
from replicas_test import AWAY, replicas
from rolecall_server import ServerFailure, user_body

LASTS_LONG = True
CLIENTS = 8
ROUNDS = 3


class Writer:
    """Makes users and changes them; counts every answer, and knows what was acknowledged."""

    def __init__(self, client, number):
        self.client, self.number = client, number
        self.done, self.titles, self.retried, self.failed = 0, {}, 0, []
        self.user = None

    def send(self, method, path, body, wanted):
        """A 503 with Retry-After is sent again; anything else but `wanted` is a failure."""
        while True:
            try:
                answer = self.client.request(method, path, body)
            except Exception as error:  # pylint: disable=broad-except
                self.failed.append(f"{method} {path}: {error!r}")
                return None
            if answer.status == AWAY and answer.headers.get("retry-after"):
                self.retried += 1
                time.sleep(0.05)
                continue
            if answer.status != wanted:
                self.failed.append(f"{method} {path}: {answer}")
                return None
            self.done += 1
            return answer.json() if answer.body else None

    def step(self):
        made = self.send("POST", "/Users", user_body(f"user{self.number}-{self.done}@acme.example"), 201)
        if made is None:
            return
        title = f"title {self.done}"
        patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                 "Operations": [{"op": "replace", "path": "title", "value": title}]}
        self.titles[made["id"]] = ""
        if self.send("PATCH", "/Users/" + made["id"], patch, 200):
            self.titles[made["id"]] = title
        self.send("GET", "/Users/" + made["id"], None, 200)


def expand(data):
    """What a migration of the next version does, which says that this one may stay; its number, and that of the newest here."""
    door = door_to(data)
    newest = door.ask("SELECT max(version) AS version FROM schema_migrations")[0]["version"]
    door.say("BEGIN")
    door.say(f"SELECT pg_advisory_xact_lock({WRITE_TURN})")
    door.say("ALTER TABLE resources ADD COLUMN colour TEXT NOT NULL DEFAULT ''")
    door.say("CREATE TABLE colours (workspace TEXT NOT NULL, colour TEXT NOT NULL, PRIMARY KEY (workspace, colour))")
    door.say(f"INSERT INTO schema_migrations (version, name, checksum, oldest_program, applied) "
             f"VALUES ({newest + 1}, 'colours', 'of-the-next-version', {newest}, 0)")
    door.say("COMMIT")
    door.close()
    return newest + 1, newest


@only_on_postgresql
def test_a_rolling_restart_fails_no_request():
    """And none while the schema becomes that of the next version, on which this one goes on and starts anew."""
    listens = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    with replicas(listens=listens, environment={"ROLECALL_SERVER__DRAIN_GRACE": "1s"}) as servers, Proxy(listens) as proxy:
        token = servers[0].token()
        writers = [Writer(proxy.client(token), number) for number in range(CLIENTS)]
        ends = threading.Event()

        def load(writer):
            while not ends.is_set():
                writer.step()

        threads = [threading.Thread(target=load, args=(writer,)) for writer in writers]
        for thread in threads:
            thread.start()
        try:
            for round_ in range(ROUNDS):
                if round_ == 1:
                    next_one, newest = expand(servers[0].data)
                for server, listen in zip(servers, listens):
                    before = sum(writer.done for writer in writers)
                    expect.equal(server.terminate(), 0)
                    server.start(listen=listen)
                    end = time.monotonic() + 30
                    while sum(writer.done for writer in writers) < before + 10 * CLIENTS:
                        assert time.monotonic() < end, "nothing is answered any more"
                        time.sleep(0.01)
        finally:
            ends.set()
            for thread in threads:
                thread.join()
        expect.equal([failure for writer in writers for failure in writer.failed], [], proxy.log()[-3000:])
        reader = servers[1].scim(token)
        for writer in writers:
            for user, title in writer.titles.items():
                expect.equal(expect.scim(reader.get("/Users/" + user)).get("title", ""), title)
        expect.equal(servers[0].cli("audit", "verify")["intact"], True)
        # The next but one takes away what this one reads: whoever starts is told, whoever runs goes on.
        door = door_to(servers[0].data)
        door.execute(f"UPDATE schema_migrations SET oldest_program = {next_one} WHERE version = {next_one}")
        door.close()
        expect.equal(servers[0].terminate(), 0)
        try:
            servers[0].start()
            raise AssertionError("a program that the schema does not suit has started")
        except ServerFailure as failure:
            expect.holds(str(failure), f"has schema version {next_one}, which needs a program that knows version {next_one}; "
                                       f"this one knows versions up to {newest}.")
        expect.status(servers[1].scim(token).get("/Users"), 200)
