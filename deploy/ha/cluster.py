"""etcd, Patroni with PostgreSQL, and HAProxy from the templates beside this file, on loopback ports under one directory."""

import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
NODES = ("db1", "db2", "db3")
SERVICE = "postgres.rolecall.example"
START_SECONDS = 90
STOP_SECONDS = 20


class ClusterFailure(Exception):
    """Something did not come up, or not in time."""


def wait_until(what, is_done, seconds, pause=0.1):
    """The first true answer of is_done()."""
    end = time.monotonic() + seconds
    while True:
        answer = is_done()
        if answer:
            return answer
        if time.monotonic() > end:
            raise ClusterFailure(f"{what}: not within {seconds} s")
        time.sleep(pause)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        plugs = [stack.enter_context(socket.socket()) for _ in range(count)]
        for plug in plugs:
            plug.bind(("127.0.0.1", 0))
        return [plug.getsockname()[1] for plug in plugs]


def filled(template, values):
    """The text of a template with its @NAMES@ replaced; a name without a value is an error."""
    text = re.sub(r"@([A-Z0-9_]+)@", lambda match: str(values[match[1]]), (HERE / template).read_text("utf-8"))
    return text.replace("@NAMES@", "")


def descendants(pid):
    """The processes below this one, by /proc."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
    found, last = [], {pid}
    while last:
        last = {child for child, parent in parents.items() if parent in last}
        found += last
    return found


def kill_all(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Cluster:
    """Use it as a context: at its end all that it started is stopped, by pid, and its directory is gone."""

    def __init__(self, keep_logs=None):
        self.keep_logs = keep_logs
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rolecall-ha-"))
        self.directory.chmod(0o755)
        self.processes = {}
        # PostgreSQL refuses to run as root; Debian's package has made an account for it.
        self.owner = []
        if os.getuid() == 0:
            self.owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        ports = free_ports(4 * len(NODES) + 1)
        self.listen = f"127.0.0.1:{ports.pop()}"
        self.ports = {node: dict(zip(("etcd", "peer", "patroni", "postgresql"), ports[4 * at:]))
                      for at, node in enumerate(NODES)}
        self.passwords = {name: secrets.token_urlsafe(24) for name in ("superuser", "replication", "rewind", "rolecall")}

    def __enter__(self):
        try:
            self.make_certificates()
            for node in NODES:
                self.start_etcd(node)
            wait_until("etcd chooses a leader", self.etcd_is_healthy, START_SECONDS)
            for node in NODES:
                self.start_patroni(node)
            self.start_haproxy()
            wait_until("a primary with a synchronous standby, and all streaming", self.is_whole, START_SECONDS)
            wait_until("HAProxy finds the primary", self.make_database, START_SECONDS)
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        # Patroni stops its PostgreSQL as it ends; what is left of one whose Patroni was killed goes by its pid file.
        for names in ("haproxy", "db", "etcd"):
            ending = [process for name, process in self.processes.items() if name.startswith(names)]
            for process in ending:
                # etcd would try for seconds to hand its leadership to another that ends as well.
                process.send_signal(signal.SIGKILL if names == "etcd" else signal.SIGTERM)
            for process in ending:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)
                process.kill()
                process.wait()
            if names == "db":
                for node in NODES:
                    kill_all(self.postgresql_of(node))
        if self.keep_logs:
            self.keep_logs.mkdir(parents=True, exist_ok=True)
            for log in self.directory.rglob("*.log"):
                shutil.copy(log, self.keep_logs / log.name)
        shutil.rmtree(self.directory, ignore_errors=True)

    # What runs, and as whom.

    def own(self, *paths):
        for path in paths if self.owner else ():
            shutil.chown(path, "postgres", "postgres")

    def private_folder(self, name):
        path = self.directory / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        return path

    def private_file(self, name, text):
        path = self.directory / name
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
        self.own(path)
        return path

    def start(self, name, *command, environment=None):
        with open(self.directory / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen([*self.owner, *map(str, command)], stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, cwd=self.directory, start_new_session=True,
                                                    env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(self.directory),
                                                         **(environment or {})})

    def make_certificates(self):
        folder = self.private_folder("tls")

        def openssl(*words):
            subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True, timeout=60)

        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", 2, "-subj", "/CN=Rolecall test CA")
        openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={SERVICE}",
                "-addext", f"subjectAltName=DNS:{SERVICE},IP:127.0.0.1")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", 2,
                "-copy_extensions", "copy", "-out", "server.crt")
        self.own(*folder.iterdir())

    def values(self, node):
        ports = self.ports[node]
        return {
            "NODE": node, "ADDRESS": "127.0.0.1", "NETWORK": "127.0.0.1/32", "SERVICE": SERVICE,
            "ETCD_PORT": ports["etcd"], "ETCD_PEER_PORT": ports["peer"], "PATRONI_PORT": ports["patroni"],
            "POSTGRESQL_PORT": ports["postgresql"],
            "ETCD_CLUSTER": ",".join(f"{name}=http://127.0.0.1:{self.ports[name]['peer']}" for name in NODES),
            "ETCD_HOSTS": ",".join(f"127.0.0.1:{self.ports[name]['etcd']}" for name in NODES),
            "ETCD_DATA": self.private_folder(f"etcd-{node}"), "DATA": self.private_folder(f"data-{node}"),
            "RUN": self.private_folder(f"run-{node}"), "TLS": self.directory / "tls",
            "SUPERUSER_PASSWORD": self.passwords["superuser"], "REPLICATION_PASSWORD": self.passwords["replication"],
            "REWIND_PASSWORD": self.passwords["rewind"], "NAMES": "",
        }

    def start_etcd(self, node):
        lines = [line for line in filled("etcd.env", self.values(node)).splitlines() if line and line[0] != "#"]
        self.start(f"etcd-{node}", "etcd", environment=dict(line.split("=", 1) for line in lines))

    def start_patroni(self, node):
        self.start(node, "patroni", self.private_file(f"patroni-{node}.yml", filled("patroni.yml", self.values(node))))

    def start_haproxy(self):
        values = {"LISTEN": self.listen, "NAMES": ""}
        for node, ports in self.ports.items():
            values[node.upper()] = f"127.0.0.1:{ports['postgresql']}"
            values[f"{node.upper()}_PATRONI_PORT"] = ports["patroni"]
        file = self.private_file("haproxy.cfg", filled("haproxy.cfg", values))
        subprocess.run(["haproxy", "-c", "-q", "-f", file], check=True, timeout=60)
        self.start("haproxy", "haproxy", "-db", "-f", file)

    # What is.

    def ask(self, url):
        """The JSON at an address of the loopback, or None."""
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def etcd_is_healthy(self):
        answers = [self.ask(f"http://127.0.0.1:{self.ports[node]['etcd']}/health") for node in NODES]
        return all(answer and answer.get("health") == "true" for answer in answers)

    def members(self):
        """Name → (role, state), as whichever Patroni answers says."""
        for node in NODES:
            seen = self.ask(f"http://127.0.0.1:{self.ports[node]['patroni']}/cluster")
            if seen:
                return {member["name"]: (member["role"], member["state"]) for member in seen["members"]}
        return {}

    def primary(self):
        for name, (role, state) in self.members().items():
            if role == "leader" and state == "running":
                return name
        return None

    def is_whole(self):
        members = self.members()
        roles = sorted(role for role, _ in members.values())
        return (roles == ["leader", "replica", "sync_standby"] and
                all(state in ("running", "streaming") for _, state in members.values()))

    def make_database(self):
        sql = f"CREATE ROLE rolecall LOGIN PASSWORD '{self.passwords['rolecall']}'; CREATE DATABASE rolecall OWNER rolecall"
        done = subprocess.run(["psql", "-X", "-q", self.address("postgres", self.passwords["superuser"], "postgres")],
                              input=sql.replace("; ", ";\n") + ";\n", text=True, capture_output=True, timeout=60, check=False)
        return done.returncode == 0

    def address(self, role="rolecall", password=None, database="rolecall"):
        """By HAProxy to the primary, whose certificate is checked for the name of the service."""
        return (f"postgresql://{role}:{password or self.passwords['rolecall']}@{SERVICE}:{self.listen.rpartition(':')[2]}/"
                f"{database}?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={self.directory}/tls/ca.crt")

    def postgresql_of(self, node):
        """The postmaster of a node and all its backends: they outlive it for a moment when it alone is killed."""
        try:
            pid = int((self.directory / f"data-{node}" / "postmaster.pid").read_text().split()[0])
            if os.readlink(f"/proc/{pid}/cwd") != str(self.directory / f"data-{node}"):
                return []
        except (OSError, ValueError, IndexError):
            return []
        return [pid, *descendants(pid)]

    # What is done to it.

    def kill_postgresql(self, node):
        """SIGKILL for every process of PostgreSQL; Patroni lives."""
        kill_all(self.postgresql_of(node))

    def kill_machine(self, node):
        """SIGKILL for Patroni, PostgreSQL and etcd of a node at once."""
        patroni, etcd = self.processes[node], self.processes[f"etcd-{node}"]
        kill_all([patroni.pid, etcd.pid, *self.postgresql_of(node)])
        patroni.wait()
        etcd.wait()

    def start_machine(self, node):
        self.start_etcd(node)
        self.start_patroni(node)
