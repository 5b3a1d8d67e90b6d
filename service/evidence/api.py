"""The ledger as JSON: its head, entries, proofs."""

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Path, Query

from service.evidence import queries
from service.evidence.schemas import ConsistencyShape, LedgerEntryShape, LedgerShape, ProofShape
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger import store, tree
from service.ledger.checkpoint import proof_text
from service.ledger.store import Entry
from service.web.deps import Reading, RuntimeDep, reading
from service.web.paging import Limit, PageOf

router = APIRouter(prefix="/api/v1/ledger", tags=["ledger"])

Reader = Annotated[Person, reading(Permission.READ_LEDGER)]
MOST = (1 << 53) - 1
Position = Annotated[int, Path(ge=0, le=MOST)]
Size = Annotated[int, Query(ge=1, le=MOST)]
KEPT_SHOWN = 100


@router.get("")
def show_ledger(session: Reading, person: Reader, runtime: RuntimeDep) -> LedgerShape:
    del person
    newest = store.head(session.connection())
    kept = queries.kept_checkpoints(session.connection(), KEPT_SHOWN)
    return LedgerShape(
        origin=runtime.verifier.name, size=newest.size, root=newest.frontier.root().hex(), checkpoint=newest.note,
        signed_at=newest.signed_at, vkey=str(runtime.verifier), kept_checkpoints=[size for size, _ in kept],
    )  # fmt: skip


@router.get("/entries")
def list_entries(
    session: Reading,
    person: Reader,
    after: Annotated[int | None, Query(ge=0, le=MOST, description="Position of the last entry read.")] = None,
    subject: Annotated[str | None, Query(max_length=64, pattern=r"^[!-~]+$")] = None,
    limit: Limit = 100,
) -> PageOf[LedgerEntryShape]:
    """In the order of the ledger; keep asking with `next` to follow it."""
    del person
    found = queries.entries(session.connection(), after=after, subject=subject, limit=limit + 1)
    shown = found[:limit]
    return PageOf(
        items=[_shape(entry) for entry in shown], next=str(shown[-1].position) if len(found) > limit else None
    )


@router.get("/entries/{position}")
def show_entry(position: Position, session: Reading, person: Reader) -> LedgerEntryShape:
    del person
    return _shape(store.entry(session.connection(), position))


def _shape(entry: Entry) -> LedgerEntryShape:
    return LedgerEntryShape(
        position=entry.position, subject=entry.subject, event=entry.event, at=entry.recorded_at,
        leaf=tree.leaf_hash(entry.body).hex(), body=entry.body.decode(), fields=entry.fields,
    )  # fmt: skip


@router.get("/entries/{position}/proof")
def show_proof(position: Position, session: Reading, person: Reader) -> ProofShape:
    """That the entry is in the tree which the newest checkpoint signs."""
    del person
    found = queries.inclusion(session.connection(), position)
    return ProofShape(
        index=position, size=found.size, root=found.root.hex(), path=[_b64(node) for node in found.path],
        checkpoint=found.note, tlog_proof=proof_text(position, found.path, found.note),
    )  # fmt: skip


@router.get("/consistency")
def show_consistency(
    session: Reading, person: Reader, from_size: Annotated[int, Query(alias="from", ge=1, le=MOST)], to: Size
) -> ConsistencyShape:
    """That nothing before an earlier size was changed since."""
    del person
    connection = session.connection()
    path = queries.consistency(connection, from_size, to)
    return ConsistencyShape(
        from_size=from_size, to_size=to, from_root=queries.root_at(connection, from_size).hex(),
        to_root=queries.root_at(connection, to).hex(), path=[_b64(node) for node in path],
    )  # fmt: skip


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()
