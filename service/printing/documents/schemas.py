"""Documents that were given out, and what is asked for, as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from labels.documents import Order, Paper
from service.printing.documents.answers import Language
from service.printing.documents.issued import Issued
from service.printing.documents.making import Look
from service.printing.documents.models import DocumentKind
from service.printing.documents.recovery import MOST_MEDIA, Request

MAX_BARCODE = 64
LONGEST_REQUEST = 300
LONGEST_DATASET = 80


class IssuedShape(BaseModel):
    """`entry` is the position of the ledger entry that first put it on record; `times` counts every issue of these facts."""

    document_id: str
    kind: DocumentKind
    number: str
    about: str
    facts_sha256: str
    issued_at: datetime
    issued_by: str
    entry: int
    times: int
    pdf: str
    record: str

    @staticmethod
    def of(found: Issued) -> "IssuedShape":
        base = f"/api/v1/documents/{found.document_id}"
        return IssuedShape(
            document_id=found.document_id, kind=found.kind, number=found.number, about=found.about,
            facts_sha256=found.facts_sha256, issued_at=found.issued_at, issued_by=found.issued_by, entry=found.entry,
            times=found.times, pdf=f"{base}.pdf", record=f"{base}.json",
        )  # fmt: skip


class PaperWish(BaseModel):
    """How it is printed; nothing of it is in the facts."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"language": "en", "paper": "a4"}}
    )

    language: Language = Language.EN
    paper: Paper = Paper.A4

    def look(self) -> Look:
        return Look(self.language.value, self.paper)


class RecoveryWish(PaperWish):
    """`barcodes` in the order of mounting, or in any order where `order` is recall."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "barcodes": ["STR141L8", "STR142L8"],
                "request": "RQ-118, quarterly drill",
                "order": "recall",
            }
        },
    )

    barcodes: list[Annotated[str, Field(min_length=1, max_length=MAX_BARCODE, pattern=r"^[ -~]+$")]] = Field(
        min_length=1, max_length=MOST_MEDIA
    )
    request: str = Field(min_length=1, max_length=LONGEST_REQUEST)
    order: Order = Order.RECALL
    dataset: str = Field(default="", max_length=LONGEST_DATASET)
    restore_to: datetime | None = Field(default=None, description="The restore point, with its zone.")

    def asked(self) -> Request:
        return Request(
            tuple(dict.fromkeys(barcode.strip().upper() for barcode in self.barcodes)),
            self.request, self.order, self.dataset, self.restore_to,
        )  # fmt: skip
