"""A web app in Okta whose administrator consents (authorization code with PKCE): connected through a browser, read and acted
in, renewed by refresh tokens that are replaced with each use; and every way in which that can go wrong."""

import base64
import json
import urllib.parse

import expect
from actions_test import MANAGE, Acting
from backdoor import address_of, door_to, only_on_postgresql
from directories_test import is_seen_as
from directory_possession_test import Demanding
from proxy import free_port
from replicas_test import SHARED
from rolecall_server import Client, Server, in_parallel
from sync_test import SCOPES

LASTS_LONG = True
CALLBACK = "/directories/callback"
SECRET = "the-secret-of-the-web-app"


class Consenting(Acting):
    """An administrator who opens what they are told to, and an app that knows where they go back to."""

    CLIENT = "0oaWeb"
    CONSENTS = True

    def __init__(self, **options):
        super().__init__(**options)
        self.LISTEN = f"127.0.0.1:{free_port()}"
        self.ENVIRONMENT = {**self.ENVIRONMENT, "ROLECALL_SERVER__PUBLIC_URL": f"http://{self.LISTEN}"}

    def create(self, *_, **__):
        self.server.secrets.add(SECRET)
        self.control("/client", client=self.CLIENT, secret=SECRET, granted=[*SCOPES, *MANAGE],
                     redirects=[f"http://{self.LISTEN}{CALLBACK}"])
        words = [word for scope in (*SCOPES, *MANAGE) for word in ("--scope", scope)]
        made = super().create("--client-id", self.CLIENT, *words, kind="consent", credential=SECRET)
        expect.succeeded(made)
        assert "credential" not in json.loads(made.stdout), made.stdout
        if self.CONSENTS:
            self.consent()
        return made

    def begin(self, verb="authorize"):
        begun = self.server.cli("directories", verb, "okta-api")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun["url"]).query))
        self.server.secrets.add(query["state"])
        return begun

    def open(self, url):
        """What the browser of the administrator is sent back to: its path and query."""
        reply = self.simulator.call("GET", url, headers={"Authorization": ""})
        expect.equal(reply.status, 302, reply.text)
        back = urllib.parse.urlsplit(reply.headers["Location"])
        expect.equal((back.netloc, back.path), (self.LISTEN, CALLBACK))
        return f"{back.path}?{back.query}"

    def come_back(self, target, status=200, method="GET"):
        client = Client(self.LISTEN)
        answer = client.request(method, target)
        client.close()
        expect.equal(answer.status, status, answer)
        page = answer.body if isinstance(answer.body, str) else answer.body.decode()
        if method == "GET":
            expect.holds(answer.headers["content-type"], "text/html")
            expect.holds(answer.headers["content-security-policy"], "default-src 'none'")
            expect.equal(answer.headers["referrer-policy"], "no-referrer")
            assert "<script" not in page and "state=" not in page, page
        return page

    def reaches(self, state):
        self.wait_until(lambda: self.get()["state"] == state, f"{state}: {self.get()}")
        return self.get()

    def consent(self):
        page = self.come_back(self.open(self.begin()["url"]))
        self.reaches("active")
        return page

    def granted(self):
        """How many refresh tokens there were, and how often one was taken for stolen."""
        found = self.control("/consents")
        return found["refreshes"], found["reused"]

    def told(self):
        return [row["action"] for row in self.server.cli("audit", "list", "--limit", "1000")]


class Waiting(Consenting):
    """Nobody has consented yet, and so nothing was read."""

    CONSENTS = False
    __enter__ = Acting.__mro__[1].__enter__


class Twice(Demanding, Consenting):
    """With consent, and with proofs."""


def test_an_administrator_consents_and_it_is_read_and_acted_in():
    with Waiting() as okta:
        expect.equal(okta.test()["state"], "needs_reauthorization")
        expect.holds(okta.get()["reason"], "has to consent first")
        begun = okta.begin()
        expect.equal(begun["redirect_uri"], f"http://{okta.LISTEN}{CALLBACK}")
        page = okta.come_back(okta.open(begun["url"]))
        expect.holds(page, "rolecall directories get okta-api")
        found = okta.reaches("active")
        expect.equal((found["granted"], found["reason"]), (found["scopes"], None))
        expect.equal(okta.sync()["state"], "succeeded")
        okta.admin = okta.server.admin()
        done = okta.ended(okta.ask("suspend", "person0@example.com"))
        expect.equal((done["state"], okta.status_of("person0@example.com")), ("succeeded", "SUSPENDED"))
        rows = okta.told()
        assert "directory.authorization_begun" in rows and "directory.authorized" in rows, rows
        expect.equal(okta.granted(), (1, 0), "one hour, one token")
        expect.holds(okta.server.log_line('"directory_consent_worked_on"'), '"exchange"')


