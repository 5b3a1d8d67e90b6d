"""The ledger as the static files of C2SP tlog-tiles, so that other people's tools read it from here as from a folder."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.evidence import queries
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger import store
from service.web.deps import Reading, RuntimeDep, reading

router = APIRouter(prefix="/ledger", include_in_schema=False)

Reader = Annotated[Person, reading(Permission.READ_LEDGER)]
Exporter = Annotated[Person, reading(Permission.EXPORT_LEDGER)]
MOST = (1 << 53) - 1
Position = Annotated[int, Path(ge=0, le=MOST)]
BYTES = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"


def _file(content: bytes | str, media_type: str, name: str = "") -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'} if name else {}
    return Response(content, media_type=media_type, headers=headers)


@router.get("/checkpoint")
def newest_checkpoint(session: Reading, person: Reader) -> Response:
    del person
    return _file(store.head(session.connection()).note, TEXT)


@router.get("/checkpoints/{size}")
def kept_checkpoint(size: Position, session: Reading, person: Reader) -> Response:
    del person
    return _file(queries.kept_checkpoint(session.connection(), size), TEXT)


@router.get("/ledger.vkey")
def key(runtime: RuntimeDep, person: Reader) -> Response:
    del person
    return _file(f"{runtime.verifier}\n", TEXT, "ledger.vkey")


@router.get("/tile/entries/{path:path}")
def entry_bundle(path: str, session: Reading, person: Exporter) -> Response:
    """Up to 256 entries, each behind its length as a big-endian 16-bit number."""
    del person
    return _file(queries.tile(session.connection(), "entries", path), BYTES)


@router.get("/tile/{level}/{path:path}")
def hash_tile(level: str, path: str, session: Reading, person: Reader) -> Response:
    del person
    return _file(queries.tile(session.connection(), level, path), BYTES)


@router.get("/entries/{position}/entry")
def entry_bytes(position: Position, session: Reading, person: Reader) -> Response:
    """The leaf, byte for byte."""
    del person
    found = store.entry(session.connection(), position)
    return _file(found.body, "application/json", f"entry-{position}.json")


@router.get("/entries/{position}/proof")
def entry_proof(position: Position, session: Reading, person: Reader) -> Response:
    del person
    return _file(store.proof(session.connection(), position), TEXT, f"entry-{position}.tlog-proof")
