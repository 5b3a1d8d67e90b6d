"""What a running process holds: settings, database, ledger key, writer. Opened once, handed to routes and commands."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import select
from sqlalchemy.engine import Connection

from service import migrate
from service.bookkeeping import Installation
from service.db import Database, open_database, table
from service.errors import StartError
from service.ledger.checkpoint import Signer, Verifier
from service.ledger.writer import SYSTEM, Unit, Writer
from service.settings import Settings

_INSTALLATION = table(Installation)
ORIGIN = "ledger_origin"


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class Runtime:
    settings: Settings
    database: Database
    signer: Signer
    writer: Writer
    clock: Callable[[], datetime]
    on_close: list[Callable[[], None]] = field(default_factory=list)

    @property
    def verifier(self) -> Verifier:
        return self.signer.verifier

    def close(self) -> None:
        for act in reversed(self.on_close):
            act()
        self.writer.stop()
        self.database.close()


def open_runtime(settings: Settings, clock: Callable[[], datetime] = now_utc) -> Runtime:
    """Check the folder, migrate, load the key, start the writer. Raises StartError in one sentence, nothing touched."""
    _check_folder(settings.data_dir)
    database = open_database(settings.resolved_database_url)
    try:
        migrate.upgrade(database)
        key = load_or_make_key(settings.resolved_ledger_key_file)
        signer = Signer(_origin(database) or settings.ledger_origin, key)
        writer = Writer(database, signer, clock).start()
    except BaseException:
        database.close()
        raise
    if _origin(database) is None:
        writer.run(SYSTEM, lambda unit: remember(unit, ORIGIN, settings.ledger_origin))
    return Runtime(settings, database, signer, writer, clock)


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartError(
            f"The data folder {folder} cannot be written: {error.strerror}. Nothing was changed.",
            next_step="Give the folder to the user that runs Strongroom, or set STRONGROOM_DATA_DIR.",
        ) from error


def load_or_make_key(path: Path) -> Ed25519PrivateKey:
    """The ledger key; made at the first start, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError) as error:
        raise StartError(
            f"The ledger key {path} cannot be read.", next_step="Restore it from your backup of the key."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StartError(f"The ledger key {path} is not an Ed25519 key.")
    return key


def _origin(database: Database) -> str | None:
    with database.reader.connect() as connection:
        return recall(connection, ORIGIN)


def recall(connection: Connection, key: str) -> str | None:
    """A fact about this installation, by its key."""
    found = connection.execute(
        select(_INSTALLATION.c.value).where(_INSTALLATION.c.key == key)
    ).scalar_one_or_none()
    return None if found is None else str(found)


def remember(unit: Unit, key: str, value: str) -> None:
    unit.connection.execute(_INSTALLATION.insert().values(key=key, value=value))
