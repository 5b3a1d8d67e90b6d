"""mhvtl's device.conf and library_contents.N as a library definition."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from drivers.errors import LibraryFileError
from drivers.library_files.definition import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.media_types import generation_of_product, is_cleaning_barcode

DEVICES, CONTENTS = "device.conf", "library_contents"
SECTION = re.compile(r"^(?P<kind>Library|Drive):\s*(?P<id>\d+)\b")
MEMBERSHIP = re.compile(r"^\s*Library ID:\s*(?P<library>\d+)\s+Slot:\s*(?P<slot>\d+)\s*$")
PROPERTY = re.compile(r"^\s*(?P<name>[A-Za-z][A-Za-z ]*?):\s*(?P<value>.*?)\s*$")
ELEMENT = re.compile(r"^\s*(?P<kind>Drive|Picker|MAP|Slot)\s+(?P<number>\d+)\s*:\s*(?P<value>.*?)\s*$")
MAX_BARCODE, MAX_NUMBER = 16, 0xFFFF
# Where a maker's libraries begin to count, if not where most do.
FIRST_ADDRESSES: dict[str, dict[str, Any]] = {
    "STK": {"first_transport": 1, "first_mail_slot": 10, "first_drive": 500, "first_storage": 1000}
}


@dataclass
class _Section:
    """One Library or Drive block of device.conf; `line` is where it begins."""

    kind: str
    id: int
    line: int
    library: int | None = None
    slot: int = 0
    properties: dict[str, str] = field(default_factory=dict)

    def need(self, name: str) -> str:
        value = self.properties.get(name, "")
        if not value:
            raise LibraryFileError(DEVICES, self.line, f"{self.kind} {self.id} has no line “{name}”")
        return value


def read_mhvtl(
    device_conf: str, library_contents: str, *, library_id: int | None = None
) -> LibraryDefinition:
    """One library of device.conf with its contents; LibraryFileError names file and line.

    `library_id` is the number in the name library_contents.N; needed only where device.conf
    defines several libraries.
    """
    sections = _sections(device_conf)
    library = _choose(sections, library_id)
    drives = sorted(
        (s for s in sections if s.kind == "Drive" and s.library == library.id), key=lambda s: s.slot
    )
    elements = _elements(library_contents)
    counts = {kind: max((n for k, n, _, _ in elements if k == kind), default=0) for kind in ("Slot", "MAP")}
    made = LibraryDefinition(
        vendor=library.need("Vendor identification"),
        product=library.need("Product identification"),
        serial=library.need("Unit serial number"),
        storage_slots=counts["Slot"],
        mail_slots=counts["MAP"],
        drives=tuple(_drive(section) for section in drives),
        cartridges=_cartridges(elements),
    )
    return replace(made, **FIRST_ADDRESSES.get(made.vendor, {}))


def _sections(text: str) -> list[_Section]:
    sections = list[_Section]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#") or line.startswith("VERSION"):
            continue
        start = SECTION.match(line)
        if start:
            sections.append(_Section(start["kind"], int(start["id"]), number))
        else:
            _add_property(sections, number, line)
    return sections


def _add_property(sections: list[_Section], number: int, line: str) -> None:
    if not sections:
        raise LibraryFileError(DEVICES, number, "a property before the first “Library:” or “Drive:”")
    member, prop = MEMBERSHIP.match(line), PROPERTY.match(line)
    if member:
        sections[-1].library, sections[-1].slot = int(member["library"]), int(member["slot"])
    elif prop:
        sections[-1].properties[prop["name"]] = prop["value"]
    else:
        raise LibraryFileError(DEVICES, number, f"cannot be read: {line.strip()[:60]!r}")


def _choose(sections: list[_Section], library_id: int | None) -> _Section:
    libraries = [s for s in sections if s.kind == "Library"]
    if library_id is not None:
        libraries = [s for s in libraries if s.id == library_id]
    if len(libraries) != 1:
        wanted = (
            f"library {library_id}" if library_id is not None else "exactly one library (give its number)"
        )
        raise LibraryFileError(DEVICES, 0, f"{wanted} expected, {len(libraries)} found")
    return libraries[0]


def _drive(section: _Section) -> DriveDefinition:
    product = section.need("Product identification")
    return DriveDefinition(
        section.need("Vendor identification"),
        product,
        section.need("Unit serial number"),
        generation_of_product(product),
    )


Element = tuple[str, int, str, int]


def _elements(text: str) -> list[Element]:
    """(kind, number, value, line) of every row, in order."""
    found, seen = list[Element](), set[tuple[str, int]]()
    for line_number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#") or line.startswith("VERSION"):
            continue
        row = ELEMENT.match(line)
        if row is None or not 0 < int(row["number"]) <= MAX_NUMBER:
            raise LibraryFileError(CONTENTS, line_number, f"cannot be read: {line.strip()[:60]!r}")
        key = (row["kind"], int(row["number"]))
        if key in seen:
            raise LibraryFileError(CONTENTS, line_number, f"{key[0]} {key[1]} appears twice")
        seen.add(key)
        found.append((*key, row["value"], line_number))
    return found


PLACES = {"Slot": Place.STORAGE, "MAP": Place.MAIL_SLOT}


def _cartridges(elements: list[Element]) -> tuple[CartridgeDefinition, ...]:
    """The value of a Drive row is a serial number, not a cartridge."""
    found, barcodes = list[CartridgeDefinition](), set[str]()
    for kind, number, barcode, line in elements:
        if kind not in PLACES or not barcode:
            continue
        if len(barcode) > MAX_BARCODE or not barcode.isascii() or not barcode.isprintable():
            raise LibraryFileError(CONTENTS, line, f"not a barcode: {barcode[:40]!r}")
        if barcode in barcodes:
            raise LibraryFileError(CONTENTS, line, f"the barcode {barcode} appears twice")
        barcodes.add(barcode)
        found.append(
            CartridgeDefinition(PLACES[kind], number, barcode, cleaning=is_cleaning_barcode(barcode))
        )
    return tuple(found)
