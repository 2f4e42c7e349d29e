"""Clients that write to replicas, and remember every change that was acknowledged."""

import collections
import http.client
import json
import threading
import time

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
AWAY = 503
PAUSE_SECONDS = 0.1  # less than Retry-After asks for, so that the return of the service is seen when it happens
REQUEST_SECONDS = 60


class Client:
    """Makes users, changes their title, puts them into a group of its own. One request at a time."""

    def __init__(self, number, listens, token):
        self.number, self.listens, self.token = number, listens, token
        self.at = number % len(listens)
        self.connection = None
        self.count = 0
        self.titles = {}  # user id → (acknowledged title, titles in doubt since)
        self.members = set()
        self.group = None
        self.last = None
        self.acknowledged = []  # (began, ended)
        self.away = self.in_doubt = 0
        self.surprises = collections.Counter()

    def request(self, method, path, body=None):
        """(status, JSON). Status 0: the connection broke; the next request goes to the next replica."""
        host, _, port = self.listens[self.at].rpartition(":")
        if self.connection is None:
            self.connection = http.client.HTTPConnection(host, int(port), timeout=REQUEST_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        try:
            self.connection.request(method, "/scim/v2" + path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.connection = None
            self.at = (self.at + 1) % len(self.listens)
            return 0, repr(error)
        if answer.status == AWAY and not answer.getheader("Retry-After"):
            return answer.status, None
        return answer.status, json.loads(text) if text else {}

    def change(self, method, path, body):
        """What was answered to an acknowledged change, else None."""
        began = time.monotonic()
        status, answer = self.request(method, path, body)
        if status in (200, 201, 204):
            self.acknowledged.append((began, time.monotonic()))
            return answer
        if status == AWAY and answer is not None:
            self.away += 1
        else:
            self.surprises[f"{method} {path.split('/')[1]}: {status} {str(answer)[:200]}"] += 1
        self.in_doubt += 1
        time.sleep(PAUSE_SECONDS)
        return None

    def step(self):
        self.count += 1
        kind = self.count % 3
        if self.group is None:
            made = self.change("POST", "/Groups", {"schemas": [GROUP], "displayName": f"Team {self.number} {self.count}"})
            self.group = made and made["id"]
        elif kind == 0 or self.last is None:
            name = f"user{self.number}-{self.count}@acme.example"
            made = self.change("POST", "/Users", {"schemas": [USER], "userName": name, "active": True})
            if made:
                self.last = made["id"]
                self.titles[self.last] = ("", [])
        elif kind == 1:
            title = f"title {self.count}"
            wanted = [{"op": "replace", "path": "title", "value": title}]
            doubtful = self.titles[self.last][1]
            doubtful.append(title)
            if self.change("PATCH", f"/Users/{self.last}", {"schemas": [PATCH], "Operations": wanted}) is not None:
                self.titles[self.last] = (title, [])
        else:
            wanted = [{"op": "add", "path": "members", "value": [{"value": self.last}]}]
            if self.change("PATCH", f"/Groups/{self.group}", {"schemas": [PATCH], "Operations": wanted}) is not None:
                self.members.add(self.last)

    def lost(self):
        """What was acknowledged and is not there."""
        found = []
        for user, (title, doubtful) in self.titles.items():
            status, answer = self.request("GET", f"/Users/{user}")
            if status != 200:
                found.append(f"user {user}: {status}")
            elif answer.get("title", "") not in (title, *doubtful):
                found.append(f"title of {user}: {answer.get('title')!r} instead of {title!r}")
        if self.group:
            status, answer = self.request("GET", f"/Groups/{self.group}")
            there = {member["value"] for member in answer.get("members", [])} if status == 200 else set()
            found += [f"group {self.group}: {status}"] if status != 200 else []
            found += [f"member {user} of {self.group}" for user in self.members - there]
        return found


class Load:
    """Runs its clients, each in a thread, until the context ends."""

    def __init__(self, listens, token, clients):
        self.clients = [Client(number, listens, token) for number in range(clients)]
        self.ends = threading.Event()
        self.threads = [threading.Thread(target=self.loop, args=(client,)) for client in self.clients]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def loop(self, client):
        while not self.ends.is_set():
            client.step()

    def run_for(self, seconds):
        self.ends.wait(seconds)

    def marks(self):
        return {"acknowledged": sum(len(client.acknowledged) for client in self.clients),
                "in doubt": sum(client.in_doubt for client in self.clients),
                "503": sum(client.away for client in self.clients),
                "other errors": sum(client.surprises.total() for client in self.clients)}

    def is_back(self, since):
        """Has every client had a change acknowledged that it began after its last refusal since then?"""
        return self.back_at(since) is not None

    def back_at(self, since):
        """The end of the longest time without any acknowledgement after `since`, once it is over for all clients."""
        ends = sorted(end for client in self.clients for _, end in list(client.acknowledged) if end > since)
        if not ends or any(not client.acknowledged or client.acknowledged[-1][0] < ends[0] for client in self.clients):
            return None
        gaps = [(later - earlier, later) for earlier, later in zip([since, *ends], ends)]
        gap, end = max(gaps)
        # Those that were under way when the primary died are no return.
        return end if any(client.acknowledged[-1][0] >= end for client in self.clients) and gap > 0 else None

    @property
    def surprises(self):
        found = collections.Counter()
        for client in self.clients:
            found.update(client.surprises)
        return found

    def lost(self):
        return [what for client in self.clients for what in client.lost()]
