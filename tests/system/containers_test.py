"""deploy/Containerfile and deploy/compose.yaml, as far as they can be checked without containers."""

import pathlib
import re
import subprocess

import expect
from backdoor import POSTGRESQL
from rolecall_server import ROOT, Server, default_binary

DEPLOY = ROOT / "deploy"


def stage_of(name):
    """The instructions of one stage of the container file, with continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    return re.search(rf"(?ms)^FROM \S+ AS {name}\n(.*?)(?=^FROM|\Z)", text)[1]


def test_the_image_has_every_library_of_the_binary():
    linked = subprocess.run(["objdump", "-p", default_binary()], capture_output=True, text=True, check=True, timeout=60).stdout
    libraries = set(re.findall(r"NEEDED\s+(\S+)", linked)) - {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}
    installed = set(re.search(r"--no-install-recommends (.*?)&&", stage_of("rolecall"))[1].split())
    found = subprocess.run(["dpkg", "-S", *("*/" + library for library in libraries)], capture_output=True, text=True,
                           check=True, timeout=60).stdout
    owners = {library: {line.split(":")[0] for line in found.splitlines() if line.endswith("/" + library)}
              for library in libraries}
    missing = {library: packages for library, packages in owners.items() if not packages & installed}
    expect.equal(missing, {})
    # And none that the binary does without.
    used = set().union(*owners.values())
    expect.equal(installed - used, {"ca-certificates"})


def test_a_replica_starts_on_the_secrets_that_are_made_for_it():
    compose = (DEPLOY / "compose.yaml").read_text()
    with Server() as server:
        expect.equal(server.terminate(), 0)
        folder = pathlib.Path(server.directory) / "secrets"

        def make():
            done = subprocess.run([DEPLOY / "compose-secrets", "scim.acme.example"], capture_output=True, text=True, timeout=60,
                                  env={**server.environment, "ROLECALL_SECRETS": str(folder)}, check=False)
            expect.equal(expect.succeeded(done), "")
            return {path: path.read_text() for path in folder.rglob("*") if path.is_file()}, done.stderr

        made, said = make()
        server.secrets.update(text.strip() for path, text in made.items() if path.suffix != ".pem")
        assert not [text for text in made.values() if text.strip() in said], "a secret was printed"
        expect.equal(make()[0], made, "what was there stays")
        expect.equal(made[folder / "dsn"].strip(),
                     f"postgresql://rolecall:{made[folder / 'database-password'].strip()}@database/rolecall")
        named = re.findall(r"^    (ROLECALL_\w+): (.*)$", compose, re.MULTILINE)
        expect.equal(len(named), 5)
        for name, value in named:
            server.environment[name] = value.replace("/run/secrets", str(folder)).replace("${ROLECALL_PUBLIC_URL:-", "").rstrip("}")
        # The database of this test instead of the one in the container.
        address = server.environment.pop("ROLECALL_STORAGE__DSN", None)
        if POSTGRESQL:
            (folder / "dsn").write_text(address + "\n")
        else:
            del server.environment["ROLECALL_STORAGE__DSN_FILE"]
        server.start()
        expect.status(server.admin().get("/healthz/ready"), 200)
        expect.equal(server.base_url, "https://scim.example.com")
        for secret in re.findall(r"file: \./secrets/(\S+)", compose):
            assert (folder / secret) in made, secret


def test_the_proxy_of_the_image_leads_to_the_replicas_of_the_file():
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in re.findall(r"-e 's/(.*?)/(.*?)/'", stage_of("proxy")):
        changed = re.sub(old, new, text)
        assert changed != text, f"{old} is not in nginx.conf"
        text = changed
    upstream = re.findall(r"^\s+server (\S+):8080 ", text, re.MULTILINE)
    services = re.findall(r"(?m)^  (rolecall-\d+):$", (DEPLOY / "compose.yaml").read_text())
    expect.equal(upstream, services)
