"""Paths into JSON, ${variables} and expectations, as transcripts and suites write them.

A path: `Resources[0].name.givenName`, `members[value=…].display` (first element whose member is equal),
`Resources[*].id` (all of them, a list), `["urn:…:User"].defaultRole` for names with dots and colons.

An expectation is the value itself, or an object of one operator:
    {"$type": "string"|"integer"|"boolean"|"array"|"object"}   {"$absent": true}   {"$filled": true}
    {"$count": 3}   {"$has": value}   {"$lacks": value}   {"$text": "part of it"}   {"$disjoint": list}
    {"$same": value}  the value, compared without regard to the order of lists
    {"$not": value}   present, and another value   {"$matches": "regular expression for the whole text"}
"""

import json
import re

MISSING = object()
STEP = re.compile(r"""\.?(?:\["([^"]*)"\]|\[(\d+|\*)\]|\[(\w+)=([^\]]*)\]|([^.\[\]]+))""")
VARIABLE = re.compile(r"\$\{(\w+)\}")
TYPES = {"string": str, "boolean": bool, "array": list, "object": dict}


def parse_path(path):
    steps, at = [], 0
    while at < len(path):
        match = STEP.match(path, at)
        if not match:
            raise ValueError(f"not a path: {path}")
        quoted, index, key, wanted, name = match.groups()
        if index is not None:
            steps.append(("all", None) if index == "*" else ("index", int(index)))
        elif key is not None:
            steps.append(("where", (key, wanted)))
        else:
            steps.append(("name", quoted if quoted is not None else name))
        at = match.end()
    return steps


def lookup(value, path):
    """The value at a path, or MISSING."""
    return _walk(value, parse_path(path))


def _walk(value, steps):
    for at, (kind, what) in enumerate(steps):
        if kind == "name":
            if not isinstance(value, dict) or what not in value:
                return MISSING
            value = value[what]
        elif not isinstance(value, list):
            return MISSING
        elif kind == "index":
            if what >= len(value):
                return MISSING
            value = value[what]
        elif kind == "where":
            key, wanted = what
            value = next((item for item in value if isinstance(item, dict) and str(item.get(key)) == wanted), MISSING)
            if value is MISSING:
                return MISSING
        else:
            rest = [_walk(item, steps[at + 1:]) for item in value]
            return [item for item in rest if item is not MISSING]
    return value


def substitute(value, variables):
    """A copy in which ${name} is replaced; a text that is nothing but one variable becomes its value, of any type."""
    if isinstance(value, str):
        whole = VARIABLE.fullmatch(value)
        if whole:
            return _variable(variables, whole.group(1))
        return VARIABLE.sub(lambda match: str(_variable(variables, match.group(1))), value)
    if isinstance(value, list):
        return [substitute(item, variables) for item in value]
    if isinstance(value, dict):
        if set(value) == {"$merge"}:
            merged = {}
            for part in value["$merge"]:
                merged.update(substitute(part, variables))
            return {name: item for name, item in merged.items() if item is not None}
        return {substitute(name, variables): substitute(item, variables) for name, item in value.items()}
    return value


def _variable(variables, name):
    if name not in variables:
        raise ValueError(f"the variable {name} has no value")
    return variables[name]


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_filled(value):
    return value is not MISSING and value is not None and value != "" and value != [] and value != {}


def canonical(value):
    if isinstance(value, list):
        return sorted((canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {name: canonical(item) for name, item in value.items()}
    return value


def is_equal(actual, expected):
    """Equality that keeps true apart from 1."""
    if isinstance(actual, bool) != isinstance(expected, bool):
        return False
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(is_equal, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(is_equal(actual[name], expected[name]) for name in actual)
    return actual is not MISSING and type(actual) is type(expected) and actual == expected


def shown(value):
    text = "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"


def check(actual, expected):
    """None, or what is wrong."""
    operator = next(iter(expected)) if isinstance(expected, dict) and len(expected) == 1 else ""
    if not operator.startswith("$"):
        return None if is_equal(actual, expected) else f"expected {shown(expected)}, got {shown(actual)}"
    wanted = expected[operator]
    if operator == "$type":
        right = is_integer(actual) if wanted == "integer" else isinstance(actual, TYPES[wanted])
    elif operator == "$absent":
        right = (actual is MISSING) == wanted
    elif operator == "$filled":
        right = is_filled(actual) == wanted
    elif operator == "$count":
        right = isinstance(actual, list) and len(actual) == wanted
    elif operator == "$has":
        right = isinstance(actual, (list, dict)) and any(is_equal(item, wanted) for item in actual)
    elif operator == "$lacks":
        right = isinstance(actual, (list, dict)) and not any(is_equal(item, wanted) for item in actual)
    elif operator == "$text":
        right = isinstance(actual, str) and wanted in actual
    elif operator == "$disjoint":
        right = isinstance(actual, list) and bool(actual) and not any(item in wanted for item in actual)
    elif operator == "$not":
        right = actual is not MISSING and not is_equal(actual, wanted)
    elif operator == "$matches":
        right = isinstance(actual, str) and re.fullmatch(wanted, actual) is not None
    elif operator == "$same":
        right = actual is not MISSING and is_equal(canonical(actual), canonical(wanted))
    else:
        raise ValueError(f"unknown operator {operator}")
    return None if right else f"expected {operator} {shown(wanted)}, got {shown(actual)}"
