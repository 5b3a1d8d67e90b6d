"""Two independent readers for every symbology, and the ways paper spoils a picture."""

from io import BytesIO

import arbez_dmtx
import pypdfium2
import zxingcpp
from parts import need
from PIL import Image, ImageFilter

try:
    from pyzbar import pyzbar
except ImportError:
    need("zbar", present=False, how="install Debian's libzbar0")

POINTS_PER_INCH = 72
ZBAR_KINDS = [
    pyzbar.ZBarSymbol.CODE39,
    pyzbar.ZBarSymbol.CODE128,
    pyzbar.ZBarSymbol.QRCODE,
    pyzbar.ZBarSymbol.I25,
]


def rendered(pdf: bytes, dpi: int, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def read_by_zxing(image: Image.Image) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)}


def read_by_zbar(image: Image.Image) -> set[str]:
    return {found.data.decode() for found in pyzbar.decode(image, symbols=ZBAR_KINDS)}


def read_by_libdmtx(image: Image.Image) -> set[str]:
    return {found.data.decode() for found in arbez_dmtx.decode(image, timeout=3000, max_count=1)}


def read_by_both(image: Image.Image, *, data_matrix: bool = False) -> tuple[set[str], set[str]]:
    """DataMatrix goes to libdmtx, because zbar has none."""
    return read_by_zxing(image), (read_by_libdmtx if data_matrix else read_by_zbar)(image)


def turned(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def blurred(image: Image.Image, sigma_px: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(sigma_px))


def faded(image: Image.Image, loss: float) -> Image.Image:
    """Half of the lost contrast from the ink, half from the paper."""
    low, span = 255 * loss / 2, 1 - loss
    return image.point(lambda value: round(low + value * span))


def framed(image: Image.Image, margin_px: int) -> Image.Image:
    """White around the label: what lies beside it on the cartridge is the next thing's business."""
    frame = Image.new("L", (image.width + 2 * margin_px, image.height + 2 * margin_px), 255)
    frame.paste(image, (margin_px, margin_px))
    return frame


def from_png(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content)).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("L")
