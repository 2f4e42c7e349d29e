"""`rolecall completion`: the scripts are driven in the shells that they are for, over the binary's whole tree."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import command_tree
import expect
from rolecall_server import default_binary

SAYS_NOTHING_OF_THE_ENGINE = True

BASH = r"""
source "$1"
while IFS= read -r line; do
  eval "COMP_WORDS=($line)"
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _rolecall
  printf '%s\n' "${COMPREPLY[@]}" ''
  echo ==
done
"""
ZSH = r"""
compdef() { : }
_files() { print -r -- FILES }
compadd() { shift; print -rl -- "$@" }
source "$1"
while IFS= read -r line; do
  words=("${(@Q)${(z)line}}")
  CURRENT=${#words}
  _rolecall
  print -r -- '=='
done
"""
FISH = r"""
source $argv[1]
while read -l line
    complete -C "$line" | string replace -r '\t.*' ''
    echo ==
end
"""


def script(shell):
    done = subprocess.run([str(default_binary()), "completion", shell], capture_output=True, text=True, timeout=60,
                          check=False)
    return expect.succeeded(done)


def complete(command, driver, shell, lines):
    """What the shell offers at the end of each line, as a list for each."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "completion"
        path.write_text(script(shell))
        (pathlib.Path(directory) / "access.yaml").write_text("")
        done = subprocess.run([*command, driver, *(["rolecall"] if shell != "fish" else []), str(path)], input="\n".join(lines) + "\n",
                              capture_output=True, text=True, timeout=120, check=False, cwd=directory,
                              env={**os.environ, "HOME": directory})
        expect.succeeded(done)
        expect.equal(done.stderr, "", f"what {shell} complains about")
    answers, current = [], []
    for line in done.stdout.split("\n"):
        if line == "==":
            answers.append(current)
            current = []
        elif line:
            current.append(line)
    expect.equal(len(answers), len(lines), "answers")
    return answers


def questions():
    """(line, must be offered, must not be offered)"""
    asked = [("rolecall ''", "users", "list"), ("rolecall users ''", "explain", "users"),
             ("rolecall tokens rotate ''", "start", "create"), ("rolecall --data d users ''", "list", "users"),
             ("rolecall users list --limit list ''", None, "list"),
             ("rolecall links create --group list --role ''", None, "create"),
             ("rolecall -o ''", "yaml", "users"), ("rolecall users list --output ''", "csv", "users"),
             ("rolecall workspaces set --role-mode ''", "single", "table"),
             ("rolecall connections create x --dialect ''", "entra", "table"),
             ("rolecall users list --", "--limit", "--dialect"), ("rolecall users list --", "--output", "--role")]
    for words in command_tree.verbs():
        for depth in range(len(words)):
            asked.append((" ".join(["rolecall", *words[:depth], "''"]), words[depth], None))
        for option in command_tree.options(*words):
            asked.append((" ".join(["rolecall", *words, "--"]), option, None))
    return list(dict.fromkeys(asked))


def check(shell, command, driver, adapt=lambda line: line):
    asked = questions()
    lines = list(dict.fromkeys(line for line, _, _ in asked))
    offered = dict(zip(lines, complete(command, driver, shell, [adapt(line) for line in lines])))
    for line, wanted, foreign in asked:
        assert wanted is None or wanted in offered[line], f"{shell}: {line} does not offer {wanted}, but {offered[line]}"
        assert foreign not in offered[line], f"{shell}: {line} offers {foreign}"
    return offered


def test_bash_completes_every_noun_verb_option_and_value():
    check("bash", ["bash", "--norc", "-c"], BASH)
    started = complete(["bash", "--norc", "-c"], BASH, "bash",
                       ["rolecall us", "rolecall users ex", "rolecall users list --li", "rolecall -o t",
                        "rolecall users list --output = y", "rolecall plan -f acc", "rolecall nonsense ''"])
    expect.equal(started, [["users"], ["explain"], ["--limit"], ["table"], ["yaml"], ["access.yaml"], started[-1]])
    assert "users" in started[-1] or started[-1] == [], started


def test_zsh_completes_every_noun_verb_option_and_value():
    if not shutil.which("zsh"):
        return
    check("zsh", ["zsh", "-f", "-c"], ZSH)
    expect.equal(complete(["zsh", "-f", "-c"], ZSH, "zsh", ["rolecall plan -f ''"]), [["FILES"]])


def test_fish_completes_every_noun_verb_option_and_value():
    if not shutil.which("fish"):
        return
    # An empty word at the end of a line is a blank there.
    check("fish", ["fish", "--no-config", "-c"], FISH, lambda line: line.removesuffix("''"))


def test_scripts_are_words_for_their_shell_only():
    for shell, command in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
        if shutil.which(shell):
            done = subprocess.run([*command, "/dev/stdin"], input=script(shell), capture_output=True, text=True, timeout=60,
                                  check=False)
            expect.succeeded(done)
            expect.equal(done.stderr, "", shell)
    done = subprocess.run([str(default_binary()), "completion", "tcsh"], capture_output=True, text=True, timeout=60,
                          check=False)
    expect.succeeded(done, 2)
