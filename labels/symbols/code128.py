"""Code 128 and GS1-128. python-barcode chooses the code sets."""

from functools import lru_cache

from barcode.codex import Code128, Gs1_128

from labels.errors import SsccError, UnencodableTextError
from labels.symbols.linear import Glyph, LinearSymbol, Symbology, glyph_of

CHARACTER_MODULES = 11
STOP_MODULES = 13
SSCC_APPLICATION_ID = "00"
SSCC_DIGITS = 18


def code128(text: str, module_mm: float) -> LinearSymbol:
    """`text` is printable ASCII. The module of the drawn symbol is `module_mm` wide."""
    if not text or not all(" " <= character <= "~" for character in text):
        raise UnencodableTextError(text, "Code 128")
    return _symbol(Symbology.CODE_128, text, Code128(text).build()[0], module_mm)


def gs1_sscc(sscc: str, module_mm: float) -> LinearSymbol:
    """FNC1, application identifier 00 and the 18 digits; a GS1 reader shows (00) before them."""
    checked_sscc(sscc)
    pattern = Gs1_128(SSCC_APPLICATION_ID + sscc).build()[0]
    return _symbol(Symbology.GS1_128, SSCC_APPLICATION_ID + sscc, pattern, module_mm)


def gs1_check_digit(digits: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def checked_sscc(sscc: str) -> str:
    if len(sscc) != SSCC_DIGITS or not sscc.isascii() or not sscc.isdigit():
        raise SsccError(sscc, f"it needs {SSCC_DIGITS} digits")
    if gs1_check_digit(sscc[:-1]) != sscc[-1]:
        raise SsccError(sscc, f"its check digit should be {gs1_check_digit(sscc[:-1])}")
    return sscc


def _symbol(symbology: Symbology, text: str, pattern: str, module_mm: float) -> LinearSymbol:
    body, stop = pattern[:-STOP_MODULES], pattern[-STOP_MODULES:]
    cuts = [body[at : at + CHARACTER_MODULES] for at in range(0, len(body), CHARACTER_MODULES)]
    glyphs = tuple(_glyph(modules, module_mm) for modules in (*cuts, stop))
    return LinearSymbol(symbology, text, module_mm, glyphs)


@lru_cache(maxsize=1024)
def _glyph(modules: str, module_mm: float) -> Glyph:
    return glyph_of(f"{int(modules, 2):x}", modules, {count: count * module_mm for count in range(1, 5)})
