"""A reportlab canvas that keeps finished pages compressed, so that memory does not grow with their drawing operators."""

import zlib
from typing import BinaryIO

from reportlab.pdfbase.pdfdoc import PDFArray, PDFName, PDFPage, PDFStream
from reportlab.pdfgen.canvas import Canvas

from labels.layout import Face
from labels.stock import Size
from labels.writers.ink import POINTS_PER_MM


class FlatCanvas(Canvas):  # type: ignore[misc]  # reportlab has no type hints
    def _setAnnotations(self, page: PDFPage) -> None:  # noqa: N802  reportlab's name
        # The last hook before a page is stored. reportlab would keep its operators as text until the file is saved,
        # about a kilobyte a label.
        super()._setAnnotations(page)
        if isinstance(page, PDFPage) and page.stream:
            packed = PDFStream(content=zlib.compress(page.stream.encode("latin-1")))
            packed.dictionary["Filter"] = PDFArray([PDFName("FlateDecode")])
            page.Contents, page.stream = packed, None


def new_canvas(out: BinaryIO, page: Size) -> FlatCanvas:
    """Reproducible bytes; an initial face of our own keeps the built-in, unembedded one out of the file."""
    size = (page.width * POINTS_PER_MM, page.height * POINTS_PER_MM)
    return FlatCanvas(out, pagesize=size, invariant=1, pageCompression=1, initialFontName=Face.SANS.value)
