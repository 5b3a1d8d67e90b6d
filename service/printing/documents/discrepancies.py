"""The discrepancy report: of everything found with one consignment, or of one discrepancy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labels.documents import Difference, DiscrepancyLine, DiscrepancyReport, Issue, Signature, SignedAs
from service.consignments import queries
from service.consignments.listing import ConsignmentRow
from service.consignments.models import CONSIGNMENT
from service.custody import queries as custody
from service.custody.actions import DiscrepancyEvent
from service.custody.models import DISCREPANCY, DiscrepancyKind
from service.custody.queries import DiscrepancySelection, DiscrepancyView
from service.handlers.queries import Person
from service.ledger.store import Entry
from service.printing.documents import evidence
from service.printing.documents.ends import as_said
from service.printing.documents.facts import EntryRef, entry_ref
from service.printing.documents.people import people
from service.printing.documents.rules import check_any_discrepancy
from service.printing.documents.wording import Wording, mark

MOST = 10_000
OF_ONE = "D-"

# What each kind is called on paper, what was expected, and what was found.
WORDS: dict[DiscrepancyKind, tuple[Difference, str, str]] = {
    DiscrepancyKind.MISSING: (Difference.MISSING, mark("with the others of the manifest"), mark("did not arrive")),
    DiscrepancyKind.EXTRA: (Difference.EXTRA, mark("not on the manifest"), mark("came with the others")),
    DiscrepancyKind.BROKEN_SEAL: (Difference.SEAL, mark("the seal intact"), mark("the seal broken")),
    DiscrepancyKind.SEAL_MISMATCH: (Difference.SEAL, mark("the seal of the manifest"), mark("another seal")),
    DiscrepancyKind.WRONG_MEDIUM: (Difference.EXTRA, mark("not in this consignment"), mark("scanned here")),
    DiscrepancyKind.UNEXPECTED_IN_LIBRARY: (Difference.EXTRA, mark("not in the library"), mark("seen in the library")),
    DiscrepancyKind.ABSENT_FROM_LIBRARY: (Difference.MISSING, mark("in the library"), mark("not seen there")),
    DiscrepancyKind.MOVED_BY_OTHERS: (Difference.WRONG_PLACE, mark("where the record has it"), mark("at another place")),
    DiscrepancyKind.UNREADABLE_LABEL: (Difference.UNREADABLE, mark("a label that can be read"), mark("cannot be read")),
    DiscrepancyKind.UNKNOWN_BARCODE: (Difference.EXTRA, mark("a registered medium"), mark("a barcode nobody knows")),
    DiscrepancyKind.STEP_SKIPPED: (Difference.SKIPPED, mark("every step done"), mark("a step left out")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """`entry` is the position of the entry that opened it. `sentence` and `resolution` as they were written."""

    number: str
    discrepancy_id: str
    kind: DiscrepancyKind
    sentence: str
    medium: str
    container: str
    place: str
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None
    resolved_by: str
    resolution: str
    entry: int


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """`key` is whose report it is; `against` the consignment, or the discrepancy itself where it belongs to none."""

    key: str
    against: str
    subject: str
    place: str
    custodian: str
    found_by: str
    found_by_party: str
    found: tuple[FoundFacts, ...]
    entries: tuple[EntryRef, ...]


def read(session: Session, person: Person, key: str) -> ReportFacts:
    """`key` is the number of a consignment or of one discrepancy. Raises NotFoundError, NothingToPrintError."""
    connection = session.connection()
    if key.startswith(OF_ONE):
        one = custody.discrepancy_view(connection, person, key)
        subject = DISCREPANCY.subject(one.discrepancy_id)
        if one.consignment:
            row = queries.consignment(connection, person, one.consignment)
            return _report(
                session, [one], Against(one.number, row.number, subject, _arrival(row), row.carrier)
            )
        return _report(session, [one], Against(one.number, one.number, subject, as_said(one.place), ""))
    row = queries.consignment(connection, person, key)
    wanted = DiscrepancySelection(open=None, consignment=row.number)
    views = custody.discrepancy_views(connection, person, wanted, limit=MOST)
    check_any_discrepancy(row.number, len(views))
    views.sort(key=lambda view: view.discrepancy_id)
    subject = CONSIGNMENT.subject(row.consignment_id)
    return _report(session, views, Against(row.number, row.number, subject, _arrival(row), row.carrier))


def _arrival(row: ConsignmentRow) -> str:
    return f"{row.to_party}, {as_said(row.to_place)}"


@dataclass(frozen=True, slots=True)
class Against:
    key: str
    number: str
    subject: str
    place: str
    custodian: str


def _report(session: Session, views: Sequence[DiscrepancyView], against: Against) -> ReportFacts:
    subjects = [DISCREPANCY.subject(view.discrepancy_id) for view in views]
    told = evidence.entries(session.connection(), subjects, list(DiscrepancyEvent))
    known = people(session.connection(), (entry.handler_id for entry in told if entry.handler_id))
    opened = {entry.subject: entry for entry in told if entry.event == DiscrepancyEvent.OPENED}
    resolved = {entry.subject: entry for entry in told if entry.event == DiscrepancyEvent.RESOLVED}
    names = {handler_id: one.name for handler_id, one in known.items()}
    finders = sorted({known[entry.handler_id] for entry in opened.values() if entry.handler_id in known})
    return ReportFacts(
        key=against.key,
        against=against.number,
        subject=against.subject,
        place=against.place,
        custodian=against.custodian,
        found_by=", ".join(one.name for one in finders),
        found_by_party=", ".join(sorted({one.party for one in finders})),
        found=tuple(
            _found(view, opened[one], resolved.get(one), names)
            for view, one in zip(views, subjects, strict=True)
        ),
        entries=tuple(map(entry_ref, told)),
    )


def _found(
    view: DiscrepancyView, opened: Entry, resolved: Entry | None, names: Mapping[str, str]
) -> FoundFacts:
    return FoundFacts(
        number=view.number,
        discrepancy_id=view.discrepancy_id,
        kind=view.kind,
        sentence=view.sentence,
        medium=view.medium,
        container=view.container,
        place=view.place,
        opened_at=view.opened_at,
        opened_by=names.get(opened.handler_id or "", ""),
        resolved_at=view.resolved_at,
        resolved_by=names.get((resolved.handler_id or "") if resolved else "", ""),
        resolution=view.resolution,
        entry=opened.position,
    )


def values(
    facts: ReportFacts, issue: Issue, drawings: Mapping[str, str], words: Wording
) -> DiscrepancyReport:
    del drawings
    first = min(one.opened_at for one in facts.found)
    return DiscrepancyReport(
        issue,
        facts.against,
        facts.place,
        first,
        facts.found_by,
        facts.custodian,
        tuple(_line(one, words) for one in facts.found),
        _reported(facts, first, words),
        Signature(SignedAs.ACKNOWLEDGED, "", organisation=facts.custodian),
        account=_account(facts.found),
    )


def _account(found: Sequence[FoundFacts]) -> str:
    """The record's own sentence, where it says more than its line of the table."""
    told = len(found) == 1 and found[0].kind not in TOLD_BY_THE_TABLE
    return found[0].sentence if told else ""


def _reported(facts: ReportFacts, at: datetime, words: Wording) -> Signature:
    if not facts.found_by:
        return Signature(SignedAs.REPORTED, "")
    return Signature(
        SignedAs.REPORTED, "", name=facts.found_by, organisation=facts.found_by_party, method=words.text("signed in"), at=at
    )  # fmt: skip


def _line(one: FoundFacts, words: Wording) -> DiscrepancyLine:
    difference, expected, found = WORDS[one.kind]
    return DiscrepancyLine(
        difference,
        one.medium or one.container or one.number,
        _at(words.text(expected), as_said(one.place) if one.kind in PLACED else ""),
        words.text(found),
        one.resolution,
        str(one.entry),
        number=one.number,
    )


TOLD_BY_THE_TABLE = frozenset({
    DiscrepancyKind.MISSING, DiscrepancyKind.EXTRA, DiscrepancyKind.BROKEN_SEAL, DiscrepancyKind.SEAL_MISMATCH,
})  # fmt: skip
PLACED = frozenset({DiscrepancyKind.ABSENT_FROM_LIBRARY})


def _at(text: str, place: str) -> str:
    return f"{text}: {place}" if place else text
