"""Starts, asks and stops the rolecall binary; used by the system tests and by the tools in conformance/."""

import base64
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

import backdoor

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 90
REQUEST_SECONDS = 60
CLI_SECONDS = 60
LOG_SECONDS = 60
# What waits for a lock or for the end of a request, waits on: how busy this machine is says nothing about the server.
PATIENT = {"ROLECALL_STORAGE__BUSY_TIMEOUT": "60s", "ROLECALL_STORAGE__LEASE_TIMEOUT": "60s",
           "ROLECALL_SERVER__DRAIN_TIMEOUT": "60s",
           # A test's own connections bring nothing more when it stops its server.
           "ROLECALL_SERVER__DRAIN_GRACE": "0s"}

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ROLECALL_USER = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

SHIPPED_ROLES = ("Super Admin", "IT Admin", "HR Admin", "Finance Admin", "Ops Admin", "IT Agent")


def default_binary():
    return pathlib.Path(os.environ.get("ROLECALL_BINARY") or ROOT / "build" / "release" / "rolecall")


class ServerFailure(Exception):
    """The server did not start or stop as it should."""


class Answer:
    """What came back: status, headers by lower-case name, body."""

    def __init__(self, status, headers, body, seconds):
        self.status = status
        self.headers = headers
        self.body = body
        self.seconds = seconds

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


