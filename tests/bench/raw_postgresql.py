"""How many single durable statements the PostgreSQL takes that the server is measured on: pgbench from its own package."""

import pathlib
import re
import shutil
import subprocess

import backdoor

PROGRAMS = "/usr/lib/postgresql"
SCHEMA = "bench_raw"
TABLES = f"""CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}.people (id uuid PRIMARY KEY, document text NOT NULL);
CREATE TABLE {SCHEMA}.members (crowd uuid, person uuid, PRIMARY KEY (crowd, person));"""
STATEMENTS = {
    "row": f"INSERT INTO {SCHEMA}.people VALUES (gen_random_uuid(), repeat('x', 2048));",
    "member": f"INSERT INTO {SCHEMA}.members VALUES ('01890000-0000-7000-8000-000000000000', gen_random_uuid());",
}


def raw_rates(directory, connections, seconds):
    """A second: rows of 2 KB, and members of a group."""
    program = shutil.which("pgbench") or max(map(str, pathlib.Path(PROGRAMS).glob("*/bin/pgbench")))
    backdoor.psql(backdoor.POSTGRESQL, TABLES)
    try:
        return {name: _rate(program, pathlib.Path(directory) / f"{name}.sql", statement, connections, seconds)
                for name, statement in STATEMENTS.items()}
    finally:
        backdoor.psql(backdoor.POSTGRESQL, f"SET client_min_messages = error; DROP SCHEMA {SCHEMA} CASCADE")


def _rate(program, script, statement, connections, seconds):
    script.write_text(statement + "\n")
    done = subprocess.run([program, "-n", "-M", "prepared", "-c", str(connections), "-j", "2", "-T", str(seconds), "-f", str(script),
                           backdoor.POSTGRESQL], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=seconds + 60, check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found[1])
