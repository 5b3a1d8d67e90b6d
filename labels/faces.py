"""The four embedded faces: where they are, how wide their text is, what they cannot draw."""

from bisect import bisect_right
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from labels.layout import Face

CAP_HEIGHT = {Face.SANS: 0.727, Face.SANS_BOLD: 0.727, Face.MONO: 0.73, Face.MONO_BOLD: 0.73}
# No line of a page holds more; what is longer is cut before it is measured.
MOST_CHARACTERS = 2000
ELLIPSIS = "…"
REPLACEMENT = "\ufffd"


# While reportlab cuts the glyphs of a file out of a face it reads with one position for all threads: two at a time read
# each other's glyphs. Held while a file is saved.
EMBEDDING = Lock()


@cache
def font(face: Face) -> TTFont:
    """The loaded font, registered with reportlab under the face's own name."""
    path = files("labels.fonts").joinpath(f"{face.value}.ttf")
    made = TTFont(face.value, str(path))
    pdfmetrics.registerFont(made)
    return made


def register_faces() -> None:
    # reportlab's setting is the process's: streams as bytes, not as text a quarter longer.
    rl_config.useA85 = 0
    for face in Face:
        font(face)


@lru_cache(maxsize=65536)
def text_width(text: str, size: float, face: Face) -> float:
    """In the unit of `size`."""
    width: float = font(face).stringWidth(text, size)
    return width


@lru_cache(maxsize=65536)
def drawable(text: str, face: Face) -> str:
    """`text` with what the face has no glyph for as U+FFFD, so that a gap is seen and never a silent blank."""
    if text.isascii() and text.isprintable():
        return text
    known = font(face).face.charToGlyph
    return "".join(character if ord(character) in known else REPLACEMENT for character in text)


def shortened(text: str, size: float, face: Face, most: float) -> str:
    """`text`, or as much of it as fits in `most` with an ellipsis."""
    if len(text) <= MOST_CHARACTERS and text_width(text, size, face) <= most:
        return text
    return text[: fitting_length(text, size, face, most - text_width(ELLIPSIS, size, face))] + ELLIPSIS


def fitting_length(text: str, size: float, face: Face, most: float) -> int:
    """How many characters from the start are no wider than `most`."""
    measured = text[:MOST_CHARACTERS]
    return bisect_right(
        range(1, len(measured) + 1), most, key=lambda n: font(face).stringWidth(measured[:n], size)
    )


def fitting_size(text: str, size: float, face: Face, most: float) -> float:
    """`size`, or the smaller one at which `text` is as wide as `most`."""
    width = text_width(text, size, face)
    return size if width <= most else size * most / width
