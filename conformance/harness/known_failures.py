"""What suites said, held against known-failures.tsv: a failure is either new or explained, and an explanation that is no
longer needed is a failure too."""

import pathlib

FILE = pathlib.Path(__file__).resolve().parents[1] / "known-failures.tsv"


class Results:
    """The checks of one suite by name; a name that comes twice holds only if it holds each time."""

    def __init__(self, suite):
        self.suite = suite
        self.failure_of = {}

    def add(self, check, failure=None):
        """`failure` says what is wrong; None means that the check holds."""
        self.failure_of[check] = self.failure_of.get(check) or failure

    def judge(self, known):
        """Prints what is worth reading; (passed, failed)."""
        wanted = {check: reason for suite, check, reason in known if suite == self.suite}
        passed = failed = explained = 0
        for check, failure in self.failure_of.items():
            if failure is None and check in wanted:
                print(f"FAILED {self.suite}: {check}: passes, but stands in {FILE.name}; take the line out")
                failed += 1
            elif failure is None:
                passed += 1
            elif check in wanted:
                print(f"known  {self.suite}: {check}: {wanted[check]}")
                explained += 1
            else:
                print(f"FAILED {self.suite}: {check}: {failure}")
                failed += 1
        for check in wanted:
            if check not in self.failure_of:
                print(f"FAILED {self.suite}: {check}: stands in {FILE.name}, but no such check was run")
                failed += 1
        print(f"{'ok     ' if not failed else 'FAILED '}{self.suite}: {passed} passed, {failed} failed, "
              f"{explained} known", flush=True)
        return passed, failed


def read(path=FILE):
    """(suite, check, reason) for each line below the head."""
    rows = []
    for number, line in enumerate(path.read_text().splitlines()[1:], 2):
        fields = line.split("\t")
        if len(fields) != 3 or not all(field.strip() for field in fields):
            raise ValueError(f"{path.name}:{number}: three filled fields are needed: suite, check, reason")
        rows.append(tuple(fields))
    if len({row[:2] for row in rows}) != len(rows):
        raise ValueError(f"{path.name}: a check stands there twice")
    return rows
