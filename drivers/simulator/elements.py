"""What the virtual changer reports about each element, and the bytes of READ ELEMENT STATUS."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from drivers.changer.elements import ACCESS, EX_ENABLE, IMP_EXP, IN_ENABLE
from drivers.changer.model import ElementType, MediumType
from drivers.library_files import LibraryDefinition
from drivers.scsi.element_status import (
    PRIMARY_TAGS,
    Descriptor,
    ElementPage,
    encode_descriptor,
    encode_element_status,
)
from drivers.scsi.mode import ElementAddresses, ElementRange
from drivers.simulator.call import Call
from drivers.simulator.faults import active
from drivers.simulator.layout import addresses_of
from drivers.simulator.reply import INVALID_FIELD, Reply, refuse
from drivers.simulator.state import Cartridge, Drive, LibraryState

FULL, EXCEPT = 0x01, 0x04
TAG_LENGTH, FIXED_PART = 36, 12
ASCII_CODES, SERIAL_ONLY, VENDOR_ID = 2, 0, 1
UNREADABLE, NOT_INSTALLED = (0x83, 0x00), (0x3B, 0x1A)
ALL_TYPES = 0
SHORT_BY = DATA_HEADER = 8
# Where a target was seen to begin its second page: inside the first descriptor.
OVERLAP_AT = 0x34


def transport_address(definition: LibraryDefinition) -> int:
    return addresses_of(definition).transport.first


def type_of(definition: LibraryDefinition, address: int) -> ElementType | None:
    addresses = addresses_of(definition)
    for kind in ElementType:
        part = addresses.of(kind)
        if part.first <= address <= part.last:
            return kind
    return None


def shown(state: LibraryState, definition: LibraryDefinition) -> ElementAddresses:
    """What this host sees of the library: all of it, or its own partition."""
    whole, own = addresses_of(definition), active(state, "logical-library")
    if own is None:
        return whole
    return ElementAddresses(
        whole.transport,
        _part(whole.storage, own["storage"]),
        _part(whole.import_export, own["mail_slots"]),
        _part(whole.drives, own["drives"]),
    )


def _part(whole: ElementRange, wanted: tuple[int, int] | None) -> ElementRange:
    if wanted is None:
        return whole
    first, last = max(whole.first, wanted[0]), min(whole.last, wanted[1])
    return ElementRange(first, max(0, last - first + 1))


def shown_type(state: LibraryState, definition: LibraryDefinition, address: int) -> ElementType | None:
    kind, addresses = type_of(definition, address), shown(state, definition)
    if kind is None:
        return None
    part = addresses.of(kind)
    return kind if part.first <= address <= part.last else None


def is_removed(state: LibraryState, address: int) -> bool:
    """In a magazine that was pulled out, or a drive that is not there."""
    magazine, drive = active(state, "magazine-removed"), active(state, "missing-drive")
    in_magazine = magazine is not None and magazine["first"] <= address <= magazine["last"]
    return in_magazine or (drive is not None and drive["address"] == address)


@dataclass(frozen=True)
class View:
    """The library as one READ ELEMENT STATUS sees it: who is where, and what distorts it."""

    state: LibraryState
    at: dict[int, Cartridge]
    faults: dict[str, dict[str, Any]]
    drives: dict[int, Drive]
    ghosts: dict[int, str]


def view_of(state: LibraryState) -> View:
    at = {c.place: c for c in state.cartridges.values() if c.place is not None}
    drives = {drive.address: drive for drive in state.drives}
    return View(state, at, state.faults, drives, _ghosts(state, at))


def _ghosts(state: LibraryState, at: dict[int, Cartridge]) -> dict[int, str]:
    if "phantom-tags" not in state.faults:
        return {}
    left = ((c.source, c.barcode) for c in state.cartridges.values())
    return {source: barcode for source, barcode in left if source is not None and source not in at}


def read_element_status(call: Call) -> Reply:
    wanted, state = call.fields["type"], call.state
    if wanted > max(ElementType):
        raise refuse(INVALID_FIELD)
    with_ids = _identifiers_asked(call)
    kinds = list(ElementType) if wanted == ALL_TYPES else [ElementType(wanted)]
    view, left, pages = view_of(state), call.fields["count"], list[ElementPage]()
    for kind in kinds:
        addresses = _addresses(call, kind)[:left]
        left -= len(addresses)
        pages.append(_page(view, kind, addresses, with_tags=_tags_asked(call), with_ids=with_ids))
    first = min((int.from_bytes(d[:2], "big") for page in pages for d in page.descriptors), default=0)
    whole = _fit(pages, first, call.fields["alloc"])
    if wanted == ALL_TYPES and active(state, "overlapping-types") is not None:
        whole = whole[:OVERLAP_AT] + whole[DATA_HEADER:]
    return Reply(whole[:-SHORT_BY] if active(state, "short-status") is not None else whole)


def _tags_asked(call: Call) -> bool:
    return bool(call.fields["voltag"]) and active(call.state, "no-tags") is None


def _identifiers_asked(call: Call) -> bool:
    """Whether drive identifiers go into the answer; refused as the chosen variant does."""
    if not call.fields["dvcid"]:
        return False
    mode = (active(call.state, "drive-ids") or {"mode": "full"})["mode"]
    if mode == "rejects" or (mode == "needs-tags" and not call.fields["voltag"]):
        raise refuse(INVALID_FIELD)
    return bool(mode != "none")


def _addresses(call: Call, kind: ElementType) -> list[int]:
    part = shown(call.state, call.folder.definition).of(kind)
    addresses = [a for a in range(part.first, part.last + 1) if a >= call.fields["start"]]
    silent = active(call.state, "unreported-elements")
    if silent is not None:
        addresses = [a for a in addresses if not silent["first"] <= a <= silent["last"]]
    if kind is ElementType.DATA_TRANSFER and active(call.state, "drives-reversed") is not None:
        addresses.reverse()
    return addresses


def _fit(pages: list[ElementPage], first: int, alloc: int) -> bytes:
    """Whole descriptors only, as many as the allocation length holds; the header tells of all."""
    whole = encode_element_status(tuple(pages), first)
    if len(whole) <= alloc or alloc <= SHORT_BY:
        return whole[:alloc]
    while pages and len(whole) > alloc:
        page = pages.pop()
        over = len(whole) - alloc
        keep = len(page.descriptors) - -(-over // page.descriptor_length)
        if keep > 0:
            kept = page.descriptors[:keep]
            pages.append(ElementPage(page.element_type, page.flags, page.descriptor_length, kept))
        whole = encode_element_status(tuple(pages), first)
    return whole


def _page(
    view: View, kind: ElementType, addresses: Iterable[int], *, with_tags: bool, with_ids: bool
) -> ElementPage:
    ids = with_ids and kind is ElementType.DATA_TRANSFER
    raw = tuple(
        encode_descriptor(_descriptor(view, kind, a, with_tags=with_tags, ids=ids)) for a in addresses
    )
    length = max((len(item) for item in raw), default=FIXED_PART)
    return ElementPage(kind, PRIMARY_TAGS if with_tags else 0, length, raw)


def _descriptor(view: View, kind: ElementType, address: int, *, with_tags: bool, ids: bool) -> Descriptor:
    cartridge, removed = view.at.get(address), is_removed(view.state, address)
    flags, asc, ascq = _flags(view, kind, address, cartridge, removed=removed)
    identifier = _identifier(view, view.drives[address]) if ids else None
    if ids and view.faults.get("drive-ids", {}).get("mode") == "ibm":
        flags = EXCEPT
    return Descriptor(
        kind,
        address,
        flags,
        asc,
        ascq,
        _medium_type(cartridge),
        cartridge.source if cartridge else None,
        tag_bytes(view, address, cartridge) if with_tags else None,
        None,
        identifier,
    )


def _medium_type(cartridge: Cartridge | None) -> int:
    if cartridge is None:
        return MediumType.UNSPECIFIED
    if cartridge.cleaning:
        return MediumType.CLEANING
    return MediumType.WORM if cartridge.worm else MediumType.DATA


def _flags(
    view: View, kind: ElementType, address: int, cartridge: Cartridge | None, *, removed: bool
) -> tuple[int, int, int]:
    flags = FULL if cartridge is not None else 0
    if kind is ElementType.IMPORT_EXPORT:
        flags |= EX_ENABLE | IN_ENABLE
        flags |= IMP_EXP if cartridge is not None and cartridge.source is None else 0
    if removed:
        code = NOT_INSTALLED if kind is ElementType.DATA_TRANSFER else _removed_code(view)
        return flags | EXCEPT, *code
    held = "eject-required" in view.faults and address in view.drives and view.drives[address].loaded
    flags |= 0 if held else ACCESS
    if cartridge is not None and not _readable(view, address, cartridge):
        return flags | EXCEPT, *UNREADABLE
    return flags, 0, 0


def _removed_code(view: View) -> tuple[int, int]:
    asc, _, ascq = view.faults["magazine-removed"]["code"].partition("/")
    return int(asc, 16), int(ascq, 16)


def _readable(view: View, address: int, cartridge: Cartridge) -> bool:
    return cartridge.readable and address not in view.faults.get("unreadable-labels", {}).get("addresses", ())


def tag_bytes(view: View, address: int, cartridge: Cartridge | None) -> bytes:
    text = view.ghosts.get(address, "") if cartridge is None else ""
    if cartridge is not None and _readable(view, address, cartridge):
        text = distorted(view.faults, cartridge.barcode)
    twin = view.faults.get("duplicate-tag")
    if twin is not None and twin["address"] == address:
        text = twin["tag"]
    if not text and cartridge is None and "padded-empty-tags" not in view.faults:
        return bytes(TAG_LENGTH)
    return text.encode("latin-1", "replace")[:32].ljust(32) + bytes(4)


def distorted(faults: dict[str, dict[str, Any]], barcode: str) -> str:
    """The tag as this library's settings show it."""
    if "six-characters" in faults:
        barcode = barcode[-6:] if faults["six-characters"]["align"] == "right" else barcode[:6]
    if "media-id-first" in faults:
        barcode = barcode[6:] + barcode[:6]
    if "lower-case" in faults:
        barcode = barcode.lower()
    return f"{barcode}{faults.get('long-tags', {}).get('suffix', '')}"


def _identifier(view: View, drive: Drive) -> tuple[int, int, bytes]:
    mode = view.faults.get("drive-ids", {}).get("mode", "full")
    if mode == "serial":
        return ASCII_CODES, SERIAL_ONLY, drive.serial.encode().ljust(10)
    width = 20 if mode == "long" else 10
    return ASCII_CODES, VENDOR_ID, f"{drive.vendor:<8}{drive.product:<16}{drive.serial:<{width}}".encode()
