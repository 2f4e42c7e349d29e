"""What every command prints, word for word, as a table and as JSON: tests/system/golden, one file for each noun and
format. `tests/system/run --only golden --update` writes them anew.

And what holds for every command of the binary's own tree, whoever added it: a golden case, two examples in its help, and
each operation of the admin API within its reach."""

import os
import re

import command_tree
import expect
from admin_examples import document
from golden_world import GOLDEN, World, play
from rolecall_server import Server

SAYS_NOTHING_OF_THE_ENGINE = True

FORMATS = ("table", "json")
LASTS_LONG = True


def played(output):
    with Server(environment={"ROLECALL_EGRESS__ALLOW": "127.0.0.1/32", "ROLECALL_EGRESS__PLAIN_HTTP": "true",
                             "ROLECALL_SERVER__PUBLIC_URL": "https://scim.example.com",
                             "ROLECALL_DIRECTORIES__THREADS": "0"}) as server:
        world = World(server, output)
        try:
            play(world)
        finally:
            world.close()
        return world


def golden_file(noun, output):
    return GOLDEN / f"{noun}.{output}.txt"


def compare(output):
    """Plays the world in a format and compares, or writes, all its files."""
    world = played(output)
    if os.environ.get("ROLECALL_UPDATE_GOLDEN"):
        for old in GOLDEN.glob(f"*.{output}.txt"):
            old.unlink()
        for noun, lines in world.said.items():
            golden_file(noun, output).write_text("\n".join(lines))
    kept = {path.name.split(".")[0] for path in GOLDEN.glob(f"*.{output}.txt")}
    expect.equal(sorted(kept), sorted(world.said), "nouns with golden files")
    for noun, lines in world.said.items():
        wanted = golden_file(noun, output).read_text().split("\n")
        for number, (found, line) in enumerate(zip(lines, wanted), 1):
            assert found == line, f"{noun}.{output}.txt:{number}: {found!r}, expected {line!r}; --update rewrites it"
        expect.equal(len(lines), len(wanted), f"lines of {noun}.{output}.txt")
    without = [" ".join(verb) for verb in command_tree.verbs() if verb not in world.asked]
    expect.equal(without, [], "verbs without a golden case")
    return world


def test_tables_are_as_they_were():
    compare("table")


def fits(template, path):
    pattern = re.sub(r"\{\w+\}", "[^/]+", template)
    return re.fullmatch("/admin/v1" + pattern, path) is not None


def test_json_is_as_it_was_and_every_operation_is_a_command():
    world = compare("json")
    verbs = {" ".join(verb) for verb in command_tree.verbs()}
    for template, operations in document()["paths"].items():
        for method, operation in operations.items():
            command = operation["x-cli"]
            assert command in verbs, f"{operation['operationId']}: there is no command {command}"
            asked = world.asked[tuple(command.split())]
            assert any(fits(template, path) and method.upper() == how for how, path in asked), (
                f"{operation['operationId']}: rolecall {command} never asks {method} {template}, but {sorted(set(asked))}")


def test_every_verb_shows_two_examples_of_itself():
    for verb in command_tree.verbs():
        lines = command_tree.examples(*verb)
        command = "rolecall " + " ".join(verb)
        assert len(lines) >= 2, f"{command} --help has {len(lines)} examples"
        known = command_tree.options(*verb)
        for line in lines:
            assert re.search(re.escape(command) + r"( |$|\))", line), f"{line!r} is no example of {command}"
            foreign = set(re.findall(r"(?<= )--[a-z][a-z-]*", line)) - known
            assert not foreign, f"{line!r} has options that {command} does not know: {foreign}"
