"""What a changer reports and what may be asked of it: values only."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from drivers.changer.element import (
    NO_SOURCE,
    DriveIdentity,
    ElementState,
    ElementType,
    Freshness,
    MailSlotBits,
    MediumType,
    Problem,
    ProblemKind,
    SourceAuthority,
    SourceRef,
    TagState,
    VolumeTag,
)
from drivers.errors import DeviceError
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.mode import ElementAddresses, MoveMatrix

__all__ = [
    "NO_SOURCE",
    "Answer",
    "Capabilities",
    "ChangerDiagnostics",
    "ChangerIdentity",
    "DriveIdRead",
    "DriveIdentity",
    "ElementState",
    "ElementType",
    "Freshness",
    "Judgement",
    "MailSlotBits",
    "MediumType",
    "MoveFlag",
    "MoveOutcome",
    "MoveRequest",
    "MoveVerdict",
    "Problem",
    "ProblemKind",
    "Ready",
    "Snapshot",
    "SourceAuthority",
    "SourceRef",
    "TagState",
    "Topology",
    "VolumeTag",
]


def digest_of(text: str) -> str:
    """SHA-256 in hex; the library behind it is loaded at its first use, which not every command comes to."""
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ChangerIdentity:
    vendor: str
    product: str
    revision: str
    serial: str
    designators: tuple[str, ...]
    backend: str
    url: str


@dataclass(frozen=True)
class Topology:
    """Element ranges, allowed moves, and the numbers people use.

    `slot_numbers` maps an element address to the number mtx would print: storage from 1 with the
    mail slots after it, drives from 0. Display only; the address is the identity.
    """

    addresses: ElementAddresses
    moves: MoveMatrix | None
    slot_numbers: dict[int, int] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        ranges = [[self.addresses.of(kind).first, self.addresses.of(kind).count] for kind in ElementType]
        moves = sorted(self.moves) if self.moves is not None else None
        slots = sorted(self.slot_numbers.items())
        return digest_of(json.dumps([ranges, moves, slots]))

    def type_of(self, address: int) -> ElementType | None:
        for kind in ElementType:
            part = self.addresses.of(kind)
            if part.first <= address <= part.last:
                return kind
        return None


@dataclass(frozen=True)
class Snapshot:
    """One reading of the whole changer. `digest` covers identity, topology and elements, not time."""

    changer: ChangerIdentity
    topology: Topology
    elements: tuple[ElementState, ...]
    taken_at: datetime
    duration_ms: int
    unit_attentions: tuple[Sense, ...] = ()
    fresh: Freshness = Freshness.CACHED
    complete: bool = True
    problems: tuple[Problem, ...] = ()
    raw: tuple[RawExchange, ...] = ()

    @cached_property
    def by_address(self) -> dict[int, ElementState]:
        return {element.address: element for element in self.elements}

    @cached_property
    def by_tag(self) -> dict[str, tuple[ElementState, ...]]:
        found: dict[str, tuple[ElementState, ...]] = {}
        for element in self.elements:
            if element.tag is not None:
                found[element.tag.text] = (*found.get(element.tag.text, ()), element)
        return found

    def of_type(self, kind: ElementType) -> tuple[ElementState, ...]:
        return tuple(element for element in self.elements if element.type is kind)

    @cached_property
    def digest(self) -> str:
        changer = [self.changer.vendor, self.changer.product, self.changer.serial]
        elements = [_digest_row(element) for element in self.elements]
        whole = json.dumps([changer, self.topology.digest, elements], separators=(",", ":"))
        return digest_of(whole)


def _digest_row(e: ElementState) -> list[object]:
    exception = [e.exception.asc, e.exception.ascq] if e.exception else None
    serial = e.drive.serial if e.drive else None
    tag = e.tag.text if e.tag else None
    return [
        e.type,
        e.address,
        e.full,
        e.access,
        e.installed,
        tag,
        e.tag_state,
        e.source.address,
        exception,
        serial,
    ]


class Answer(StrEnum):
    """A property of a changer that is not always known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class DriveIdRead(StrEnum):
    """How the changer tells which drive stands where."""

    NONE = "none"
    SEPARATE = "separate"
    NEEDS_TAGS = "needs-tags"


@dataclass(frozen=True)
class Capabilities:
    has_barcode: Answer
    drive_ids: DriveIdRead
    move_matrix: MoveMatrix | None
    exchange: bool
    opens_mail_slot: Answer
    prevents_removal: Answer
    export_is_immediate: bool
    needs_eject_before_move: Answer
    fast_load: Answer
    max_element_status_bytes: int
    all_types_in_one_read: bool
    move_timeout_s: int


@dataclass(frozen=True)
class Ready:
    """The events drained while waiting, and how long it took."""

    unit_attentions: tuple[Sense, ...]
    waited_ms: int


@dataclass(frozen=True)
class ChangerDiagnostics:
    """The library's own TapeAlert flags (never to be read with the drive's table), as numbers."""

    flags: tuple[int, ...]
    raw: RawExchange


class MoveVerdict(StrEnum):
    MOVED = "moved"
    ALREADY_THERE = "already-there"
    NOT_MOVED = "not-moved"
    IN_TRANSPORT = "in-transport"
    ELSEWHERE = "elsewhere"
    LOST = "lost"
    INDETERMINATE = "indeterminate"
    EXPORTED_UNVERIFIABLE = "exported-unverifiable"


class MoveFlag(StrEnum):
    SOURCE_REFILLED = "source-refilled"
    TAG_UNREADABLE = "tag-unreadable"
    DESTINATION_TAKEN = "destination-taken"
    TAG_SEEN_TWICE = "tag-seen-twice"
    NOT_STABLE = "not-stable"
    NO_SNAPSHOT = "no-snapshot"
    HIDDEN_PLACES = "hidden-places"
    MAY_STILL_MOVE = "may-still-move"


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """One move of one medium between two element addresses.

    `expect_tag` is the tag as this changer reports it (see drivers.changer.tags); None only for a
    medium without a readable label. `expect_before_digest` refuses the move when the library is
    not as planned. `move_id` is the caller's own key. `deadline_s` counts from the call.
    """

    src: int
    dst: int
    expect_tag: str | None
    move_id: str
    deadline_s: float
    expect_before_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """`found_at` is the address where the medium was seen, None when it was seen nowhere."""

    verdict: MoveVerdict
    found_at: int | None = None
    flags: frozenset[MoveFlag] = frozenset()


@dataclass(frozen=True)
class MoveOutcome:
    """What is known after a move, with the evidence.

    `refusal` is what the device answered to MOVE MEDIUM when that was not GOOD; it never decides.
    `after` is None when the changer could not be read again (the verdict is then INDETERMINATE).
    `unit_attentions` are the events met after the command left, those of `after` included.
    """

    request: MoveRequest
    judgement: Judgement
    before: Snapshot
    after: Snapshot | None
    exchanges: tuple[RawExchange, ...] = ()
    refusal: DeviceError | None = None
    unit_attentions: tuple[Sense, ...] = ()

    @property
    def verdict(self) -> MoveVerdict:
        return self.judgement.verdict

    @property
    def found_at(self) -> int | None:
        return self.judgement.found_at

    @property
    def is_done(self) -> bool:
        return self.verdict in {MoveVerdict.MOVED, MoveVerdict.ALREADY_THERE}

    @property
    def safe_to_repeat(self) -> bool:
        """True only when the medium was seen at the source and the destination is free."""
        return self.verdict is MoveVerdict.NOT_MOVED and not self.judgement.flags
