"""What ties a document to the ledger: the entries behind its facts, a signed checkpoint that covers them, and proofs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from labels.documents import Attachment, Checkpoint
from service.db import table
from service.ledger import store, tree
from service.ledger.checkpoint import proof_text
from service.ledger.models import LedgerCheckpoint, LedgerEntry
from service.ledger.store import Entry, Nodes
from service.media.history import entry_of
from service.media.queries import chunks

_ENTRY = table(LedgerEntry)
_CHECKPOINT = table(LedgerCheckpoint)
TEXT = "text/plain"
MOST_PROOFS = 40  # an attachment each: enough for every signature, seal and step of an ordinary consignment


@dataclass(frozen=True, slots=True)
class Witness:
    """A signed note, and the size of the tree it signs."""

    size: int
    note: str

    def printed(self) -> Checkpoint:
        origin, size, root = self.note.split("\n")[:3]
        return Checkpoint(origin, int(size), root, self.note)


def entries(connection: Connection, subjects: Sequence[str], events: Sequence[str]) -> list[Entry]:
    """Those of these subjects with one of these events, in the order of the ledger."""
    found = []
    for part in chunks(list(subjects)):
        query = select(_ENTRY.c.position, _ENTRY.c.subject, _ENTRY.c.event, _ENTRY.c.body).where(
            _ENTRY.c.subject.in_(part), _ENTRY.c.event.in_(list(events))
        )
        found += [entry_of(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda entry: entry.position)


def witness(connection: Connection, newest: int) -> Witness:
    """The oldest kept checkpoint that covers the entry at `newest`, so that the same facts get the same one; else the head's."""
    query = select(_CHECKPOINT.c.size, _CHECKPOINT.c.note).where(_CHECKPOINT.c.size > newest)
    kept = connection.execute(query.order_by(_CHECKPOINT.c.size).limit(1)).first()
    if kept is not None:
        return Witness(kept.size, kept.note)
    head = store.head(connection)
    return Witness(head.size, head.note)


def proofs(connection: Connection, positions: Iterable[int], by: Witness) -> tuple[Attachment, ...]:
    """Each entry byte for byte with its `.tlog-proof`: `strongroom ledger check-entry` needs nothing else but the key."""
    lookup, made = Nodes(connection), []
    for position in sorted(set(positions))[:MOST_PROOFS]:
        body = store.entry(connection, position).body
        path = tree.inclusion_path(position, by.size, lookup)
        name = f"entry-{position}"
        made.append(
            Attachment(f"{name}.json", body, relationship="Supplement", description=f"Entry {position}")
        )
        proof = proof_text(position, path, by.note).encode()
        made.append(
            Attachment(
                f"{name}.tlog-proof", proof, TEXT, "Supplement", f"Proof that entry {position} is in it"
            )
        )
    return tuple(made)
