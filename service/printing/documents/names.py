"""What documents are called: in addresses, on pages, and by their own numbers.

A document's number is that of its thing and a suffix: the same facts have the same number, whoever prints them and
whenever. Pick list and distribution list of one way share the thing's number and name each other.
"""

from dataclasses import dataclass
from enum import StrEnum

from service.printing.documents.models import DocumentKind


class ConsignmentPaper(StrEnum):
    """The documents of a consignment, as they stand in addresses: `manifest.pdf`."""

    PICK_LIST = "pick-list"
    DISTRIBUTION_LIST = "distribution-list"
    MANIFEST = "manifest"
    COURIER_COPY = "courier-copy"
    RECEIPT_1 = "receipt-1"
    RECEIPT_2 = "receipt-2"
    DISCREPANCY_REPORT = "discrepancy-report"


class MovementPaper(StrEnum):
    """Those of them that a run's page names too."""

    PICK_LIST = "pick-list"
    DISTRIBUTION_LIST = "distribution-list"


@dataclass(frozen=True, slots=True)
class Name:
    """`suffix` makes the document's number from its thing's."""

    kind: DocumentKind
    title: str
    about: str
    suffix: str = ""

    def number(self, thing: str) -> str:
        return f"{thing}-{self.suffix}" if self.suffix else thing


PAPERS: dict[ConsignmentPaper, Name] = {
    ConsignmentPaper.PICK_LIST: Name(DocumentKind.PICK_LIST, "Pick list", "what to take from where", "PL"),
    ConsignmentPaper.DISTRIBUTION_LIST: Name(
        DocumentKind.DISTRIBUTION_LIST, "Distribution list", "what goes where at the other end", "DL"
    ),
    ConsignmentPaper.MANIFEST: Name(
        DocumentKind.MANIFEST, "Manifest", "containers, seals, media, signatures"
    ),
    ConsignmentPaper.COURIER_COPY: Name(
        DocumentKind.COURIER_COPY, "Courier's copy", "containers and seals, no content", "C"
    ),
    ConsignmentPaper.RECEIPT_1: Name(
        DocumentKind.CUSTODY_TRANSFER, "Receipt of the pickup", "custody transfer to the carrier", "T1"
    ),
    ConsignmentPaper.RECEIPT_2: Name(
        DocumentKind.CUSTODY_TRANSFER, "Receipt of the delivery", "custody transfer from the carrier", "T2"
    ),
    ConsignmentPaper.DISCREPANCY_REPORT: Name(
        DocumentKind.DISCREPANCY_REPORT, "Discrepancy report", "what was found other than declared", "DR"
    ),
}


def key_of(paper: ConsignmentPaper, number: str) -> str:
    """How its maker asks for it: a receipt by its own number, everything else by the consignment's."""
    name = PAPERS[paper]
    return name.number(number) if name.kind is DocumentKind.CUSTODY_TRANSFER else number


TITLES: dict[DocumentKind, str] = {
    **{name.kind: name.title for name in PAPERS.values()},
    DocumentKind.CUSTODY_TRANSFER: "Custody transfer receipt",
    DocumentKind.RECOVERY_LIST: "Recovery list",
    DocumentKind.SERIES_SHEET: "Label series",
}


def title_of(kind: DocumentKind) -> str:
    return TITLES[kind]
