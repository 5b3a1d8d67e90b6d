"""When there is something to print. Pure: the same sentence on the page and in the refusal."""

from service.consignments.listing import ConsignmentRow
from service.printing.documents.names import ConsignmentPaper


def why_no_paper(row: ConsignmentRow, paper: ConsignmentPaper) -> str:
    """Empty when there is one."""
    del paper
    return "" if row.manifest_sha256 else "the manifest is not frozen yet"
