"""Starts a simulator and calls it, for tests: `with Simulator(users=10) as okta: okta.get("/api/v1/users")`."""

import json
import pathlib
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


class Reply:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def body(self):
        return json.loads(self.text) if self.text else None

    def next_page(self):
        for line in self.headers.get_all("Link") or []:
            if 'rel="next"' in line:
                return line[1 : line.index(">")]
        return None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Simulator:
    def __init__(self, tls=None, **options):
        self.tls = tls
        self.arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        if tls:
            self.arguments.append(f"--tls={tls}")
        self.authorization = "SSWS 00sswsToken"

    def __enter__(self):
        command = [sys.executable, HERE, *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator does not start")
        self.about = json.loads(line)
        context = ssl.create_default_context(cafile=self.ca_file) if self.tls else None
        handlers = [urllib.request.ProxyHandler({}), _NoRedirects()]
        if context:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self.opener = urllib.request.build_opener(*handlers)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    @property
    def ca_file(self):
        return str(pathlib.Path(self.tls) / "certificate.pem")

    def call(self, method, target, body=None, headers=None, form=None, timeout=10):
        url = target if target.startswith("http") else self.about["url"] + target
        more = {"Authorization": self.authorization, **(headers or {})}
        data = None
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        elif body is not None:
            data = json.dumps(body).encode()
            more["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data, {key: value for key, value in more.items() if value}, method=method)
        try:
            with self.opener.open(request, timeout=timeout) as answer:
                return Reply(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read().decode("utf-8", "replace"))

    def get(self, target):
        return self.call("GET", target)

    def post(self, target, body=None, **more):
        return self.call("POST", target, body, **more)

    def every(self, target):
        """All pages of a list."""
        found = []
        while target:
            reply = self.get(target)
            found += reply.body
            target = reply.next_page()
        return found

    def control(self, path, /, **wanted):
        """Looks when nothing is wanted of a path that shows something."""
        method = "GET" if path in ("/dump", "/journal", "/log", "/hooks", "/proofs", "/secrets", "/consents") else "POST"
        request = urllib.request.Request(self.about["control"] + path, method=method)
        if method == "POST":
            request.data = json.dumps(wanted).encode()
        with self.opener.open(request, timeout=10) as answer:
            return json.loads(answer.read())
