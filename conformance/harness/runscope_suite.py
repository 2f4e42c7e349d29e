"""Reads a Runscope export (JSON) and plays its steps: variables, requests, assertions; pauses are not waited for."""

import json
import re
import time
import urllib.parse

import checks

VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


class Unknown(Exception):
    """Something in the suite that this player does not know; it counts as a failure, never as passed."""


class Suite:
    """One export. `send(method, url, headers, body)` gives (status, body text, headers)."""

    def __init__(self, path, variables, send):
        self.document = json.loads(path.read_text())
        self.name = self.document.get("name", path.stem)
        self.variables = dict(variables)
        self.send = send
        self.passed = 0
        self.failures = []
        self.requests = 0

    def play(self):
        for step in self.document["steps"]:
            if step.get("skipped") or step["step_type"] == "pause":
                continue
            if step["step_type"] != "request":
                self.failures.append(f"a step of type {step['step_type']} is not known")
                continue
            self._request(step)

    def fill(self, text):
        def value(match):
            if match.group(1) not in self.variables:
                raise Unknown(f"the variable {match.group(1)} has no value")
            return str(self.variables[match.group(1)])
        return VARIABLE.sub(value, text)

    def _request(self, step):
        note = step.get("note") or step["url"]
        try:
            headers = {name: self.fill(value[0] if isinstance(value, list) else value)
                       for name, value in (step.get("headers") or {}).items()}
            url = self.fill(step["url"])
            body = self.fill(step["body"]) if step.get("body") else None
            started = time.monotonic()
            status, text, received = self.send(step["method"], quote(url), headers, body)
        except (Unknown, OSError) as failure:
            self.failures.append(f"{note}: {failure}")
            return
        self.requests += 1
        answer = {"status": status, "text": text, "headers": received,
                  "milliseconds": (time.monotonic() - started) * 1000}
        for assertion in step.get("assertions") or []:
            self._count(note, self._assert, assertion, answer)
        for script in (step.get("scripts") or []) + (step.get("before_scripts") or []):
            if script.strip():
                self._count(note, self._script, script, answer)
        for variable in step.get("variables") or []:
            if variable.get("name"):
                found = source_of(variable, answer)
                if found is not checks.MISSING:
                    self.variables[variable["name"]] = found

    def _count(self, note, judge, what, answer):
        try:
            wrong = judge(what, answer)
        except (Unknown, ValueError, TypeError) as failure:
            wrong = str(failure)
        if wrong:
            self.failures.append(f"{note}: {wrong} (status {answer['status']}, {answer['text'][:300]})")
        else:
            self.passed += 1

    def _assert(self, assertion, answer):
        actual = source_of(assertion, answer)
        wanted = assertion.get("value")
        if isinstance(wanted, str):
            wanted = self.fill(wanted)
        right = compare(assertion["comparison"], actual, wanted)
        label = f"{assertion['source']} {assertion.get('property') or ''}".strip()
        return None if right else f"{label} {assertion['comparison']} {wanted}: got {checks.shown(actual)}"

    def _script(self, script, answer):
        """The scripts of the published suites, known by what they look at; the effect is done here."""
        data = json.loads(answer["text"])
        if "data.totalResults" in script and "Array.isArray(res)" in script:
            # Asserts nothing unless there are groups; then Resources must be an array.
            is_right = data["totalResults"] == 0 or isinstance(data["Resources"], list)
            return None if is_right else "Resources is not an array"
        if "assert.notEqual(data.userName.toLowerCase()" in script:
            is_right = data["userName"].lower() != self.variables["randomUsername"]
            return None if is_right else "the user name has no capital, the test means nothing"
        raise Unknown(f"a script is not known: {script[:80]!r}")


def quote(url):
    """As Runscope sends it: what a URL cannot hold is escaped, escapes stay."""
    parts = urllib.parse.urlsplit(url)
    path = urllib.parse.quote(parts.path, safe="/%:@")
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path,
                                    urllib.parse.quote(parts.query, safe="=&%@:"), ""))


def source_of(item, answer):
    source = item["source"]
    if source == "response_status":
        return answer["status"]
    if source == "response_time":
        return answer["milliseconds"]
    if source == "response_text":
        return answer["text"]
    if source == "response_headers":
        return answer["headers"].get((item.get("property") or "").lower(), checks.MISSING)
    if source == "response_json":
        try:
            return checks.lookup(json.loads(answer["text"]), item.get("property") or "")
        except ValueError:
            return checks.MISSING
    raise Unknown(f"the source {source} is not known")


def as_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def holds(actual, wanted):
    items = list(actual.values()) if isinstance(actual, dict) else actual
    return any(as_text(item) == str(wanted) for item in items)


def compare(comparison, actual, wanted):
    if comparison == "empty":
        return not checks.is_filled(actual)
    if actual is checks.MISSING:
        return False
    if comparison == "not_empty":
        return checks.is_filled(actual)
    if comparison == "equal":
        return as_text(actual) == str(wanted)
    if comparison == "not_equal":
        return as_text(actual) != str(wanted)
    if comparison == "equal_number":
        return is_number(actual) and float(actual) == float(wanted)
    if comparison == "is_a_number":
        return is_number(actual)
    if comparison == "is_less_than":
        return is_number(actual) and actual < float(wanted)
    if comparison == "is_greater_than":
        return is_number(actual) and actual > float(wanted)
    if comparison == "has_value":
        return isinstance(actual, (list, dict)) and holds(actual, wanted)
    if comparison == "has_key":
        return isinstance(actual, dict) and wanted in actual
    if comparison == "contains":
        if isinstance(actual, str):
            return wanted in actual
        return isinstance(actual, (list, dict)) and holds(actual, wanted)
    raise Unknown(f"the comparison {comparison} is not known")