def test_consent_and_proof_go_together():
    with Twice() as okta:
        expect.equal(okta.get()["state"], "active")
        okta.suspend("person0@example.com")
        okta.control("/expire-tokens")
        okta.control("/dpop", renew=True)
        expect.equal(okta.sync()["state"], "succeeded")
        # Another process goes on with the key that the tokens are bound to.
        okta.server.kill()
        okta.server.start(listen=okta.LISTEN)
        okta.control("/expire-tokens")
        expect.equal(okta.test()["state"], "active")
        expect.equal((okta.control("/proofs")["wrong"], okta.granted()[1]), ([], 0))


def test_an_answer_counts_once_for_what_was_asked_and_in_time():
    with Waiting() as okta:
        first = okta.open(okta.begin()["url"])
        okta.come_back(first, 405, "HEAD")
        second = okta.begin()
        expect.holds(okta.come_back(first, 400), "Nobody here waits")
        target = okta.open(second["url"])
        # Made up, of another directory, of another provider, unreadable.
        state = dict(urllib.parse.parse_qsl(target.split("?")[1]))["state"]
        guessed = state[:-1] + ("A" if state[-1] != "A" else "B")
        okta.server.secrets.add(guessed)
        for forged in (target.replace("state=", "state=x"), target.replace(state, guessed), CALLBACK,
                       CALLBACK + "?state=" + "0" * 36 + ".x&code=y", target + "&code=another", target + "&iss=https%3A%2F%2Fevil.example",
                       CALLBACK + "?code=%ff", CALLBACK + "?" + target.split("?")[1].split("&")[0]):
            okta.come_back(forged, 400)
        expect.equal(okta.get()["state"] in ("untested", "needs_reauthorization"), True)
        okta.come_back(target + "&iss=" + urllib.parse.quote(okta.simulator.about["url"], safe=""))
        okta.reaches("active")
        expect.holds(okta.come_back(target, 400), "has come before")
        third = okta.open(okta.begin()["url"])
        door = door_to(okta.server.data)
        door.execute("UPDATE directory_consents SET expires = 1")
        door.close()
        expect.holds(okta.come_back(third, 400), "too late")
        expect.equal((okta.test()["state"], okta.granted()), ("active", (1, 0)))


def test_an_administrator_who_says_no_is_heard():
    with Waiting() as okta:
        okta.control("/consent", denial=["access_denied", "The <b>owner</b> denied the request."])
        target = okta.open(okta.begin()["url"])
        page = okta.come_back(target)
        expect.holds(page, "<code>access_denied</code>")
        expect.holds(page, "The &lt;b&gt;owner&lt;/b&gt; denied the request.")
        expect.holds(page, "rolecall directories authorize okta-api")
        expect.holds(okta.come_back(target, 400), "has come before")
        assert "directory.authorization_refused" in okta.told(), okta.told()
        # A scope that the app was not granted is refused in the browser too.
        okta.control("/consent", denial=None)
        okta.control("/grant", client=okta.CLIENT, scopes=["okta.users.read"])
        expect.holds(okta.come_back(okta.open(okta.begin()["url"])), "<code>invalid_scope</code>")
        expect.equal(okta.test()["state"], "needs_reauthorization")
        expect.equal(okta.granted(), (0, 0))


def test_a_code_that_is_not_taken_is_said_with_the_words_of_okta():
    with Waiting() as okta:
        target = okta.open(okta.begin()["url"])
        okta.control("/client", client=okta.CLIENT, secret="another-secret", granted=[*SCOPES, *MANAGE],
                     redirects=[f"http://{okta.LISTEN}{CALLBACK}"])
        okta.come_back(target)
        okta.reaches("needs_reauthorization")
        okta.wait_until(lambda: okta.get()["vendor_code"] == "invalid_client", "the words")
        assert "directory.authorization_failed" in okta.told(), okta.told()
        # With the new secret the way begins again.
        okta.server.secrets.add("another-secret")
        okta.server.run("directories", "reauthorize", "okta-api", "--credential-file", okta.secret_file("another-secret"),
                        "--wait", "0")
        okta.consent()


def test_tokens_are_replaced_before_they_end_and_nobody_takes_them_for_stolen():
    with Consenting() as okta:
        okta.control("/consent", leeway=0)
        for _ in range(3):
            okta.control("/expire-tokens")
            expect.equal(okta.sync()["state"], "succeeded")
            done = okta.ended(okta.ask("revoke_sessions", "person1@example.com"))
            expect.equal(done["state"], "succeeded")
        expect.equal(okta.granted(), (4, 0))


def test_consent_that_was_taken_back_is_asked_for_again():
    with Consenting() as okta:
        okta.control("/consent", revoke=okta.CLIENT)
        okta.control("/expire-tokens")
        is_seen_as(okta.test(), "needs_reauthorization", "refresh token is invalid", 400, "invalid_grant")
        page = okta.come_back(okta.open(okta.begin("reauthorize")["url"]))
        expect.holds(page, "Thank you")
        okta.reaches("active")
        expect.equal(okta.sync()["state"], "succeeded")


