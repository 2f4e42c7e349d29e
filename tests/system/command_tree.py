"""The commands of the binary as its own --help tells of them."""

import functools
import re
import subprocess

from rolecall_server import default_binary


@functools.lru_cache(maxsize=None)
def help_of(*words):
    done = subprocess.run([str(default_binary()), *words, "--help"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, (words, done)
    return done.stdout


def subcommands(*words):
    """Names of the nouns or verbs below, in order."""
    below = help_of(*words).partition("Subcommands:")[2].partition("\nExamples:")[0]
    return re.findall(r"^  ([a-z][a-z-]*)(?: |$)", below, re.MULTILINE)


def verbs():
    """Every command that can be run, as a tuple of words."""
    found, todo = [], [()]
    while todo:
        words = todo.pop(0)
        below = subcommands(*words)
        found += [] if below else [words]
        todo += [(*words, name) for name in below]
    return found


def examples(*words):
    """The command lines at the end of a verb's help."""
    lines = help_of(*words).partition("\nExamples:\n")[2].splitlines()
    return [line.strip() for line in lines if line.strip()]


def options(*words):
    """The long options of a verb, and of the program."""
    defined = [line.split()[0] for text in (help_of(*words), help_of()) for line in text.splitlines()
               if line.startswith("  -")]
    return {name for names in defined for name in re.findall(r"--[a-z][a-z-]*", names)}
