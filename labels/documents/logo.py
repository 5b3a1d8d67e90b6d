"""An organisation's logo, made safe for an archive: no transparency, known size."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from labels.errors import LogoError
from labels.stock import Size

MOST_BYTES = 2_000_000
MOST_PIXELS = 1600


def flat_logo(content: bytes) -> tuple[ImageReader, Size]:
    """Reader and pixel size. PDF/A wants no soft mask, so that transparency is laid on white. Raises LogoError."""
    if len(content) > MOST_BYTES:
        raise LogoError(f"it has {len(content)} bytes; at most {MOST_BYTES} are taken")
    try:
        picture = Image.open(BytesIO(content), formats=["PNG", "JPEG"])
        picture.thumbnail((MOST_PIXELS, MOST_PIXELS))
        layer = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise LogoError("it is no PNG or JPEG picture") from error
    flat = Image.new("RGB", layer.size, "white")
    flat.paste(layer, mask=layer)
    return ImageReader(flat), Size(float(flat.width), float(flat.height))
