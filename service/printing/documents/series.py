"""The record of a printed label series. The room that prints labels gives the facts; here they become a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from labels.documents import Issue, PrintedLabel, SeriesSheet, Signature, SignedAs
from service.printing.documents.facts import EntryRef
from service.printing.documents.wording import Wording


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """`place` is page/label on a sheet, or the running number on a roll."""

    barcode: str
    place: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """`number` is the sheet's own; `reason` is given for a reprint; `entries` reserved and printed it."""

    number: str
    series: str
    stock: str
    printer: str
    in_specification: bool
    reason: str
    printed_by: str
    printed_by_party: str
    printed_at: datetime | None
    labels: tuple[LabelFacts, ...]
    entries: tuple[EntryRef, ...]


def about(number: str) -> str:
    return f"series:{number}"


def values(facts: SeriesFacts, issue: Issue, drawings: Mapping[str, str], words: Wording) -> SeriesSheet:
    del drawings
    printed = Signature(
        SignedAs.PRINTED,
        "",
        name=facts.printed_by,
        organisation=facts.printed_by_party,
        method=words.text("signed in") if facts.printed_at else "",
        at=facts.printed_at,
    )
    return SeriesSheet(
        issue,
        facts.series,
        facts.stock,
        facts.printer,
        tuple(PrintedLabel(one.barcode, one.place, one.verified_at) for one in facts.labels),
        printed,
        in_specification=facts.in_specification,
        reason=facts.reason,
    )
