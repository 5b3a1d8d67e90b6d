"""One graduated rule for time: the day, a deadline, a run's progress."""

from dataclasses import dataclass
from datetime import datetime

from service.web.views.parts import Tone


@dataclass(frozen=True, slots=True)
class ScaleSpan:
    """`ident` is set in the monospaced face before `label`; `ahead` is written into the part still to come;
    `above` over its start ("released 10:54"). A span that holds now is solid up to now and pale after it.
    """

    start: datetime
    end: datetime
    tone: Tone
    label: str = ""
    ident: str = ""
    row: int = 0
    ahead: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class ScaleDue:
    at: datetime
    label: str
    row: int = 0
    tone: Tone = Tone.AMBER


@dataclass(frozen=True, slots=True)
class Scale:
    """`label` says the whole picture in words. On a phone `before_s` and `after_s` cut the rule around now."""

    label: str
    start: datetime
    end: datetime
    spans: tuple[ScaleSpan, ...]
    dues: tuple[ScaleDue, ...] = ()
    before_s: int | None = None
    after_s: int | None = None
