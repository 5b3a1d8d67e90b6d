"""Descriptors of READ ELEMENT STATUS → element states. Pure."""

from collections import Counter
from collections.abc import Iterable

from drivers.changer.model import (
    NO_SOURCE,
    DriveIdentity,
    ElementState,
    ElementType,
    MailSlotBits,
    MediumType,
    Problem,
    ProblemKind,
    SourceAuthority,
    SourceRef,
    TagState,
    VolumeTag,
)
from drivers.scsi.element_status import Descriptor, parse_drive_id, tag_text
from drivers.scsi.exchange import Sense
from drivers.scsi.sense_table import NOT_INSTALLED, UNREADABLE_LABEL

IMP_EXP, ACCESS, EX_ENABLE, IN_ENABLE, CMC, OIR = 0x02, 0x08, 0x10, 0x20, 0x40, 0x80
TYPES = {int(kind): kind for kind in ElementType}
MEDIUM_TYPES = {int(kind): kind for kind in MediumType}


def element_state(item: Descriptor) -> ElementState:
    kind = TYPES[item.element_type]
    exception = Sense(0, item.asc, item.ascq) if item.exceptional else None
    seen = _volume_tag(item.tag)
    full = item.full
    return ElementState(
        kind,
        item.address,
        full,
        bool(item.flags & ACCESS),
        exception,
        seen if full else None,
        _tag_state(item, seen) if full else TagState.ABSENT,
        None if full else seen,
        NO_SOURCE if item.source is None else SourceRef(item.source, SourceAuthority.SVALID),
        _mail_slot(item.flags) if kind is ElementType.IMPORT_EXPORT else None,
        drive_identity(item) if kind is ElementType.DATA_TRANSFER else None,
        MEDIUM_TYPES.get(item.medium_type, MediumType.UNSPECIFIED) if full else MediumType.UNSPECIFIED,
        not (item.exceptional and (item.asc, item.ascq) in NOT_INSTALLED),
    )


def _volume_tag(raw: bytes | None) -> VolumeTag | None:
    text = tag_text(raw) if raw else ""
    if not text:
        return None
    assert raw is not None
    return VolumeTag(bytes(raw), text, int.from_bytes(raw[34:36], "big"))


def _tag_state(item: Descriptor, seen: VolumeTag | None) -> TagState:
    if seen is not None:
        return TagState.READ
    if item.tag is None:
        return TagState.NOT_REQUESTED
    unreadable = item.exceptional and item.asc in UNREADABLE_LABEL
    return TagState.UNREADABLE if unreadable else TagState.ABSENT


def _mail_slot(flags: int) -> MailSlotBits:
    return MailSlotBits(
        oir=bool(flags & OIR),
        cmc=bool(flags & CMC),
        in_enable=bool(flags & IN_ENABLE),
        ex_enable=bool(flags & EX_ENABLE),
        placed_by_operator=bool(flags & IMP_EXP),
    )


def drive_identity(item: Descriptor) -> DriveIdentity | None:
    if item.identifier is None:
        return None
    vendor, product, serial = parse_drive_id(item.identifier)
    return DriveIdentity(vendor, product, serial, item.identifier[1])


def tag_problems(elements: Iterable[ElementState]) -> list[Problem]:
    """Tags seen twice and tags seen in empty elements."""
    elements = tuple(elements)
    counts = Counter(e.tag.text for e in elements if e.tag is not None)
    twice = [
        Problem(ProblemKind.DUPLICATE_TAG, e.tag.text, e.address)
        for e in elements
        if e.tag is not None and counts[e.tag.text] > 1
    ]
    phantom = [
        Problem(ProblemKind.PHANTOM_TAG, e.phantom_tag.text, e.address)
        for e in elements
        if e.phantom_tag is not None
    ]
    return twice + phantom
