from labels.symbols.cartridge_barcode import (
    CartridgeBarcode,
    CartridgeKind,
    MediaId,
    media_ids,
    parse_cartridge_barcode,
)
from labels.symbols.check_character import check_character, with_check, without_check
from labels.symbols.code39 import code39
from labels.symbols.code128 import code128, gs1_check_digit, gs1_sscc
from labels.symbols.linear import Glyph, LinearSymbol, Symbology
from labels.symbols.matrix import Correction, MatrixSymbol, data_matrix, qr
from labels.symbols.pitch import CARTRIDGE_PITCH, Pitch, snapped, snapped_module
from labels.symbols.series import Series, parse_series, refuse_taken

__all__ = [
    "CARTRIDGE_PITCH",
    "CartridgeBarcode",
    "CartridgeKind",
    "Correction",
    "Glyph",
    "LinearSymbol",
    "MatrixSymbol",
    "MediaId",
    "Pitch",
    "Series",
    "Symbology",
    "check_character",
    "code39",
    "code128",
    "data_matrix",
    "gs1_check_digit",
    "gs1_sscc",
    "media_ids",
    "parse_cartridge_barcode",
    "parse_series",
    "qr",
    "refuse_taken",
    "snapped",
    "snapped_module",
    "with_check",
    "without_check",
]
