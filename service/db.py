"""The database: SQLite (one writing connection) or PostgreSQL, column types, and the reading side."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    String,
    Table,
    TypeDecorator,
    Unicode,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.engine import Connection
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, SQLModel

from service.errors import StartError

log = structlog.get_logger(__name__)

SAFE_SQLITE = (3, 51, 3)  # 3.7.0 to 3.51.2 can corrupt a database when the write-ahead log is reset
BUSY_TIMEOUT_MS = 15_000
READERS = 12
# A checkpoint waits twice for the disk however much it carries over, and scans wait with it. Sixteen times the default
# makes them a sixteenth as many, which took the p99 of 1,000 scans a second from 27 ms to 14; the write-ahead log grows to 64 MB.
CHECKPOINT_PAGES = 16_000


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite has no zones, so they are taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum stored as its text."""

    impl = Unicode
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(length=40)
        self.kind = kind
        # Looked up here, because calling an enumeration takes longer than reading the rest of a row.
        self._members: dict[str, StrEnum] = {member.value: member for member in kind}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else self._member(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        del dialect
        return None if value is None else self._member(value)

    def _member(self, value: str) -> StrEnum:
        return self._members.get(value) or self.kind(value)


def identifier(length: int) -> String:
    """Text ordered byte by byte on every database, so that an index serves prefixes and pages agree."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def table(model: type[SQLModel]) -> Table:
    found = inspect(model).local_table
    assert isinstance(found, Table)
    return found


@dataclass(frozen=True)
class Database:
    """`writer` is for the ledger writer and migrations alone; everybody else reads through `reader`."""

    url: str
    writer: Engine
    reader: Engine
    kind: str  # sqlite | postgresql

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot write and sees one state of the database."""
        with Session(self.reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def open_database(url: str) -> Database:
    """Engines for the URL; connects only when used. Raises StartError for a URL that is not SQLite or PostgreSQL."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(url, parsed.database or "")
        case "postgresql":
            return _postgresql(url)
        case other:
            raise StartError(
                f"A {other} database is not supported.", next_step="Use sqlite:/// or postgresql+psycopg://."
            )


def sqlite_module() -> ModuleType:
    """The newest SQLite there is: the pysqlite3 wheel, else the standard library's."""
    try:
        import pysqlite3.dbapi2
    except ImportError:
        return sqlite3
    module: ModuleType = pysqlite3.dbapi2
    return module


def _sqlite(url: str, path: str) -> Database:
    module = sqlite_module()
    if module.sqlite_version_info < SAFE_SQLITE:
        log.warning(
            "sqlite_is_old", version=module.sqlite_version, fixed_in="3.51.3", risk="WAL-reset corruption"
        )
    if path not in {"", ":memory:"}:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    writer = create_engine(url, module=module, poolclass=QueuePool, pool_size=1, max_overflow=0)
    reader = create_engine(
        url, module=module, poolclass=QueuePool, pool_size=READERS, max_overflow=READERS * 3
    )
    _on_connect(
        writer,
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    )
    _on_connect(reader, "PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")
    _begin_with(writer, "BEGIN IMMEDIATE")
    _begin_with(reader, "BEGIN")
    return Database(url, writer, reader, "sqlite")


def _on_connect(engine: Engine, *pragmas: str) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", "PRAGMA mmap_size=0", *pragmas):
            connection.execute(pragma)


def _begin_with(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def _postgresql(url: str) -> Database:
    utc = {"options": "-c timezone=UTC"}
    writer = create_engine(url, pool_size=1, max_overflow=2, pool_pre_ping=True, connect_args=utc)
    reader = create_engine(
        url,
        pool_size=READERS,
        max_overflow=READERS * 2,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC -c default_transaction_read_only=on"},
    )
    return Database(url, writer, reader, "postgresql")
