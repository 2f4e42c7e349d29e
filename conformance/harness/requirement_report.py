"""conformance/REPORT.md: how many requirements are proven how, and every one that is not met to the letter."""

import collections

from requirement_table import INSPECTION, NOT_APPLICABLE

TITLES = {"7643": "RFC 7643, core schema", "7644": "RFC 7644, protocol", "9865": "RFC 9865, cursor-based pagination"}
INTRODUCTION = """# Requirements and their proofs

Written by `conformance/check_requirements --report` from `requirements.tsv` and the tests; do not edit. Each row is a sentence of an
RFC or of its errata, and each is proven by a test against the real binary (`conformance/prove`), or by an inspection that a test
enforces, or does not apply.
"""


def kind_of(row, deviating):
    if row["proof"].startswith(NOT_APPLICABLE):
        return "not applicable"
    if row["id"] in deviating:
        return "deviations"
    if row["proof"].startswith(INSPECTION):
        return "inspections"
    return "tests"


def sentence(text):
    return text[:1].upper() + text[1:].rstrip(".") + "."


KINDS = ("tests", "inspections", "deviations", "not applicable")


def counted(title, groups):
    """A table with one line for each group: {name: Counter of kinds}."""
    lines = [f"| {title} | rows | by test | by inspection | with a deviation | not applicable |", "|---|--:|--:|--:|--:|--:|"]
    total = sum(groups.values(), collections.Counter())
    for name, counts in [*groups.items(), ("together", total)]:
        lines.append(f"| {name} | {sum(counts.values())} | " + " | ".join(str(counts[kind]) for kind in KINDS) + " |")
    return lines


def written(table, own):
    deviations = [(row, test, reason) for test, proof in own.items() for row, reason in proof.deviations.items()]
    deviating = {row for row, _, _ in deviations}
    by_rfc = {title: collections.Counter() for title in TITLES.values()}
    by_area = {}
    for row in table.rows.values():
        kind = kind_of(row, deviating)
        by_rfc[TITLES[row["rfc"]]][kind] += 1
        by_area.setdefault(row["area"], collections.Counter())[kind] += 1
    lines = [INTRODUCTION, *counted("RFC", by_rfc), "", *counted("area", dict(sorted(by_area.items())))]
    lines += ["", "## Deviations", ""]
    order = {row: number for number, row in enumerate(table.rows)}
    for name, test, reason in sorted(deviations, key=lambda one: (order.get(one[0], 0), one[1])):
        row = table.rows[name]
        lines.append(f"- **{name}** ({row['level']}): {row['requirement']}<br>{sentence(reason)}<br>Held by `{test}`.")
    if not deviations:
        lines.append("None.")
    lines += ["", "## Not applicable", ""]
    absent = [row for row in table.rows.values() if row["proof"].startswith(NOT_APPLICABLE)]
    for row in absent:
        reason = sentence(row["proof"].removeprefix(NOT_APPLICABLE).strip())
        lines.append(f"- **{row['id']}** ({row['level']}): {row['requirement']}<br>{reason}")
    if not absent:
        lines.append("None.")
    return "\n".join(lines) + "\n"
