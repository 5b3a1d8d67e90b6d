"""States and types of media in the words, tones and shapes of the pages."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import quote, urlencode

from service.media.barcodes import MEDIA_IDS, SERIAL_LENGTH
from service.media.models import Content, Custody, MediaType
from service.media.schemas import MediumShape
from service.web.times import MONTHS
from service.web.views.parts import Chip, Glyph, Shape, Tone

CUSTODY_TONE: Mapping[Custody, Tone] = {
    Custody.IN_LIBRARY: Tone.NEUTRAL,
    Custody.ON_SITE: Tone.NEUTRAL,
    Custody.PACKED: Tone.BLUE,
    Custody.IN_TRANSIT: Tone.BLUE,
    Custody.VAULTED: Tone.NEUTRAL,
    Custody.MISSING: Tone.RED,
    Custody.GONE: Tone.NEUTRAL,
}
ATTENTION = frozenset({Content.QUARANTINED})
GB_IN_TB = 1000


def href(barcode: str, act: str = "") -> str:
    """The address of a medium's page; a diagnostic label has a space."""
    return f"/media/{quote(barcode)}{act}"


def list_href(**chosen: str) -> str:
    return "/media" + (f"?{urlencode(chosen)}" if chosen else "")


def day_words(day: date | None) -> str:
    """Reads 9 Dec 2027; empty for none."""
    return "" if day is None else f"{day.day} {MONTHS[day.month]} {day.year}"


def word(value: Custody | Content | MediaType) -> str:
    return value.value.replace("_", " ")


def custody_chip(custody: Custody, shape: Shape = Shape.CUSTODY) -> Chip:
    return Chip(word(custody), CUSTODY_TONE[custody], shape)


def content_chip(content: Content, shape: Shape = Shape.CONTENT) -> Chip:
    return Chip(word(content), Tone.AMBER if content in ATTENTION else Tone.NEUTRAL, shape)


HOLD_CHIP = Chip("on hold", Tone.AMBER, Shape.HOLD)
HELD_IN_TABLE = Chip("on hold", Tone.AMBER, Shape.BARE, Glyph.LOCK)


def chips(one: MediumShape) -> tuple[Chip, ...]:
    held = () if one.held_since is None else (HOLD_CHIP,)
    return (custody_chip(one.custody), content_chip(one.content), *held)


def type_words(one: MediumShape) -> str:
    """Reads LTO-8, 12 TB, rewritable; a disk and a cleaning cartridge say just that."""
    found = MEDIA_IDS.get(one.barcode[SERIAL_LENGTH:]) if one.media_type is MediaType.LTO else None
    if found is None:
        return f"{word(one.media_type)} {one.generation}".strip()
    size = f"{found.native_gb / GB_IN_TB:g} TB" if found.native_gb >= GB_IN_TB else f"{found.native_gb} GB"
    return f"{found.generation}, {size}, {'WORM' if found.worm else 'rewritable'}"
