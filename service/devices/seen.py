"""What the changer reports, in the words of this room."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from drivers.changer.model import ElementState, ElementType, ProblemKind, Snapshot, SourceAuthority, TagState
from service.devices.models import ElementKind, TagReading
from service.locations.models import LocationKind

KIND_OF_TYPE = {
    ElementType.TRANSPORT: ElementKind.TRANSPORT,
    ElementType.STORAGE: ElementKind.SLOT,
    ElementType.IMPORT_EXPORT: ElementKind.MAIL_SLOT,
    ElementType.DATA_TRANSFER: ElementKind.DRIVE,
}
LOCATION_KIND = {
    ElementKind.SLOT: LocationKind.SLOT,
    ElementKind.DRIVE: LocationKind.DRIVE,
    ElementKind.MAIL_SLOT: LocationKind.MAIL_SLOT,
}
NAMES = {
    ElementKind.TRANSPORT: "the gripper",
    ElementKind.SLOT: "slot",
    ElementKind.MAIL_SLOT: "mail slot",
    ElementKind.DRIVE: "drive",
}
# Tags were not to be had at all: nothing may be concluded from their absence.
WITHOUT_TAGS = frozenset({TagState.SUPPRESSED, TagState.NOT_REQUESTED})


def place_name(kind: ElementKind, number: int) -> str:
    return NAMES[kind] if kind is ElementKind.TRANSPORT else f"{NAMES[kind]} {number}"


@dataclass(frozen=True, slots=True)
class SeenElement:
    """`number` is 1-based within its kind; `tag` is as reported, None unless it was read in a full element.

    `source`, of a full drive: the slot the changer vouches for, None where it does not.
    """

    address: int
    kind: ElementKind
    number: int
    full: bool = False
    reading: TagReading = TagReading.ABSENT
    tag: str | None = None
    phantom: str | None = None
    accessible: bool | None = None
    installed: bool = True
    drive_serial: str | None = None
    source: int | None = None

    @property
    def name(self) -> str:
        return place_name(self.kind, self.number)

    @property
    def is_free(self) -> bool:
        return self.installed and not self.full


@dataclass(frozen=True)
class Look:
    """One look at the whole changer. `trustworthy` False: absences in it prove nothing."""

    elements: tuple[SeenElement, ...]
    digest: str
    topology: str
    taken_at: datetime
    identity: dict[str, object] = field(default_factory=dict)
    trustworthy: bool = True
    attentions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @cached_property
    def by_address(self) -> dict[int, SeenElement]:
        return {element.address: element for element in self.elements}

    @cached_property
    def by_tag(self) -> dict[str, tuple[SeenElement, ...]]:
        found: dict[str, tuple[SeenElement, ...]] = {}
        for element in self.elements:
            if element.tag is not None:
                found[element.tag] = (*found.get(element.tag, ()), element)
        return found

    def of_kind(self, kind: ElementKind) -> tuple[SeenElement, ...]:
        return tuple(element for element in self.elements if element.kind is kind)


def look_of(snapshot: Snapshot) -> Look:
    changer = snapshot.changer
    return Look(
        elements=tuple(_numbered(snapshot.elements)),
        digest=snapshot.digest,
        topology=snapshot.topology.digest,
        taken_at=snapshot.taken_at,
        identity={
            "vendor": changer.vendor,
            "product": changer.product,
            "revision": changer.revision,
            "serial": changer.serial,
            "backend": changer.backend,
        },
        trustworthy=is_trustworthy(snapshot),
        attentions=tuple(str(sense) for sense in snapshot.unit_attentions),
        problems=tuple(f"{problem.kind.value}: {problem.detail}" for problem in snapshot.problems),
    )


def is_trustworthy(snapshot: Snapshot) -> bool:
    suppressed = any(problem.kind is ProblemKind.TAGS_SUPPRESSED for problem in snapshot.problems)
    return snapshot.complete and not suppressed


def _numbered(elements: Iterable[ElementState]) -> Iterable[SeenElement]:
    counts: dict[ElementKind, int] = {}
    for element in sorted(elements, key=lambda one: one.address):
        kind = KIND_OF_TYPE[element.type]
        counts[kind] = counts.get(kind, 0) + 1
        yield _seen(element, kind, counts[kind])


def _seen(element: ElementState, kind: ElementKind, number: int) -> SeenElement:
    return SeenElement(
        address=element.address,
        kind=kind,
        number=number,
        full=element.full,
        reading=_reading(element),
        tag=element.tag_text if element.full else None,
        phantom=element.phantom_tag.text if element.phantom_tag else None,
        accessible=element.access,
        installed=element.installed,
        drive_serial=element.drive.serial if element.drive else None,
        source=_source(element),
    )


def _source(element: ElementState) -> int | None:
    vouched = element.source.authority is SourceAuthority.SVALID
    is_loaded = element.full and element.type is ElementType.DATA_TRANSFER
    return element.source.address if vouched and is_loaded else None


def _reading(element: ElementState) -> TagReading:
    if not element.full:
        return TagReading.ABSENT
    return TagReading.READ if element.tag is not None else TagReading.UNREADABLE
