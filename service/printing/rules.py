"""What may become of a label and of a label job. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from service.errors import InvalidInputError, RefusedError, StateError
from service.printing.models import LabelJobState, LabelState, Language

MOST_LABELS = 10_000
MAX_ASKED = 1000
SHOWN = 5
ROLL_BATCH = 10

TRANSITIONS: Mapping[LabelState, frozenset[LabelState]] = {
    LabelState.PLANNED: frozenset({LabelState.SENDING, LabelState.SENT, LabelState.WITHDRAWN}),
    # A label in doubt is settled by the worker, by a scan, or by a person who looked.
    LabelState.SENDING: frozenset(
        {LabelState.SENT, LabelState.PLANNED, LabelState.PRINTED, LabelState.SPOILED}
    ),
    LabelState.SENT: frozenset({LabelState.PRINTED, LabelState.SPOILED, LabelState.PLANNED}),
    LabelState.PRINTED: frozenset({LabelState.SPOILED}),
    LabelState.SPOILED: frozenset(),
    LabelState.WITHDRAWN: frozenset(),
}

WORDS: Mapping[LabelState, str] = {
    LabelState.PLANNED: "to be printed",
    LabelState.SENDING: "in doubt",
    LabelState.SENT: "sent, not scanned",
    LabelState.PRINTED: "printed",
    LabelState.SPOILED: "spoiled",
    LabelState.WITHDRAWN: "withdrawn",
}

ON_PAPER = frozenset({LabelState.SENDING, LabelState.SENT, LabelState.PRINTED})
UNPROVED = (LabelState.SENDING, LabelState.SENT)
LEFT = (LabelState.PLANNED, LabelState.SENDING, LabelState.SENT)


class LabelStateError(StateError):
    title = "Not possible with this label"

    def __init__(self, payload: str, state: LabelState, wanted: LabelState) -> None:
        super().__init__(
            f"The label {payload} is {WORDS[state]}; it cannot become {WORDS[wanted]}. Nothing was changed.",
            next_step="Look at the label job's page.",
            barcode=payload,
            state=state.value,
        )


class LabelJobStateError(StateError):
    title = "Not possible with this label job"


class WrongLabelError(RefusedError):
    title = "Not a label of this job"


class ScannedTwiceError(RefusedError):
    title = "Scanned already"

    def __init__(self, payload: str, at: datetime) -> None:
        super().__init__(
            f"{payload} was scanned already, {at:%Y-%m-%d %H:%M:%S} UTC. Two labels with one number must not exist.",
            next_step="If this is a second piece of paper, destroy it.",
            barcode=payload,
        )


class PrintedBeforeError(InvalidInputError):
    title = "Printed before"

    def __init__(self, payloads: Sequence[str]) -> None:
        told = ", ".join(payloads[:SHOWN]) + (
            f" and {len(payloads) - SHOWN:,} more" if len(payloads) > SHOWN else ""
        )
        reason = (
            f"{told} {'has' if len(payloads) == 1 else 'have'} a label already. A reprint needs a reason."
        )
        super().__init__(
            f"{reason} No label was planned.",
            fields={"reason": reason},
            next_step="Say why, and destroy the old label.",
            printed=list(payloads[:100]),
        )


def check_label(payload: str, state: LabelState, wanted: LabelState) -> None:
    if wanted not in TRANSITIONS[state]:
        raise LabelStateError(payload, state, wanted)


def check_open(number: str, state: LabelJobState) -> None:
    if state is not LabelJobState.OPEN:
        raise LabelJobStateError(
            f"{number} is {state.value}. Nothing was changed.", next_step="Make a new label job."
        )


def check_count(count: int) -> None:
    if not 0 < count <= MOST_LABELS:
        told = f"One label job has 1 to {MOST_LABELS:,} labels; this has {count:,}."
        raise InvalidInputError(f"{told} Nothing was planned.", fields={"wanted": told})


def batch_size(language: Language, per_page: int, *, roll: bool) -> int:
    """How many labels leave together: one where each can be watched, else a sheet or a short strip of a roll."""
    if language is Language.ZPL:
        return 1
    return ROLL_BATCH if roll else per_page
