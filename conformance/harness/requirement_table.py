"""The requirement table and what can prove a row: reading both, and looking for what does not fit."""

import ast
import fcntl
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "conformance" / "requirements.tsv"
COLUMNS = ("id", "rfc", "section", "level", "area", "requirement", "how_to_test", "proof")
NOT_APPLICABLE = "not applicable:"
INSPECTION = "inspection:"
# "RFC 7644 §3.5.2.3", also of several sections and over the end of a comment's line.
CITATION = re.compile(r"RFC ?(7643|7644|9865),?(?:\s|//|\*)*"
                      r"((?:(?:§|[Ss]ections?\s)\s*\d[\d.]*(?:\s*(?:,|and|or|–|-)\s*(?=§))?\s*)+)")
GTEST_CASE = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)


class Table:
    """conformance/requirements.tsv; holds the lock of the file while it is open for change."""

    def __init__(self, change=False):
        self.file = open(TABLE, "r+" if change else "r", encoding="utf-8", newline="\n")
        if change:
            fcntl.flock(self.file, fcntl.LOCK_EX)
        lines = self.file.read().splitlines()
        self.header = tuple(lines[0].split("\t")) if lines else ()
        cells = [line.split("\t") for line in lines[1:]]
        self.broken = [line[0] for line in cells if len(line) != len(COLUMNS)]
        self.rows = {line[0]: dict(zip(COLUMNS, line)) for line in cells}
        self.repeated = len(cells) - len(self.rows)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def write(self):
        text = "\n".join("\t".join(row[column] for column in COLUMNS) for row in self.rows.values())
        self.file.seek(0)
        self.file.write("\t".join(COLUMNS) + "\n" + text + "\n")
        self.file.truncate()


class Proof:
    """What the docstring of a test function in requirements/ says."""

    def __init__(self, test, docstring):
        self.test = test
        self.rows = []
        self.deviations = {}
        deviating = None
        for line in (docstring or "").splitlines():
            line = line.strip()
            if line.startswith("Proves:"):
                self.rows = line.removeprefix("Proves:").split()
                deviating = None
            elif line.startswith("Deviates:"):
                deviating, _, reason = line.removeprefix("Deviates:").strip().partition(":")
                self.deviations[deviating] = reason.strip()
            elif deviating and line:
                self.deviations[deviating] += " " + line
            else:
                deviating = None


def functions_in(path):
    return [node for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def proofs():
    """{test id: Proof} of conformance/requirements."""
    found = {}
    for path in sorted((ROOT / "conformance" / "requirements").glob("*_test.py")):
        for node in functions_in(path):
            test = f"requirements/{path.stem}.{node.name}"
            found[test] = Proof(test, ast.get_docstring(node))
    return found


def is_own(test):
    """Is it a test that says itself what it proves?"""
    return test.startswith("requirements/")


def tests_of(proof):
    """The test ids in a cell of the column proof."""
    if proof.startswith(NOT_APPLICABLE):
        return []
    if proof.startswith(INSPECTION):
        return proof.removeprefix(INSPECTION).split()[1:]
    return proof.split()


class TestIds:
    """Every test that a row may name."""

    def __init__(self, own):
        self.known = set(own)
        for path in (ROOT / "tests" / "system").glob("*_test.py"):
            self.known |= {f"system/{path.stem}.{node.name}" for node in functions_in(path)}
        transcripts = ROOT / "conformance" / "transcripts"
        self.known |= {f"transcript/{path.relative_to(transcripts)}" for path in transcripts.rglob("*.json")}
        cases = ROOT / "tests" / "cases"
        for path in cases.rglob("*.json"):
            self.known |= {f"case/{path.relative_to(cases)}#{case['name'].replace(' ', '_')}"
                           for case in json.loads(path.read_text(encoding="utf-8"))}
        for binary, directory in self.binaries():
            for path in (ROOT / "tests" / directory).rglob("*.cpp"):
                self.known |= {f"{binary}:{suite}.{case}"
                               for suite, case in GTEST_CASE.findall(path.read_text(encoding="utf-8"))}

    @staticmethod
    def binaries():
        return re.findall(r"^rolecall_test\((\w+) (\S+)", (ROOT / "tests" / "CMakeLists.txt").read_text(), re.MULTILINE)

    def __contains__(self, test):
        return test in self.known


def proof_problems(row, own, ids):
    """Why the proof of a row does not hold."""
    proof = row["proof"]
    if not proof.strip():
        return [f"{row['id']}: nothing proves it"]
    if proof.startswith(NOT_APPLICABLE):
        return [] if len(proof) > len(NOT_APPLICABLE) + 20 else [f"{row['id']}: not applicable, but why?"]
    found = []
    tests = tests_of(proof)
    if proof.startswith(INSPECTION):
        file = (proof.removeprefix(INSPECTION).split() or [""])[0]
        if not file or not (ROOT / file).is_file():
            found.append(f"{row['id']}: there is no file {file!r} to inspect")
    if not tests:
        found.append(f"{row['id']}: no test is named")
    for test in tests:
        if test not in ids:
            found.append(f"{row['id']}: there is no test {test}")
        elif is_own(test) and row["id"] not in own[test].rows:
            found.append(f"{row['id']}: {test} does not say that it proves it")
    return found


def declaration_problems(table, own):
    """What tests say that the table does not."""
    found = []
    for test, proof in own.items():
        if not proof.rows:
            found.append(f"{test}: its docstring has no line `Proves: …`")
        for row in proof.rows:
            if row not in table.rows:
                found.append(f"{test}: there is no row {row}")
            elif test not in tests_of(table.rows[row]["proof"]):
                found.append(f"{test}: the table does not list it at {row}")
        for row, reason in proof.deviations.items():
            if row not in proof.rows:
                found.append(f"{test}: deviates from {row}, which it does not prove")
            if len(reason) < 20:
                found.append(f"{test}: deviates from {row}, but why?")
    return found


def citation_problems(table):
    """Comments that cite a section which the table does not have."""
    known = {(row["rfc"], row["section"]) for row in table.rows.values()}
    found = []
    for directory in ("src", "include"):
        for path in sorted((ROOT / directory).rglob("*.[ch]pp")):
            text = path.read_text(encoding="utf-8")
            for match in CITATION.finditer(text):
                for section in re.findall(r"\d[\d.]*", match.group(2)):
                    if (match.group(1), section.rstrip(".")) not in known:
                        line = text.count("\n", 0, match.start()) + 1
                        found.append(f"{path.relative_to(ROOT)}:{line}: RFC {match.group(1)} §{section.rstrip('.')} is not in the table")
    return found


def fill(table, own):
    """Writes what the tests say into the column proof; what is written by hand there stays, unless a test proves the row."""
    for row in table.rows.values():
        tests = [test for test, proof in own.items() if row["id"] in proof.rows]
        by_hand = row["proof"]
        if not by_hand.startswith((NOT_APPLICABLE, INSPECTION)):
            row["proof"] = " ".join([test for test in by_hand.split() if not is_own(test)] + tests)
        elif tests and by_hand.startswith(INSPECTION):
            file, *others = by_hand.removeprefix(INSPECTION).split()
            row["proof"] = " ".join([INSPECTION, file] + [test for test in others if not is_own(test)] + tests)
        elif tests:
            row["proof"] = " ".join(tests)
