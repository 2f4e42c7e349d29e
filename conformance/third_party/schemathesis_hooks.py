"""Lets more of what schemathesis makes up get past the first check. Loaded by schemathesis itself (SCHEMATHESIS_HOOKS)."""

import itertools

import schemathesis

NUMBERS = itertools.count(1)


@schemathesis.hook
def before_call(_, case, **__):
    # Both are described, and each by itself is right; no description can say that they exclude each other.
    if case.query and "attributes" in case.query and "excludedAttributes" in case.query:
        del case.query["excludedAttributes"]
    # The examples have one name for all; names are unique.
    if isinstance(case.body, dict):
        for name, example in (("userName", "ana@acme.example"), ("displayName", "Support")):
            # What was answered comes back in later cases, so the example may have been made unique before.
            if str(case.body.get(name)).endswith(example):
                case.body = {**case.body, name: f"{next(NUMBERS)}.{example}"}
    if case.path == "/Me" and isinstance(case.body, dict):
        case.body = still_me(case.body)


def still_me(body):
    """Without what ends the token in the middle of the run: another userName, or a deactivation."""
    kept = {name: value for name, value in body.items() if name.lower() != "active"}
    if "Operations" not in kept:
        return {**kept, "userName": "me@acme.example"} if "userName" in kept else kept
    if isinstance(kept["Operations"], list):
        kept["Operations"] = [harmless(one) for one in kept["Operations"]]
    return kept


def harmless(operation):
    """The operation about the title, where it could be about one of these."""
    text = str(operation).lower()
    if not isinstance(operation, dict) or not any(name in text for name in ("active", "username")):
        return operation
    return {"op": operation.get("op"), "path": "title", "value": "Boss"}
