"""Labels as bytes: the layout of one, its picture, a sheet, a format for a label printer, a calibration page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, assert_never

from labels.designs import (
    BadgeLabel,
    CartridgeStyle,
    Colours,
    ContainerLabel,
    DiskLabel,
    PlaceLabel,
    Reading,
    SealLabel,
    Thing,
    cartridge_fit,
    cartridge_label,
    thing_label,
)
from labels.layout import Layout
from labels.stock import UNCALIBRATED, Calibration, Stock, spot, stock
from labels.symbols import parse_cartridge_barcode
from labels.symbols.code128 import SSCC_APPLICATION_ID
from labels.writers import calibration_to_pdf, label_to_svg, label_to_zpl, labels_to_pdf
from service.printing.items import Item
from service.printing.models import CARTRIDGES, Language, What
from service.printing.refusals import refusing

UM = 1000
PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """How the labels of a job are drawn. `dpi` None: for a printer whose dots do not matter."""

    what: What
    stock: str
    reading: Reading = Reading.HORIZONTAL
    colours: Colours = Colours.DIGITS
    language: Language = Language.PDF
    dpi: int | None = None
    start_at: int = 1
    calibration: Calibration = UNCALIBRATED

    @property
    def paper(self) -> Stock:
        return stock(self.stock)


def look_of(job: Any) -> Look:
    """Of a row of `label_job`."""
    return Look(
        job.what, job.stock, Reading(job.reading), Colours(job.colours), job.language, job.dpi, job.start_at,
        calibration_of(job.calibration),
    )  # fmt: skip


def calibration_of(kept: Mapping[str, int]) -> Calibration:
    """From thousandths of a millimetre and millionths; ledger entries hold no fractions."""
    if not kept:
        return UNCALIBRATED
    return Calibration(
        kept["offset_x_um"] / UM,
        kept["offset_y_um"] / UM,
        kept["scale_x_ppm"] / PPM,
        kept["scale_y_ppm"] / PPM,
    )


def kept_calibration_of(printer: Any) -> dict[str, int]:
    """Of a row of `printer`."""
    return {
        name: getattr(printer, name) for name in ("offset_x_um", "offset_y_um", "scale_x_ppm", "scale_y_ppm")
    }


def kept_calibration(calibration: Calibration) -> dict[str, int]:
    return {
        "offset_x_um": round(calibration.offset_x_mm * UM),
        "offset_y_um": round(calibration.offset_y_mm * UM),
        "scale_x_ppm": round(calibration.scale_x * PPM),
        "scale_y_ppm": round(calibration.scale_y * PPM),
    }


def check_look(look: Look) -> bool:
    """True: within the specification. False: a hand scanner alone may read it. Raises NotPrintableError."""
    with refusing():
        spot(look.paper, 0, look.start_at)
        if look.what in CARTRIDGES:
            return cartridge_fit(look.paper, look.dpi).in_specification
    return True


def layout(look: Look, item: Item) -> Layout:
    """Raises NotPrintableError where the stock is too small or the printer too coarse for it."""
    with refusing():
        if look.what in CARTRIDGES:
            style = CartridgeStyle(look.reading, look.colours)
            return cartridge_label(parse_cartridge_barcode(item.payload), look.paper, style, look.dpi)
        return thing_label(_thing(look.what, item), look.paper, look.dpi)


def _thing(what: What, item: Item) -> Thing:
    texts = item.texts
    match what:
        case What.CONTAINER:
            sscc = item.payload.removeprefix(SSCC_APPLICATION_ID) if "name" in texts else None
            return ContainerLabel(item.name, sscc)
        case What.DISK:
            return DiskLabel(texts["name"])
        case What.SEAL:
            return SealLabel(item.payload)
        case What.PLACE:
            return PlaceLabel(item.payload, texts["name"], texts["path"])
        case What.BADGE:
            return BadgeLabel(item.payload, texts["name"], texts["role"])
        case What.SERIES | What.REPRINT:
            raise ValueError(what)
        case _:
            assert_never(what)


def picture(look: Look, item: Item) -> str:
    """SVG at true scale."""
    return label_to_svg(layout(look, item))


def write_sheet(
    look: Look, items: Iterable[Item], out: BinaryIO, *, title: str, start_at: int | None = None
) -> int:
    """Returns the number of pages."""
    layouts = (layout(look, item) for item in items)
    begin = look.start_at if start_at is None else start_at
    return labels_to_pdf(layouts, look.paper, out, title=title, start_at=begin, calibration=look.calibration)


def printable(look: Look, items: Iterable[Item], *, title: str, start_at: int) -> bytes:
    """What is sent to a printer for these labels."""
    if look.language is Language.ZPL:
        return b"".join(
            label_to_zpl(layout(look, item), look.dpi or 0, calibration=look.calibration) for item in items
        )
    out = BytesIO()
    write_sheet(look, items, out, title=title, start_at=start_at)
    return out.getvalue()


def calibration_page(stock_name: str, calibration: Calibration) -> bytes:
    """Raises NotPrintableError for a roll."""
    out = BytesIO()
    with refusing():
        calibration_to_pdf(stock(stock_name), out, calibration)
    return out.getvalue()
