"""Other SCIM servers, from peers/NAME: packages at pinned versions, installed below build/peers the first time."""

import contextlib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = HERE / "peers"
sys.path.append(str(ROOT / "conformance" / "harness"))
import third_party  # noqa: E402

STOP_SECONDS = 30


def names():
    return sorted(path.parent.name for path in PEERS.glob("*/package.json"))


@contextlib.contextmanager
def running(name):
    """The base URL and the token of a peer that was just started, and is stopped afterwards."""
    place = third_party.node(name, PEERS, ROOT / "build" / "peers")
    process = subprocess.Popen(["node", "server.mjs"], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url, _, token = process.stdout.readline().strip().partition(",")
        if not token:
            raise RuntimeError(f"{name} did not start")
        yield url, token
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
