"""One element of a changer as it is reported: values only."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from drivers.scsi.exchange import Sense


class ElementType(IntEnum):
    """SMC element type codes."""

    TRANSPORT = 1
    STORAGE = 2
    IMPORT_EXPORT = 3
    DATA_TRANSFER = 4


class TagState(StrEnum):
    READ = "read"
    UNREADABLE = "unreadable"
    ABSENT = "absent"
    NOT_REQUESTED = "not-requested"
    SUPPRESSED = "suppressed"


class SourceAuthority(StrEnum):
    """SVALID is what the changer remembers; MTX_DERIVED is mtx' guess and never evidence."""

    SVALID = "svalid"
    MTX_DERIVED = "mtx-derived"
    NONE = "none"


class Freshness(StrEnum):
    CACHED = "cached"
    ROBOT_VERIFIED = "robot-verified"


class MediumType(IntEnum):
    """Byte 9 of an element descriptor; the codes above 2 are unconfirmed."""

    UNSPECIFIED = 0
    DATA = 1
    CLEANING = 2
    DIAGNOSTIC = 3
    WORM = 4


class ProblemKind(StrEnum):
    SHORT_DATA = "short-data"
    COUNT_MISMATCH = "count-mismatch"
    DUPLICATE_TAG = "duplicate-tag"
    PHANTOM_TAG = "phantom-tag"
    OVERLAP = "overlap"
    TAGS_SUPPRESSED = "tags-suppressed"
    SENSE_DURING_READ = "sense-during-read"
    UNREADABLE_OUTPUT = "unreadable-output"
    NO_DRIVE_IDENTITY = "no-drive-identity"


@dataclass(frozen=True, slots=True)
class Problem:
    kind: ProblemKind
    detail: str
    address: int | None = None


@dataclass(frozen=True, slots=True)
class VolumeTag:
    """`raw` as reported, up to 36 bytes; `text` its identifier without padding, never case-folded."""

    raw: bytes
    text: str
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class SourceRef:
    """The element the medium came from, and how far that can be believed."""

    address: int | None = None
    authority: SourceAuthority = SourceAuthority.NONE


NO_SOURCE = SourceRef()


@dataclass(frozen=True, slots=True)
class MailSlotBits:
    oir: bool
    cmc: bool
    in_enable: bool
    ex_enable: bool
    placed_by_operator: bool


@dataclass(frozen=True, slots=True)
class DriveIdentity:
    """Joins a drive element to a tape drive by `serial`. `id_type` 0 = serial only."""

    vendor: str
    product: str
    serial: str
    id_type: int = 1


@dataclass(frozen=True, slots=True)
class ElementState:
    """One element as reported.

    `tag` is None whenever `full` is False; a tag seen in an empty element is `phantom_tag`:
    evidence, not a location. `installed` False marks a gap whose address stays reserved.
    `exception` has the sense key 0: a descriptor carries only ASC and ASCQ.
    """

    type: ElementType
    address: int
    full: bool
    access: bool | None = None
    exception: Sense | None = None
    tag: VolumeTag | None = None
    tag_state: TagState = TagState.ABSENT
    phantom_tag: VolumeTag | None = None
    source: SourceRef = NO_SOURCE
    mail_slot: MailSlotBits | None = None
    drive: DriveIdentity | None = None
    medium_type: MediumType = MediumType.UNSPECIFIED
    installed: bool = True

    @property
    def tag_text(self) -> str | None:
        return self.tag.text if self.tag else None
