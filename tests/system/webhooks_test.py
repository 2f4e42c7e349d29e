"""Events leave signed, in order, again after a failure and never twice under two names; nobody who changes something
waits for a receiver; no secret is seen again after it was made."""

import base64
import json
import subprocess
import tempfile
import time
import urllib.parse

import expect
from backdoor import door_to
from receiver import Receiver, is_signed
from rolecall_server import Server, group_body, in_parallel, user_body

# Receivers of tests listen on the loopback, which has to be allowed.
LOOPBACK = {"ROLECALL_EGRESS__ALLOW": "127.0.0.1/32", "ROLECALL_EGRESS__PLAIN_HTTP": "true",
            "ROLECALL_WEBHOOKS__FIRST_RETRY": "50ms"}


def served(**more):
    return Server(environment={**LOOPBACK, **more})


def make(server, url, *events):
    """A webhook; its id and secret."""
    words = [word for event in events for word in ("--event", event)]
    made = server.cli("webhooks", "create", url, *words)
    server.secrets.add(made["secret"])
    return made["id"], made["secret"]


def deliveries(server, webhook, *more):
    return server.cli("webhooks", "deliveries", webhook, *more)


def wait_until(look, what):
    end = time.monotonic() + 60
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.05)


def test_what_happens_is_told_signed_and_in_order():
    with served() as server, Receiver() as receiver:
        webhook, secret = make(server, receiver.url, "user.*", "group.member_added", "role.*", "access.revoked")
        scim = server.scim(server.token())
        ana = expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)["id"]
        group = expect.listed(scim.find("Groups", 'displayName eq "IT Admin"'))[0]["id"]
        expect.status(scim.patch("/Groups/" + group, {"op": "add", "path": "members", "value": [{"value": ana}]}), 204)
        expect.scim(scim.patch("/Users/" + ana, {"op": "replace", "path": "active", "value": False}))
        came = receiver.wait_for(lambda found: "access.revoked" in [one.body["type"] for one in found], "the end")
        expect.equal([one.body["type"] for one in came],
                     ["user.created", "role.granted", "group.member_added", "role.revoked", "role.granted",
                      "user.updated", "user.deactivated", "role.revoked", "access.revoked"])
        sequences = [one.body["sequence"] for one in came]
        expect.equal(sequences, sorted(sequences), "order")
        expect.equal(len({one.headers["webhook-id"] for one in came}), len(came), "ids")
        for one in came:
            assert is_signed(one, secret), one
            expect.equal(one.headers["webhook-id"], one.body["id"])
            expect.equal(one.headers["content-type"], "application/json")
            assert one.headers["user-agent"].startswith("rolecall/"), one.headers
            # Ids and names of attributes and roles, and no values.
            expect.lacks(one.raw.decode(), "ana@acme.example")
            expect.lacks(one.raw.decode(), "Lopez")
        assert not is_signed(came[0], "whsec_" + "A" * 43 + "=")
        member = came[2].body
        expect.equal(member["subject"], {"type": "Group", "id": group})
        expect.equal(member["data"]["member"], {"type": "User", "id": ana})
        expect.equal(came[4].body["data"]["role"]["name"], "IT Admin")
        expect.equal(came[5].body["data"]["attributes"], ["active"])
        shown = deliveries(server, webhook)
        expect.equal({one["state"] for one in shown}, {"delivered"})
        expect.equal([one["id"] for one in reversed(shown)], [one.body["id"] for one in came])


def test_only_what_was_asked_for_and_nothing_before():
    with served() as server, Receiver() as receiver:
        scim = server.scim(server.token())
        early = expect.scim(scim.post("/Users", user_body("early@acme.example")), 201)["id"]
        make(server, receiver.url, "user.deleted")
        expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
        expect.equal(scim.delete("/Users/" + early).status, 204)
        expect.equal([one.body["type"] for one in receiver.wait(1)], ["user.deleted"])
        time.sleep(1)
        expect.equal(receiver.types(), ["user.deleted"])


def test_a_failed_attempt_is_repeated_under_the_same_id():
    with served() as server, Receiver(500, (429, {"Retry-After": "2"}), 302) as receiver:
        webhook, secret = make(server, receiver.url, "user.created")
        scim = server.scim(server.token())
        expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
        came = receiver.wait(4)
        expect.equal(len({one.headers["webhook-id"] for one in came}), 1, "ids")
        assert all(is_signed(one, secret) for one in came)
        assert came[2].came - came[1].came >= 1.9, "Retry-After was not honoured"
        found = wait_until(lambda: deliveries(server, webhook, "--state", "delivered"), "the delivery")[0]
        expect.equal((found["attempts"], found["status"], found["reason"]), (4, 204, None))
        expect.equal(server.cli("webhooks", "get", webhook)["failures"], 0)
        server.log_line('"webhook_failed"', '"status":429')


