"""When there is something to print. Pure: the same sentence on the page and in the refusal."""

from service.consignments.listing import ConsignmentRow
from service.consignments.models import ConsignmentState
from service.errors import RefusedError
from service.printing.documents.names import ConsignmentPaper

NOT_FROZEN = "the manifest is not frozen yet"
NOT_SIGNED = "nobody has signed yet"
CANCELLED = "the consignment was cancelled"
NOTHING_WANTED = "no medium is wanted"
NO_DISCREPANCY = "there was no discrepancy"


class NothingToPrintError(RefusedError):
    title = "Nothing to print yet"

    def __init__(self, what: str, reason: str, next_step: str = "") -> None:
        super().__init__(f"There is no {what}: {reason}. Nothing was printed.", next_step=next_step)


def check_signed(number: str, ordinal: int, *, frozen: bool, signed: bool) -> None:
    if not signed:
        reason = NOT_SIGNED if frozen else NOT_FROZEN
        raise NothingToPrintError(
            f"receipt of custody transfer {ordinal} of {number}",
            reason,
            "Let both sides sign, then print it.",
        )


def check_to_carry(what: str, state: ConsignmentState, lines: int) -> None:
    if state is ConsignmentState.CANCELLED:
        raise NothingToPrintError(what, CANCELLED)
    if not lines:
        raise NothingToPrintError(what, NOTHING_WANTED, "Add media to the consignment first.")


def check_on_paper(number: str, labels: int) -> None:
    if not labels:
        raise NothingToPrintError(
            f"series sheet of {number}",
            "no label left for paper yet",
            "Issue the sheet or send the job first.",
        )


def check_any_discrepancy(number: str, count: int) -> None:
    if not count:
        raise NothingToPrintError(f"discrepancy report of {number}", NO_DISCREPANCY)


def why_no_paper(row: ConsignmentRow, paper: ConsignmentPaper, discrepancies: int) -> str:
    """Empty when there is one; `discrepancies` counts resolved ones too."""
    match paper:
        case ConsignmentPaper.MANIFEST | ConsignmentPaper.COURIER_COPY:
            return "" if row.manifest_sha256 else NOT_FROZEN
        case ConsignmentPaper.PICK_LIST | ConsignmentPaper.DISTRIBUTION_LIST:
            if row.state is ConsignmentState.CANCELLED:
                return CANCELLED
            return "" if row.media else NOTHING_WANTED
        case ConsignmentPaper.RECEIPT_1:
            return "" if row.released_at else _unsigned(row)
        case ConsignmentPaper.RECEIPT_2:
            return "" if row.received_at else _unsigned(row)
        case ConsignmentPaper.DISCREPANCY_REPORT:
            return "" if discrepancies else NO_DISCREPANCY


def _unsigned(row: ConsignmentRow) -> str:
    return NOT_SIGNED if row.manifest_sha256 else NOT_FROZEN
