"""Holds as JSON."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.holds import actions, queries
from service.holds.schemas import HoldShape, NewHold, Release
from service.ledger.writer import Unit
from service.media.queries import row_by_barcode
from service.web.deps import Act, Reading, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/holds", tags=["holds"])

Reader = Annotated[Person, reading(Permission.READ)]
Placer = Annotated[Act, acting(Permission.PLACE_HOLD)]
Number = Annotated[str, Path(max_length=20)]


@router.get("")
def list_holds(
    session: Reading, person: Reader, *, everything: bool = False, after: After = None, limit: Limit = 100
) -> PageOf[HoldShape]:
    """Newest first; those that are open, or `everything`."""
    del person
    rows = queries.holds(session, open_only=not everything, after=after, limit=limit + 1)
    return paged(rows, limit, HoldShape.of, lambda row: row.hold_id)


@router.get("/{number}")
def show_hold(number: Number, session: Reading, person: Reader) -> HoldShape:
    del person
    return HoldShape.of(queries.hold(session.connection(), number))


@router.post("", status_code=201, response_model=HoldShape)
def place_hold(typed: NewHold, act: Placer) -> Response:
    def work(unit: Unit) -> HoldShape:
        medium = row_by_barcode(unit.connection, typed.barcode.strip())
        number = actions.place(
            unit, medium.medium_id, typed.reason,
            owner_id=typed.owner_id or act.person.handler_id, approver_id=typed.approver_id, review_on=typed.review_on,
        )  # fmt: skip
        return HoldShape.of(queries.hold(unit.connection, number))

    return act(work, 201)


@router.post("/{number}/release", response_model=HoldShape)
def release_hold(number: Number, typed: Release, act: Placer) -> Response:
    """By a person other than who placed it."""

    def work(unit: Unit) -> HoldShape:
        actions.release(unit, number, typed.reason)
        return HoldShape.of(queries.hold(unit.connection, number))

    return act(work)
