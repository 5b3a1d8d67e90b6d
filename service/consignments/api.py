"""Consignments as JSON: opened, frozen, dispatched, cancelled; their lines and their manifest."""

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.consignments import actions, export, listing, queries
from service.consignments.arranging import add_by_hand, open_by_hand
from service.consignments.duties import check_duty
from service.consignments.listing import ConsignmentSelection
from service.consignments.models import ConsignmentState, Direction
from service.consignments.rules import Duty
from service.consignments.schemas import (
    Barcodes,
    BoxShape,
    ConsignmentPage,
    ConsignmentShape,
    Dispatching,
    LinePage,
    LineShape,
    NewConsignment,
    Reason,
)
from service.consignments.signing import RECEIVES, RELEASES, courier_signature, own_signature
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.web.deps import Act, Reading, RuntimeDep, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/consignments", tags=["consignments"])

Reader = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]
# The weakest that may pass; direction and party decide inside the unit.
Doer = Annotated[Act, acting(Permission.READ_CONSIGNMENTS)]
MAX_CURSOR = 80
MANIFEST_TYPE = "application/json"


def shape(unit: Unit, act: Act, number: str) -> ConsignmentShape:
    """For the answer of an act: the consignment as this unit leaves it."""
    return ConsignmentShape.of(queries.consignment(unit.connection, act.person, number), unit.now)


@router.get("")
def list_consignments(
    session: Reading,
    person: Reader,
    runtime: RuntimeDep,
    *,
    after: After = None,
    limit: Limit = 100,
    state: Annotated[list[ConsignmentState] | None, Query(description="One or more states.")] = None,
    direction: Direction | None = None,
    overdue: Annotated[bool, Query(description="Only what is on the road past its deadline.")] = False,
    run: Annotated[str | None, Query(max_length=40, description="The run's number.")] = None,
) -> PageOf[ConsignmentShape]:
    """Newest first. A vendor's people see those of their own party."""
    now = runtime.clock()
    wanted = ConsignmentSelection(state or (), direction, now if overdue else None, run)
    rows = listing.consignments(session.connection(), person, wanted, after=after, limit=limit + 1)
    return paged(rows, limit, lambda row: ConsignmentShape.of(row, now), lambda row: row.consignment_id)


@router.get("/{number}")
def show_consignment(number: str, session: Reading, person: Reader, runtime: RuntimeDep) -> ConsignmentPage:
    connection = session.connection()
    row = queries.consignment(connection, person, number)
    return ConsignmentPage(
        **ConsignmentShape.of(row, runtime.clock()).model_dump(),
        boxes=[BoxShape.of(box) for box in listing.boxes(connection, row.consignment_id)],
        lines=listing.counts_by_state(connection, row.consignment_id),
    )


@router.get("/{number}/lines")
def list_lines(
    number: str,
    session: Reading,
    person: Reader,
    *,
    after: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="`next` of the page before.")
    ] = None,
    limit: Limit = 100,
) -> LinePage:
    """By number on the manifest, then by barcode."""
    row = queries.consignment(session.connection(), person, number)
    rows = listing.lines(session.connection(), person, row.consignment_id, after=after, limit=limit + 1)
    more = rows[limit - 1].cursor if len(rows) > limit else None
    return LinePage(items=[LineShape.of(line) for line in rows[:limit]], next=more)


@router.get("/{number}/manifest", response_class=Response, responses={200: {"content": {MANIFEST_TYPE: {}}}})
def show_manifest(number: str, session: Reading, person: Reader) -> Response:
    """The frozen manifest, byte for byte as it was hashed; the ETag and Repr-Digest are its SHA-256."""
    content, digest = queries.frozen_manifest(session.connection(), person, number)
    headers = {
        "etag": f'"{digest}"',
        "repr-digest": f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:",
        "content-disposition": f'attachment; filename="{number}.manifest.json"',
    }
    return Response(content, media_type=MANIFEST_TYPE, headers=headers)


@router.get("/{number}/lines.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def export_lines(number: str, session: Reading, person: Reader) -> Response:
    row = queries.consignment(session.connection(), person, number)
    return csv_answer(
        export.lines_csv(listing.lines(session.connection(), person, row.consignment_id)), f"{number}.csv"
    )


def csv_answer(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("", status_code=201, response_model=ConsignmentShape)
def open_consignment(typed: NewConsignment, act: Annotated[Act, acting(Permission.READ)]) -> Response:
    """Open one by hand; its direction follows from who answers for the two places."""

    def work(unit: Unit) -> ConsignmentShape:
        return shape(unit, act, open_by_hand(unit, act.person, **typed.model_dump()))

    return act(work, 201)


@router.post("/{number}/media/add", response_model=ConsignmentShape)
def add_media(number: str, typed: Barcodes, act: Doer) -> Response:
    """Want more media, or again what was skipped."""

    def work(unit: Unit) -> ConsignmentShape:
        add_by_hand(unit, number, typed.barcodes, act.person)
        return shape(unit, act, number)

    return act(work)


@router.post("/{number}/freeze", response_model=ConsignmentShape)
def freeze(number: str, act: Doer) -> Response:
    """Number the lines, hash the manifest, open both custody transfers."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.PACK, act.person)
        actions.freeze(unit, number)
        return shape(unit, act, number)

    return act(work)


@router.post("/{number}/dispatch", response_model=ConsignmentShape)
def dispatch(number: str, typed: Dispatching, act: Doer) -> Response:
    """Release and receipt in one act: the signed-in person releases, the courier signs."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.RELEASE, act.person)
        released = own_signature(unit, act.person, RELEASES, typed.own_drawing)
        received = courier_signature(typed.courier.courier(), act.person, RECEIVES)
        actions.dispatch(unit, number, released, received, typed.due_at)
        return shape(unit, act, number)

    return act(work)


@router.post("/{number}/cancel", response_model=ConsignmentShape)
def cancel(number: str, typed: Reason, act: Doer) -> Response:
    """Give up one that has not left."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.ARRANGE, act.person)
        actions.cancel(unit, number, typed.reason)
        return shape(unit, act, number)

    return act(work)
