"""What a logo has to be: a PNG that any reader opens, of bounded size."""

from dataclasses import dataclass
from io import BytesIO

from service.errors import InvalidInputError

MOST_BYTES = 500_000
MOST_PIXELS = 2_000  # on either side; it is printed 42 mm wide
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_BYTES = 33  # signature and the first chunk, which has width and height


@dataclass(frozen=True, slots=True)
class LogoSize:
    width: int
    height: int


def check_logo(png: bytes) -> LogoSize:
    """Its size in pixels. The whole picture is decoded, so that no document fails on it later. Raises InvalidInputError."""
    if not png:
        raise _refused("Choose a PNG file.")
    if len(png) > MOST_BYTES:
        raise _refused(f"It has {len(png):,} bytes; at most {MOST_BYTES:,} are taken.")
    if not png.startswith(SIGNATURE) or png[12:16] != b"IHDR" or len(png) < HEADER_BYTES:
        raise _refused("It is no PNG picture.")
    # Before anything is decoded: a small file can claim a picture that fills the memory.
    size = LogoSize(int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big"))
    if not (0 < size.width <= MOST_PIXELS and 0 < size.height <= MOST_PIXELS):
        raise _refused(
            f"It is {size.width:,} × {size.height:,} pixels; at most {MOST_PIXELS:,} on a side are taken."
        )
    _decode(png)
    return size


def _decode(png: bytes) -> None:
    from PIL import Image

    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for a broken file
        raise _refused("It is no PNG picture that can be read.") from error


def _refused(text: str) -> InvalidInputError:
    return InvalidInputError(f"The logo was not saved. {text}", fields={"logo": text})
