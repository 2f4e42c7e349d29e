"""Passwords (RFC 7643 §4.1.1, §7, §9.2): taken, never kept, never shown."""

import base64
import hashlib

import expect
from backdoor import dump_of
from rolecall_server import leaks_in
from shared import SEARCH, client, query, server, unique
from strict import change, connect, make, message, minimal, path_of

RIGHT = "Correct-Horse-4711-battery"


def traces_of(password):
    """The password as it may stand somewhere: plain, encoded, or as a digest without a key."""
    data = password.encode()
    found = {password, base64.b64encode(data).decode(), data.hex(), data[::-1].decode()}
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, data).digest()
        found |= {digest.hex(), base64.b64encode(digest).decode()}
    return found


def test_a_password_is_in_no_answer():
    """§4.1.1 and §7: neither the text nor a digest of it, whichever way one asks.

    Proves: 7643-4.1.1-11 7643-7-10 7643-7-12
    """
    for scim in (connect(), client()):
        name = unique()
        answers = [scim.post(query("/Users", attributes="password,userName"), minimal(name, password=RIGHT))]
        path = path_of({"meta": {"location": answers[0].headers["location"]}})
        body = {"schemas": [SEARCH], "attributes": ["password"], "filter": f'userName eq "{name}"'}
        answers += [
            scim.get(path), scim.get(query(path, attributes="password")), scim.get(query(path, excludedAttributes="userName")),
            scim.get(query("/Users", filter=f'userName eq "{name}"', attributes="password")), scim.post("/Users/.search", body),
            scim.put(path, minimal(name, password=RIGHT)), scim.put(query(path, attributes="password"), minimal(name, password=RIGHT)),
            scim.request("PATCH", query(path, attributes="password"), message({"op": "replace", "path": "password", "value": RIGHT})),
            scim.request("PATCH", path, message({"op": "add", "value": {"password": RIGHT}})),
            scim.post("/Users", minimal(name, password=RIGHT))]
        for number, answer in enumerate(answers):
            if number == len(answers) - 1:
                expect.refused(answer, 409, "uniqueness")
            else:
                assert answer.status in (200, 201, 204), (number, answer)
            text = answer.body.decode() + str(answer.headers)
            assert '"password"' not in text.lower(), (number, answer)
            expect.equal(leaks_in(text, traces_of(RIGHT)), [], f"traces of the password in answer {number}")


def test_a_password_is_not_kept():
    """§4.1.1, §9.2: it is nowhere in the data directory, not as a digest either, nor in the log or the trail.

    Proves: 7643-4.1.1-12 7643-4.1.1-15 7643-9.2-01
    """
    for scim in (connect(), client()):
        password = unique("Correct-Horse-0815-battery")
        user = make(scim, password=password)
        expect.scim(scim.put(path_of(user), minimal(user["userName"], password=password)))
        change(scim, user, {"op": "replace", "path": "password", "value": password})
        scim.find("Users", f'password eq "{password}"')
        running = server()
        kept = {path.name: path.read_bytes().decode("latin-1") for path in running.directory.rglob("*") if path.is_file()}
        kept["the database"] = dump_of(running.data)
        expect.holds(kept["the database"], user["userName"], "the database")
        for name, text in kept.items():
            expect.equal(leaks_in(text, traces_of(password)), [], name)
        workspace = getattr(scim, "workspace", "default")
        for words in (("audit", "list"), ("users", "get", user["userName"])):
            shown = expect.succeeded(running.run(*words, "--workspace", workspace))
            expect.equal(leaks_in(shown, traces_of(password)), [])


def test_a_filter_tells_nothing_of_a_password():
    """§4.1.1: `eq` is understood and matches nobody, because nothing is kept; the right one answers like a wrong one.

    Proves: 7643-4.1.1-16
    """
    for scim in (connect(), client()):
        make(scim, password=RIGHT)
        answers = []
        for text in (RIGHT, "wrong"):
            found = scim.post("/Users/.search", {"schemas": [SEARCH], "filter": f'password eq "{text}"'})
            expect.equal(expect.scim(found)["totalResults"], 0)
            answers.append(found.body)
        expect.equal(answers[0], answers[1])
        for text in (f'password co "{RIGHT[:5]}"', 'password sw "C"', 'password gt "A"'):
            expect.refused(scim.find("Users", text), 400, "invalidFilter")
