"""nginx with deploy/nginx.conf as it is shipped, on loopback ports, in front of servers that a test runs."""

import contextlib
import http.client
import os
import pathlib
import random
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

from rolecall_server import ROOT, Client

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
NAME = "scim.example.com"


def free_port():
    """Below those that the system gives to clients, so that it is still free when a server that restarts needs it again."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as plug, contextlib.suppress(OSError):
            plug.bind(("127.0.0.1", port))
            return port


class Proxy:
    def __init__(self, listens):
        assert NGINX, "nginx is missing; deploy/dependencies --tests installs it"
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rolecall-nginx-"))
        self.port = free_port()
        self.process = None
        self.listens = listens

    def __enter__(self):
        here = self.directory
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", here / "privkey.pem",
                        "-out", here / "fullchain.pem"], check=True, capture_output=True, timeout=60)
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        site, servers = re.subn(r"    server 127\.0\.0\.1:\d+ (max_fails=0;)  # yours\n", "", site)
        assert servers == 2, "the replicas of deploy/nginx.conf"
        lines = "".join(f"    server {listen} max_fails=0;\n" for listen in self.listens)
        site = site.replace("upstream rolecall {\n", "upstream rolecall {\n" + lines)
        site = re.sub(r"listen \[::\]:\d+[^;]*;", "", site)
        site = site.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
        site = site.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        site = site.replace("/etc/ssl/rolecall", str(here)).replace("/var/log/nginx", str(here))
        (here / "site.conf").write_text(site)
        temporary = "".join(f"  {kind}_temp_path {here}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (here / "nginx.conf").write_text(
            f"daemon off;\nworker_processes 1;\npid {here}/pid;\nerror_log {here}/error.log;\nevents {{}}\n"
            f"http {{\n{temporary}  include {here}/site.conf;\n}}\n")
        # As root its worker would be another user, who may not look into this directory.
        (here / "nginx.conf").write_text(("user root;\n" if os.getuid() == 0 else "") + (here / "nginx.conf").read_text())
        self.process = subprocess.Popen([NGINX, "-e", here / "error.log", "-c", here / "nginx.conf"],
                                        stdin=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not self.listens_already():
            if self.process.poll() is not None or time.monotonic() > end:
                said = self.log()
                self.__exit__()
                raise AssertionError(f"nginx does not listen: {said}")
            time.sleep(0.02)
        return self

    def listens_already(self):
        with socket.socket() as plug:
            return plug.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def client(self, token, prefix="/scim/v2"):
        """One connection over TLS, kept alive."""
        return TlsClient(f"127.0.0.1:{self.port}", token, prefix, trust=self.directory / "fullchain.pem")

    def log(self):
        """What it complained about."""
        return (self.directory / "error.log").read_text()


class TlsConnection(http.client.HTTPSConnection):
    """To the loopback, by the name that the certificate has."""

    def connect(self):
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=NAME)


class TlsClient(Client):
    def __init__(self, *words, trust):
        super().__init__(*words)
        self.context = ssl.create_default_context(cafile=trust)

    def request(self, method, path, body=None, headers=None, raw=None):
        if self.connection is None:
            self.connection = TlsConnection(self.host, self.port, timeout=self.timeout, context=self.context)
        return super().request(method, path, body, headers, raw)
