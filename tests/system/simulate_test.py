"""`rolecall simulate okta`: an org to try things with, out of the binary."""

import json
import shutil
import signal
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request

import expect
from rolecall_server import default_binary

SAYS_NOTHING_OF_THE_ENGINE = True


def test_an_org_of_the_wished_size_answers_over_tls_until_it_is_stopped():
    folder = tempfile.mkdtemp(prefix="rolecall-")
    okta = subprocess.Popen([str(default_binary()), "simulate", "okta", "--data", folder + "/data", "--users", "12"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        about = json.loads(okta.stdout.readline())
        trusted = ssl.create_default_context(cafile=folder + "/data/simulators/okta/tls/certificate.pem")

        def people(token):
            request = urllib.request.Request(about["url"] + "/api/v1/users?limit=200", headers={"Authorization": "SSWS " + token})
            with urllib.request.urlopen(request, timeout=30, context=trusted) as answer:
                return json.load(answer)

        expect.equal(len(people(about["ssws"])), 12 + 1, "and the administrator")
        try:
            people("wrong")
            raise AssertionError("anybody may read the org")
        except urllib.error.HTTPError as refused:
            expect.equal(refused.code, 401)
        okta.send_signal(signal.SIGTERM)
        expect.equal(okta.wait(30), 0)
    finally:
        okta.kill()
        okta.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_what_cannot_be_is_refused_before_anything_starts():
    for words in (["--users", "-1"], ["--hostile", "2"], ["--port", "70000"]):
        done = subprocess.run([str(default_binary()), "simulate", "okta", "--data", "/nonexistent/data", *words],
                              capture_output=True, text=True, timeout=30, check=False)
        expect.equal(done.returncode, 2, str(words))
    done = subprocess.run([str(default_binary()), "simulate", "okta", "--data", "/proc/none"],
                          capture_output=True, text=True, timeout=30, check=False)
    expect.equal(done.returncode, 7)
