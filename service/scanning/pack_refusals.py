"""What the band says when a medium is not packed: one line a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.scanning.batch import Batch, MediumFacts, band
from service.scanning.rules import Outcome, PackVerdict
from service.scanning.schemas import Scan, ScanOut


@dataclass(frozen=True, slots=True)
class Refusal:
    """The sentences may name {number} of the consignment, {place} and {content} of the medium, and the {container}."""

    outcome: Outcome
    word: str
    sentence: str
    detail: str


_IN_OTHER = Refusal(
    Outcome.WRONG,
    "Other container",
    "Packed in another container",
    "Nothing was changed. Take it out there first.",
)
REFUSALS: Mapping[PackVerdict, Refusal] = {
    PackVerdict.NOT_WANTED: Refusal(
        Outcome.WRONG, "Wrong", "Not in {number}", "Recorded at {place}, {content}. Put it aside. Recorded."
    ),
    PackVerdict.SKIPPED: Refusal(
        Outcome.WRONG,
        "Skipped",
        "Left out of {number} with a reason",
        "Put it back. Nothing was packed.",
    ),
    PackVerdict.ON_HOLD: Refusal(
        Outcome.WRONG, "On hold", "It must stay", "A hold forbids its release. Put it back. Recorded."
    ),
    PackVerdict.STILL_IN_LIBRARY: Refusal(
        Outcome.WRONG,
        "Not ejected",
        "Recorded in {place}",
        "Nothing was packed. Take inventory of the library, then scan it again.",
    ),
    PackVerdict.OTHER_CUSTODIAN: Refusal(
        Outcome.WRONG,
        "Wrong",
        "Another custodian has it on record",
        "Recorded at {place}. Put it aside. Recorded.",
    ),
    PackVerdict.CONTAINER_FULL: Refusal(
        Outcome.WARN, "Full", "{container} is full", "Nothing was packed. Scan another container."
    ),
    PackVerdict.ELSEWHERE: _IN_OTHER,
    PackVerdict.IN_OTHER_CONTAINER: _IN_OTHER,
    PackVerdict.ALREADY: Refusal(Outcome.REPEAT, "Again", "Already scanned", "Nothing was changed."),
}


def refusal(batch: Batch, scan: Scan, medium: MediumFacts, verdict: PackVerdict) -> ScanOut:
    said = REFUSALS[verdict]
    facts = {
        "number": batch.number,
        "place": medium.path,
        "content": medium.content.value,
        "container": scan.task.container,
    }
    return band(
        said.outcome,
        said.word,
        scan.code,
        said.sentence.format_map(facts),
        detail=said.detail.format_map(facts),
        counts=batch.counts(),
    )
