"""`search` and `filter` expressions: comparisons joined by `and`, `or` and parentheses."""

import re

from refusal import refuse

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([()])|([A-Za-z_][\w.]*)|(true|false))')
_ORDERED = {"gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}


def _tokens(text):
    at, found = 0, []
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match:
            raise refuse(400, "E0000031")
        found.append(match.group(0).strip())
        at = match.end()
    return found


def _lookup(thing, path):
    for part in path.split("."):
        thing = thing.get(part) if isinstance(thing, dict) else None
    return thing


class Expression:
    """`fold` compares as `search` does, without regard to case; `filter` does not fold."""

    def __init__(self, text, fold):
        self.rest = _tokens(text)
        self.fold = fold
        self.test = self._either()
        if self.rest:
            raise refuse(400, "E0000031")

    def matches(self, thing):
        return self.test(thing)

    def _next(self):
        if not self.rest:
            raise refuse(400, "E0000031")
        return self.rest.pop(0)

    def _joined(self, word, part, join):
        tests = [part()]
        while self.rest and self.rest[0].lower() == word:
            self._next()
            tests.append(part())
        return tests[0] if len(tests) == 1 else lambda thing: join(test(thing) for test in tests)

    def _either(self):
        return self._joined("or", self._both, any)

    def _both(self):
        return self._joined("and", self._one, all)

    def _one(self):
        first = self._next()
        if first == "(":
            inner = self._either()
            if self._next() != ")":
                raise refuse(400, "E0000031")
            return inner
        return self._comparison(first, self._next().lower())

    def _comparison(self, path, operator):
        if operator == "pr":
            return lambda thing: _lookup(thing, path) is not None
        word = self._next()
        if not word.startswith('"'):
            raise refuse(400, "E0000031")
        wanted = self._key(re.sub(r"\\(.)", r"\1", word[1:-1]))
        if operator in _ORDERED:
            name = _ORDERED[operator]
            return lambda thing: isinstance(_lookup(thing, path), str) and getattr(_lookup(thing, path), name)(wanted)
        compare = {"eq": str.__eq__, "ne": str.__ne__, "sw": str.startswith, "co": str.__contains__}.get(operator)
        if compare is None:
            raise refuse(400, "E0000031")
        return lambda thing: compare(self._key(_lookup(thing, path) or ""), wanted)

    def _key(self, value):
        is_instant = re.match(r"\d{4}-\d\d-\d\dT", str(value))
        return str(value).lower() if self.fold and not is_instant else str(value)
