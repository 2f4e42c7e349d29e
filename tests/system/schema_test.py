"""Every key begins with the workspace, so that the tables can be distributed by it as db/README.md says."""

import re

import expect
from backdoor import POSTGRESQL, door_to
from rolecall_server import ROOT

# Tables whose rows are looked up before their workspace is known, or that belong to none.
BY_ID = {
    "schema_migrations": "the schema is of all workspaces",
    "workspaces": "is the list of workspaces",
    "tokens": "a token says by its id which workspace it opens",
    "api_tokens": "a token says by its id which workspace it opens",
    "admin_sessions": "a session says by its id which workspace it opens",
    **({"writers": "a process writes in all of them"} if POSTGRESQL else {}),
}


def keys_of(door, table):
    """(name, columns) of the primary key and of each unique index."""
    if POSTGRESQL:
        rows = door.ask("SELECT c.relname AS name, a.attname AS part, k.at AS at FROM pg_index i "
                        "JOIN pg_class c ON c.oid = i.indexrelid "
                        "CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, at) "
                        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number "
                        f"WHERE i.indrelid = '{table}'::regclass AND i.indisunique ORDER BY 1, 3")
    else:
        rows = door.ask(f"SELECT l.name AS name, i.name AS part FROM pragma_index_list('{table}') AS l "
                        "JOIN pragma_index_info(l.name) AS i WHERE l.\"unique\" = 1 ORDER BY l.name, i.seqno")
        # A primary key of one INTEGER column has no index of its own; there is none here, but it would have to be seen.
        alone = door.ask(f"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 AND type = 'INTEGER'")
        expect.equal([row["name"] for row in alone], [], f"{table} is numbered by the engine")
    found = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row["part"])
    return found


def foreign_keys_of(door, table):
    """(table, [(column, column there)…])"""
    if POSTGRESQL:
        rows = door.ask("SELECT c.conname AS id, f.relname AS there, a.attname AS here, b.attname AS other "
                        "FROM pg_constraint c JOIN pg_class f ON f.oid = c.confrelid "
                        "CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (here, other, at) "
                        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here "
                        "JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.other "
                        f"WHERE c.conrelid = '{table}'::regclass AND c.contype = 'f' ORDER BY 1, k.at")
    else:
        rows = door.ask(f"SELECT id, \"table\" AS there, \"from\" AS here, \"to\" AS other "
                        f"FROM pragma_foreign_key_list('{table}') ORDER BY id, seq")
    found = {}
    for row in rows:
        found.setdefault((row["id"], row["there"]), []).append((row["here"], row["other"]))
    return [(there, columns) for (_, there), columns in found.items()]


def statements():
    """Of db/README.md: (reference tables, distributed ones in order, (table, constraint) pairs that go before)."""
    text = (ROOT / "db" / "README.md").read_text()
    block = re.search(r"## Distribute it\n.*?```sql\n(.*?)```", text, re.DOTALL)[1]
    return (re.findall(r"create_reference_table\('(\w+)'\)", block),
            re.findall(r"create_distributed_table\('(\w+)', 'workspace'", block),
            re.findall(r"ALTER TABLE (\w+) DROP CONSTRAINT (\w+);", block))


def test_every_key_begins_with_the_workspace(server):
    door = door_to(server.data)
    tables = door.tables()
    assert set(BY_ID) < set(tables), tables
    for table in tables:
        keys = keys_of(door, table)
        assert keys, f"{table} has no key"
        for name, columns in keys.items():
            if table not in BY_ID:
                expect.equal(columns[0], "workspace", f"the first column of {name}")
        if table not in BY_ID:
            assert "workspace" in door.columns(table)
    door.close()


def test_the_statements_that_distribute_it_name_every_table(server):
    reference, distributed, dropped = statements()
    if not POSTGRESQL:
        reference.remove("writers")
    door = door_to(server.data)
    if POSTGRESQL:
        for table, name in dropped:
            door.say(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    else:
        expect.equal(dropped, [("tokens", "tokens_workspace_connection_fkey")])
    expect.equal(sorted(reference + distributed), sorted(door.tables()))
    expect.equal(set(reference), set(BY_ID))
    for table in reference + distributed:
        for there, columns in foreign_keys_of(door, table):
            if table in reference:
                # A reference table may not point at a distributed one.
                assert there in reference or not POSTGRESQL and table == "tokens", f"{table} → {there}"
            elif there in distributed:
                expect.equal(columns[0], ("workspace", "workspace"), f"{table} → {there}")
                assert distributed.index(there) <= distributed.index(table), f"{there} has to come before {table}"
    door.close()
