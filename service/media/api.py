"""Media as JSON."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.engine import Connection

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.media import actions, export, history, listing, queries
from service.media.filters import Filters, place_id, selection
from service.media.import_files import Upload, carried_out, told
from service.media.models import Content
from service.media.schemas import (
    ContentBody,
    EditBody,
    EntryShape,
    ImportBody,
    ImportShape,
    MediumShape,
    NewMedium,
    NewMediumBody,
)
from service.media.sentences import plain, tell
from service.web.deps import Act, Reading, RuntimeDep, acting, reading
from service.web.etags import IfMatch, check_if_match, tag, tagged
from service.web.paging import Limit, PageOf

router = APIRouter(prefix="/api/v1", tags=["media"])

Reader = Annotated[Person, reading(Permission.READ)]
Manager = Annotated[Act, acting(Permission.MANAGE_MEDIA)]
Code = Annotated[str, Path(max_length=64)]
Cursor = Annotated[
    str | None, Query(max_length=64, pattern=r"^[ -~]*$", description="`next` of the page before this one.")
]


@router.get("/media")
def list_media(
    session: Reading, person: Reader, filters: Filters, after: Cursor = None, limit: Limit = listing.PAGE
) -> PageOf[MediumShape]:
    """By barcode, so that a page costs the same at any depth."""
    del person
    wanted = selection(session, filters)
    rows = listing.page(session.connection(), wanted, after, limit + 1)
    shapes = listing.shapes(session.connection(), rows[:limit])
    more = len(rows) > limit
    return PageOf(items=shapes, next=listing.cursor_of(rows[limit - 1], wanted.order) if more else None)


@router.get("/media.csv", response_class=StreamingResponse)
def export_media(session: Reading, person: Reader, runtime: RuntimeDep, filters: Filters) -> Response:
    """The same list as CSV, all of it."""
    del person
    return csv_response(export.csv_of(runtime.database, selection(session, filters)))


def csv_response(content: object) -> Response:
    headers = {"content-disposition": 'attachment; filename="media.csv"'}
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=headers)  # type: ignore[arg-type] # an iterator of bytes


@router.post("/media", status_code=201, response_model=MediumShape)
def register_medium(typed: NewMediumBody, act: Manager) -> Response:
    """Accession of one medium."""

    def work(unit: Unit) -> MediumShape:
        named = typed.model_dump(exclude={"location"})
        return _by_id(
            unit,
            actions.register(unit, NewMedium(location_id=place_id(unit.connection, typed.location), **named)),
        )

    return tagged(act(work, 201))


@router.post("/media/import", response_model=ImportShape)
def import_media(typed: ImportBody, act: Manager) -> Response:
    """All of a file or nothing: a rejected line stops the import; `dry_run` tells what would happen."""
    upload = Upload(typed.source, _texts(typed), typed.library, typed.content)
    return act(lambda unit: told(unit, upload) if typed.dry_run else carried_out(unit, upload))


def _texts(typed: ImportBody) -> Mapping[str, bytes]:
    files = {name: text.encode() for name, text in typed.files.items()}
    return files | ({"file": typed.text.encode()} if typed.text else {})


@router.get("/media/{barcode}")
def show_medium(barcode: Code, session: Reading, person: Reader, response: Response) -> MediumShape:
    del person
    shape = _by_barcode(session.connection(), barcode)
    tag(response, shape)
    return shape


@router.patch("/media/{barcode}", response_model=MediumShape)
def edit_medium(barcode: Code, typed: EditBody, act: Manager, if_match: IfMatch = None) -> Response:
    def work(unit: Unit) -> MediumShape:
        shape = _by_barcode(unit.connection, barcode)
        check_if_match(if_match, shape, "medium")
        actions.edit(unit, shape.medium_id, typed.named(), reason=typed.reason)
        return _by_id(unit, shape.medium_id)

    return tagged(act(work))


@router.post("/media/{barcode}/change-content", response_model=MediumShape)
def change_content(barcode: Code, typed: ContentBody, act: Manager) -> Response:
    def work(unit: Unit) -> MediumShape:
        found = queries.row_by_barcode(unit.connection, barcode)
        actions.change_content(unit, found.medium_id, Content(typed.to), typed.reason)
        return _by_id(unit, found.medium_id)

    return tagged(act(work))


@router.get("/media/{barcode}/entries")
def list_entries(
    barcode: Code,
    session: Reading,
    person: Reader,
    after: Annotated[int | None, Query(ge=0, lt=1 << 53)] = None,
    limit: Limit = 100,
) -> PageOf[EntryShape]:
    """The medium's history, newest first; `after` continues below an entry's position."""
    del person
    medium = queries.by_barcode(session, barcode)
    found = history.history(session.connection(), medium.medium_id, before=after, limit=limit + 1)
    shown = found[:limit]
    names = history.names_for(session.connection(), shown)
    items = [
        EntryShape(
            position=one.position, at=one.recorded_at, event=one.event, sentence=plain(tell(one, names).text),
            by=None if one.handler_id is None else names.handler(one.handler_id), changes=one.changes, facts=one.facts,
            reason=one.fields.get("reason"),
        )
        for one in shown
    ]  # fmt: skip
    return PageOf(items=items, next=str(shown[-1].position) if len(found) > limit else None)


def _by_barcode(connection: Connection, barcode: str) -> MediumShape:
    return listing.shapes(connection, [queries.row_by_barcode(connection, barcode)])[0]


def _by_id(unit: Unit, medium_id: str) -> MediumShape:
    return listing.shapes(unit.connection, [queries.row_of(unit.connection, medium_id)])[0]
