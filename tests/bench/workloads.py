"""What is aimed at, by the key of a workload: requests a second on SQLite with 100,000 users of 2 KB, durable, 16 connections.

The goals hold for a machine of two cores that answers a static body of 2 KB 32,000 to 55,000 times a second and brings 4 KB to
its disk in 0.1 ms. PostgreSQL is to read at half of that at least, and to write at half of what the same cluster takes of single
statements.
"""

GOALS = {
    "GET user": 19_000, "userName eq": 16_000, "page": 350, "complex": 100, "unindexed eq": 33,
    "GET group": 170, "GET group without members": 19_000,
    "POST user": 5_000, "PUT user": 5_000, "PATCH active": 5_000, "PATCH member": 7_000, "PATCH 100 members": 1_000,
    "bulk": 5_000, "import": 4_000, "decision": 19_000,
}
READS = {"GET user", "userName eq", "page", "complex", "unindexed eq", "GET group", "GET group without members", "decision"}
# What one request counts for, where the goal is not one of requests: operations of a bulk, and half a user.
UNITS = {"bulk": 1_000, "import": 0.5}
# The single statement (raw_postgresql.py) that a write is compared with on PostgreSQL.
STATEMENTS = {"POST user": "row", "PUT user": "row", "PATCH active": "row", "PATCH member": "member"}


def goal_of(key, raw):
    """What is aimed at on the engine at hand; `raw` is None on SQLite, else what the cluster takes of each statement."""
    if raw is None:
        return GOALS.get(key)
    if key in STATEMENTS:
        return round(raw[STATEMENTS[key]] / 2)
    return GOALS[key] // 2 if key in READS else None
