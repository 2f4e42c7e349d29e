"""TLS to PostgreSQL: the server has to be who it says, and what is wrong is said without a secret."""

import pathlib
import subprocess
import tempfile

import expect
from backdoor import only_on_postgresql, psql
from own_postgresql import OwnPostgresql
from rolecall_server import Server, user_body

HOST = "postgres.acme.example"


def refused(address):
    """What the server says at a start that fails."""
    with tempfile.TemporaryDirectory() as directory:
        server = Server(data=pathlib.Path(directory) / "data")
        server.environment["ROLECALL_STORAGE__DSN"] = address
        done = subprocess.run([server.binary, "serve", "--data", server.data, "--listen", "127.0.0.1:0"], env=server.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    expect.succeeded(done, 1)
    said = done.stdout + done.stderr
    expect.holds(said, f"The database at {HOST}:")
    expect.lacks(said, OwnPostgresql.PASSWORD)
    expect.lacks(said, "wrong-password")
    return said


@only_on_postgresql
def test_a_server_that_proves_its_name_is_served():
    server = Server()
    file = server.directory / "dsn"
    del server.environment["ROLECALL_STORAGE__DSN"]
    server.environment["ROLECALL_STORAGE__DSN_FILE"] = str(file)
    server.secrets.add(OwnPostgresql.PASSWORD)
    with OwnPostgresql(tls=[HOST]) as database:
        file.touch(mode=0o600)
        file.write_text(database.tls_address(HOST) + "\n")
        with server:
            scim = server.scim(server.token())
            expect.scim(scim.post("/Users", user_body("maya@acme.example")), 201)
            seen = psql(database.address, "SELECT DISTINCT s.ssl, s.version FROM pg_stat_ssl s JOIN pg_stat_activity a "
                                          "USING (pid) WHERE a.application_name = 'rolecall'")
            expect.equal(seen, "t|TLSv1.3")


@only_on_postgresql
def test_what_is_wrong_with_it_is_said_and_no_secret():
    with OwnPostgresql(tls=[HOST]) as database:
        expect.holds(refused(database.tls_address(HOST, authority="other")), "is not signed by an authority in the file of sslrootcert")
        expect.holds(refused(database.tls_address(HOST, authority="none")), "The file of sslrootcert, which sslmode needs, is not there")
        expect.holds(refused(database.tls_address(HOST, password="wrong-password")), "refuses the role or its password")
        expect.holds(refused(database.tls_address(HOST).replace("verify-full", "disable")), "The server lets nobody in")
        database.control("restart", "-o", "-c ssl=off")
        expect.holds(refused(database.tls_address(HOST)), "does not offer TLS")
        database.control("stop")
        expect.holds(refused(database.tls_address(HOST)), "Nothing listens there")
        database.start()
    with OwnPostgresql(tls=["another.acme.example"]) as database:
        expect.holds(refused(database.tls_address(HOST)), "is for another name than the host of the address")
