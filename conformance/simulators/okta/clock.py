"""Time that tests can move: the machine's, and what was added to it."""

import datetime
import time


class Clock:
    def __init__(self):
        self.ahead = 0.0

    def now(self):
        return time.time() + self.ahead

    def advance(self, seconds):
        self.ahead += seconds


def stamp(seconds):
    """As Okta writes an instant: UTC with milliseconds."""
    whole = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole.microsecond // 1000:03d}Z"
