"""The whole ledger as one tar file, made while it is sent: the same files as `strongroom ledger export` writes."""

import io
import tarfile
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import Database, table
from service.ledger import store
from service.ledger.models import LedgerCheckpoint

_CHECKPOINT = table(LedgerCheckpoint)
FOLDER = "ledger"


class _Drain(io.RawIOBase):
    """What the archive writes, until it is taken away."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: object) -> int:
        piece = bytes(part)  # type: ignore[call-overload] # tarfile writes bytes
        self.waiting += piece
        return len(piece)

    def taken(self) -> bytes:
        content = bytes(self.waiting)
        self.waiting.clear()
        return content


def tar_of(database: Database, vkey: str) -> Iterator[bytes]:
    drain = _Drain()
    with database.reader.connect() as connection, tarfile.open(fileobj=drain, mode="w|") as archive:
        signed_at = store.head(connection).signed_at
        for path, content in _files(connection, vkey):
            archive.addfile(_described(path, content, signed_at), io.BytesIO(content))
            yield drain.taken()
    yield drain.taken()


def _described(path: str, content: bytes, at: datetime) -> tarfile.TarInfo:
    found = tarfile.TarInfo(f"{FOLDER}/{path}")
    found.size = len(content)
    found.mtime = int(at.timestamp())
    return found


def _files(connection: Connection, vkey: str) -> Iterator[tuple[str, bytes]]:
    newest = store.head(connection)
    yield "ledger.vkey", f"{vkey}\n".encode()
    yield "checkpoint", newest.note.encode()
    kept = select(_CHECKPOINT.c.size, _CHECKPOINT.c.note).where(_CHECKPOINT.c.size <= newest.size)
    for size, note in connection.execute(kept.order_by(_CHECKPOINT.c.size)):
        yield f"checkpoints/{size:012d}", note.encode()
    yield from store.tiles(connection, newest.size)
