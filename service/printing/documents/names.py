"""What documents are called: in addresses, on pages, and by their own numbers.

A document's number is that of its thing and a suffix: the same facts have the same number, whoever prints them and
whenever. Pick list and distribution list of one way share the thing's number and name each other.
"""

from dataclasses import dataclass
from enum import StrEnum

from service.printing.documents.models import DocumentKind


class ConsignmentPaper(StrEnum):
    """The documents of a consignment, as they stand in addresses: `manifest.pdf`."""

    MANIFEST = "manifest"
    COURIER_COPY = "courier-copy"


@dataclass(frozen=True, slots=True)
class Name:
    kind: DocumentKind
    title: str
    about: str
    suffix: str = ""


PAPERS: dict[ConsignmentPaper, Name] = {
    ConsignmentPaper.MANIFEST: Name(
        DocumentKind.MANIFEST, "Manifest", "containers, seals, media, both signatures"
    ),
    ConsignmentPaper.COURIER_COPY: Name(
        DocumentKind.COURIER_COPY, "Courier's copy", "containers and seals, no content", "C"
    ),
}


def number_of(thing: str, suffix: str) -> str:
    return f"{thing}-{suffix}" if suffix else thing
