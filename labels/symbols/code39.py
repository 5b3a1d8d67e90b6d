"""Code 39 without a check character, as cartridge labels want it. python-barcode knows the patterns."""

from functools import lru_cache

from barcode.codex import Code39

from labels.errors import UnencodableTextError
from labels.symbols.linear import Glyph, LinearSymbol, Symbology, glyph_of
from labels.symbols.pitch import Pitch

CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%")
# start, stop and text: 6 narrow + 3 wide elements each; one narrow gap between two of them
NARROW_PER_CHARACTER, WIDE_PER_CHARACTER = 6, 3
ENCODED_MODULES = 16  # the encoder's wide elements are three modules: 6 + 3 x 3, and the gap
START_STOP = "*"


def code39(text: str, pitch: Pitch) -> LinearSymbol:
    if not text or not CHARACTERS.issuperset(text):
        raise UnencodableTextError(text, "Code 39")
    glyphs = tuple(_glyph(character, pitch) for character in f"{START_STOP}{text}{START_STOP}")
    return LinearSymbol(Symbology.CODE_39, text, pitch.narrow_mm, glyphs, pitch.dots)


def code39_modules(length: int, ratio: float) -> float:
    """Width in X of a symbol with `length` text characters, without quiet zones: 151.5 for 8 at 2.75 : 1."""
    characters = length + 2
    return characters * (NARROW_PER_CHARACTER + WIDE_PER_CHARACTER * ratio) + characters - 1


@lru_cache(maxsize=512)
def _glyph(character: str, pitch: Pitch) -> Glyph:
    pattern = Code39("" if character == START_STOP else character, add_checksum=False).build()[0]
    offset = 0 if character == START_STOP else ENCODED_MODULES
    modules = pattern[offset : offset + ENCODED_MODULES - 1] + "0"
    return glyph_of(character, modules, {1: pitch.narrow_mm, 3: pitch.wide_mm})
