"""What a start needs, looked at before anything is touched: every refusal is one sentence and exit 2."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from service import migrate
from service.db import Database, open_database
from service.devices.library_files import read_path
from service.errors import StartError
from service.ledger import checkpoint, store
from service.runtime import ORIGIN, load_or_make_key, recall
from service.settings import Settings

CONNECT_S = 10  # a PostgreSQL server that takes the connection and says nothing


class CannotStartError(StartError):
    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} Nothing was changed.", next_step=next_step)


def look(settings: Settings) -> None:
    """Raises StartError for what would stop the start half way; makes and changes nothing."""
    _look_at_zone(settings.time_zone)
    _look_at_folder(settings.data_dir)
    url = _database_url(settings.resolved_database_url)
    if _is_missing_file(url):
        _look_at_first_start(settings)
    else:
        _look_into_database(url, settings)


def is_current(settings: Settings) -> bool:
    """Whether the database stands at this version's schema; makes and changes nothing."""
    url = _database_url(settings.resolved_database_url)
    if _is_missing_file(url):
        return False
    with _opened(url) as database:
        return migrate.is_current(database)


@contextmanager
def _opened(url: URL) -> Iterator[Database]:
    database = open_database(url.render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.close()


def _look_at_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CannotStartError(
            f"The setting time_zone does not fit: {name!r} is no IANA zone.",
            "Give one such as Europe/Berlin.",
        ) from error


def _look_at_folder(folder: Path) -> None:
    standing = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not standing.is_dir():
        reason = f"{standing} is not a folder"
    elif not os.access(standing, os.W_OK | os.X_OK):
        reason = "permission denied"
    else:
        return
    raise CannotStartError(
        f"The data folder {folder} cannot be written: {reason}.",
        "Give the folder to the user that runs Strongroom, or set STRONGROOM_DATA_DIR.",
    )


def _database_url(text: str) -> URL:
    """The address is never repeated: it may hold a password."""
    try:
        url = make_url(text)
        url.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        raise CannotStartError(
            "The database URL cannot be used.",
            "Write it as sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
        ) from error
    if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        return url.update_query_dict({"connect_timeout": str(CONNECT_S)})
    return url


def _is_missing_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


def _look_at_first_start(settings: Settings) -> None:
    if settings.library_file is not None:
        read_path(settings.library_file)
    _look_at_key_file(settings.resolved_ledger_key_file)


def _look_into_database(url: URL, settings: Settings) -> None:
    with _opened(url) as database:
        if migrate.revision(database) is None:
            _look_at_first_start(settings)
        elif migrate.is_current(database):
            _compare_key(database, settings)


def _look_at_key_file(path: Path) -> bool:
    """Whether it is there; CannotStartError when it is there and is no key."""
    try:
        if not path.exists():
            return False
        load_or_make_key(path)
    except (OSError, StartError) as error:
        raise CannotStartError(
            f"The ledger key {path} cannot be read.", "Restore it from your backup of the key."
        ) from error
    return True


def _compare_key(database: Database, settings: Settings) -> None:
    """A ledger goes on under the key that signed it: another one would make a second history."""
    path = settings.resolved_ledger_key_file
    is_there = _look_at_key_file(path)
    with database.reader.connect() as connection:
        head, origin = store.head(connection), recall(connection, ORIGIN)
    if head.size == 0 or origin is None:
        return
    restore = "Restore it from your backup, or name the right file in STRONGROOM_LEDGER_KEY_FILE."
    if not is_there:
        raise CannotStartError(
            f"The ledger key {path} is not there, but the ledger has {head.size:,} entries.", restore
        )
    try:
        checkpoint.parse(head.note, checkpoint.Signer(origin, load_or_make_key(path)).verifier)
    except checkpoint.CheckpointError as error:
        raise CannotStartError(
            f"The ledger key {path} is not the one that signed this ledger.", restore
        ) from error
