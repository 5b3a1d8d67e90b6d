"""The kinds of documents: how each is read, named and worded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection
from sqlmodel import Session

from labels.documents import Attachment, Document, Issue
from service.consignments.listing import manifest as frozen_manifest
from service.consignments.models import CONSIGNMENT
from service.errors import NotFoundError
from service.handlers.queries import Person
from service.printing.documents import discrepancies, manifest, movement, receipt, recovery, series
from service.printing.documents.models import DocumentKind
from service.printing.documents.names import PAPERS, ConsignmentPaper
from service.printing.documents.wording import Wording
from service.printing.models import LABEL_JOB

Values = Callable[[Any, Issue, Mapping[str, str], Wording], Document]


@dataclass(frozen=True, slots=True)
class Maker:
    """`facts` is the type that its record holds. `read` takes how people name the thing: a consignment's number, a receipt's."""

    facts: type
    values: Values
    number: Callable[[Any], str]
    about: Callable[[Any], str]
    read: Callable[[Session, Person, str], Any]
    attached: Callable[[Connection, Any], tuple[Attachment, ...]] = lambda _connection, _facts: ()


def _consignment(facts: Any) -> str:
    return CONSIGNMENT.subject(facts.consignment_id)


def _numbered(paper: ConsignmentPaper) -> Callable[[Any], str]:
    return lambda facts: PAPERS[paper].number(facts.consignment)


def _courier_copy(session: Session, person: Person, number: str) -> manifest.ManifestFacts:
    return replace(manifest.read(session, person, number), lines=None)


def _frozen(connection: Connection, facts: manifest.ManifestFacts) -> tuple[Attachment, ...]:
    """The very bytes whose hash the ledger and the facts name."""
    content = frozen_manifest(connection, facts.consignment)
    assert content is not None  # reading refuses what is not frozen
    name = f"{facts.consignment}.manifest.json"
    return (Attachment(name, content, relationship="Source", description="The frozen manifest"),)


def _only_as_issued(_session: Session, _person: Person, key: str) -> Any:
    """A list of a moment: what it said is in its record, and is not read anew."""
    raise NotFoundError("document", key)


MAKERS: Mapping[DocumentKind, Maker] = {
    DocumentKind.MANIFEST: Maker(
        manifest.ManifestFacts, manifest.values, _numbered(ConsignmentPaper.MANIFEST), _consignment, manifest.read, _frozen
    ),
    DocumentKind.COURIER_COPY: Maker(
        manifest.ManifestFacts, manifest.values, _numbered(ConsignmentPaper.COURIER_COPY), _consignment, _courier_copy
    ),
    DocumentKind.PICK_LIST: Maker(
        movement.MovementFacts, movement.values, _numbered(ConsignmentPaper.PICK_LIST), _consignment, movement.pick
    ),
    DocumentKind.DISTRIBUTION_LIST: Maker(
        movement.MovementFacts, movement.values, _numbered(ConsignmentPaper.DISTRIBUTION_LIST), _consignment,
        movement.distribution,
    ),
    DocumentKind.CUSTODY_TRANSFER: Maker(
        receipt.ReceiptFacts, receipt.values, lambda facts: receipt.key_of(facts.consignment, facts.handover.ordinal),
        _consignment, receipt.read,
    ),
    DocumentKind.DISCREPANCY_REPORT: Maker(
        discrepancies.ReportFacts, discrepancies.values, lambda facts: f"{facts.key}-DR", lambda facts: str(facts.subject),
        discrepancies.read,
    ),
    DocumentKind.RECOVERY_LIST: Maker(
        recovery.RecoveryFacts, recovery.values, lambda facts: str(facts.number), lambda facts: recovery.about(facts.number),
        _only_as_issued,
    ),
    DocumentKind.SERIES_SHEET: Maker(
        series.SeriesFacts, series.values, lambda facts: f"{facts.job}-LS", lambda facts: LABEL_JOB.subject(facts.label_job_id),
        series.read,
    ),
}  # fmt: skip
