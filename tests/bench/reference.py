"""How fast this machine is: a fixed body of 2 KB through the server's own byte layer, from a binary of its own (static/main.cpp)."""

import pathlib
import statistics
import subprocess

from load import run_wrk

# Half-way between what machines answered for which the goals in workloads.py are: 32,000 to 55,000 a second.
OF_THE_GOALS = 43_500
SECONDS = 3


class Reference:
    """Goals are scaled down on a slower machine, and never up. Measured more than once, since machines change their pace."""

    def __init__(self, binary, directory, options):
        self.id_file = pathlib.Path(directory) / "reference-ids"
        self.id_file.write_text("-\n")
        self.connections = options.connections
        self.seconds = min(SECONDS, options.seconds)
        self.rates = []
        self.process = subprocess.Popen([str(binary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def measure(self):
        result = run_wrk(f"http://127.0.0.1:{self.port}", "get_path", self.id_file, "-", self.seconds, self.connections, "/", path="")
        if result["bad_status"] or result["socket_errors"]:
            raise RuntimeError(f"the static body: {result}")
        self.rates.append(result["requests"] / result["seconds"])

    @property
    def rate(self):
        return statistics.median(self.rates)

    @property
    def scale(self):
        return min(1.0, self.rate / OF_THE_GOALS)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()
