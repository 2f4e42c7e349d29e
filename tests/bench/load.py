"""wrk, with a workload of wrk.lua."""

import json
import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("wrk.lua")
PATH = "/scim/v2"
PERSON = "user"
# More than any answer should need: a slow server is to be measured and not to be cut off.
ANSWER_SECONDS = 60
ENDING_SECONDS = 120


class LoadFailure(Exception):
    """wrk printed no result."""


def run_wrk(address, workload, id_file, token, seconds, connections, group="-", tag="-", path=PATH, person=PERSON):
    """What wrk.lua says at the end: requests, seconds, p50 and p99 in ms, bad_status, socket_errors."""
    command = ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s",
               "--timeout", f"{ANSWER_SECONDS}s", "-s", str(SCRIPT), address, "--",
               workload, str(id_file), token, group, tag, path, person]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + ENDING_SECONDS,
                              check=False)
    except subprocess.TimeoutExpired:
        raise LoadFailure("wrk does not come to its end") from None
    for line in done.stdout.splitlines():
        if line.startswith("result "):
            return json.loads(line.removeprefix("result "))
    raise LoadFailure(f"wrk said {done.stdout[-500:]} {done.stderr[-500:]}")
