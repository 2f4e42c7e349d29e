"""A PostgreSQL that a test may kill, from Debian's package in a directory of its own."""

import contextlib
import os
import pathlib
import subprocess

from backdoor import psql
from proxy import free_port


class OwnPostgresql:
    """Reached by a socket in its directory; with `tls`, the names of its certificate, by TCP as well, and there with TLS
    and a password alone."""

    PASSWORD = "of-the-database-and-nobody-else-4711"

    def __init__(self, tls=None):
        self.tls = tls
        self.port = None
        self.programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        self.prefix = []
        if os.getuid() == 0:
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]

    def __enter__(self):
        self.directory = pathlib.Path(self.run("mktemp", "-d").strip())
        # A test reads the certificates in it; the data have a directory that is closed.
        self.run("chmod", "755", self.directory)
        self.run(self.programs / "initdb", "-D", self.directory / "data", "-U", "rolecall", "-A", "trust", "--no-sync")
        with open(self.directory / "data" / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.directory}'\n")
            if self.tls:
                self.make_certificates()
                self.port = free_port()
                settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nssl = on\n"
                               f"ssl_cert_file = '{self.directory}/server.crt'\nssl_key_file = '{self.directory}/server.key'\n")
        if self.tls:
            (self.directory / "data" / "pg_hba.conf").write_text(
                "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        self.start()
        if self.tls:
            psql(self.address, f"ALTER ROLE rolecall PASSWORD '{self.PASSWORD}'")
        return self

    def make_certificates(self):
        """`ca.crt` has signed `server.crt`; `other.crt` is an authority that has not."""
        def openssl(*words):
            subprocess.run([*self.prefix, "openssl", *words], cwd=self.directory, check=True, capture_output=True, timeout=60)

        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        for name in ("ca", "other"):
            openssl("req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "1", "-subj", f"/CN={name}")
        names = ",".join(f"DNS:{name}" for name in self.tls)
        openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=database",
                "-addext", f"subjectAltName={names}")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1",
                "-copy_extensions", "copy", "-out", "server.crt")

    def __exit__(self, *_):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.control("stop", "-m", "immediate")
        self.run("rm", "-rf", self.directory)

    def run(self, *words):
        return subprocess.run([*self.prefix, *map(str, words)], cwd="/tmp", check=True, timeout=60, text=True,
                              stdout=subprocess.PIPE).stdout

    def control(self, *words):
        self.run(self.programs / "pg_ctl", "-D", self.directory / "data", "-s", "-w", "-l", self.directory / "log", *words)

    def start(self):
        self.control("start")

    @property
    def address(self):
        return f"postgresql://rolecall@/postgres?host={self.directory}" + (f"&port={self.port}" if self.port else "")

    def tls_address(self, host, authority="ca", password=PASSWORD, more=""):
        return (f"postgresql://rolecall:{password}@{host}:{self.port}/postgres?hostaddr=127.0.0.1&sslmode=verify-full"
                f"&sslrootcert={self.directory}/{authority}.crt{more}")
