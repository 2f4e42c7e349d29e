"""A server under valgrind's callgrind: how many instructions all of its threads execute between two places in time.

Counters of the processor are missing on many virtual machines; callgrind counts on any, 50 times slower, and the same
numbers again and again.
"""

import pathlib
import shutil
import subprocess

from server import Server

CONTROL_SECONDS = 60
# One thread for each kind of work, so that a request finds what the one before it left; and nothing that works by the
# clock, of which a slow machine would see more in each request. Nobody is to lose patience with it either.
ENVIRONMENT = {"ROLECALL_SERVER__WORKERS": "1", "ROLECALL_STORAGE__READERS": "1", "ROLECALL_REQUEST_LOG__KEEP": "0",
               "ROLECALL_WEBHOOKS__THREADS": "0", "ROLECALL_DIRECTORIES__THREADS": "0", "ROLECALL_SERVER__REQUEST_TIMEOUT": "1h",
               "ROLECALL_SERVER__IDLE_TIMEOUT": "1h", "ROLECALL_SERVER__HEAD_TIMEOUT": "1h",
               "ROLECALL_SERVER__BODY_IDLE_TIMEOUT": "1h", "ROLECALL_STORAGE__LEASE_TIMEOUT": "60s"}


class CountedServer(Server):
    """Over what a server of the same binary left in `directory`."""

    def __init__(self, binary, directory, token):
        if shutil.which("valgrind") is None:
            raise RuntimeError("valgrind is missing; deploy/dependencies --tests installs it")
        self.dumps = pathlib.Path(directory) / "callgrind"
        self.parts = 0
        under = ("valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={self.dumps}", "--instr-atstart=no", "--fair-sched=yes",
                 f"--log-file={directory}/valgrind.log")
        super().__init__(binary, directory, under, ENVIRONMENT, token)
        self._control("instrumentation", "on")

    def _control(self, *command):
        done = subprocess.run(["vgdb", f"--pid={self.process.pid}", *command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=CONTROL_SECONDS, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"vgdb {' '.join(command)}: {done.stdout}{done.stderr}")

    def instructions(self):
        """What was executed since it was asked for the last time."""
        self._control("dump")
        self.parts += 1
        for line in pathlib.Path(f"{self.dumps}.{self.parts}").read_text().splitlines():
            if line.startswith("summary: "):
                return int(line.split()[1])
        raise RuntimeError(f"callgrind's part {self.parts} has no summary")
