"""Reading the ledger: entries, proofs, and the export as C2SP tiles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import NotFoundError
from service.ledger import tree
from service.ledger.checkpoint import proof_text
from service.ledger.format import parse_timestamp
from service.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerNode
from service.ledger.verify import join_bundle, tile_path

_ENTRY = table(LedgerEntry)
_NODE = table(LedgerNode)
_HEAD = table(LedgerHead)
_CHECKPOINT = table(LedgerCheckpoint)
FETCH = 1024  # rows at a time: few enough to stay in the processor's cache until they are hashed
_FIRST = itemgetter(0)
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Head:
    size: int
    frontier: tree.Frontier
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in the ledger; `body` is the leaf, `fields` what it says."""

    position: int
    subject: str
    event: str
    body: bytes
    fields: dict[str, Any]

    @property
    def recorded_at(self) -> datetime:
        return parse_timestamp(self.fields["at"])

    @property
    def handler_id(self) -> str | None:
        found = self.fields["by"]["handler"]
        return None if found is None else str(found)

    @property
    def changes(self) -> dict[str, Any]:
        return dict(self.fields.get("set", {}))

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.fields.get("facts", {}))


def head(connection: Connection) -> Head:
    row = connection.execute(select(_HEAD.c.size, _HEAD.c.frontier, _HEAD.c.note, _HEAD.c.signed_at)).one()
    return Head(row.size, tree.Frontier.from_bytes(row.size, row.frontier), row.note, row.signed_at)


def _entry(position: int, subject: str, event: str, body: bytes) -> Entry:
    return Entry(position, subject, event, bytes(body), _decode(body))


_COLUMNS = (_ENTRY.c.position, _ENTRY.c.subject, _ENTRY.c.event, _ENTRY.c.body)


def entry(connection: Connection, position: int) -> Entry:
    row = connection.execute(select(*_COLUMNS).where(_ENTRY.c.position == position)).one_or_none()
    if row is None:
        raise NotFoundError("ledger entry", str(position))
    return _entry(*row)


def entries_of(
    connection: Connection, subject: str, *, before: int | None = None, limit: int = 200
) -> list[Entry]:
    """The subject's newest entries first."""
    query = select(*_COLUMNS).where(_ENTRY.c.subject == subject)
    if before is not None:
        query = query.where(_ENTRY.c.position < before)
    return [_entry(*row) for row in connection.execute(query.order_by(_ENTRY.c.position.desc()).limit(limit))]


def latest(connection: Connection, *, before: int | None = None, limit: int = 50) -> list[Entry]:
    query = select(*_COLUMNS)
    if before is not None:
        query = query.where(_ENTRY.c.position < before)
    return [_entry(*row) for row in connection.execute(query.order_by(_ENTRY.c.position.desc()).limit(limit))]


def bodies(connection: Connection, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The leaves of positions [start, end) in order, streamed."""
    return chain.from_iterable(_pieces(connection, start, end))


def _pieces(connection: Connection, start: int, end: int | None) -> Iterator[Iterator[bytes]]:
    end = head(connection).size if end is None else end
    raw = connection.connection.cursor()
    try:
        for low in range(start, end, FETCH):
            mark = "%s" if connection.dialect.name == "postgresql" else "?"
            raw.execute(
                f"SELECT body FROM ledger_entry WHERE position >= {mark} AND position < {mark} ORDER BY position",  # noqa: S608 - only the parameter mark differs
                (low, min(low + FETCH, end)),
            )
            yield map(_FIRST, raw.fetchall())
    finally:
        raw.close()


def all_entries(connection: Connection) -> Iterator[Entry]:
    for position, body in enumerate(bodies(connection)):
        fields = _decode(body)
        yield Entry(position, fields["subject"], fields["event"], body, fields)


def notes(connection: Connection) -> list[str]:
    """Every kept checkpoint, oldest first, and the head's."""
    kept = connection.execute(select(_CHECKPOINT.c.note).order_by(_CHECKPOINT.c.size)).scalars().all()
    newest = head(connection)
    return [*kept, newest.note] if newest.size and newest.note not in kept else list(kept)


def checkpoint_count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(_CHECKPOINT)).scalar_one()


class Nodes:
    """Perfect subtrees' roots, looked up in the tables: whole tiles stored, what is inside a tile hashed from entries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, tree.TILE_HEIGHT)
        if inner == 0 and tile_level > 0:
            return self._stored(tile_level, index, 1)[0]
        return tree.root_of(self._row(tile_level, index << inner, 1 << inner))

    def _row(self, tile_level: int, first: int, count: int) -> list[bytes]:
        if tile_level:
            return self._stored(tile_level, first, count)
        return [tree.leaf_hash(body) for body in bodies(self._connection, first, first + count)]

    def _stored(self, tile_level: int, first: int, count: int) -> list[bytes]:
        query = (
            select(_NODE.c.hash)
            .where(_NODE.c.level == tile_level, _NODE.c.position >= first, _NODE.c.position < first + count)
            .order_by(_NODE.c.position)
        )
        return [bytes(found) for found in self._connection.execute(query).scalars()]

    def tile(self, tile_level: int, number: int, width: int) -> bytes:
        return b"".join(self._row(tile_level, number * tree.TILE_WIDTH, width))


def proof(connection: Connection, position: int) -> str:
    """The `.tlog-proof` of an entry under the newest checkpoint."""
    newest = head(connection)
    if not 0 <= position < newest.size:
        raise NotFoundError("ledger entry", str(position))
    return proof_text(position, tree.inclusion_path(position, newest.size, Nodes(connection)), newest.note)


def export(connection: Connection, folder: Path, vkey: str) -> int:
    """Write the whole ledger as static files (checkpoint, kept checkpoints, tiles, entry bundles, key); returns its size."""
    newest = head(connection)
    _write(folder / "ledger.vkey", f"{vkey}\n".encode())
    _write(folder / "checkpoint", newest.note.encode())
    kept = connection.execute(
        select(_CHECKPOINT.c.size, _CHECKPOINT.c.note).where(_CHECKPOINT.c.size <= newest.size)
    )
    for size, note in kept:
        _write(folder / "checkpoints" / f"{size:012d}", note.encode())
    for path, content in tiles(connection, newest.size):
        _write(folder / path, content)
    return newest.size


def tiles(connection: Connection, size: int) -> Iterator[tuple[str, bytes]]:
    """(path, content) of every tile and entry bundle of a tree of `size` leaves."""
    nodes = Nodes(connection)
    for number, width in _tile_widths(size):
        first = number * tree.TILE_WIDTH
        yield (
            f"tile/entries/{_tile_name(number, width)}",
            join_bundle(bodies(connection, first, first + width)),
        )
    level, count = 0, size
    while count:
        for number, width in _tile_widths(count):
            yield f"tile/{level}/{_tile_name(number, width)}", nodes.tile(level, number, width)
        level, count = level + 1, count // tree.TILE_WIDTH


def _tile_widths(count: int) -> Iterator[tuple[int, int]]:
    full, rest = divmod(count, tree.TILE_WIDTH)
    yield from ((number, tree.TILE_WIDTH) for number in range(full))
    if rest:
        yield full, rest


def _tile_name(number: int, width: int) -> str:
    return tile_path(number) if width == tree.TILE_WIDTH else f"{tile_path(number)}.p/{width}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
