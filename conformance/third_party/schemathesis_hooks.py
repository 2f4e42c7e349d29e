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
