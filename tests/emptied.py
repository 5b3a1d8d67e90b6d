"""One PostgreSQL database a test process, emptied between tests: making and dropping one for each costs more than most tests."""

import os
from collections.abc import Callable

import psycopg

# What a test may have done to the schema: such a database is thrown away, not emptied.
SCHEMA = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT concat_ws(' ', 'table', oid, relname, relkind, relacl) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, attisdropped) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgname, tgenabled) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', 'constraint', oid, conname) FROM pg_constraint
  UNION ALL SELECT concat_ws(' ', 'function', oid, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines (line)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
RESTART = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
)
STRANGERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Emptied:
    """`database.name()` is the name of a database just as `migrate` left it."""

    def __init__(self, server: str, migrate: Callable[[str], None]) -> None:
        self._server = server
        self._migrate = migrate
        self._name = f"test_{os.getpid()}"
        self._schema = ""
        self._seeds: dict[str, bytes] = {}  # the rows that migrations write

    def name(self) -> str:
        if not self._schema or not self._empty():
            self._make()
        return self._name

    def _make(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self._name}")
        self._migrate(self._name)
        with self._connected() as connection:
            self._schema = connection.execute(SCHEMA).fetchone()[0]
            self._seeds = {table: _copied(connection, table) for (table,) in connection.execute(TABLES)}

    def _empty(self) -> bool:
        """Whether the schema is as it was, and the rows are again."""
        with self._connected() as connection:
            connection.execute(STRANGERS)
            if connection.execute(SCHEMA).fetchone()[0] != self._schema:
                return False
            # as a replica does it: neither foreign keys nor the append-only triggers stand in the way
            connection.execute("SET session_replication_role = replica")
            connection.execute("; ".join(f'DELETE FROM "{table}"' for table in self._seeds))
            connection.execute(RESTART)
            for table, rows in self._seeds.items():
                if rows:
                    with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(rows)
        return True

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self._server, dbname=self._name, autocommit=True)


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)
