"""One Okta org: people, groups, applications, credentials and the log of what happened; what changes by itself does
so when somebody looks."""

import bisect
import hashlib
import heapq
import itertools

from clock import Clock, stamp
from consent import Consents
from possession import Proofs

# In the order of bytes, in which lists go on behind an id.
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class People(dict):
    """Everybody by id, in the order of ids, which is that in which they came."""

    def __init__(self):
        super().__init__()
        self._order = []

    def __setitem__(self, key, user):
        if key not in self:
            self._order.append(key)
        super().__setitem__(key, user)

    def behind(self, last):
        for at in range(bisect.bisect_right(self._order, last), len(self._order)):
            user = self.get(self._order[at])
            if user is not None:
                yield user


class Org:
    def __init__(self, domain, seed=1):
        self.domain = domain
        self.seed = seed
        self.clock = Clock()
        self.lag = 0.0  # seconds until search knows what GET by id knows
        self.delay = 0.0  # seconds that an asynchronous transition takes
        self.is_read_only = False
        self.limits = {}  # calls a minute by bucket; what is not named has 600
        self.concurrency = 75
        self.users, self.groups, self.apps = People(), {}, {}
        self.clients, self.ssws, self.tokens = {}, {}, {}
        self.hooks = {}
        self.assertions = set()  # ids of assertions that were used
        self.proofs = Proofs()
        self.consents = Consents()
        self.factors, self.sessions = {}, {}
        self.log = []
        self.told = lambda org, entry: None  # who hears of a new entry of it
        self.mails = []  # what people would have found in their mailbox: (login, kind)
        self._due = []  # what happens later: (when, number, step)
        self._numbers = itertools.count(1)

    def new_id(self, prefix):
        """Twenty characters, as the vendor's, in the order in which they were made."""
        number = next(self._numbers)
        digest = hashlib.sha256(f"{self.seed}/{number}".encode()).digest()
        tail = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:9])
        return prefix + "".join(_ALPHABET[number // 62**place % 62] for place in (4, 3, 2, 1, 0)) + tail + "5d7"

    def now(self):
        return self.clock.now()

    def later(self, seconds, step):
        heapq.heappush(self._due, (self.now() + seconds, next(self._numbers), step))

    def settle(self):
        while self._due and self._due[0][0] <= self.now():
            heapq.heappop(self._due)[2]()

    def record(self, event_type, message, targets, actor="system"):
        """One entry of the System Log. `targets` are (type, id, name)."""
        self.log.append({
            "uuid": f"{len(self.log):08x}-0000-11ee-8000-{self.seed:012x}",
            "published": stamp(self.now()),
            "eventType": event_type,
            "version": "0",
            "severity": "INFO",
            "displayMessage": message,
            "actor": {"id": actor, "type": "PublicClientApp", "alternateId": actor, "displayName": actor},
            "outcome": {"result": "SUCCESS"},
            "target": [{"type": kind, "id": key, "displayName": name, "alternateId": name}
                       for kind, key, name in targets],
        })
        self.told(self, self.log[-1])


class User:
    def __init__(self, org, profile, status, type_id="oty1a2b3c4d5e6f7g8h9"):
        now = org.now()
        self.org = org
        self.id = org.new_id("00u")
        self.profile = profile
        self.status = status
        self.to_status = None
        self.type_id = type_id
        self.created = self.changed = self.status_changed = now
        self.activated = None if status == "STAGED" else now
        self.password_changed = None
        self._older = []  # (until, what search shows until then)

    def view(self):
        shown = {
            "id": self.id,
            "status": self.status,
            "created": stamp(self.created),
            "activated": stamp(self.activated) if self.activated else None,
            "statusChanged": stamp(self.status_changed),
            "lastLogin": None,
            "lastUpdated": stamp(self.changed),
            "passwordChanged": stamp(self.password_changed) if self.password_changed else None,
            "type": {"id": self.type_id},
            "profile": dict(self.profile),
            "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
            "_links": {"self": {"href": f"https://{self.org.domain}/api/v1/users/{self.id}"}},
        }
        if self.to_status:
            shown["transitioningToStatus"] = self.to_status
        return shown

    def indexed(self):
        """What search and lists know: None while it has not heard of this user at all."""
        while self._older and self._older[0][0] <= self.org.now():
            self._older.pop(0)
        return self._older[0][1] if self._older else self.view()

    def hide_until_indexed(self):
        if self.org.lag:
            self._older.append((self.org.now() + self.org.lag, None))

    def change(self, **fields):
        if self.org.lag:
            self._older.append((self.org.now() + self.org.lag, self.view()))
        for name, value in fields.items():
            setattr(self, name, value)
        self.changed = self.org.now()
        if "status" in fields:
            self.status_changed = self.changed

    def target(self):
        return ("User", self.id, self.profile["login"])


class Group:
    def __init__(self, org, name, kind="OKTA_GROUP", description=""):
        self.org = org
        self.id = org.new_id("00g")
        self.profile = {"name": name, "description": description or None}
        self.type = kind
        self.created = self.changed = self.members_changed = org.now()
        self.members = {}  # a set that keeps its order

    def view(self):
        return {
            "id": self.id,
            "created": stamp(self.created),
            "lastUpdated": stamp(self.changed),
            "lastMembershipUpdated": stamp(self.members_changed),
            "objectClass": ["okta:user_group"],
            "type": self.type,
            "profile": {name: value for name, value in self.profile.items() if value is not None},
            "_links": {"users": {"href": f"https://{self.org.domain}/api/v1/groups/{self.id}/users"}},
        }

    def target(self):
        return ("UserGroup", self.id, self.profile["name"])


class App:
    def __init__(self, org, label, mode):
        self.org = org
        self.id = org.new_id("0oa")
        self.label = label
        self.mode = mode
        self.created = org.now()
        self.assigned = {}  # user id -> (scope, when): USER by hand, GROUP through a group
        self.groups = {}

    def view(self):
        return {
            "id": self.id,
            "name": self.label.lower().replace(" ", "_"),
            "label": self.label,
            "status": "ACTIVE",
            "created": stamp(self.created),
            "lastUpdated": stamp(self.created),
            "features": [],
            "signOnMode": self.mode,
        }

    def target(self):
        return ("AppInstance", self.id, self.label)
