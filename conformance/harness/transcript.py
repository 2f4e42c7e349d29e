"""Plays one transcript: steps in order, each a request, a decision, a command or a look into the log."""

import gzip
import json
import re
import urllib.parse

import checks
from rolecall_server import ERROR, ServerFailure

# What Okta's client sends with every request (Okta's former SCIM page, captures with headers).
CLIENT_HEADERS = {
    "User-Agent": "Okta SCIM Client 1.0.0",
    "Accept": "application/scim+json",
    "Accept-Charset": "utf-8",
    "Accept-Encoding": "gzip,deflate",
    "Connection": "Keep-Alive",
}
CONTENT_TYPE = "application/scim+json; charset=utf-8"
DIALECTS = ("aiw", "oin", "oin-patch", "any")
MEMBERS = {"name", "source", "dialect", "connection_dialect", "headers", "steps", "variables", "prefix", "fresh", "environment"}
STEP_MEMBERS = {"name", "request", "decision", "cli", "log", "expect", "save", "repeat"}
# Lines are written before the answer they belong to, so that a look into the log needs no waiting.
LOG_ENVIRONMENT = {"ROLECALL_LOG__QUEUE": "0", "ROLECALL_LOG__LEVEL": "debug"}


class StepFailure(Exception):
    """A step did not go as expected."""


