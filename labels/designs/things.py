"""What each thing's label says. Every payload is an opaque identifier; names of customers have no place here."""

from dataclasses import dataclass

from labels.designs.coded import Coded, coded_label, opaque
from labels.layout import Layout
from labels.stock import Stock
from labels.symbols.check_character import with_check
from labels.symbols.code128 import checked_sscc
from labels.symbols.linear import Symbology


@dataclass(frozen=True, slots=True)
class ContainerLabel:
    """With an SSCC (18 digits) the bars are GS1-128 and say the SSCC; else they are Code 128 and say the container id."""

    container_id: str
    sscc: str | None = None
    caption: str = "Container"


@dataclass(frozen=True, slots=True)
class DiskLabel:
    """The code and the text end in the check character, because people type this one."""

    medium_id: str
    caption: str = "Disk"
    symbology: Symbology = Symbology.DATA_MATRIX


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """A shelf or a library slot: `name` as people say it, `path` where it is."""

    location_id: str
    name: str
    path: str = ""
    symbology: Symbology = Symbology.CODE_128


@dataclass(frozen=True, slots=True)
class SealLabel:
    seal_number: str
    caption: str = "Seal"
    symbology: Symbology = Symbology.CODE_128


@dataclass(frozen=True, slots=True)
class BadgeLabel:
    """`badge_id` is a random number of the badge, not of the person; `role` and `name` are for people's eyes."""

    badge_id: str
    name: str
    role: str = ""
    symbology: Symbology = Symbology.QR


Thing = ContainerLabel | DiskLabel | PlaceLabel | SealLabel | BadgeLabel


def thing_label(thing: Thing, stock: Stock, dpi: int | None = None) -> Layout:
    """Raises OpaquePayloadError, SsccError or StockTooSmallError."""
    return coded_label(_coded(thing), stock, dpi)


def _coded(thing: Thing) -> Coded:
    match thing:
        case ContainerLabel(container_id, None, caption):
            return Coded("A container label", container_id, Symbology.CODE_128, container_id, caption)
        case ContainerLabel(container_id, sscc, caption):
            reading = f"(00) {checked_sscc(sscc or '')}"
            return Coded(
                "A container label", sscc or "", Symbology.GS1_128, opaque(container_id), caption, reading
            )
        case DiskLabel(medium_id, caption, symbology):
            checked = with_check(opaque(medium_id))
            return Coded("A disk label", checked, symbology, checked, caption)
        case PlaceLabel(location_id, name, path, symbology):
            return Coded(
                "A place label",
                location_id,
                symbology,
                name,
                path,
                location_id if name != location_id else "",
            )
        case SealLabel(seal_number, caption, symbology):
            return Coded("A seal label", seal_number, symbology, seal_number, caption)
        case BadgeLabel(badge_id, name, role, symbology):
            return Coded("A badge", badge_id, symbology, name, role, badge_id)
