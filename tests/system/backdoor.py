"""The server's database without the server: to look at what it left, to spoil it, to keep it waiting."""

import json
import os
import pathlib
import sqlite3
import subprocess

POSTGRESQL = os.environ.get("ROLECALL_TEST_POSTGRESQL")
# Of adapter/soci: whose turn it is to write.
WRITE_TURN = "1380928332, hashtext(current_schema())"


def only_on_sqlite(test):
    """A test of what PostgreSQL does by itself, or does not have."""
    test.only_on = "sqlite"
    return test


def only_on_postgresql(test):
    """A test of replicas, or of a database that is somewhere else."""
    test.only_on = "postgresql"
    return test


def is_for_this_engine(test, module):
    """Files with SAYS_NOTHING_OF_THE_ENGINE are run on SQLite alone."""
    if POSTGRESQL and getattr(module, "SAYS_NOTHING_OF_THE_ENGINE", False):
        return False
    return getattr(test, "only_on", None) in (None, "postgresql" if POSTGRESQL else "sqlite")


def psql(address, sql, *options):
    done = subprocess.run(["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", *options, address],
                          input=sql, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{sql}: {done.stderr}"
    return done.stdout.strip()


def address_of(data):
    """A schema for each data directory, made when it is first asked for; it goes with the whole server."""
    name = "t" + "".join(char if char.isalnum() else "_" for char in str(pathlib.Path(data).resolve()).lower())[-50:]
    psql(POSTGRESQL, f"SET client_min_messages = error; CREATE SCHEMA IF NOT EXISTS {name}")
    return f"{POSTGRESQL}&options=-csearch_path%3D{name}"


class SqliteDoor:
    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self.connection.row_factory = sqlite3.Row

    def ask(self, sql, *values):
        return self.connection.execute(sql, values).fetchall()

    def tables(self):
        named = self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [row[0] for row in named if not row[0].startswith("sqlite_")]

    def columns(self, table):
        return [row["name"] for row in self.ask(f"PRAGMA table_info({table})")]

    def execute(self, sql):
        """How many rows it changed."""
        return self.connection.execute(sql).rowcount

    def hold_writes(self):
        self.connection.execute("BEGIN IMMEDIATE")

    def let_go(self):
        self.connection.execute("ROLLBACK")

    def close(self):
        self.connection.close()


class Row:
    """A row by the names and by the places of its columns; several may have one name."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __getitem__(self, key):
        return self.pairs[key][1] if isinstance(key, int) else dict(self.pairs)[key]

    def __iter__(self):
        return (value for _, value in self.pairs)


class PostgresqlDoor:
    END = "-- the end --"

    def __init__(self, address):
        self.session = subprocess.Popen(["psql", "-X", "-A", "-t", "-q", address], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def say(self, sql):
        """What the statement prints."""
        self.session.stdin.write(f"{sql};\n\\echo {self.END}\n")
        self.session.stdin.flush()
        lines = []
        while (line := self.session.stdout.readline()) and line.strip() != self.END:
            lines.append(line)
        printed = "".join(lines).strip()
        assert not printed.startswith("ERROR"), f"{sql}: {printed}"
        return printed

    def ask(self, sql, *values):
        for value in values:
            quoted = "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
            sql = sql.replace("?", quoted, 1)
        rows = self.say(f"SELECT coalesce(json_agg(row_to_json(t)), '[]') FROM ({sql}) AS t")
        return json.loads(rows, object_pairs_hook=Row)

    def tables(self):
        return [row[0] for row in self.ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")]

    def columns(self, table):
        wanted = "table_schema = current_schema() AND table_name = ?"
        return [row[0] for row in self.ask(f"SELECT column_name FROM information_schema.columns WHERE {wanted}", table)]

    def execute(self, sql):
        """How many rows it changed."""
        if sql.split()[0] not in ("UPDATE", "DELETE", "INSERT"):
            self.say(sql)
            return 0
        return int(self.say(f"WITH changed AS ({sql} RETURNING 1) SELECT count(*) FROM changed"))

    def hold_writes(self):
        """Waits for whoever writes, also for a transaction whose client is dead."""
        self.say(f"BEGIN; SELECT pg_advisory_xact_lock({WRITE_TURN})")

    def let_go(self):
        self.say("ROLLBACK")

    def close(self):
        self.session.stdin.close()
        self.session.wait(10)


def dump_of(data):
    """Everything in the database as text."""
    if POSTGRESQL:
        # pg_dump looks at every table of the cluster first, and all tests have theirs in it.
        door = door_to(data)
        text = "\n".join(f"{table} {tuple(row)}" for table in door.tables() for row in door.ask(f"SELECT * FROM {table}"))
        door.close()
        return text
    return "".join(path.read_bytes().decode("latin-1") for path in pathlib.Path(data).glob("rolecall.db*"))


def forget_answer_of(server, action):
    """As if its call had been sent, nobody had heard of it, and the provider could not be asked."""
    door = door_to(server.data)
    sql = f"UPDATE actions SET state = 'unknown', ended = requested, due = NULL WHERE id = '{action}'"
    assert door.execute(sql) == 1, action
    door.close()


def door_to(data):
    return PostgresqlDoor(address_of(data)) if POSTGRESQL else SqliteDoor(pathlib.Path(data) / "rolecall.db")