def test_what_has_failed_for_good_is_seen_and_sent_again():
    with served(ROLECALL_WEBHOOKS__GIVE_UP="1ms") as server, Receiver(500, 500) as receiver:
        webhook, _ = make(server, receiver.url, "user.created")
        scim = server.scim(server.token())
        expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
        failed = wait_until(lambda: deliveries(server, webhook, "--state", "failed"), "the failure")[0]
        expect.equal((failed["status"], failed["reason"]), (500, "The receiver answered 500."))
        expect.equal(server.cli("webhooks", "get", webhook)["failed"], 1)
        again = server.cli("webhooks", "redeliver", webhook, failed["id"])
        expect.equal((again["state"], again["status"]), ("delivered", 204))
        expect.equal(receiver.wait(3)[2].headers["webhook-id"], failed["id"])
        expect.equal(server.run("webhooks", "redeliver", webhook, "evt_" + "0" * 32).returncode, 3)


def test_gone_means_paused_and_what_happens_meanwhile_waits():
    with served() as server, Receiver(410) as receiver:
        webhook, _ = make(server, receiver.url, "user.created")
        scim = server.scim(server.token())
        expect.scim(scim.post("/Users", user_body("ana@acme.example")), 201)
        wait_until(lambda: server.cli("webhooks", "get", webhook)["state"] == "paused", "the pause")
        shown = server.cli("webhooks", "get", webhook)
        expect.holds(shown["paused_because"], "410")
        expect.scim(scim.post("/Users", user_body("ben@acme.example")), 201)
        time.sleep(0.7)
        expect.equal(len(receiver.types()), 1)
        resumed = server.cli("webhooks", "update", webhook, "--state", "active")
        expect.equal((resumed["state"], resumed["paused_because"], resumed["failures"]), ("active", None, 0))
        receiver.wait(2)
        actions = [row["action"] for row in server.cli("audit", "list")]
        assert "webhook.paused" in actions and "webhook.changed" in actions, actions


def test_a_slow_receiver_slows_nobody():
    with served(ROLECALL_WEBHOOKS__TIMEOUT="500ms") as server, Receiver(delay=5) as slow, Receiver() as quick:
        slow_webhook, _ = make(server, slow.url, "user.created")
        make(server, quick.url, "user.created")
        token = server.token()

        def push(number):
            client = server.scim(token)
            return max(expect.scim(client.post("/Users", user_body(f"u{number}-{at}@acme.example")), 201) and
                       client.get("/Users?count=1").seconds for at in range(10))

        in_parallel(4, push)
        quick.wait(40)
        expect.equal(len(slow.types()) < 40, True, "the slow one holds up the quick one")
        first = wait_until(lambda: [one for one in deliveries(server, slow_webhook, "--limit", "1000")
                                    if one["attempts"] > 0], "an attempt")[-1]
        expect.equal((first["state"], first["status"], first["reason"]), ("pending", None, "No answer came in time."))


def test_a_kill_loses_nothing():
    with served() as server, Receiver() as receiver:
        server.environment["ROLECALL_WEBHOOKS__THREADS"] = "0"
        webhook, secret = make(server, receiver.url, "user.created")
        token = server.token()
        names = set()
        for life in range(3):
            server.kill()
            # Without a thread in the first life, in the middle of delivering in the others.
            server.start()
            server.environment["ROLECALL_WEBHOOKS__THREADS"] = "2"
            scim = server.scim(token)
            for at in range(20):
                made = expect.scim(scim.post("/Users", user_body(f"u{life}-{at}@acme.example")), 201)
                names.add(made["id"])
        server.kill()
        server.start()
        subjects = lambda found: {one.body["subject"]["id"] for one in found}  # noqa: E731
        # What was on its way when the server was killed comes when its lease has run out.
        door = door_to(server.data)
        door.execute("UPDATE webhooks SET leased_until = 1 WHERE leased_until > 0")
        door.close()
        came = receiver.wait_for(lambda found: subjects(found) >= names, "every user")
        expect.equal(subjects(came), names)
        assert all(is_signed(one, secret) for one in came)
        # One event may come twice, then under one id; two never share one.
        by_id = {}
        for one in came:
            by_id.setdefault(one.headers["webhook-id"], set()).add(one.raw)
        assert all(len(bodies) == 1 for bodies in by_id.values())
        expect.equal(len(by_id), len(names))