class Client:
    """One keep-alive connection. Nothing is sent twice: what a broken connection means is for the caller to say."""

    def __init__(self, listen, token=None, prefix="", media_type="application/scim+json", timeout=REQUEST_SECONDS):
        self.host, _, port = listen.rpartition(":")
        self.port = int(port)
        self.token = token
        self.prefix = prefix
        self.media_type = media_type
        self.timeout = timeout
        self.connection = None

    def request(self, method, path, body=None, headers=None, raw=None):
        """`body` is sent as JSON, `raw` as it is. A header of value None is left out."""
        sent = {}
        if self.token is not None:
            sent["Authorization"] = "Bearer " + self.token
        if raw is None and body is not None:
            raw = json.dumps(body).encode()
        if isinstance(raw, str):
            raw = raw.encode()
        if raw is not None:
            sent["Content-Type"] = self.media_type
        for name, value in (headers or {}).items():
            for key in [key for key in sent if key.lower() == name.lower()]:
                del sent[key]
            if value is not None:
                sent[name] = value
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        started = time.monotonic()
        try:
            self.connection.request(method, self.prefix + path, raw, sent)
            got = self.connection.getresponse()
            data = got.read()
        except Exception:
            self.close()
            raise
        received = {name.lower(): value for name, value in got.getheaders()}
        if received.get("connection", "").lower() == "close":
            self.close()
        return Answer(got.status, received, data, time.monotonic() - started)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def patch(self, path, *operations, **more):
        return self.request("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)}, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def find(self, kind, text):
        return self.get(f"/{kind}?filter=" + urllib.parse.quote(text, safe=""))

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Server:
    """A server on a free port of the loopback with a data directory of its own."""

    def __init__(self, binary=None, data=None, environment=None):
        self.binary = pathlib.Path(binary or default_binary()).resolve()
        self.owned = tempfile.mkdtemp(prefix="rolecall-") if data is None else None
        self.directory = pathlib.Path(self.owned or data)
        self.data = self.directory / "data" if data is None else self.directory
        self.log_path = self.directory / "server.log"
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", **PATIENT, **(environment or {})}
        if backdoor.POSTGRESQL:
            self.environment["ROLECALL_STORAGE__DSN"] = backdoor.address_of(self.data)
        self.process = None
        self.pid = None
        self.listen = None
        self.secrets = set()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        try:
            self.stop()
            found = [] if kind else self.leaks()
        finally:
            self.close()
        assert not found, f"secrets outside of where they belong: {found}"

    def leaks(self):
        """Where a secret that a test knew was written down: the log, and all files but the one that is for it."""
        found = leaks_in(self.log_text(), self.secrets)
        for path in self.data.rglob("*") if self.data.exists() else []:
            if path.is_file() and path.name != "admin-token":
                text = path.read_bytes().decode("latin-1")
                found += [f"{path.name}: {secret}" for secret in leaks_in(text, self.secrets)]
        return found

    def launch(self, *arguments, wrap=(), listen="127.0.0.1:0"):
        """Starts the process and waits for nothing. `wrap` is a command that runs the server, such as strace."""
        self.pid = None
        command = [*wrap, str(self.binary), "serve", "--data", str(self.data), "--listen", listen, *arguments]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment, start_new_session=True)

    def start(self, *arguments, wrap=(), listen="127.0.0.1:0"):
        """Returns once the server says that it is ready."""
        self.launch(*arguments, wrap=wrap, listen=listen)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise ServerFailure(f"the server ended with {self.process.returncode}: {self.log_tail()}")
            found = self.server_file()
            if found and (wrap or found.get("pid") == self.process.pid):
                self.listen = found["listen"]
                self.pid = found["pid"]
                self.base_url = found["base_url"]
                self.secrets.add(self.admin_token())
                return self
            time.sleep(0.01)
        raise ServerFailure(f"the server is not ready after {START_SECONDS} s: {self.log_tail()}")

    def database_environment(self):
        """What leads a command to the database of this server, whatever else is in its environment."""
        return {name: value for name, value in self.environment.items() if name == "ROLECALL_STORAGE__DSN"}

    def server_file(self):
        try:
            return json.loads((self.data / "server.json").read_text())
        except (OSError, ValueError):
            return None

    def log_text(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self):
        return self.log_text()[-2000:]

    def log_line(self, *parts):
        """The first line of the log with all these parts. Waits for it: lines are written by a thread of their own."""
        end = time.monotonic() + LOG_SECONDS
        while True:
            for line in self.log_text().splitlines():
                if all(part in line for part in parts):
                    return line
            if time.monotonic() > end:
                raise ServerFailure(f"the log does not hold {parts}: {self.log_tail()}")
            time.sleep(0.01)

    def send_signal(self, number):
        """To the server itself, not to what it is wrapped in."""
        if self.process.poll() is None:
            os.kill(self.pid or self.process.pid, number)

    def terminate(self):
        """SIGTERM; the exit code."""
        self.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise ServerFailure(f"the server still runs {STOP_SECONDS} s after SIGTERM") from None

    def kill(self):
        self.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            try:
                self.terminate()
            except ServerFailure:
                self.kill()

    def close(self):
        self.stop()
        if self.owned:
            shutil.rmtree(self.owned, ignore_errors=True)

    def run(self, *words, output="json"):
        """A command of the CLI on this data directory."""
        command = [str(self.binary), *words, "--data", str(self.data), "--output", output]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CLI_SECONDS,
                              env=self.environment, check=False)

    def cli(self, *words):
        """The JSON that a command prints; the command must succeed."""
        done = self.run(*words)
        if done.returncode != 0:
            raise ServerFailure(f"rolecall {' '.join(words)}: exit {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def admin_token(self):
        if "ROLECALL_ADMIN__TOKEN" in self.environment:
            return self.environment["ROLECALL_ADMIN__TOKEN"]
        file = self.environment.get("ROLECALL_ADMIN__TOKEN_FILE") or self.data / "admin-token"
        return pathlib.Path(file).read_text().strip()

    def token(self, connection="okta", workspace="default", *more):
        done = self.run("tokens", "create", "--connection", connection, "--workspace", workspace, *more, output="table")
        if done.returncode != 0:
            raise ServerFailure(f"tokens create: exit {done.returncode}: {done.stderr.strip()}")
        token = done.stdout.strip()
        self.secrets.add(token)
        return token

    def scim(self, token, prefix="/scim/v2"):
        return Client(self.listen, token, prefix)

    def admin(self):
        return Client(self.listen, self.admin_token(), "", "application/json")

    def decide(self, user, permission, workspace="default", client=None):
        """True or false as the decision endpoint says."""
        answer = (client or self.admin()).post("/access/v1/evaluation", {
            "subject": {"type": "user", "id": user}, "action": {"name": permission},
            "resource": {"type": "workspace", "id": workspace}})
        if answer.status != 200 or not isinstance(answer.json().get("decision"), bool):
            raise ServerFailure(f"the decision endpoint answered {answer}")
        return answer.json()["decision"]

    def raw(self, data, seconds=5.0, half_close=False):
        """Bytes on a socket of their own; what came back until the server closed, or until nothing came any more."""
        host, _, port = self.listen.rpartition(":")
        received = b""
        with socket.create_connection((host, int(port)), timeout=seconds) as plug:
            try:
                plug.sendall(data)
                if half_close:
                    plug.shutdown(socket.SHUT_WR)
                while True:
                    piece = plug.recv(65536)
                    if not piece:
                        break
                    received += piece
            except (TimeoutError, ConnectionError):
                pass
        return received

    def resident_kib(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise ServerFailure("no VmRSS")


def user_body(user_name, /, **more):
    return {"schemas": [USER], "userName": user_name, "active": True,
            "name": {"givenName": "Ana", "familyName": "Lopez"},
            "emails": [{"value": user_name, "type": "work", "primary": True}], **more}


def group_body(name, *members, **more):
    return {"schemas": [GROUP], "displayName": name, "members": [{"value": member} for member in members], **more}


def leaks_in(text, secrets):
    """Which of the secrets a text holds, plain or in base64."""
    found = []
    for secret in secrets:
        if len(secret) < 6:
            continue
        if secret in text or base64.b64encode(secret.encode()).decode().rstrip("=") in text:
            found.append(secret[:12] + "…")
    return found


def in_parallel(count, work):
    """work(0) … work(count - 1), each in a thread; the first exception is raised here."""
    errors = []
    results = [None] * count

    def run(number):
        try:
            results[number] = work(number)
        except Exception as error:  # pylint: disable=broad-except
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
