"""Reading the ledger for its pages: proofs, roots of older sizes, single tiles, and what subjects are called."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment
from service.containers.models import Container
from service.custody.models import Discrepancy
from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.handlers.models import Handler
from service.holds.models import Hold
from service.ledger import store, tree
from service.ledger.models import LedgerCheckpoint, LedgerEntry
from service.ledger.store import Entry, Nodes
from service.ledger.verify import join_bundle
from service.locations.models import Location
from service.media.history import entry_of
from service.media.models import Medium
from service.media.queries import names
from service.parties.models import Party
from service.policies.models import Policy, Schedule
from service.printing.documents.models import IssuedDocument
from service.rotation.models import Run

_ENTRY = table(LedgerEntry)
_CHECKPOINT = table(LedgerCheckpoint)
TILE_PATH = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")
MAX_TILE_LEVEL = 63
MAX_NUMBER_LENGTH = 40  # characters of a tile's path; longer ones name tiles beyond any ledger

# Subject kind → (its table's key, its name for people, the beginning of its page's address).
SUBJECTS = {
    "medium": (table(Medium).c.medium_id, table(Medium).c.barcode, "/media/"),
    "hold": (table(Hold).c.hold_id, table(Hold).c.number, "/holds/"),
    "container": (table(Container).c.container_id, table(Container).c.barcode, "/containers/"),
    "consignment": (table(Consignment).c.consignment_id, table(Consignment).c.number, "/consignments/"),
    "run": (table(Run).c.run_id, table(Run).c.number, "/runs/"),
    "discrepancy": (table(Discrepancy).c.discrepancy_id, table(Discrepancy).c.number, "/discrepancies/"),
    "document": (table(IssuedDocument).c.document_id, table(IssuedDocument).c.number, "/documents?number="),
    "location": (table(Location).c.location_id, table(Location).c.path, ""),
    "party": (table(Party).c.party_id, table(Party).c.name, ""),
    "handler": (table(Handler).c.handler_id, table(Handler).c.name, ""),
    "policy": (table(Policy).c.policy_id, table(Policy).c.name, ""),
    "schedule": (table(Schedule).c.schedule_id, table(Schedule).c.name, ""),
}


class NoSuchTreeError(InvalidInputError):
    title = "No such tree"

    def __init__(self, old: int, new: int, size: int) -> None:
        super().__init__(
            f"There is no proof from a tree of {old:,} to one of {new:,}: the ledger has {size:,} entries.",
            next_step="Ask for 0 < from ≤ to ≤ the ledger's size.",
            size=size,
        )


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An entry's audit path under the newest checkpoint; `left` says on which side each sibling stands."""

    index: int
    size: int
    path: tuple[bytes, ...]
    left: tuple[bool, ...]
    root: bytes
    note: str
    signed_at: datetime


def inclusion(connection: Connection, position: int) -> Inclusion:
    """Raises NotFoundError."""
    newest = store.head(connection)
    if not 0 <= position < newest.size:
        raise NotFoundError("ledger entry", str(position))
    path = tree.inclusion_path(position, newest.size, Nodes(connection))
    sides = tuple(sides_of(position, newest.size))
    return Inclusion(
        position, newest.size, tuple(path), sides, newest.frontier.root(), newest.note, newest.signed_at
    )


def sides_of(index: int, size: int) -> Iterable[bool]:
    """For every sibling of the leaf's audit path, from the leaf up: whether it stands at the left."""
    last = size - 1
    while last:
        if index & 1:
            yield True
        elif index < last:
            yield False
        index, last = index >> 1, last >> 1


def root_at(connection: Connection, size: int) -> bytes:
    """The root that the tree had at an earlier size."""
    lookup = Nodes(connection)
    hashes = tuple(lookup(level, index) for level, index in tree.subtree_nodes(0, size))
    return tree.Frontier(size, hashes).root()


def consistency(connection: Connection, old: int, new: int) -> list[bytes]:
    """Raises NoSuchTreeError."""
    size = store.head(connection).size
    if not 0 < old <= new <= size:
        raise NoSuchTreeError(old, new, size)
    return tree.consistency_path(old, new, Nodes(connection))


def entries(connection: Connection, *, after: int | None, subject: str | None, limit: int) -> list[Entry]:
    """In the order of the ledger, as somebody reads who follows it."""
    query = select(_ENTRY.c.position, _ENTRY.c.subject, _ENTRY.c.event, _ENTRY.c.body)
    if after is not None:
        query = query.where(_ENTRY.c.position > after)
    if subject is not None:
        query = query.where(_ENTRY.c.subject == subject)
    rows = connection.execute(query.order_by(_ENTRY.c.position).limit(limit))
    return [entry_of(*row) for row in rows]


def kept_checkpoints(connection: Connection, limit: int) -> list[tuple[int, datetime]]:
    """(size, when signed), newest first."""
    query = (
        select(_CHECKPOINT.c.size, _CHECKPOINT.c.signed_at).order_by(_CHECKPOINT.c.size.desc()).limit(limit)
    )
    return [(size, signed_at) for size, signed_at in connection.execute(query)]


def kept_checkpoint(connection: Connection, size: int) -> str:
    """Raises NotFoundError."""
    found = connection.execute(
        select(_CHECKPOINT.c.note).where(_CHECKPOINT.c.size == size)
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("kept checkpoint of size", str(size))
    return str(found)


def tile(connection: Connection, level: str, path: str) -> bytes:
    """A hash tile, or an entry bundle for the level "entries".

    A narrower partial tile than the newest is served too: who holds an older checkpoint asks for it.
    Raises NotFoundError for what the tree does not reach; C2SP tlog-tiles serves no empty tile.
    """
    number, width = _tile_name(path)
    tile_level = 0 if level == "entries" else _level(level)
    there = (store.head(connection).size >> tree.TILE_HEIGHT * tile_level) - number * tree.TILE_WIDTH
    wide = tree.TILE_WIDTH if width is None else width
    if not 0 < wide <= there or width == tree.TILE_WIDTH:
        raise NotFoundError("tile", f"{level}/{path}"[:80])
    if level == "entries":
        first = number * tree.TILE_WIDTH
        return join_bundle(store.bodies(connection, first, first + wide))
    return Nodes(connection).tile(tile_level, number, wide)


def _tile_name(path: str) -> tuple[int, int | None]:
    found = TILE_PATH.fullmatch(path) if len(path) <= MAX_NUMBER_LENGTH else None
    if found is None:
        raise NotFoundError("tile", path[:80])
    number = int(found[1].replace("x", "").replace("/", ""))
    return number, None if found[2] is None else int(found[2])


def _level(text: str) -> int:
    if not text.isascii() or not text.isdigit() or str(int(text)) != text or int(text) > MAX_TILE_LEVEL:
        raise NotFoundError("tile level", text[:10])
    return int(text)


def subject_names(connection: Connection, subjects: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """{subject: (its name for people, the address of its page or "")}, one query a kind."""
    by_kind: dict[str, set[str]] = {}
    for subject in subjects:
        kind, _, identity = subject.partition(":")
        by_kind.setdefault(kind, set()).add(identity)
    found: dict[str, tuple[str, str]] = {}
    for kind, identities in by_kind.items():
        if kind in SUBJECTS:
            key, name, address = SUBJECTS[kind]
            for identity, told in names(connection, key, name, identities).items():
                found[f"{kind}:{identity}"] = (told, f"{address}{told}" if address else "")
    return found
