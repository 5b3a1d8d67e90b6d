"""What an inventory says against the record. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from service.custody.models import DiscrepancyKind
from service.devices.models import ElementKind, TagReading
from service.devices.seen import Look, SeenElement
from service.media.models import Custody


@dataclass(frozen=True, slots=True)
class Recorded:
    """A medium as the record has it; `reported` is the tag this library shows for its barcode.

    `library_id` is the library that the recorded place is in, None when it is in none.
    """

    medium_id: str
    barcode: str
    reported: str
    location_id: str
    library_id: str | None
    where: str
    custody: Custody
    custodian_id: str
    container_id: str | None = None
    missing: bool = False


@dataclass(frozen=True)
class LibraryRecord:
    """`places` maps element addresses to locations, at least those that are compared; `media` are those recorded there
    and those behind the tags seen there. `expected_out`: media that a job has in the mail slots.
    """

    library_id: str
    party_id: str
    places: Mapping[int, str]
    media: tuple[Recorded, ...]
    expected_out: frozenset[str] = frozenset()

    def is_here(self, medium: Recorded) -> bool:
        return not medium.missing and medium.library_id == self.library_id

    def may_arrive(self, medium: Recorded) -> bool:
        """On site with the library's own custodian and in no container: a person put it in."""
        on_site = medium.custody is Custody.ON_SITE and medium.container_id is None
        return on_site and not medium.missing and medium.custodian_id == self.party_id


@dataclass(frozen=True, slots=True)
class Found:
    medium: Recorded
    at: SeenElement


@dataclass
class Findings:
    """Each list is one kind of news; `media_at` names the medium behind each tag that was matched."""

    agreeing: list[str] = field(default_factory=list)
    moved: list[Found] = field(default_factory=list)
    unexpected: list[Found] = field(default_factory=list)
    doubled: list[tuple[Recorded, tuple[SeenElement, ...]]] = field(default_factory=list)
    absent: list[Recorded] = field(default_factory=list)
    unknown: list[SeenElement] = field(default_factory=list)
    unread: list[SeenElement] = field(default_factory=list)
    media_at: dict[int, str] = field(default_factory=dict)


def reconcile(look: Look, record: LibraryRecord, only: frozenset[int] | None = None) -> Findings:
    """`only`: the addresses that changed since the last inventory; None compares everything."""
    findings = Findings()
    by_tag = _unambiguous(record.media)
    compared = [element for element in look.elements if only is None or element.address in only]
    for tag in dict.fromkeys(element.tag for element in compared if element.tag is not None):
        elements = look.by_tag[tag]
        medium = by_tag.get(tag)
        if medium is None:
            findings.unknown += elements
        elif len(elements) > 1:
            findings.doubled.append((medium, elements))
        else:
            _compare(medium, elements[0], record, findings)
    findings.unread += [
        element for element in compared if element.full and element.reading is not TagReading.READ
    ]
    findings.absent += _absent(look, record)
    return findings


def _unambiguous(media: Iterable[Recorded]) -> dict[str, Recorded]:
    """A tag that fits two media fits none: a guess would move the wrong one."""
    found: dict[str, Recorded] = {}
    twice: set[str] = set()
    for medium in media:
        if medium.reported in found:
            twice.add(medium.reported)
        found[medium.reported] = medium
    return {tag: medium for tag, medium in found.items() if tag not in twice}


def _compare(medium: Recorded, at: SeenElement, record: LibraryRecord, findings: Findings) -> None:
    findings.media_at[at.address] = medium.medium_id
    if at.kind is ElementKind.TRANSPORT:
        return
    if record.is_here(medium) and medium.location_id == record.places.get(at.address):
        findings.agreeing.append(medium.medium_id)
    elif record.is_here(medium) or record.may_arrive(medium):
        findings.moved.append(Found(medium, at))
    else:
        findings.unexpected.append(Found(medium, at))


def _absent(look: Look, record: LibraryRecord) -> list[Recorded]:
    """Recorded here and seen nowhere; a label that cannot be read at the very place speaks for the medium."""
    unread = {record.places.get(e.address) for e in look.elements if e.full and e.tag is None}
    gaps = {record.places.get(e.address) for e in look.elements if not e.installed}
    hidden = unread | gaps
    return [
        medium
        for medium in record.media
        if record.is_here(medium)
        and medium.reported not in look.by_tag
        and medium.medium_id not in record.expected_out
        and medium.location_id not in hidden
    ]


@dataclass(frozen=True, slots=True)
class News:
    """A discrepancy in the making; `about` begins the sentence where only the sentence tells what it is about."""

    kind: DiscrepancyKind
    sentence: str
    medium_id: str | None
    location_id: str | None
    about: str = ""


def news(findings: Findings, record: LibraryRecord) -> list[News]:
    return [
        *(_unexpected(found, record) for found in findings.unexpected),
        *(_doubled(medium, elements, record) for medium, elements in findings.doubled),
        *(_absence(medium) for medium in findings.absent),
        *(_unknown(element, record) for element in findings.unknown),
        *(
            _unread(element, place)
            for element in findings.unread
            if (place := record.places.get(element.address))
        ),
    ]


def _unexpected(found: Found, record: LibraryRecord) -> News:
    medium = found.medium
    missing = " as missing" if medium.missing else ""
    text = f"{medium.barcode} is in {found.at.name}; the record has it at {medium.where}{missing}."
    return News(DiscrepancyKind.UNEXPECTED_IN_LIBRARY, text, medium.medium_id, record.library_id)


def _doubled(medium: Recorded, elements: Iterable[SeenElement], record: LibraryRecord) -> News:
    names = " and ".join(element.name for element in elements)
    text = f"The tag {medium.barcode} is reported in {names}."
    return News(DiscrepancyKind.UNEXPECTED_IN_LIBRARY, text, medium.medium_id, record.library_id)


def _absence(medium: Recorded) -> News:
    text = f"{medium.barcode} is recorded at {medium.where}; it is not in the library."
    return News(DiscrepancyKind.ABSENT_FROM_LIBRARY, text, medium.medium_id, medium.location_id)


def _unknown(element: SeenElement, record: LibraryRecord) -> News:
    about = f"The barcode {element.tag}"
    text = f"{about} in {element.name}{NOT_REGISTERED}"
    return News(DiscrepancyKind.UNKNOWN_BARCODE, text, None, record.places.get(element.address), about)


NOT_REGISTERED = " is not registered, or fits more than one medium."


def stranger(sentence: str) -> str:
    """How the sentence about a barcode nobody knows begins, without the place: a tag may hold spaces."""
    return sentence.removesuffix(NOT_REGISTERED).rpartition(" in ")[0]


def _unread(element: SeenElement, place: str) -> News:
    return News(DiscrepancyKind.UNREADABLE_LABEL, f"The label in {element.name} cannot be read.", None, place)
