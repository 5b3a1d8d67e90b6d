"""Fixtures: every test that asks for `runtime` runs on SQLite and on PostgreSQL, on a schema built by the migrations."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crash_table import crash_table
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service import migrate
from service.db import open_database
from service.ledger.checkpoint import Signer
from service.ledger.writer import SYSTEM, Writer
from service.runtime import ORIGIN, Runtime, remember
from service.settings import Settings

DATABASES = ["sqlite", "postgresql"]
PSYCOPG = "postgresql+psycopg://"


class Clock:
    """A clock that tests set and move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


ROOM_IN_MEMORY = 4 * 2**30


def pytest_configure(config):
    """Files of the tests live in memory where there is room: nothing here outlives the machine, and a commit waits for no disk."""
    del config
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        found = os.statvfs(memory)
        if found.f_bavail * found.f_frsize > ROOM_IN_MEMORY and not found.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_addoption(parser):
    parser.addoption(
        "--database", choices=[*DATABASES, "both"], default="both", help="Run on one database only."
    )
    parser.addoption("--rounds", type=int, default=3, help="Rounds of the kill tests.")


def pytest_terminal_summary(terminalreporter):
    lines = crash_table(terminalreporter.stats.get("passed", ()))
    if lines:
        terminalreporter.section("crash matrix")
        terminalreporter.write_line("\n".join(lines))


def pytest_generate_tests(metafunc):
    if "database_url" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        both = chosen == "both" and metafunc.definition.get_closest_marker("one_database") is None
        names = DATABASES if both else [DATABASES[0] if chosen == "both" else chosen]
        metafunc.parametrize("database_url", names, indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "strongroom.db"
    database = open_database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server of its own, or STRONGROOM_TEST_POSTGRES_URL."""
    from postgres import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres_server):
    from emptied import Emptied

    def migrated(name: str) -> None:
        database = open_database(sqlalchemy_url(postgres_server, name))
        migrate.upgrade(database)
        database.close()

    return Emptied(postgres_server, migrated)


def sqlalchemy_url(server: str, name: str) -> str:
    base, _, options = server.partition("?")
    base = base.rsplit("/", 1)[0].replace("postgresql://", PSYCOPG)
    return f"{base}/{name}" + (f"?{options}" if options else "")


@pytest.fixture
def database_url(request, tmp_path) -> str:
    if request.param == "sqlite":
        path = tmp_path / "data" / "strongroom.db"
        path.parent.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    name = request.getfixturevalue("postgres_database").name()
    return sqlalchemy_url(request.getfixturevalue("postgres_server"), name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        worker=False,
        scheduler=False,
        time_zone="America/New_York",
    )


@pytest.fixture
def runtime(settings, clock) -> Iterator[Runtime]:
    """An open runtime on an empty, migrated database; background workers are off."""
    database = open_database(settings.resolved_database_url)
    signer = Signer(settings.ledger_origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    writer = Writer(database, signer, clock).start()
    opened = Runtime(settings, database, signer, writer, clock)
    writer.run(SYSTEM, lambda unit: remember(unit, ORIGIN, settings.ledger_origin))
    yield opened
    opened.close()


@pytest.fixture
def house(runtime):
    """Our organisation, its first site and its machine room."""
    from service.locations.first_site import ensure_house

    return runtime.writer.run(
        SYSTEM,
        lambda unit: ensure_house(
            unit, runtime.settings.organisation, runtime.settings.site, runtime.settings.time_zone
        ),
    )


@pytest.fixture
def app(runtime):
    from service.app import create_app

    made = create_app(runtime)
    made.state.stream_lasts_s = 0.0  # a client in the process gets a stream when it has ended
    return made


@pytest.fixture
def client_as(runtime, app, house):
    """`client_as(Role.AUDITOR)`: a signed-in client with that role (see tests/clients.py)."""
    from clients import People

    return People(runtime, app, house)
