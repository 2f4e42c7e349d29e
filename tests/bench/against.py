"""tests/bench/run --against: the same work on Rolecall and on another SCIM server, in rounds that alternate between them.

Only plain SCIM is spoken to the other one, about users and groups that are made for it and deleted at the end. Before a
workload is measured it is tried once and its effect read back: what a server refuses or gets wrong stands in its column
instead of a number.
"""

import json
import pathlib
import secrets
import statistics
import urllib.parse

from load import LoadFailure, run_wrk
from server import user
from side import PAGE, Refused, Wrong

COLUMNS = ("workload", "Rolecall", "the other", "ratio", "p99 ms", "p99 ms")
WIDTHS = (32, 16, 16, 8, 10, 10)
# Members that come at the same time, of whom none may be lost.
ADDED_AT_ONCE = 64


def must(is_so, text):
    if not is_so:
        raise Wrong("wrong: " + text)


class Workload:
    """`name` is that of wrk.lua, `share` says which ids a round of so many works on, `attempt` tries it once."""

    def __init__(self, label, name, attempt, share=lambda side, turn, turns: side.ids, target=lambda side: "-"):
        self.label, self.name, self.attempt, self.share, self.target = label, name, attempt, share, target


def part(ids, turn, turns):
    """Every round has users of its own: what was changed before could be a change of nothing now."""
    size = len(ids) // turns
    return ids[turn * size:(turn + 1) * size]


