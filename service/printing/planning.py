"""From what a person wants to a plan that can be printed; nothing is written here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from labels.designs import Colours, Reading
from service.db import table
from service.errors import InvalidInputError
from service.media.queries import chunks
from service.media.reservations import BarcodesTakenError, taken
from service.media.rules import check_reason
from service.printing.choosing import choose
from service.printing.items import Item
from service.printing.models import CARTRIDGES, Label, LabelState, Language, Output, Printer, What
from service.printing.rendering import Look, calibration_of, check_look, kept_calibration_of, layout
from service.printing.rules import ON_PAPER, PrintedBeforeError, batch_size

_PRINTER = table(Printer)
_LABEL = table(Label)


@dataclass(frozen=True, slots=True)
class Wish:
    """`wanted` is a series, barcodes, or names, as `what` wants it. `stock` empty: what is loaded in the printer.

    `printer` is a name: where it is sent, or whose calibration a sheet gets; empty for a sheet of no printer of ours.
    """

    what: What
    wanted: str
    stock: str = ""
    reading: Reading = Reading.HORIZONTAL
    colours: Colours = Colours.DIGITS
    output: Output = Output.SHEET
    printer: str = ""
    start_at: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`in_specification` False: hand scanner only. `printer_id` None for a sheet of no printer of ours."""

    wish: Wish
    look: Look
    items: Sequence[Item]
    printer_id: str | None
    in_specification: bool

    @property
    def pages(self) -> int:
        per_page = self.look.paper.per_page
        return -(-(len(self.items) + self.look.start_at - 1) // per_page)

    @property
    def batch(self) -> int:
        paper = self.look.paper
        return batch_size(self.look.language, paper.per_page, roll=paper.roll)


def plan(connection: Connection, wish: Wish, badge_id: Callable[[], str]) -> Plan:
    """Raises InvalidInputError or RefusedError in a sentence; what passes can be printed as it is."""
    items = choose(connection, wish.what, wish.wanted, badge_id)
    printer = _printer(connection, wish)
    look = _look(wish, printer)
    fits = check_look(look)
    for item in items[:1] if wish.what in CARTRIDGES else items:
        layout(look, item)
    check_free(connection, wish, items)
    return Plan(wish, look, items, printer.printer_id if printer else None, fits)


def _printer(connection: Connection, wish: Wish) -> Row[Any] | None:
    if not wish.printer:
        if wish.output is Output.PRINTER:
            raise _wrong("printer", "Choose the printer that is to print.")
        return None
    query = select(_PRINTER).where(_PRINTER.c.name == wish.printer)
    found = connection.execute(query).one_or_none() if wish.printer.isprintable() else None
    if found is None:
        raise _wrong("printer", "There is no printer of this name.")
    if wish.output is Output.PRINTER:
        _check_sends(found)
    return found


def _check_sends(printer: Row[Any]) -> None:
    if not printer.url:
        raise _wrong("printer", f"{printer.name} has no address; download the sheet and print it there.")
    if not printer.enabled:
        raise _wrong("printer", f"{printer.name} is switched off.")


def _wrong(field: str, text: str) -> InvalidInputError:
    return InvalidInputError(f"{text} Nothing was planned.", fields={field: text})


def _look(wish: Wish, printer: Row[Any] | None) -> Look:
    sends = wish.output is Output.PRINTER
    stock = wish.stock or (printer.stock if printer else None) or ""
    if not stock:
        raise _wrong("stock", "Choose the stock that is printed on.")
    if sends and printer is not None and printer.stock and printer.stock != stock:
        raise _wrong("stock", f"{printer.name} is loaded with {printer.stock}, not with {stock}.")
    look = Look(
        wish.what, stock, wish.reading, wish.colours,
        language=printer.language if sends and printer else Language.PDF,
        dpi=printer.dpi if printer else None,
        start_at=wish.start_at,
        calibration=calibration_of(kept_calibration_of(printer)) if printer else calibration_of({}),
    )  # fmt: skip
    if look.language is Language.ZPL:
        check_look(look)
        if not look.paper.roll:
            raise _wrong("stock", "A label printer prints on rolls; this stock is sheets.")
    return look


def check_free(connection: Connection, wish: Wish, items: Sequence[Item]) -> None:
    """New numbers must be free; what has a label already gets another one for a reason alone."""
    payloads = [item.payload for item in items]
    if wish.what is What.SERIES:
        not_free = taken(connection, payloads)
        if not_free:
            raise BarcodesTakenError(not_free)
        return
    if wish.reason:
        check_reason(wish.reason)
        return
    if wish.what is What.REPRINT:
        raise PrintedBeforeError(payloads)
    before = printed_before(connection, wish.what, items)
    if before:
        raise PrintedBeforeError(before)


def printed_before(connection: Connection, what: What, items: Sequence[Item]) -> list[str]:
    """Names of those that have a label on paper, or may have.

    Known by what it says; of a container by the container, because its label says the barcode or the SSCC.
    """
    column = _LABEL.c.thing_id if what is What.CONTAINER else _LABEL.c.payload
    keys = [str(item.thing_id) if what is What.CONTAINER else item.payload for item in items]
    found = {
        key
        for part in chunks(keys)
        for key in connection.execute(
            select(column).where(column.in_(part), _LABEL.c.state.in_([*ON_PAPER, LabelState.PLANNED]))
        ).scalars()
    }
    return [
        item.name if what is What.CONTAINER else item.payload
        for item, key in zip(items, keys, strict=True)
        if key in found
    ]
