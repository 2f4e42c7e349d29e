"""python3 conformance/simulators/okta: see README.md."""

import argparse
import json
import pathlib
import signal
import threading

from certificate import make_context
from faults import Faults
from seed import make_org
from server import ControlServer, OktaServer


def main():
    parser = argparse.ArgumentParser(prog="okta", description="A stateful Okta on the loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--groups", type=int, default=5)
    parser.add_argument("--apps", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", type=float, default=0.0, help="share of the calls that go wrong: 0.1")
    parser.add_argument("--known-as", metavar="HOST:PORT", help="where clients find it, when something stands in front")
    parser.add_argument("--tls", type=pathlib.Path, help="speak TLS; certificate.pem is made in this folder")
    options = parser.parse_args()
    faults = Faults(options.hostile, options.seed)
    org = make_org("localhost", options.users, options.groups, options.apps, options.seed)
    okta = OktaServer(("127.0.0.1", options.port), org, faults, "https" if options.tls else "http")
    org.domain = options.known_as or f"localhost:{okta.server_port}"
    okta.base = f"{'https' if options.tls or options.known_as else 'http'}://{org.domain}"
    if options.tls:
        okta.socket = make_context(options.tls).wrap_socket(okta.socket, server_side=True, do_handshake_on_connect=False)
    controls = ControlServer(("127.0.0.1", options.control_port), okta)
    for server in (okta, controls):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"domain": org.domain, "url": okta.base, "port": okta.server_port,
                      "control": f"http://127.0.0.1:{controls.server_port}",
                      "client_id": "0oaIntegration", "client_secret": "integration-secret",
                      "ssws": "00sswsToken"}), flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main()
