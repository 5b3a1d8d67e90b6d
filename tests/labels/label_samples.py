"""Labels of every design, and how to have one alone on a page."""

from dataclasses import replace
from io import BytesIO

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
    cartridge_label,
    thing_label,
)
from labels.layout import Layout
from labels.stock import Stock, stock
from labels.symbols import Symbology, parse_cartridge_barcode
from labels.writers import labels_to_pdf

BARCODES = (
    "ABC001L8",
    "XYZ789LA",
    "DEF456M8",
    "GHI230LT",
    "JKLMNOL9",
    "PQRSTUL1",
    "VWX000CU",
    "CLN001CU",
    "DG 001L8",
    "E01004L8",
)
STYLES = tuple(CartridgeStyle(reading, colours) for reading in Reading for colours in Colours)
SSCC = "006141411234567890"

THINGS: dict[str, tuple[Thing, str]] = {
    "container": (ContainerLabel("C-0117"), "roll-100x50"),
    "container on a sheet": (ContainerLabel("C-0117"), "avery-l7163"),
    "container with SSCC": (ContainerLabel("C-0117", SSCC), "roll-105x148"),
    "container with SSCC on a sheet": (ContainerLabel("C-0117", SSCC), "avery-5164"),
    "disk": (DiskLabel("D7K2M4"), "roll-50x25"),
    "disk on a sheet": (DiskLabel("D7K2M4", "USB disk 4 TB"), "avery-l4770"),
    "disk as QR": (DiskLabel("D7K2M4", symbology=Symbology.QR), "herma-4098"),
    "shelf": (PlaceLabel("L-B04", "B-04", "Vault 1 › Room 2 › Shelf B"), "avery-l7160"),
    "slot": (PlaceLabel("L-S0014", "Slot 14", "Library 1", Symbology.DATA_MATRIX), "roll-50x25"),
    "seal": (SealLabel("004711"), "roll-50x25"),
    "badge": (BadgeLabel("B8F3K2", "Handler 2", "Media handler"), "roll-86x54"),
}


def alone(of: Stock) -> Stock:
    """The stock's label as a page of its own."""
    return replace(of, page=of.label, left=0.0, top=0.0, columns=1, rows=1, roll=True)


def cartridge(
    barcode: str, style: CartridgeStyle = STYLES[0], stock_name: str = "roll-79x17", dpi: int | None = None
) -> Layout:
    return cartridge_label(parse_cartridge_barcode(barcode), stock(stock_name), style, dpi)


def thing(name: str, dpi: int | None = None) -> Layout:
    label, stock_name = THINGS[name]
    return thing_label(label, stock(stock_name), dpi)


def label_pdf(layout: Layout, stock_name: str) -> bytes:
    out = BytesIO()
    labels_to_pdf([layout], alone(stock(stock_name)), out, title="one label")
    return out.getvalue()
