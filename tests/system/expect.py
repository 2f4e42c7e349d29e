"""What the system tests say about answers. Every function fails with the answer in its message."""

from rolecall_server import ERROR, LIST

SCIM_TYPE = "application/scim+json"


def equal(found, wanted, what="value"):
    assert found == wanted, f"{what}: {found!r}, expected {wanted!r}"


def holds(text, part, what="text"):
    assert part in text, f"{what} does not hold {part!r}: {text[:1500]!r}"


def lacks(text, part, what="text"):
    assert part not in text, f"{what} holds {part!r}: {text[:1500]!r}"


def media_type(answer):
    return answer.headers.get("content-type", "").split(";")[0].strip()


def status(answer, wanted):
    """The answer's body as JSON, or None when there is none."""
    assert answer.status == wanted, f"status {answer.status}, expected {wanted}: {answer.body[:800]!r}"
    return answer.json() if answer.body else None


def scim(answer, wanted=200):
    """A SCIM answer with this status; its body."""
    body = status(answer, wanted)
    if body is not None:
        equal(media_type(answer), SCIM_TYPE, "content type")
    return body


def listed(answer):
    """A ListResponse whose counts fit its resources; the resources."""
    body = scim(answer)
    equal(body["schemas"], [LIST], "schemas of a list")
    equal(body["itemsPerPage"], len(body["Resources"]), "itemsPerPage")
    assert body["totalResults"] >= body["itemsPerPage"], body
    return body["Resources"]


def refused(answer, wanted, scim_type=None):
    """A SCIM error (RFC 7644 §3.12) with a sentence; the sentence."""
    body = scim(answer, wanted)
    equal(body.get("schemas"), [ERROR], "schemas of an error")
    equal(body.get("status"), str(wanted), "status in the body, which is a string")
    equal(body.get("scimType"), scim_type, "scimType")
    detail = body.get("detail", "")
    assert len(detail) > 10 and detail[-1] in ".?", f"no sentence: {detail!r}"
    return detail


def message(answer, wanted):
    """An error of the decision API: a JSON string, which is the sentence."""
    body = status(answer, wanted)
    equal(media_type(answer), "application/json", "content type")
    assert isinstance(body, str) and len(body) > 10, f"no sentence: {body!r}"
    return body


def problem(answer, wanted):
    """An error of the admin API (RFC 9457); the sentence."""
    body = status(answer, wanted)
    equal(media_type(answer), "application/problem+json", "content type")
    equal(body.get("status"), wanted, "status in the body")
    assert len(body.get("detail", "")) > 10, f"no sentence: {body}"
    return body["detail"]


def succeeded(done, code=0):
    """A finished command; what it printed."""
    assert (
        done.returncode == code
    ), f"exit {done.returncode}, expected {code}: {done.stdout[-800:]!r} {done.stderr[-800:]!r}"
    return done.stdout
