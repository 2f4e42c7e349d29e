"""What others published, installed at pinned versions below build/third-party: a Python environment and npm packages."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parent
PINS = HERE / "third_party"
PLACE = ROOT / "build" / "third-party"
INSTALL_SECONDS = 600

# tests/run counts a stage that ends with this neither as passed nor as failed.
LEFT_OUT = 77

# What pip and npm print when nobody answers, as opposed to an answer that we do not like.
UNREACHABLE = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError",
               "Connection refused", "Network is unreachable", "Temporary failure in name resolution",
               "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT",
               "ERR_SOCKET_TIMEOUT")


class Unreachable(Exception):
    """A package registry does not answer."""


class InstallFailure(Exception):
    """It answers, and the installation failed all the same."""


def left_out(reason):
    """Says so and gives the exit code: continuous integration has a network, elsewhere it may be missing."""
    if os.environ.get("CI") == "true":
        print(f"FAILED {reason}")
        print("0 passed, 1 failed")
        return 1
    print(f"left out: {reason}")
    return LEFT_OUT


def python():
    """The interpreter of an environment that holds exactly what third_party/python.txt names."""
    pins = PINS / "python.txt"
    place = PLACE / "python"

    def install():
        _run([sys.executable, "-m", "venv", str(place)], "python3 -m venv")
        _run([str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
              "--retries", "1", "--timeout", "20", "--only-binary", ":all:", "--no-deps", "-r", str(pins)],
             "PyPI")

    _once(place, [pins], install)
    return place / "bin" / "python"


def node(name, pinned=PINS, installed=PLACE):
    """A directory with third_party/NAME and its packages beside it; programs there find them by name."""
    source = pinned / name
    place = installed / name
    pins = [source / "package.json", source / "package-lock.json"]

    def install():
        place.mkdir(parents=True)
        for file in pins:
            shutil.copy(file, place)
        # No scripts of packages: none of them needs any, and they would run with our rights.
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1",
              "--fetch-timeout=30000", "--prefix", str(place)], "npm")

    _once(place, pins, install)
    for file in source.glob("*.mjs"):
        shutil.copy(file, place)
    return place


def _once(place, pins, install):
    """Runs `install` unless the place was made from just these files; a half-made place is never taken for one."""
    wanted = hashlib.sha256(sys.version.encode())
    for file in pins:
        wanted.update(file.read_bytes())
    stamp = place / ".installed"
    if stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    install()
    stamp.write_text(wanted.hexdigest())


def _run(command, what):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=INSTALL_SECONDS, check=False)
    except FileNotFoundError:
        raise InstallFailure(f"{command[0]} is not installed; deploy/dependencies --tests installs it") from None
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{what} did not answer within {INSTALL_SECONDS} s") from None
    if done.returncode == 0:
        return
    if any(sign in done.stdout for sign in UNREACHABLE):
        raise Unreachable(f"{what} cannot be reached")
    raise InstallFailure(f"{what}: exit {done.returncode}: {done.stdout[-2000:]}")
