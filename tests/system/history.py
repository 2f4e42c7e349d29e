"""Whether what clients saw of one resource can have happened in some order, each request at a moment between when it was
sent and when it was answered (linearizability). Versions make the order known, so it is checked and not searched for."""

import dataclasses


@dataclasses.dataclass
class Event:
    """One request and its answer; `began` and `ended` are of one clock."""

    began: float
    ended: float
    verb: str  # GET, PUT, PATCH or DELETE
    status: int
    content: str = None  # written, or seen by a GET
    version: int = None  # in the answer
    expected: int = None  # of If-Match

    @property
    def is_write(self):
        return self.status == 200 and self.verb in ("PUT", "PATCH")


def violations(events, first_version, first_content):
    """Each a sentence."""
    return [*_of_writes(events, first_version), *_of_contents(events, first_version, first_content),
            *_of_order(events, first_version), *_of_refusals(events, first_version), *_of_the_end(events)]


def _of_writes(events, first_version):
    """Every write makes the next version of the one that it expected."""
    made = sorted(event.version for event in events if event.is_write)
    if made != list(range(first_version + 1, first_version + 1 + len(made))):
        yield f"the versions made are {made}"
    for event in events:
        if event.is_write and event.expected is not None and event.version != event.expected + 1:
            yield f"expected {event.expected}, made {event.version}: {event}"


def _of_contents(events, first_version, first_content):
    """Whoever sees a version sees what was written in it."""
    written = {event.version: event.content for event in events if event.is_write} | {first_version: first_content}
    for event in events:
        if event.verb == "GET" and event.status == 200 and written.get(event.version) != event.content:
            yield f"version {event.version} is {written.get(event.version)!r}: {event}"


def _of_order(events, first_version):
    """What was answered before a request was sent is seen by it."""
    known = sorted((event for event in events if event.version is not None), key=lambda event: event.ended)
    latest, at = first_version, 0
    for event in sorted((event for event in events if event.version is not None), key=lambda event: event.began):
        while at < len(known) and known[at].ended < event.began:
            latest = max(latest, known[at].version)
            at += 1
        if event.version < latest + event.is_write:
            yield f"version {latest} was known before: {event}"


def _of_refusals(events, first_version):
    """412 needs a moment at which the version was another one."""
    made_by = {event.version: event for event in events if event.is_write}
    deleted = [event for event in events if event.verb == "DELETE" and event.status == 204]
    for event in events:
        if event.status != 412:
            continue
        before, after = made_by.get(event.expected), made_by.get(event.expected + 1)
        was_there = event.expected == first_version or (before is not None and before.ended < event.began)
        is_over = after is not None and after.began < event.ended or any(end.began < event.ended for end in deleted)
        if was_there and not is_over:
            yield f"version {event.expected} was the one there all the time: {event}"


def _of_the_end(events):
    """It is deleted once, with what it was expected to be, and there before and gone afterwards."""
    ends = [event for event in events if event.verb == "DELETE" and event.status == 204]
    if len(ends) > 1:
        yield f"deleted {len(ends)} times"
    for event in events:
        if event.status == 404 and not any(end.began < event.ended for end in ends):
            yield f"gone before it was deleted: {event}"
        if event.status == 200 and any(end.ended < event.began for end in ends):
            yield f"there after it was deleted: {event}"
    latest = max((event.version for event in events if event.is_write), default=None)
    for end in ends:
        if end.expected is not None and latest is not None and latest > end.expected:
            yield f"version {latest} was made: {end}"
