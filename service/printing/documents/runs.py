"""The lists of a run are those of its two consignments, which are opened when it is approved."""

from sqlmodel import Session

from service.consignments.models import Direction
from service.printing.documents.rules import NothingToPrintError
from service.rotation.listing import RunRow, run_row


def consignment_of_leg(session: Session, number: str, leg: Direction) -> str:
    """Its number. Raises NotFoundError, and NothingToPrintError while the run has none."""
    row = run_row(session, number)
    found = row.out_number if leg is Direction.OUT else row.home_number
    if found is None:
        raise NothingToPrintError(f"list of run {row.number} for this way", why_no_list(row))
    return found


def why_no_list(row: RunRow) -> str:
    return "the run is not approved yet" if row.approved_at is None else "nothing goes this way"
