"""An Okta that demands proof of a key (DPoP, RFC 9449): connected by a secret and by a private key, read and acted in, with
nonces that change on the way. The simulator checks every proof: signature, method, address, time, number, nonce, token."""

import subprocess

import expect
from actions_test import MANAGE, Acting
from sync_test import SCOPES

LASTS_LONG = True


def openssl(*words, text=None):
    return subprocess.run(["openssl", *words], input=text, check=True, capture_output=True, text=True).stdout


class Demanding(Acting):
    CLIENT = "0oaIntegration"

    def create(self, *more, **options):
        self.control("/dpop", client=self.CLIENT)
        return super().create(*more, **options)

    def tokens(self):
        """Requests for a token and what they were answered."""
        return [call["status"] for call in self.control("/journal") if call["path"] == "/oauth2/v1/token"]

    def suspend(self, login):
        done = self.ended(self.ask("suspend", login))
        expect.equal((done["state"], self.status_of(login)), ("succeeded", "SUSPENDED"))


class ByKey(Demanding):
    """A service app: who it is, is proven by one key, that a token is its own by another."""

    CLIENT = "0oaService"

    def create(self, *more, **_):
        key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        self.server.secrets.update(line for line in key.splitlines() if len(line) > 40)
        self.control("/client", client=self.CLIENT, public_key=openssl("pkey", "-pubout", text=key),
                     granted=[*SCOPES, *MANAGE])
        return super().create("--client-id", self.CLIENT, *more, kind="private_key_jwt", credential=key)


def acts_and_reads(okta):
    expect.equal(okta.get()["state"], "active")
    # It is told once that a proof is wanted and once with which nonce, and remembers both.
    expect.equal(okta.tokens()[:3], [400, 400, 200])
    assert set(okta.tokens()[3:]) <= {200}, okta.tokens()
    okta.suspend("person0@example.com")
    expect.equal(okta.sync()["state"], "succeeded")
    expect.equal(okta.person("person0@example.com")["status"], "suspended")
    proofs = okta.control("/proofs")
    expect.equal(proofs["wrong"], [])
    # Every call with a token was a call with a proof, and none was used twice.
    calls = [call for call in okta.control("/journal") if call["path"].startswith("/api/") and call["status"] != 401]
    expect.equal(proofs["seen"], len(calls) + okta.tokens().count(200))


def test_by_a_secret_it_is_read_and_acted_in():
    with Demanding() as okta:
        acts_and_reads(okta)


def test_by_a_private_key_it_is_read_and_acted_in():
    with ByKey() as okta:
        acts_and_reads(okta)


def test_a_nonce_that_changes_again_and_again_while_it_is_read():
    with Demanding(users=230) as okta:
        okta.control("/dpop", on_calls=True, every=3)
        before = len(okta.calls())
        run = okta.sync()
        expect.equal((run["state"], run["people"]["seen"]), ("succeeded", 231))
        calls = [call for call in okta.control("/journal")[before:] if call["path"].startswith("/api/")]
        refused = [number for number, call in enumerate(calls) if call["status"] == 401]
        assert len(refused) > 3, calls
        for number in refused:
            first, second = calls[number], calls[number + 1]
            expect.equal((second["path"], second["query"], second["status"]), (first["path"], first["query"], 200))
        okta.suspend("person1@example.com")
        expect.equal(okta.control("/proofs")["wrong"], [])
        expect.equal(okta.get()["state"], "active")


def test_a_token_that_ends_is_renewed_with_a_proof():
    with Demanding() as okta:
        okta.control("/expire-tokens")
        okta.suspend("person0@example.com")
        okta.control("/dpop", renew=True)
        okta.control("/expire-tokens")
        expect.equal(okta.test()["state"], "active")
        expect.equal(okta.control("/proofs")["wrong"], [])


def test_a_server_that_starts_again_is_told_again():
    """The key is in memory alone, as the token that goes with it is."""
    with Demanding() as okta:
        okta.server.kill()
        okta.server.start()
        okta.admin = okta.server.admin()
        before = len(okta.tokens())
        expect.equal(okta.test()["state"], "active")
        expect.equal(okta.tokens()[before:][:3], [400, 400, 200])


def test_a_clock_that_is_wrong_is_said_in_the_words_of_okta():
    with Demanding() as okta:
        okta.control("/advance", seconds=3600)
        found = okta.test()
        expect.equal((found["state"], found["vendor_code"]), ("needs_reauthorization", "invalid_dpop_proof"))
        expect.holds(found["reason"], "iat")
