"""What a site knows about its library and the library does not say."""

from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.changer.model import Answer


@dataclass(frozen=True)
class ChangerSettings:
    """`settle_s`: two looks must agree over this time after an unclear answer."""

    export_is_immediate: bool = False
    needs_eject_before_move: Answer = Answer.UNKNOWN
    fast_load: Answer = Answer.UNKNOWN
    move_timeout_s: int = 600
    settle_s: float = 2.0


def utc_now() -> datetime:
    return datetime.now(UTC)
