"""The API of an identity provider: connected, tried, throttled, revoked and connected again, against a simulated Okta over
TLS. Nothing that came back or was written down holds a credential."""

import pathlib
import subprocess
import sys
import tempfile
import time

import expect
from rolecall_server import ROOT, Server

sys.path.insert(0, str(pathlib.Path(ROOT) / "conformance" / "simulators" / "okta"))
from client import Simulator  # noqa: E402

SCOPES = ["okta.users.read", "okta.groups.read"]
# A test wants nothing of a body, so one that cannot be read is none of its troubles.
BELIEVED = {"html_200"}


class Okta:
    """A simulator and a server that may call it."""

    TIMEOUT = "5s"
    LISTEN = "127.0.0.1:0"
    ENVIRONMENT = {}

    def __init__(self, threads=2, environment=None, **options):
        self.threads = threads
        self.environment = environment or {}
        self.folder = tempfile.TemporaryDirectory()
        self.simulator = Simulator(tls=self.folder.name, **{"users": 10, **options})

    def __enter__(self):
        self.simulator.__enter__()
        self.server = Server(environment={
            "ROLECALL_EGRESS__ALLOW": "127.0.0.0/8,::1/128", "ROLECALL_EGRESS__CA_FILE": self.simulator.ca_file,
            "ROLECALL_DIRECTORIES__TIMEOUT": self.TIMEOUT,
            "ROLECALL_DIRECTORIES__THREADS": str(self.threads), **self.ENVIRONMENT,
            **self.environment}).start(listen=self.LISTEN)
        self.server.secrets.update(["integration-secret", "00sswsToken"])
        return self

    def __exit__(self, *kind):
        try:
            self.server.secrets.update(self.control("/secrets"))
            self.server.__exit__(*kind)
        finally:
            self.simulator.__exit__()
            self.folder.cleanup()

    def secret_file(self, text):
        path = pathlib.Path(self.folder.name) / "credential"
        path.write_text(text + "\n")
        return str(path)

    def create(self, *more, kind="client_secret", credential="integration-secret", name="okta-api"):
        words = ["directories", "create", name, "--provider", "okta", "--domain", self.simulator.about["domain"],
                 "--credential-kind", kind, "--credential-file", self.secret_file(credential), *more]
        if kind == "client_secret":
            words += ["--client-id", "0oaIntegration"]
        return self.server.run(*words)

    def get(self):
        return self.server.cli("directories", "get", "okta-api")

    def test(self):
        """Tries it; what is known then."""
        self.server.run("directories", "test", "okta-api")
        return self.get()

    def control(self, path, /, **wanted):
        return self.simulator.control(path, **wanted)

    def calls(self):
        return [f"{call['method']} {call['path']} {call['status']}" for call in self.control("/journal")]

    def wait_for(self, state):
        end = time.monotonic() + 60
        while self.get()["state"] != state:
            assert time.monotonic() < end, self.get()
            time.sleep(0.05)
        return self.get()


def is_seen_as(found, state, kind, status, code):
    expect.equal((found["state"], found["vendor_status"], found["vendor_code"]), (state, status, code), str(found))
    expect.holds(found["reason"], kind)


def test_an_integration_is_connected_and_shows_what_it_may():
    with Okta() as okta:
        made = okta.create()
        expect.equal(made.returncode, 0, made.stderr)
        found = okta.get()
        expect.equal((found["state"], found["reason"], found["scopes"], found["granted"]), ("active", None, SCOPES, SCOPES))
        expect.equal(found["domain"], okta.simulator.about["domain"])
        expect.equal(okta.calls(), ["POST /oauth2/v1/token 200", "GET /api/v1/users 200", "GET /api/v1/groups 200"])
        assert "credential" not in found, found
        expect.lacks(made.stdout, "integration-secret")
        actions = [row["action"] for row in okta.server.cli("audit", "list") if row["action"].startswith("directory.")]
        expect.equal(sorted(actions), ["directory.created", "directory.state_changed"])
        expect.holds(okta.server.log_line('"directory_tested"'), '"active"')


def test_a_token_is_connected_and_its_end_is_seen_after_one_call():
    with Okta() as okta:
        expect.equal(okta.create(kind="ssws", credential="00sswsToken").returncode, 0)
        okta.control("/revoke", credential="00sswsToken")
        before = len(okta.calls())
        is_seen_as(okta.test(), "needs_reauthorization", "Reauthorize", 401, "E0000011")
        expect.equal(len(okta.calls()) - before, 1, "calls with a revoked token")
        expect.holds(okta.server.run("doctor").stdout, "The directory okta-api of default is needs_reauthorization.")
        # It is not tried again at once unless somebody asks.
        time.sleep(1)
        expect.equal(len(okta.calls()) - before, 1, "calls with a revoked token")
        okta.control("/ssws", value="00anotherToken")
        okta.server.secrets.add("00anotherToken")
        done = okta.server.run("directories", "reauthorize", "okta-api", "--credential-file",
                               okta.secret_file("00anotherToken"))
        expect.equal(done.returncode, 0, done.stderr)
        expect.equal(okta.get()["state"], "active")


