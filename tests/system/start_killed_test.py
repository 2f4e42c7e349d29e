"""A first start that is killed, wherever it is: the next one finds nothing or everything, and serves."""

import time

import expect
from rolecall_server import Server, user_body

LASTS_LONG = True
KILLS = 8


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
