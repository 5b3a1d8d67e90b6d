"""Custody transfers with their signatures, and discrepancies, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.custody import actions, queries
from service.custody.models import DiscrepancyKind
from service.custody.queries import DiscrepancySelection
from service.custody.schemas import DiscrepancyShape, Resolution, TransferShape
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.web.deps import Act, Reading, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1", tags=["custody"])

Reader = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]
Number = Annotated[str | None, Query(max_length=20, description="The consignment's number, CN-0412.")]
MAX_NAME = 64


@router.get("/transfers")
def list_transfers(
    session: Reading, person: Reader, *, after: After = None, limit: Limit = 100, consignment: Number = None
) -> PageOf[TransferShape]:
    """Oldest first. A vendor's people see those of their own consignments."""
    rows = queries.transfer_views(
        session.connection(), person, consignment=consignment, after=after, limit=limit + 1
    )
    return paged(rows, limit, TransferShape.of, lambda row: row.transfer_id)


@router.get("/transfers/{transfer_id}")
def show_transfer(transfer_id: str, session: Reading, person: Reader) -> TransferShape:
    """With the drawn signatures as SVG path data."""
    found = queries.transfer_view(session.connection(), person, transfer_id)
    drawings = queries.drawings(session.connection(), queries.drawn([found]))
    return TransferShape.of(found, drawings)


@router.get("/discrepancies")
def list_discrepancies(
    session: Reading,
    person: Reader,
    *,
    after: After = None,
    limit: Limit = 100,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    kind: DiscrepancyKind | None = None,
    consignment: Number = None,
    medium: Annotated[str | None, Query(max_length=MAX_NAME, description="The medium's barcode.")] = None,
) -> PageOf[DiscrepancyShape]:
    """Newest first. A vendor's people see those of their own consignments."""
    wanted = DiscrepancySelection(is_open, kind, consignment, medium)
    rows = queries.discrepancy_views(session.connection(), person, wanted, after=after, limit=limit + 1)
    return paged(rows, limit, DiscrepancyShape.of, lambda row: row.discrepancy_id)


@router.get("/discrepancies/{number}")
def show_discrepancy(number: str, session: Reading, person: Reader) -> DiscrepancyShape:
    return DiscrepancyShape.of(queries.discrepancy_view(session.connection(), person, number))


@router.post("/discrepancies/{number}/resolve", response_model=DiscrepancyShape)
def resolve_discrepancy(
    number: str, typed: Resolution, act: Annotated[Act, acting(Permission.RESOLVE)]
) -> Response:
    """Close it with a reason in writing; it stays visible."""

    def work(unit: Unit) -> DiscrepancyShape:
        actions.resolve_discrepancy(unit, number, typed.resolution)
        return DiscrepancyShape.of(queries.discrepancy_view(unit.connection, act.person, number))

    return act(work)
