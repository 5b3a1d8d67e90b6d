"""Any document to its archive file."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from labels.documents import (
    custody_transfer,
    discrepancy_report,
    manifest,
    movement_list,
    recovery_list,
    series_sheet,
    stocktake_certificate,
)
from labels.documents.blocks import Area
from labels.documents.facts import canonical_json, facts_sha256
from labels.documents.flow import Strip
from labels.documents.language import SOURCE_LANGUAGE, Words
from labels.documents.pdfa import Attachment, Description, archived
from labels.documents.sheet import Head, Paper, area_of, drawn

Document = (
    manifest.Manifest
    | movement_list.MovementList
    | custody_transfer.CustodyTransfer
    | discrepancy_report.DiscrepancyReport
    | stocktake_certificate.StocktakeCertificate
    | recovery_list.RecoveryList
    | series_sheet.SeriesSheet
)


# The auditor's tool writes attachments under their names.
UNSAFE = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """`facts` is the JSON embedded in `pdf`, and `facts_sha256` what is printed on every page."""

    pdf: bytes
    facts: bytes
    facts_sha256: str


@dataclass(frozen=True, slots=True)
class _Kind:
    head: Callable[[Any, Words], Head]
    body: Callable[[Any, Words, Area, str], Iterator[Strip]]


KINDS: dict[type, _Kind] = {
    manifest.Manifest: _Kind(manifest.head, manifest.body),
    movement_list.MovementList: _Kind(movement_list.head, movement_list.body),
    custody_transfer.CustodyTransfer: _Kind(custody_transfer.head, custody_transfer.body),
    discrepancy_report.DiscrepancyReport: _Kind(discrepancy_report.head, discrepancy_report.body),
    stocktake_certificate.StocktakeCertificate: _Kind(stocktake_certificate.head, stocktake_certificate.body),
    recovery_list.RecoveryList: _Kind(recovery_list.head, recovery_list.body),
    series_sheet.SeriesSheet: _Kind(series_sheet.head, series_sheet.body),
}


def render(
    document: Document,
    *,
    language: str = SOURCE_LANGUAGE,
    paper: Paper = Paper.A4,
    facts: bytes | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Rendered:
    """PDF/A-3b with the facts embedded; the same input gives the same bytes.

    `facts` replaces the document's own JSON where the caller has the authoritative record (the ledger's leaf).
    """
    own = canonical_json(document) if facts is None else facts
    digest, words, kind = facts_sha256(own), Words(language, document.issue.site.zone), KINDS[type(document)]
    head = kind.head(document, words)
    picture = drawn(head, kind.body(document, words, area_of(paper), digest), words, paper, digest)
    description = Description(
        title=f"{head.kind} {document.issue.number}",
        author=document.issue.organisation.name,
        subject=head.sentence.replace("\n", " · "),
        language=language,
        made_at=document.issue.issued_at,
    )
    record = Attachment(
        f"{UNSAFE.sub('-', document.issue.number)}.json",
        own,
        description=words.text("The facts of this document"),
    )
    return Rendered(archived(picture, description, (record, *attachments)), own, digest)