class Player:
    """Plays against one server; variables live as long as one transcript."""

    def __init__(self, server, client, run_name, sees_log=True):
        self.server = server
        self.client = client
        self.run_name = run_name
        self.sees_log = sees_log
        self.variables = {}
        self.passwords = set()
        self.log_start = 0
        self.headers = CLIENT_HEADERS

    def play(self, transcript):
        self.headers = transcript.get("headers", CLIENT_HEADERS)
        self.passwords = set(re.findall(r'"password": "([^"]+)"', json.dumps(transcript)))
        self.variables = {"run": self.run_name, "token": self.client.token}
        for name, value in transcript.get("variables", {}).items():
            self.variables[name] = checks.substitute(value, self.variables)
        for number, step in enumerate(transcript["steps"], 1):
            for turn in range(step.get("repeat", 1)):
                self.variables["i"] = turn
                try:
                    self._step(step)
                except (StepFailure, ServerFailure, ValueError, OSError) as failure:
                    raise StepFailure(f"step {number}, {step['name']}: {failure}") from None

    def _step(self, step):
        filled = checks.substitute({name: value for name, value in step.items() if name != "save"}, self.variables)
        if "request" in filled:
            self._request(filled["request"], filled.get("expect", {}), step.get("save", {}))
        elif "decision" in filled:
            question = filled["decision"]
            got = self.server.decide(question["user"], question["permission"], question.get("workspace", "default"))
            if got is not filled["expect"]:
                raise StepFailure(f"the decision about {question['permission']} is {got}")
        elif "cli" in filled:
            self._command(filled["cli"], filled.get("expect", {}), step.get("save", {}))
        elif "log" in filled:
            self._look_into_log(filled["log"])
        else:
            raise ValueError("a step is a request, a decision, a cli or a log")

    def _request(self, request, expect, save):
        headers = {**self.headers, **request.get("headers", {})}
        raw = request.get("raw")
        body = request.get("body")
        if body is not None or raw is not None:
            headers.setdefault("Content-Type", CONTENT_TYPE)
        self.log_start = self._log_bytes()
        usual = self.client.prefix
        self.client.prefix = request.get("prefix", usual)
        try:
            got = self.client.request(request["method"], request["path"], body, headers, raw)
            # The best of a few: what else runs on this machine is not what is looked at.
            for _ in range(5):
                if request["method"] == "GET" and got.seconds > expect.get("seconds", got.seconds):
                    got = self.client.request(request["method"], request["path"], body, headers, raw)
        finally:
            self.client.prefix = usual
        data = gzip.decompress(got.body) if got.headers.get("content-encoding") == "gzip" else got.body
        wanted = expect.get("status", 200)
        if got.status not in (wanted if isinstance(wanted, list) else [wanted]):
            raise StepFailure(f"status {got.status} instead of {wanted}: {data[:500].decode(errors='replace')}")
        value = self._read(got, data, expect.get("media_type", "application/scim+json"))
        if expect.get("seconds") and got.seconds > expect["seconds"]:
            raise StepFailure(f"took {got.seconds:.2f} s")
        for name, expected in expect.get("headers", {}).items():
            self._check(f"header {name}", got.headers.get(name.lower(), checks.MISSING), expected)
        # A 204 has nothing to look at; both answers are right where a step allows both.
        if got.status != 204:
            self._check_json(value, expect.get("json", {}))
        self._save(value, save)

    def _read(self, got, data, media_type):
        """Standing rules for every answer: JSON of the right media type, errors by the error schema."""
        if not data:
            if got.status not in (204, 304):
                raise StepFailure(f"status {got.status} without a body")
            return checks.MISSING
        if not got.headers.get("content-type", "").startswith(media_type):
            raise StepFailure(f"content type {got.headers.get('content-type')}")
        try:
            value = json.loads(data)
        except ValueError:
            raise StepFailure(f"the body is not JSON: {data[:200]!r}") from None
        if got.status >= 400 and media_type == "application/scim+json":
            for path, expected in {"schemas": [ERROR], "status": str(got.status), "detail": {"$filled": True}}.items():
                self._check(path, checks.lookup(value, path), expected)
        if "password" in value or any("password" in item for item in value.get("Resources", [])):
            raise StepFailure("the answer holds a password")
        return value

    def _command(self, words, expect, save):
        done = self.server.run(*words)
        if done.returncode != expect.get("exit", 0):
            raise StepFailure(f"exit {done.returncode}: {done.stderr.strip()}")
        value = checks.MISSING
        if "json" in expect or save:
            value = json.loads(done.stdout)
            self._check_json(value, expect.get("json", {}))
        if expect.get("stdout", "") not in done.stdout:
            raise StepFailure(f"stdout lacks {expect['stdout']!r}: {done.stdout.strip()[:500]}")
        self._save(value, save)

    def _log_bytes(self):
        return self.server.log_path.stat().st_size if self.sees_log else 0

    def _look_into_log(self, wanted):
        """One line that came with the last request has all of these fields."""
        if not self.sees_log:
            return
        with open(self.server.log_path, "rb") as log:
            log.seek(self.log_start)
            lines = [json.loads(line) for line in log.read().splitlines() if line.startswith(b"{")]
        if not any(all(line.get(name) == value for name, value in wanted.items()) for line in lines):
            raise StepFailure(f"the log of the last request has no {wanted}: {checks.shown(lines)}")

    def _check_json(self, value, expected):
        for path, wanted in expected.items():
            self._check(path or "the body", checks.lookup(value, path), wanted)

    def _save(self, value, save):
        for name, path in save.items():
            found = checks.lookup(value, checks.substitute(path, self.variables))
            if found is checks.MISSING:
                raise StepFailure(f"there is no {path} to keep as {name}")
            self.variables[name] = found

    @staticmethod
    def _check(what, actual, expected):
        wrong = checks.check(actual, expected)
        if wrong:
            raise StepFailure(f"{what}: {wrong}")

    def canaries(self):
        """Texts of this transcript that must not be in the log: addresses, tokens, passwords."""
        texts = {name: value for name, value in self.variables.items() if isinstance(value, str)}
        return self.passwords | {value for name, value in texts.items() if "@" in value or name.endswith("token")}


def load(path):
    """A transcript, with its fixed members looked at."""
    transcript = json.loads(path.read_text())
    for member in ("name", "source", "steps"):
        if not transcript.get(member):
            raise ValueError(f"{path.name} has no {member}")
    if set(transcript) - MEMBERS:
        raise ValueError(f"{path.name}: {set(transcript) - MEMBERS} is not known")
    if ("dialect" in transcript) == ("connection_dialect" in transcript):
        raise ValueError(f"{path.name} has a dialect of Okta's or the connection_dialect of another client")
    dialects = transcript.get("dialect", "any")
    if not set(dialects if isinstance(dialects, list) else [dialects]) <= set(DIALECTS):
        raise ValueError(f"{path.name}: dialect {dialects}")
    for step in transcript["steps"]:
        unknown = set(step) - STEP_MEMBERS
        if unknown or "name" not in step:
            raise ValueError(f"{path.name}: a step with {unknown or 'no name'}")
        path_text = step.get("request", {}).get("path", "/")
        if urllib.parse.quote(path_text, safe="/?=&%+:${}.,-_~@!*'();") != path_text:
            raise ValueError(f"{path.name}: the path {path_text} is not escaped")
    return transcript