def test_every_way_to_be_refused_is_shown_as_itself():
    with Okta() as okta:
        wrong = okta.create(credential="not-the-secret")
        okta.server.secrets.add("not-the-secret")
        expect.equal(wrong.returncode, 1)
        is_seen_as(okta.get(), "needs_reauthorization", "client secret", 401, "invalid_client")
        okta.server.run("directories", "reauthorize", "okta-api", "--credential-file",
                        okta.secret_file("integration-secret"))
        expect.equal(okta.get()["state"], "active")
        # A scope that is taken away refuses the request for a token, which asks for all.
        okta.control("/grant", client="0oaIntegration", scopes=["okta.users.read"])
        is_seen_as(okta.test(), "needs_reauthorization", "scope", 400, "invalid_scope")
        changed = okta.server.run("directories", "set", "okta-api", "--scope", "okta.users.read")
        expect.equal(changed.returncode, 0, changed.stderr)
        expect.equal(okta.wait_for("active")["granted"], ["okta.users.read"])
        okta.control("/ssws", value="00withoutRole", has_role=False)
        okta.server.secrets.add("00withoutRole")
        okta.server.run("directories", "reauthorize", "okta-api", "--credential-kind", "ssws", "--credential-file",
                        okta.secret_file("00withoutRole"))
        is_seen_as(okta.get(), "needs_reauthorization", "administrator role", 403, "E0000006")
        assert okta.get()["vendor_request"].startswith("sim"), okta.get()


def test_a_used_up_limit_is_waited_for():
    with Okta() as okta:
        okta.create()
        okta.control("/set", limits={"users": 0})
        found = okta.test()
        is_seen_as(found, "throttled", "limit", 429, "E0000047")
        assert found["throttled_until"] == found["next_test"] > found["tested"], found
        before = len(okta.calls())
        time.sleep(2)
        expect.equal(len(okta.calls()), before, "calls before the time that Okta named")
        okta.control("/set", limits={})
        expect.equal(okta.test()["state"], "active", "somebody who asks is not made to wait")


def test_bad_answers_leave_a_state_with_a_reason_and_pass():
    with Okta() as okta:
        okta.create()
        for fault, words in (("status_500", "500"), ("status_502_html", "502"), ("html_200", "cannot be read"),
                             ("truncated", "closed"), ("redirect_elsewhere", "302"), ("reset", ""),
                             ("closed", "without an answer"), ("flood", "too long"), ("stall", "in time")):
            okta.control("/fault", kind=fault, method="GET")
            found = okta.test()
            expect.equal(found["state"], "active" if fault in BELIEVED else "degraded", f"{fault}: {found}")
            if fault not in BELIEVED:
                expect.holds(found["reason"], words)
            expect.equal(okta.test()["state"], "active", fault)


def test_whatever_a_hostile_okta_answers_there_is_a_state_with_a_reason():
    with Okta(seed=7) as okta:
        okta.create()
        okta.control("/set", hostile=0.5)
        seen = set()
        for _ in range(25):
            found = okta.test()
            assert found["state"] != "untested" and (found["reason"] is None) == (found["state"] == "active"), found
            seen.add(found["state"])
        assert {"active", "degraded"} <= seen, seen
        okta.control("/set", hostile=0.0)
        expect.equal(okta.test()["state"], "active")


def test_a_token_that_ended_on_the_way_is_renewed():
    with Okta() as okta:
        okta.create()
        okta.control("/fault", kind="unauthorized_once", method="GET")
        before = len(okta.calls())
        expect.equal(okta.test()["state"], "active")
        expect.equal(okta.calls()[before:], ["POST /oauth2/v1/token 200", "GET /api/v1/users None",
                                             "POST /oauth2/v1/token 200", "GET /api/v1/users 200",
                                             "GET /api/v1/groups 200"])


def test_nothing_is_sent_to_a_paused_one_or_after_it_is_gone():
    with Okta() as okta:
        okta.create()
        okta.server.cli("directories", "pause", "okta-api")
        before = len(okta.calls())
        expect.equal(okta.server.run("directories", "test", "okta-api").returncode, 5)
        time.sleep(1)
        expect.equal(len(okta.calls()), before)
        okta.server.cli("directories", "resume", "okta-api")
        end = time.monotonic() + 60
        while len(okta.calls()) == before:
            assert time.monotonic() < end, "nobody tries it"
            time.sleep(0.05)
        okta.wait_for("active")
        expect.equal(okta.server.run("directories", "delete", "okta-api").returncode, 0)
        expect.equal(okta.server.run("directories", "get", "okta-api").returncode, 3)
        expect.equal(okta.server.cli("directories", "list"), [])


