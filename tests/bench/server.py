"""Starts the release binary on an empty data directory, seeds it over HTTP and reads what it cost from /proc."""

import json
import os
import pathlib
import selectors
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import backdoor  # noqa: E402

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def user(number, person="user"):
    """About 2 KB, as an IdP with a full profile sends it; `person` is how its name begins."""
    name = f"{person}{number:06d}"
    mail = f"{name}@example.com"
    address = {"streetAddress": f"{number} Long Winding Road, Building {number % 97}", "locality": "Springfield",
               "region": "Example Region", "postalCode": f"{number % 99999:05d}", "country": "US",
               "formatted": f"{number} Long Winding Road\nBuilding {number % 97}\nSpringfield, Example Region, US"}
    return {"schemas": [USER, ENTERPRISE], "userName": mail, "externalId": f"00u{number:09d}",
            "name": {"formatted": f"Given{number} Middle Family{number}", "givenName": f"Given{number}",
                     "middleName": "Middle", "familyName": f"Family{number}"},
            "displayName": f"Given{number} Family{number}", "nickName": f"nick{number}", "title": "Support Engineer",
            "profileUrl": f"https://people.example.com/profiles/{name}", "userType": "Employee",
            "preferredLanguage": "en-US", "locale": "en-US", "timezone": "America/New_York", "active": True,
            "emails": [{"value": f"{name}@dept{number % 40}.example.com", "type": "work", "primary": True},
                       {"value": f"{name}@home.example.net", "type": "home"}],
            "phoneNumbers": [{"value": f"tel:+1-555-{number % 10000:04d}", "type": "work"},
                             {"value": f"tel:+1-556-{number % 10000:04d}", "type": "mobile"}],
            "addresses": [dict(address, type="work", primary=True), dict(address, type="home")],
            ENTERPRISE: {"employeeNumber": str(number), "costCenter": f"CC-{number % 50}", "organization": "Example Corp",
                         "division": f"Division {number % 7}", "department": f"Department {number % 40}"}}


class Connection:
    """A keep-alive connection that sends one request at a time and reads one answer with a Content-Length."""

    def __init__(self, host, port, token):
        self.address = (host, port)
        self.head = f"Host: {host}:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/scim+json\r\n"
        self.socket = None
        self.buffer = b""

    def send(self, method, path, body=None):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        payload = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\n{self.head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)

    def receive(self):
        """(status, body) once an answer is complete, else None after reading what was there."""
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.buffer[:end].decode("latin-1")
        length = 0
        for line in head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == "content-length":
                length = int(value)
        if len(self.buffer) < end + 4 + length:
            return None
        body = self.buffer[end + 4:end + 4 + length]
        self.buffer = self.buffer[end + 4 + length:]
        return int(head.split(" ", 2)[1]), body

    def ask(self, method, path, body=None, expect=(200, 201, 204)):
        self.send(method, path, body)
        answer = None
        while answer is None:
            answer = self.receive()
        status, text = answer
        if status not in expect:
            raise AssertionError(f"{method} {path}: {status} {text[:300]!r}")
        return json.loads(text) if text else None


class Server:
    def __init__(self, binary, directory, under=(), environment=None, token=None):
        """`under` is a program, with its options, that runs the server in its own process; without a token one is made."""
        self.binary = str(binary)
        self.data = pathlib.Path(directory) / "data"
        self.log = open(pathlib.Path(directory) / "server.log", "ab")
        self.environment = {**os.environ, **(environment or {})}
        if backdoor.POSTGRESQL:
            self.environment["ROLECALL_STORAGE__DSN"] = backdoor.address_of(self.data)
        self.process = subprocess.Popen([*under, self.binary, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0"],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=self.environment)
        self.host, self.port = self._wait()
        self.token = token or subprocess.run([self.binary, "tokens", "create", "--connection", "okta", "--data", str(self.data)],
                                    check=True, stdout=subprocess.PIPE, text=True, timeout=60, env=self.environment).stdout.strip()

    def _wait(self):
        path, limit = self.data / "server.json", time.monotonic() + 60
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}; see {self.log.name}")
            if path.exists():
                info = json.loads(path.read_text())
                if info["pid"] == self.process.pid:
                    host, _, port = info["listen"].rpartition(":")
                    return host, int(port)
            time.sleep(0.05)
        raise RuntimeError("the server did not become ready within 60 s")

    def admin_token(self):
        return (self.data / "admin-token").read_text().strip()

    def admin(self):
        return Connection(self.host, self.port, self.admin_token())

    def log_size(self):
        return pathlib.Path(self.log.name).stat().st_size

    def durations(self, route, start):
        """Milliseconds that the server itself says requests to this route took, from that place in the log on."""
        with open(self.log.name, "rb") as log:
            log.seek(start)
            lines = log.read().split(b"\n")
        mark = f'"route":"{route}"'.encode()
        return sorted(json.loads(line)["duration_us"] / 1000 for line in lines[:-1] if mark in line)

    def connection(self):
        return Connection(self.host, self.port, self.token)

    def seed_users(self, first, last, connections=16):
        """Creates users first … last-1 and returns their ids in order; each answer must be a 201."""
        ids = [None] * (last - first)
        waiting = iter(range(first, last))
        selector = selectors.DefaultSelector()
        busy = 0
        for _ in range(min(connections, last - first)):
            number = next(waiting)
            connection = self.connection()
            connection.send("POST", "/scim/v2/Users", user(number))
            connection.number = number
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            busy += 1
        while busy:
            for key, _ in selector.select(timeout=60):
                connection = key.data
                answer = connection.receive()
                if answer is None:
                    continue
                status, body = answer
                if status != 201:
                    raise AssertionError(f"POST /Users: {status} {body[:300]!r}")
                ids[connection.number - first] = json.loads(body)["id"]
                number = next(waiting, None)
                if number is None:
                    selector.unregister(connection.socket)
                    connection.socket.close()
                    busy -= 1
                else:
                    connection.number = number
                    connection.send("POST", "/scim/v2/Users", user(number))
        return ids

    def seed_group(self, name, members):
        connection = self.connection()
        group = connection.ask("POST", "/scim/v2/Groups", {"schemas": [GROUP], "displayName": name}, (201,))["id"]
        for start in range(0, len(members), 500):
            value = [{"value": member} for member in members[start:start + 500]]
            connection.ask("PATCH", f"/scim/v2/Groups/{group}",
                           {"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": value}]})
        connection.socket.close()
        return group

    def member_count(self, group):
        connection = self.connection()
        answer = connection.ask("GET", f"/scim/v2/Groups/{group}")
        connection.socket.close()
        return len(answer.get("members", []))

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self, name):
        """A line of the process's status: VmHWM is the peak of what was resident, RssAnon what is and is no file."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(name + ":")[2].split()[0]) / 1024

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        return self.process.returncode