def test_rotation_signs_with_both_secrets():
    with served() as server, Receiver() as receiver:
        webhook, old = make(server, receiver.url)
        made = server.cli("webhooks", "rotate", webhook, "--overlap", "1h")
        server.secrets.add(made["secret"])
        assert made["secret"] != old and made["old_secret_ends"], made
        tested = server.cli("webhooks", "test", webhook)
        expect.equal((tested["type"], tested["state"], tested["status"]), ("webhook.test", "delivered", 204))
        one = receiver.wait(1)[0]
        assert is_signed(one, old) and is_signed(one, made["secret"]), one.headers
        expect.equal(one.body["subject"], {"type": "Webhook", "id": webhook})
        last = server.cli("webhooks", "rotate", webhook, "--overlap", "1s")
        server.secrets.add(last["secret"])
        time.sleep(1.1)
        server.cli("webhooks", "test", webhook)
        two = receiver.wait(2)[1]
        assert is_signed(two, last["secret"]) and not is_signed(two, made["secret"]), two.headers


def test_a_secret_is_shown_once_and_sealed_at_rest():
    with served() as server, Receiver() as receiver:
        webhook, secret = make(server, receiver.url, "user.created")
        admin = server.admin()
        for path in ("", f"/{webhook}", f"/{webhook}/deliveries"):
            body = expect.status(admin.get("/admin/v1/webhooks" + path), 200)
            expect.lacks(json.dumps(body), "whsec_")
        expect.lacks(json.dumps(server.cli("audit", "list")), "whsec_")
        files = b"".join(path.read_bytes() for path in server.data.glob("rolecall.db*"))
        raw = base64.b64decode(secret.removeprefix("whsec_"))
        for shape in (secret.encode(), secret.removeprefix("whsec_").encode(), raw, raw.hex().encode()):
            assert shape not in files, "the secret lies in the database"
        kept = admin.post("/admin/v1/webhooks", {"url": receiver.url}, headers={"Idempotency-Key": "once"})
        server.secrets.add(expect.status(kept, 201)["secret"])
        repeated = admin.post("/admin/v1/webhooks", {"url": receiver.url}, headers={"Idempotency-Key": "once"})
        expect.equal(repeated.status, 409)
        log = server.log_text()
        for known in server.secrets:
            expect.lacks(log, known)


def test_private_addresses_are_refused_where_nothing_is_allowed():
    with Server() as server, Receiver() as trap:
        port = urllib.parse.urlsplit(trap.url).port
        admin = server.admin()
        for url in (trap.url, f"https://127.0.0.1:{port}/", f"https://[::1]:{port}/", f"https://2130706433:{port}/",
                    f"https://localhost:{port}/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
                    f"https://user@hooks.example.com:{port}/", "ftp://hooks.example.com/", "http://hooks.example.com/"):
            body = expect.problem(admin.post("/admin/v1/webhooks", {"url": url}), 400)
            assert body, url
        expect.equal(trap.types(), [])


def test_a_network_that_is_no_longer_allowed_is_not_reached():
    with served() as server, Receiver() as trap:
        webhook, _ = make(server, trap.url, "user.created")
        server.terminate()
        server.environment["ROLECALL_EGRESS__ALLOW"] = "127.0.0.2/32"
        server.start()
        expect.scim(server.scim(server.token()).post("/Users", user_body("ana@acme.example")), 201)
        tried = wait_until(lambda: [one for one in deliveries(server, webhook) if one["attempts"]], "an attempt")[0]
        expect.holds(tried["reason"], "sends nothing to the address")
        expect.equal(trap.types(), [])


def test_many_changes_are_told_of_without_a_gap():
    with served() as server, Receiver() as receiver:
        make(server, receiver.url, "group.*")
        scim = server.scim(server.token())
        users = [expect.scim(scim.post("/Users", user_body(f"u{at}@acme.example")), 201)["id"] for at in range(30)]
        group = expect.scim(scim.post("/Groups", group_body("Everybody", *users)), 201)["id"]
        expect.equal(scim.delete("/Groups/" + group).status, 204)
        came = receiver.wait_for(lambda found: "group.deleted" in [one.body["type"] for one in found], "the end")
        added = [one.body["data"]["member"]["id"] for one in came if one.body["type"] == "group.member_added"]
        expect.equal(sorted(added), sorted(users))


def test_a_receiver_behind_tls_has_to_be_the_one_that_it_says():
    with tempfile.TemporaryDirectory() as directory:
        certificate, key = f"{directory}/certificate.pem", f"{directory}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=receiver", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        with Receiver(tls=(certificate, key)) as receiver:
            with served(ROLECALL_EGRESS__CA_FILE=certificate) as server:
                webhook, secret = make(server, receiver.url)
                tested = server.cli("webhooks", "test", webhook)
                expect.equal((tested["state"], tested["status"]), ("delivered", 204))
                assert is_signed(receiver.wait(1)[0], secret)
            with served() as server:
                webhook, _ = make(server, receiver.url)
                done = server.run("webhooks", "test", webhook)
                expect.equal(done.returncode, 1)
                expect.holds(done.stdout, "Its certificate is not trusted.")
            expect.equal(len(receiver.types()), 1)
