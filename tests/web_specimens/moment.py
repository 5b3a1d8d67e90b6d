"""The one moment all specimens tell: Thursday 19 November 2026, 14:06 EST at Site 1, run 2026-W47 half ejected."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from service.web.views.frame import Count, Frame, Person, Place
from service.web.views.parts import Barcode, Chip, Glyph, Ident, Notice, Shape, Tone, When, WhenStyle
from service.web.views.tables import Cell

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 19, 19, 6, 8, tzinfo=UTC)


def at(text: str, year: int = 2026, month: int = 11, day: int = 19) -> datetime:
    """Site time "13:58" or "13:58:02" on a day, today unless told."""
    hour, minute, *second = (int(part) for part in text.split(":"))
    return datetime(year, month, day, hour, minute, second[0] if second else 0, tzinfo=ZONE)


def clock(text: str) -> When:
    return When(at(text), WhenStyle.SECOND if text.count(":") == 2 else WhenStyle.CLOCK)


def bc(number: int | str, generation: str = "L8") -> Barcode:
    text = f"STR{number:03}{generation}" if isinstance(number, int) else number
    return Barcode(text, f"/media/{text}")


def run_link(text: str = "2026-W47") -> Ident:
    return Ident(text, f"/runs/{text}")


def container(number: int) -> Ident:
    return Ident(f"C-{number:04}", f"/containers/C-{number:04}")


def consignment(number: int) -> Ident:
    return Ident(f"CN-{number:04}", f"/consignments/CN-{number:04}")


def discrepancy(number: int) -> Ident:
    return Ident(f"D-{number:04}", f"/discrepancies/D-{number:04}")


def bare(word: str, tone: Tone, glyph: Glyph | None = None) -> Chip:
    return Chip(word, tone, Shape.BARE, glyph)


def head_cell(value: Barcode | Ident) -> Cell:
    return Cell(value, head=True)


COUNTS = {
    Place.TODAY: Count(6, Tone.AMBER, "things need a person"),
    Place.RUNS: Count(1, Tone.BLUE, "in motion"),
    Place.CONSIGNMENTS: Count(2, Tone.AMBER, "wait for a signature"),
    Place.LIBRARY: Count(1, Tone.RED, "wrong"),
}

FRAME = Frame(
    site="Site 1",
    now=NOW,
    zone=ZONE,
    csrf="csrf-specimen",
    person=Person("Handler 2", "Site 1 vault"),
    counts=COUNTS,
    ledger_size=51_902,
    signed_at=at("14:05"),
    form_key="form-key-specimen",
)
ADMINISTRATOR = Frame(
    site="Site 1",
    now=NOW,
    zone=ZONE,
    csrf="csrf-specimen",
    person=Person("Backup administrator 1", "Site 1"),
    counts=COUNTS,
    ledger_size=51_902,
    signed_at=at("14:05"),
    administration_href="/administration",
    notices=(
        Notice(("Handler ", Ident("handler-3", "/administration/handlers/3"), " may sign in."), Tone.GREEN),
    ),
    form_key="form-key-specimen",
)
DOOR = Frame(site="Site 1", now=NOW, zone=ZONE, csrf="csrf-before")
