"""Configured printers: taking one into use, what is loaded, its calibration, switching it on and off."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update

from labels.stock import calibration_from, stock
from service.db import table
from service.devices.printer_port import PrinterPort, PrinterSaid
from service.errors import InvalidInputError, RefusedError
from service.ledger.writer import Unit
from service.printing.models import PRINTER, Language, Printer
from service.printing.queries import printer_row
from service.printing.refusals import refusing
from service.printing.rendering import kept_calibration

_PRINTER = table(Printer)
MAX_NAME = 120
MAX_URL = 500
DPI = (203, 300, 600)
FIRST_LOOK_S = 10.0


class PrinterEvent(StrEnum):
    ADDED = "printer:added"
    CHANGED = "printer:changed"
    CALIBRATED = "printer:calibrated"
    ENABLED = "printer:enabled"
    DISABLED = "printer:disabled"


class PrinterTakenError(RefusedError):
    title = "The printer is in use already"


@dataclass(frozen=True, slots=True)
class NewPrinter:
    """`url` empty: people print downloaded sheets on it, and only its calibration is known here."""

    name: str
    url: str = ""
    language: Language = Language.PDF
    dpi: int | None = None
    stock: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """Millimetres on the printed calibration page."""

    left_mm: float
    top_mm: float
    across_mm: float
    down_mm: float


def check_new(new: NewPrinter) -> None:
    """Raises InvalidInputError; before the printer is asked anything."""
    fields: dict[str, str] = {}
    if not new.name.strip() or len(new.name) > MAX_NAME or "/" in new.name or not new.name.isprintable():
        fields["name"] = f"1 to {MAX_NAME} printable characters, without a slash."
    if new.url and ("://" not in new.url or len(new.url) > MAX_URL or not new.url.isprintable()):
        fields["url"] = "A printer's URL such as tcp://printer-1:9100, or nothing."
    if "@" in new.url.partition("://")[2].partition("/")[0]:
        fields["url"] = "A URL with a password would stand in the ledger; leave it out."
    if new.dpi is not None and new.dpi not in DPI:
        fields["dpi"] = f"One of {', '.join(map(str, DPI))}, or nothing for an office printer."
    if new.language is Language.ZPL and (new.dpi is None or not new.url):
        fields["dpi" if new.url else "url"] = "A label printer needs its address and its dots per inch."
    if fields:
        raise InvalidInputError("The printer was not added. " + " ".join(fields.values()), fields=fields)
    check_stock(new.stock)


def check_stock(name: str) -> None:
    if name:
        with refusing():
            stock(name)


def first_look(new: NewPrinter) -> PrinterSaid | None:
    """What it says now; None without an address. Raises PrinterNotReadyFaultError when nobody answers there."""
    if not new.url:
        return None
    with PrinterPort(new.url, new.name) as port:
        if not port.takes(new.language):
            told = f"The printer at this address takes no {new.language.upper()}."
            raise InvalidInputError(f"{told} It was not added.", fields={"language": told})
        return port.look(FIRST_LOOK_S)


def add(unit: Unit, new: NewPrinter, said: PrinterSaid | None) -> str:
    """Its id. Raises PrinterTakenError."""
    check_new(new)
    same = (_PRINTER.c.name == new.name.strip()) | ((_PRINTER.c.url == new.url) & (_PRINTER.c.url != ""))
    if unit.connection.execute(select(_PRINTER.c.name).where(same)).first() is not None:
        raise PrinterTakenError(
            f"A printer named {new.name.strip()} or with this address is there already. Nothing was added.",
            next_step="Look at the list of printers.",
        )
    printer_id = unit.new_id()
    values = {
        "printer_id": printer_id, "name": new.name.strip(), "url": new.url, "language": new.language, "dpi": new.dpi,
        "stock": new.stock or None, "offset_x_um": 0, "offset_y_um": 0, "scale_x_ppm": 1_000_000, "scale_y_ppm": 1_000_000,
        "enabled": True, "state": seen(unit, said) if said else None,
    }  # fmt: skip
    unit.create(PRINTER, values, PrinterEvent.ADDED)
    return printer_id


def load_stock(unit: Unit, name: str, stock_name: str) -> None:
    """What is loaded now; empty: nothing in particular."""
    printer = printer_row(unit.connection, name)
    check_stock(stock_name)
    if (printer.stock or "") != stock_name:
        unit.change(PRINTER, printer.printer_id, {"stock": stock_name or None}, PrinterEvent.CHANGED)


def calibrate(unit: Unit, name: str, measured: Measured) -> None:
    """The four lengths of a page that was printed without calibration. Raises NotPrintableError for an implausible one."""
    printer = printer_row(unit.connection, name)
    with refusing():
        calibration = calibration_from(
            measured.left_mm, measured.top_mm, measured.across_mm, measured.down_mm
        )
    facts = {
        "left": f"{measured.left_mm:g} mm", "top": f"{measured.top_mm:g} mm", "across": f"{measured.across_mm:g} mm",
        "down": f"{measured.down_mm:g} mm",
    }  # fmt: skip
    unit.change(
        PRINTER, printer.printer_id, kept_calibration(calibration), PrinterEvent.CALIBRATED, facts=facts
    )


def set_enabled(unit: Unit, name: str, *, enabled: bool) -> None:
    printer = printer_row(unit.connection, name)
    if printer.enabled is not enabled:
        event = PrinterEvent.ENABLED if enabled else PrinterEvent.DISABLED
        unit.change(PRINTER, printer.printer_id, {"enabled": enabled}, event)


def seen(unit: Unit, said: PrinterSaid) -> dict[str, object]:
    return {**said.kept(), "at": unit.stamp}


def note_state(unit: Unit, printer_id: str, said: PrinterSaid | None, fault: str | None) -> None:
    """What it said last, for people; not history."""
    values: dict[str, Any] = {"fault": fault[:MAX_URL] if fault else None}
    if said is not None:
        values["state"] = seen(unit, said)
    unit.connection.execute(update(_PRINTER).where(_PRINTER.c.printer_id == printer_id).values(**values))


def state_words(printer: Row[Any]) -> str:
    """Whether it prints, in words."""
    state: Mapping[str, Any] = printer.state or {}
    if not printer.enabled:
        return "switched off"
    if not printer.url:
        return "prints downloaded sheets"
    if printer.fault:
        return str(printer.fault)
    words = str(state.get("words", ""))
    match state.get("ready"):
        case True:
            return f"ready, {words}" if words else "ready"
        case False:
            return words or "not ready"
        case _:
            return "does not say whether it is ready"
