"""Draws the pictures of docs/labels.md: `PYTHONPATH=tests/labels:. python tests/labels/draw_pictures.py`."""

from pathlib import Path

import pypdfium2
from document_samples import every_document
from label_samples import STYLES, THINGS, cartridge, label_pdf, thing
from PIL import Image

from labels.documents import render

OUT = Path(__file__).parents[2] / "docs" / "labels"
GREY = (150, 150, 150)
GAP = 14


def page(pdf: bytes, dpi: int, number: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[number].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()


def mounted(pictures: list[Image.Image], width: int) -> Image.Image:
    """Side by side in rows of at most `width`, on grey."""
    rows: list[list[Image.Image]] = [[]]
    for picture in pictures:
        if rows[-1] and sum(p.width + GAP for p in rows[-1]) + picture.width + GAP > width:
            rows.append([])
        rows[-1].append(picture)
    sheet = Image.new("RGB", (width, sum(max(p.height for p in row) + GAP for row in rows) + GAP), GREY)
    y = GAP
    for row in rows:
        x = GAP
        for picture in row:
            sheet.paste(picture, (x, y))
            x += picture.width + GAP
        y += max(p.height for p in row) + GAP
    return sheet


def saved(picture: Image.Image, name: str) -> None:
    picture.quantize(96, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    barcodes = ("ABC012L8", "XYZ345LA", "WRM678LY", "CLN901CU")
    cartridges = [
        label_pdf(cartridge(b, style), "roll-79x17") for b, style in zip(barcodes, STYLES, strict=True)
    ]
    squeezed = label_pdf(cartridge("ABC012L8", stock_name="avery-zweckform-3420"), "avery-zweckform-3420")
    saved(mounted([page(pdf, 130) for pdf in [*cartridges, squeezed]], 850), "cartridge-labels")
    shown = [name for name in THINGS if not name.endswith("on a sheet")]
    saved(mounted([page(label_pdf(thing(n), THINGS[n][1]), 76) for n in shown], 1000), "other-labels")
    for name, document in every_document().items():
        saved(page(render(document).pdf, 72), name)
    saved(page(render(every_document()["manifest"], language="de").pdf, 72), "manifest-german")


if __name__ == "__main__":
    main()
