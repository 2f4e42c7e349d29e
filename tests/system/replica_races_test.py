"""What must hold however requests fall between two replicas: one name is given once in whatever spelling, versions follow
each other, and a worker that slept past its lease says nothing any more."""

import itertools
import json
import signal
import threading
import time
import unicodedata

import expect
from backdoor import door_to, only_on_postgresql
from receiver import Receiver
from replicas_test import replicas
from rolecall_server import PATCH_OP, USER, in_parallel, user_body

LASTS_LONG = True

KELVIN, LONG_S, DOTLESS_I, DOTTED_I, LIGATURE = "\u212a", "\u017f", "\u0131", "\u0130", "\ufb01"


def fullwidth(text):
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalpha() else char for char in text)


def same_spellings():
    """Of one name as RFC 8265 §3.3 prepares it: case, width, composition, and K as the sign of Kelvin."""
    local = "kévin.fisk"
    shapes = (str, str.upper, str.title, fullwidth, lambda text: fullwidth(text.upper()))
    forms = (lambda text: text, lambda text: unicodedata.normalize("NFD", text))
    kelvins = (lambda text: text, lambda text: text.replace("k", KELVIN, 1), lambda text: text.replace("K", KELVIN))
    hosts = ("acme.example", "ACME.example", "Acme.Example")
    spellings = {f"{kelvin(form(shape(local)))}@{host}"
                 for shape, form, kelvin, host in itertools.product(shapes, forms, kelvins, hosts)}
    return sorted(spellings)


@only_on_postgresql
def test_one_name_is_given_once_in_whatever_spelling():
    spellings = same_spellings()
    assert len(spellings) >= 40, len(spellings)
    others = [f"kévin.f{odd}@acme.example" for odd in ("i" + LONG_S + "k", DOTLESS_I + "sk", DOTTED_I + "sk", LIGATURE + "sk")]
    with replicas() as servers:
        token = servers[0].token()

        def post(number):
            client = servers[number % 2].scim(token)
            return [client.post("/Users", user_body(name)) for name in (spellings + others)[number::4]]

        answers = [answer for some in in_parallel(4, post) for answer in some]
        names = [name for number in range(4) for name in (spellings + others)[number::4]]
        statuses = dict(zip(names, (answer.status for answer in answers)))
        expect.equal(sorted(statuses[name] for name in spellings), [201] + [409] * (len(spellings) - 1))
        assert {statuses[name] for name in others} <= {201, 400}, {name: statuses[name] for name in others}
        made = {json.loads(answer.body)["id"] for name, answer in zip(names, answers)
                if answer.status == 201 and name in spellings}
        for number, name in enumerate(spellings):
            found = expect.listed(servers[number % 2].scim(token).find("Users", f'userName eq "{name}"'))
            expect.equal({user["id"] for user in found}, made, name)
        for name in others:
            found = expect.listed(servers[0].scim(token).find("Users", f'userName eq "{name}"')) if statuses[name] == 201 else []
            assert not made & {user["id"] for user in found}, name


@only_on_postgresql
def test_versions_of_a_resource_are_one_line():
    """Each change says what it saw. Whatever succeeds follows from the one before, and whoever reads afterwards sees it."""
    with replicas() as servers:
        token = servers[0].token()
        user = expect.scim(servers[0].scim(token).post("/Users", user_body("maya@acme.example")), 201)
        path = "/Users/" + user["id"]

        def race(number):
            client, changes, reads = servers[number % 2].scim(token), [], []
            for round_ in range(40):
                began = time.monotonic()
                seen = expect.scim(client.get(path))
                version = seen["meta"]["version"]
                reads.append((began, int(version.split('"')[1])))
                title = f"{number}-{round_}"
                if round_ % 2:
                    answer = client.put(path, user_body("maya@acme.example", title=title), headers={"If-Match": version})
                else:
                    answer = client.request("PATCH", path, {"schemas": [PATCH_OP], "Operations": [
                        {"op": "replace", "path": "title", "value": title}]}, headers={"If-Match": version})
                if answer.status == 412:
                    continue
                body = expect.scim(answer)
                expect.equal(body["title"], title)
                changes.append((int(version.split('"')[1]), int(body["meta"]["version"].split('"')[1]), time.monotonic()))
            return changes, reads

        done = in_parallel(6, race)
        changes = sorted(change for some, _ in done for change in some)
        reads = [read for _, some in done for read in some]
        expect.equal([old for old, _, _ in changes], list(range(1, len(changes) + 1)), "every version was followed once")
        expect.equal([new for _, new, _ in changes], list(range(2, len(changes) + 2)))
        for began, version in reads:
            known = max((new for _, new, ended in changes if ended < began), default=1)
            assert version >= known, f"a read that began after version {known} was answered saw {version}"
        assert len(changes) >= 40, "hardly anything succeeded"


@only_on_postgresql
def test_who_slept_past_its_lease_is_not_heard():
    loopback = {"ROLECALL_EGRESS__ALLOW": "127.0.0.1/32", "ROLECALL_EGRESS__PLAIN_HTTP": "true",
                "ROLECALL_WEBHOOKS__THREADS": "1"}
    with replicas(environment=loopback) as servers, Receiver() as receiver:
        made = servers[0].cli("webhooks", "create", receiver.url, "--event", "user.created")
        token = servers[0].token()
        door = door_to(servers[0].data)
        for round_ in range(4):
            one, other = servers if round_ % 2 else reversed(servers)
            before = len(receiver.wait(2 * round_))
            other.send_signal(signal.SIGSTOP)
            try:
                may_answer = threading.Event()
                receiver.answers.append(lambda gate=may_answer: 500 if gate.wait(60) else 504)
                expect.scim(one.scim(token).post("/Users", user_body(f"user{round_}@acme.example")), 201)
                receiver.wait(before + 1)
                one.send_signal(signal.SIGSTOP)
            finally:
                other.send_signal(signal.SIGCONT)
            try:
                # Its lease runs out while it sleeps; the receiver's answer to it will be that it failed.
                door.execute("UPDATE webhooks SET leased_until = 1 WHERE leased_until > 0")
                first, second = receiver.wait(before + 2)[before:]
                expect.equal(second.headers["webhook-id"], first.headers["webhook-id"])
                settled = settled_state(door, made["id"])
            finally:
                one.send_signal(signal.SIGCONT)
            may_answer.set()
            time.sleep(0.7)
            expect.equal(settled_state(door, made["id"]), settled)
            expect.equal(len(receiver.wait(before + 2)), before + 2, "deliveries after the sleeper's answer")
        expect.equal({row[0] for row in door.ask("SELECT state FROM deliveries")}, {"delivered"})
        door.close()


def settled_state(door, webhook):
    """Of the newest delivery, once it is delivered."""
    end = time.monotonic() + 60
    while True:
        rows = door.ask("SELECT state, attempts, status FROM deliveries WHERE webhook = ? ORDER BY seq DESC LIMIT 1", webhook)
        if list(rows[0])[0] == "delivered":
            return list(rows[0])
        assert time.monotonic() < end, list(rows[0])
        time.sleep(0.02)
