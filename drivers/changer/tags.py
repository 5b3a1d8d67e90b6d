"""How a library changes the label before it reports it. Pure.

A library may be set to report fewer characters than the label has, cut at either end, or move the
media id to the front. Tags are stored as reported; matching goes one way, label → reported.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LABEL_LENGTH, VOLSER_LENGTH = 8, 6


class TagForm(StrEnum):
    AS_LABELLED = "as-labelled"
    FIRST_SIX = "first-six"  # the usual "6 characters": the media id is dropped
    LAST_SIX = "last-six"  # six characters aligned right: the FIRST two are dropped
    MEDIA_ID_FIRST = "media-id-first"  # ABC123L8 is reported as L8ABC123


@dataclass(frozen=True, slots=True)
class TagRule:
    form: TagForm = TagForm.AS_LABELLED

    def reported(self, label: str) -> str:
        """What this library reports for a medium with this label."""
        match self.form:
            case TagForm.FIRST_SIX:
                return label[:VOLSER_LENGTH]
            case TagForm.LAST_SIX:
                return label[-VOLSER_LENGTH:]
            case TagForm.MEDIA_ID_FIRST if len(label) == LABEL_LENGTH:
                return label[VOLSER_LENGTH:] + label[:VOLSER_LENGTH]
            case TagForm.MEDIA_ID_FIRST | TagForm.AS_LABELLED:
                return label

    def find(self, reported: str, labels: Iterable[str]) -> tuple[str, ...]:
        """Every known label that would be reported so; more than one means: refuse to match."""
        return tuple(label for label in labels if self.reported(label) == reported)


def guess_rule(pairs: Iterable[tuple[str, str]]) -> TagRule | None:
    """The only form that explains every (label, reported) pair; None when none or several do."""
    known = tuple(pairs)
    fitting = [form for form in TagForm if all(TagRule(form).reported(label) == tag for label, tag in known)]
    return TagRule(fitting[0]) if len(fitting) == 1 else None
