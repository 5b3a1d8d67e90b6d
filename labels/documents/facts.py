"""Values every document shares, and their canonical JSON. Times are aware datetimes; weights are grams."""

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from labels.errors import NaiveTimeError, StrokeError


class Mark(StrEnum):
    """How a state is drawn: word and shape, no colour needed."""

    NEUTRAL = "neutral"
    MOVING = "moving"
    DONE = "done"
    WAITING = "waiting"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Organisation:
    """`logo` is a PNG or JPEG file's content; it is not part of the facts."""

    name: str
    address: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """`zone` is an IANA name."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger's signed head: `root_hash` in base64; `note` is the whole signed note, verbatim."""

    origin: str
    tree_size: int
    root_hash: str
    note: str


@dataclass(frozen=True, slots=True)
class Issue:
    """`number` is the document's own and becomes the bar code of its head. `entry` is where its issue stands in the ledger."""

    number: str
    organisation: Organisation
    site: Site
    issued_at: datetime
    issued_by: str
    checkpoint: Checkpoint | None = None
    entry: int | None = None


class SignedAs(StrEnum):
    RELEASED = "released"
    RECEIVED = "received"
    COUNTED = "counted"
    REVIEWED = "reviewed"
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    APPROVED = "approved"
    PICKED = "picked"
    PLACED = "placed"
    PRINTED = "printed"


MOST_POINTS = 20_000
Stroke = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """One side. `at` is None while unsigned, and the box stays open for a pen. `strokes` are polylines in 0..1, y down;

    `typed` is what stands in their place where somebody signed by typing.
    """

    signed_as: SignedAs
    role: str
    name: str = ""
    organisation: str = ""
    badge: str = ""
    identity_checked_by: str = ""
    method: str = ""
    place: str = ""
    at: datetime | None = None
    strokes: tuple[Stroke, ...] = ()
    typed: str = ""

    def __post_init__(self) -> None:
        """Raises StrokeError: the strokes come from a stranger's finger on a screen."""
        points = [point for stroke in self.strokes for point in stroke]
        if len(points) > MOST_POINTS:
            raise StrokeError(f"it has {len(points)} points; at most {MOST_POINTS} are taken")
        if not all(self.strokes) or not all(0.0 <= value <= 1.0 for point in points for value in point):
            raise StrokeError("a stroke is empty or leaves the box")


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    site: str = ""
    address: str = ""
    contact: str = ""


def canonical_json(document: Any) -> bytes:
    """The facts: sorted keys, no spaces, no floats but a stroke's, times as RFC 3339 UTC with a Z."""
    plain = {"document": type(document).__name__.lower(), **_plain_fields(document)}
    return json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def aware(value: datetime) -> datetime:
    """Raises NaiveTimeError."""
    if value.utcoffset() is None:
        raise NaiveTimeError(value)
    return value


def facts_sha256(facts: bytes) -> str:
    return hashlib.sha256(facts).hexdigest()


def _plain_fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name != "logo"}


def _plain(value: Any) -> Any:
    # Strokes are the only fractions; as text they read the same in every canonical form.
    match value:
        case StrEnum():
            plain: Any = value.value
        case datetime():
            plain = aware(value).astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            plain = value.isoformat()
        case float():
            plain = f"{value:.4f}"
        case tuple():
            plain = [_plain(item) for item in value]
        case _:
            plain = _plain_fields(value) if is_dataclass(value) else value
    return plain
