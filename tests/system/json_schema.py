"""Checks a value against the part of JSON Schema 2020-12 that schemas/openapi uses. A keyword that it does not know is an
error, so that nothing in a schema is passed over; members that a schema does not name are one too."""

import datetime
import re

NO_RULE = {"description", "default", "example", "examples", "title"}
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def resolve(schema, document):
    while "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def is_kind(value, kind):
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind])


def is_format(value, name):
    if name == "date-time":
        try:
            return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None
        except ValueError:
            return False
    if name == "uri-reference":
        return not re.search(r"[\s<>\"{}|\\^`]", value)
    raise ValueError(f"unknown format {name}")


def faults(value, schema, document, at="$"):
    """What is wrong with the value, a sentence each."""
    schema = resolve(schema, document)
    found = []
    for keyword, rule in schema.items():
        found += CHECKS[keyword](value, rule, schema, document, at) if keyword not in NO_RULE else []
    return found


def check_type(value, rule, _schema, _document, at):
    kinds = rule if isinstance(rule, list) else [rule]
    return [] if any(is_kind(value, kind) for kind in kinds) else [f"{at} is no {' or '.join(kinds)}: {value!r}"]


def check_required(value, rule, _schema, _document, at):
    return [f"{at} lacks {name}" for name in rule if isinstance(value, dict) and name not in value]


def check_properties(value, rule, _schema, document, at):
    if not isinstance(value, dict):
        return []
    found = [f"{at} holds {name}, which the schema does not name" for name in value if name not in rule]
    for name, inner in rule.items():
        if name in value:
            found += faults(value[name], inner, document, f"{at}.{name}")
    return found


def check_items(value, rule, _schema, document, at):
    found = []
    for number, item in enumerate(value if isinstance(value, list) else []):
        found += faults(item, rule, document, f"{at}[{number}]")
    return found


def when(applies, holds, words):
    def check(value, rule, _schema, _document, at):
        return [] if not applies(value) or holds(value, rule) else [f"{at} {words} {rule!r}: {value!r}"]
    return check


def is_text(value):
    return isinstance(value, str)


def is_number(value):
    return is_kind(value, "integer")


def is_object(value):
    return isinstance(value, dict)


CHECKS = {
    "type": check_type,
    "required": check_required,
    "properties": check_properties,
    "items": check_items,
    "enum": when(lambda value: True, lambda value, rule: value in rule, "is not one of"),
    "const": when(lambda value: True, lambda value, rule: value == rule, "is not"),
    "minimum": when(is_number, lambda value, rule: value >= rule, "is below"),
    "maximum": when(is_number, lambda value, rule: value <= rule, "is above"),
    "minLength": when(is_text, lambda value, rule: len(value) >= rule, "is shorter than"),
    "pattern": when(is_text, lambda value, rule: re.search(rule, value), "does not match"),
    "format": when(is_text, is_format, "is not in the format"),
    "minProperties": when(is_object, lambda value, rule: len(value) >= rule, "has fewer members than"),
    "maxProperties": when(is_object, lambda value, rule: len(value) <= rule, "has more members than"),
}