def test_a_token_that_somebody_stole_ends_for_both():
    with Consenting() as okta:
        okta.control("/consent", leeway=0)
        stolen = next(one for one in okta.control("/secrets") if one.startswith("refresh"))
        okta.simulator.authorization = ""
        taken = okta.simulator.post("/oauth2/v1/token", form={"grant_type": "refresh_token", "refresh_token": stolen},
                                    headers={"Authorization": "Basic " + basic(okta.CLIENT, SECRET)})
        expect.equal(taken.status, 200)
        okta.control("/expire-tokens")
        is_seen_as(okta.test(), "needs_reauthorization", "no longer counts", 400, "invalid_grant")
        expect.equal(okta.granted()[1], 1)
        okta.consent()


def basic(name, secret):
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def stall_a_renewal(okta):
    """Okta has replaced the token, and nobody has read the answer yet."""
    before = okta.granted()[0]
    okta.control("/expire-tokens")
    okta.control("/fault", kind="lost_stall", method="POST", path="/oauth2/v1/token")
    okta.server.run("directories", "test", "okta-api", "--wait", "0")
    okta.wait_until(lambda: okta.granted()[0] > before, "the renewal")


def test_killed_between_the_answer_and_the_row_it_goes_on_within_the_grace():
    with Consenting() as okta:
        stall_a_renewal(okta)
        okta.server.kill()
        okta.server.start(listen=okta.LISTEN)
        # Nobody asks: that a renewal was begun and not ended is in the database.
        okta.wait_until(lambda: okta.granted()[0] == 3, "somebody who goes on")
        expect.equal(okta.test()["state"], "active")
        expect.equal(okta.granted()[1], 0)


def test_an_answer_that_is_lost_is_asked_for_again():
    with Consenting() as okta:
        for fault in ("lost_reset", "lost_502", "status_503"):
            okta.control("/expire-tokens")
            okta.control("/fault", kind=fault, method="POST", path="/oauth2/v1/token")
            okta.test()
            okta.reaches("active")
        expect.equal(okta.granted()[1], 0)


def test_what_was_consented_to_outlives_the_change_of_its_key():
    with Consenting() as okta:
        keys = okta.server.data / "keys" / "sealing"
        old, new = keys.read_text(), "k" * 43 + "\n"
        for text in (new + old, new):
            okta.server.stop()
            keys.write_text(text)
            okta.server.start(listen=okta.LISTEN)
            okta.control("/expire-tokens")
            expect.equal(okta.test()["state"], "active")
        okta.server.stop()
        keys.write_text("x" * 43 + "\n")
        okta.server.environment["ROLECALL_STORAGE__LOST_KEYS"] = "accept"
        okta.server.start(listen=okta.LISTEN)
        expect.equal(okta.get()["state"], "needs_reauthorization")


def test_where_there_is_nothing_to_consent_to_that_is_said():
    with Consenting() as okta:
        okta.server.cli("directories", "pause", "okta-api")
        expect.equal(okta.server.run("directories", "authorize", "okta-api").returncode, 5)
        okta.server.cli("directories", "resume", "okta-api")
        # Another kind of credential ends the consent.
        done = okta.server.run("directories", "reauthorize", "okta-api", "--credential-kind", "ssws", "--credential-file",
                               okta.secret_file("00sswsToken"))
        expect.succeeded(done)
        refused = okta.server.run("directories", "authorize", "okta-api")
        expect.equal(refused.returncode, 5)
        expect.holds(refused.stderr, "needs no consent")
        expect.equal(okta.server.run("directories", "reauthorize", "okta-api").returncode, 2)
        door = door_to(okta.server.data)
        expect.equal([row[0] for row in door.ask("SELECT count(*) FROM directory_consents")], [0])
        door.close()


@only_on_postgresql
def test_two_replicas_that_renew_at_once_are_one():
    with Consenting(users=30) as okta:
        environment = {**okta.server.environment}
        other = Server(environment=environment)
        other.environment["ROLECALL_STORAGE__DSN"] = address_of(okta.server.data)
        other.environment["ROLECALL_ADMIN__TOKEN"] = SHARED["ROLECALL_ADMIN__TOKEN"]
        other.environment["ROLECALL_STORAGE__SEALING_KEY"] = (okta.server.data / "keys" / "sealing").read_text().strip()
        other.start()
        try:
            # Without a grace a second use of any token ends them all.
            okta.control("/consent", leeway=0)
            okta.server.cli("action-policies", "create", "--hourly", "0")
            for _ in range(8):
                okta.control("/expire-tokens")
                before = okta.granted()[0]
                made = in_parallel(6, lambda number: okta.ask("revoke_sessions", f"person{number}@example.com"))
                okta.server.run("directories", "test", "okta-api", "--wait", "0")
                for one in made:
                    expect.equal(okta.ended(one)["state"], "succeeded")
                expect.equal(okta.granted(), (before + 1, 0), "one renewal for all")
            lines = [server.log_text().count('"action_ended"') for server in (okta.server, other)]
            assert min(lines) > 0, f"one of the replicas did nothing: {lines}"
        finally:
            other.secrets.update(okta.control("/secrets"))
            other.close()