class Comparison:
    def __init__(self, options, ours, other, verdict, directory):
        self.options, self.sides, self.verdict = options, (ours, other), verdict
        self.other = other
        self.id_file = pathlib.Path(directory) / "ids"
        self.mark = "cmp" + secrets.token_hex(3) + "-"
        self.people = max(options.users)
        self.sizes = sorted(size for size in options.groups if size <= self.people * 2 // 3)
        self.measured = {}
        self.rows = []

    def run(self):
        before = self.other.total()
        self.row(COLUMNS)
        self.row(["-" * width for width in WIDTHS])
        try:
            self.create()
            workloads = self.workloads()
            for turn in range(self.options.rounds):
                for workload in workloads:
                    for side in self.sides if turn % 2 == 0 else reversed(self.sides):
                        self.measure(workload, side, turn)
            for workload in workloads:
                self.finish(workload.label)
            for size in self.sizes:
                self.lose(size)
        finally:
            self.other.clean((self.mark, f"new-{self.mark}"))
        after = self.other.total()
        self.verdict(before == after, f"{self.other.name} had {before} users before and has {after} now")

    def row(self, cells):
        print("| " + " | ".join(str(cell).rjust(width) for cell, width in zip(cells, WIDTHS)) + " |", flush=True)

    def create(self):
        label = "create users, not by wrk"
        for side in self.sides:
            seconds = side.make(self.people, self.mark, self.sizes)
            self.measured[label, side] = [{"requests": self.people, "seconds": seconds, "bad_status": 0, "socket_errors": 0}]
            side.rest()
        self.finish(label)

    def workloads(self):
        shares = {"share": lambda side, turn, turns: part(side.ids, turn, turns)}
        pools = {"share": lambda side, turn, turns: part(side.pool, turn, turns)}
        page = f"/Users?startIndex={self.people // 2}&count={PAGE}"
        listed = [
            Workload("GET user", "get_user", self.try_get),
            Workload("userName eq", "filter_eq", self.try_filter),
            Workload(f"page of {PAGE}, middle", "get_path", lambda side: self.try_page(side, page), target=lambda side: page),
            Workload("PATCH active", "patch_active", self.try_patch, **shares),
            Workload("PUT user", "put_user", self.try_put),
        ]
        for size in self.sizes:
            listed.append(Workload(f"GET group of {size}", "get_path", lambda side, size=size: self.try_group(side, size),
                                   target=lambda side, size=size: "/Groups/" + side.groups[size]))
            listed.append(Workload(f"PATCH member, group of {size}", "patch_member",
                                   lambda side, size=size: self.try_member(side, size), **pools,
                                   target=lambda side, size=size: side.groups[size]))
        return [*listed, Workload("POST user", "post_user", self.try_post)]

    def measure(self, workload, side, turn):
        results = self.measured.setdefault((workload.label, side), [])
        if results and isinstance(results[-1], str):
            return
        try:
            if turn == 0:
                workload.attempt(side)
            ids = workload.share(side, turn, self.options.rounds)
            self.id_file.write_text("\n".join(ids) + "\n")
            results.append(run_wrk(side.address, workload.name, self.id_file, side.token, self.options.seconds,
                                   self.options.connections, workload.target(side), f"{self.mark}{turn}", side.url.path, self.mark))
            side.settle()
        except (Refused, Wrong, LoadFailure) as problem:
            results.append(str(problem))
        except TimeoutError:
            results.append("no answer in time")

    def cell(self, label, side):
        """(a second or None, p99 or None, what stands in the column)"""
        results = self.measured[label, side]
        if isinstance(results[-1], str):
            return None, None, results[-1]
        requests, bad = (sum(result[key] for result in results) for key in ("requests", "bad_status"))
        broken = sum(result["socket_errors"] for result in results)
        if bad or broken:
            return None, None, f"{bad + broken} of {requests} bad"
        if requests == 0:
            return None, None, f"0 in {sum(result['seconds'] for result in results):.0f} s"
        rate = statistics.median(result["requests"] / result["seconds"] for result in results)
        p99 = statistics.median(result["p99"] for result in results) if "p99" in results[0] else None
        return rate, p99, f"{rate:,.0f}" if rate >= 10 else f"{rate:.2f}"

    def finish(self, label):
        (ours, our_p99, our_text), (theirs, their_p99, their_text) = (self.cell(label, side) for side in self.sides)
        ratio = ours / theirs if ours and theirs else None
        self.row((label, our_text, their_text, f"{ratio:.1f}" if ratio else "-", *(
            f"{p99:.2f}" if p99 is not None else "-" for p99 in (our_p99, their_p99))))
        self.rows.append({"workload": label, "rolecall": our_text if ours is None else round(ours, 2),
                          "other": their_text if theirs is None else round(theirs, 2), "ratio": ratio and round(ratio, 2),
                          "rolecall_p99_ms": our_p99, "other_p99_ms": their_p99})
        self.verdict(ours is not None, f"{label}: Rolecall: {our_text}")
        if self.options.smoke:
            self.verdict(theirs is not None, f"{label}: {self.other.name}: {their_text}")

    def lose(self, size):
        """Many members come at the same time, each in a request of its own; all of them must be there afterwards."""
        label = f"lost of {ADDED_AT_ONCE} adds, group of {size}"
        counts = []
        for side in self.sides:
            coming = part(side.pool, 0, 1)[:ADDED_AT_ONCE]
            try:
                here = side.members(size)
                for person in here.intersection(coming):
                    side.patch(f"/Groups/{side.groups[size]}", {"op": "remove", "path": f'members[value eq "{person}"]'})
                side.each(lambda person, side=side: side.patch(f"/Groups/{side.groups[size]}", {
                    "op": "add", "path": "members", "value": [{"value": person}]}), coming)
                counts.append(len(set(coming) - side.members(size)))
            except Refused as problem:
                counts.append(str(problem))
        self.row((label, *counts, "-", "-", "-"))
        self.rows.append({"workload": label, "rolecall": counts[0], "other": counts[1], "ratio": None})
        self.verdict(counts[0] == 0, f"{label}: Rolecall: {counts[0]}")
        if self.options.smoke:
            self.verdict(counts[1] == 0, f"{label}: {self.other.name}: {counts[1]}")

    def name(self, number):
        return f"{self.mark}{number:06d}@example.com"

    def try_get(self, side):
        got = side.ask("GET", "/Users/" + side.ids[7])
        must((got["id"], got["userName"]) == (side.ids[7], self.name(7)), "another user")

    def try_filter(self, side):
        got = side.ask("GET", "/Users?filter=" + urllib.parse.quote(f'userName eq "{self.name(7)}"'))
        must([person["id"] for person in got.get("Resources", ())] == [side.ids[7]], "not the one user")

    def try_page(self, side, path):
        got = side.ask("GET", path)
        listed = len({person["id"] for person in got.get("Resources", ())})
        wanted = min(PAGE, self.people - self.people // 2 + 1)
        must(listed >= wanted and got["totalResults"] >= self.people, f"{listed} listed of {got['totalResults']}")

    def try_patch(self, side):
        person = "/Users/" + side.ids[-1]
        for value in (False, True):
            side.patch(person, {"op": "replace", "value": {"active": value}})
            must(side.ask("GET", person).get("active") is value, "not changed")

    def try_put(self, side):
        person = "/Users/" + side.ids[7]
        side.ask("PUT", person, {**user(7, self.mark), "title": "Probe"})
        must(side.ask("GET", person).get("title") == "Probe", "not changed")

    def try_group(self, side, size):
        must(side.members(size) == set(side.ids[:size]), "not its members")

    def try_member(self, side, size):
        person = side.pool[-1]
        side.patch(f"/Groups/{side.groups[size]}", {"op": "add", "path": "members", "value": [{"value": person}]})
        must(person in side.members(size), "not added")
        side.patch(f"/Groups/{side.groups[size]}", {"op": "remove", "path": f'members[value eq "{person}"]'})
        must(person not in side.members(size), "not removed")

    def try_post(self, side):
        made = side.ask("POST", "/Users", user(self.people, self.mark), (201,))
        must(side.ask("GET", "/Users/" + made["id"])["userName"] == self.name(self.people), "another user")


def write(path, head, comparison):
    path.write_text(json.dumps({**head, "against": comparison.other.name, "rounds": comparison.options.rounds,
                                "rows": comparison.rows}, indent=2) + "\n")