def test_another_certificate_and_another_host_get_nothing():
    with Okta() as okta, Simulator(tls=tempfile.mkdtemp(), users=1) as impostor:
        admin = okta.server.admin()
        body = {"name": "impostor", "provider": "okta", "domain": impostor.about["domain"], "credential_kind": "ssws",
                "credential": "00sswsToken"}
        expect.status(admin.post("/admin/v1/directories", body), 201)
        end = time.monotonic() + 60
        while (found := okta.server.cli("directories", "get", "impostor"))["tested"] is None:
            assert time.monotonic() < end, "nobody tries it"
            time.sleep(0.05)
        expect.equal(found["state"], "degraded")
        expect.holds(found["reason"], "certificate")
        expect.equal(impostor.control("/journal"), [])
        for domain in ("10.1.2.3", "169.254.169.254", "acme.okta.com@10.0.0.1", "http://acme.okta.com", "0x7f000001"):
            refused = expect.status(admin.post("/admin/v1/directories", {**body, "name": "x", "domain": domain}), 400)
            expect.equal(refused["pointer"], "/domain", domain)


def test_a_credential_outlives_restarts_and_the_change_of_its_key():
    with Okta() as okta:
        okta.create(kind="ssws", credential="00sswsToken")
        keys = okta.server.data / "keys" / "sealing"
        old, new = keys.read_text(), "k" * 43 + "\n"
        # The new key is the first line, and the old one still opens; then the old one can go.
        for text, resealed in ((old, 0), (new + old, 1), (new + old, 1), (new, 1)):
            okta.server.stop()
            keys.write_text(text)
            okta.server.start()
            expect.equal(okta.test()["state"], "active")
            expect.equal(okta.server.log_text().count('"secrets_resealed"'), resealed)
        okta.server.stop()
        keys.write_text("x" * 43 + "\n")
        okta.server.launch()
        expect.equal(okta.server.process.wait(60), 1)
        refused = okta.server.log_line('"server_failed"', "storage.lost_keys=accept")
        key = refused.split("storage.sealing_key: ")[1].split(".")[0]
        okta.server.environment["ROLECALL_STORAGE__LOST_KEYS"] = "accept"
        okta.server.start()
        okta.server.log_line('"sealing_keys_lost"', f'"keys":"{key}"')
        found = okta.get()
        expect.equal(found["state"], "needs_reauthorization")
        expect.holds(found["reason"], f"{key}, which is not in keys/sealing any more")
        # Once is enough: what was given up keeps nobody from starting.
        okta.server.stop()
        del okta.server.environment["ROLECALL_STORAGE__LOST_KEYS"]
        okta.server.start()
        expect.holds(okta.test()["reason"], key)


def test_a_service_app_proves_who_it_is_by_its_key():
    with Okta() as okta:
        admin = okta.server.admin()
        for number, make in enumerate((["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                                       ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])):
            key = subprocess.run(["openssl", *make], check=True, capture_output=True, text=True).stdout
            public = subprocess.run(["openssl", "pkey", "-pubout"], input=key, check=True, capture_output=True, text=True).stdout
            okta.control("/client", client=f"0oaService{number}", public_key=public, granted=SCOPES)
            okta.server.secrets.update(line for line in key.splitlines() if len(line) > 40)
            name = f"service{number}"
            made = okta.server.run("directories", "create", name, "--provider", "okta", "--domain",
                                   okta.simulator.about["domain"], "--credential-kind", "private_key_jwt", "--client-id",
                                   f"0oaService{number}", "--credential-file", okta.secret_file(key))
            expect.equal(made.returncode, 0, made.stdout + made.stderr)
            expect.equal(okta.server.cli("directories", "get", name)["state"], "active")
            # Each proof is good once, so another token takes another one.
            okta.control("/expire-tokens")
            okta.server.run("directories", "test", name)
            expect.equal(okta.server.cli("directories", "get", name)["state"], "active")
            okta.control("/client", client=f"0oaService{number}", public_key=public, granted=[])
            okta.server.run("directories", "test", name)
            expect.equal(okta.server.cli("directories", "get", name)["state"], "needs_reauthorization")
        body = {"name": "x", "provider": "okta", "domain": okta.simulator.about["domain"],
                "credential_kind": "private_key_jwt", "client_id": "0oa1", "credential": "no key"}
        refused = expect.status(admin.post("/admin/v1/directories", body), 400)
        expect.equal(refused["pointer"], "/credential")
        body["credential"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
        expect.status(admin.post("/admin/v1/directories", body), 201)
        okta.server.run("directories", "test", "x")
        found = okta.server.cli("directories", "get", "x")
        expect.equal(found["state"], "needs_reauthorization")
        expect.holds(found["reason"], "no private key that can be used")
