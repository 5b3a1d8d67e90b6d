"""Figures of the labels package, each beside its floor in the same run: `PYTHONPATH=tests/labels:. python tests/labels/bench_labels.py`.

Floor of the label rate: reportlab's own Standard39, one drawOn a label with the same bars, on the same sheets.
"""

import resource
import time
from io import BytesIO

from document_samples import manifest
from label_samples import cartridge
from reportlab.graphics.barcode.code39 import Standard39
from reportlab.pdfgen.canvas import Canvas

from labels.documents import render
from labels.stock import spot, stock
from labels.writers import labels_to_pdf

STOCK = stock("lto-79x17-a4")
COUNT = 10_000
MM = 72 / 25.4


def barcodes(count: int = COUNT) -> list[str]:
    return [f"{n:06}L8" for n in range(1, count + 1)]


def ours(count: int = COUNT) -> bytes:
    out = BytesIO()
    labels_to_pdf((cartridge(b, stock_name=STOCK.name) for b in barcodes(count)), STOCK, out, title="bench")
    return out.getvalue()


def floor(count: int = COUNT) -> bytes:
    out = BytesIO()
    canvas = Canvas(
        out, pagesize=(STOCK.page.width * MM, STOCK.page.height * MM), pageCompression=1, invariant=1
    )
    x, quiet = 0.432 * MM, 4.32 * MM
    page = 0
    for index, text in enumerate(barcodes(count)):
        place = spot(STOCK, index)
        if place.page != page:
            canvas.showPage()
            page = place.page
        bars = Standard39(
            text,
            barWidth=x,
            ratio=2.75,
            barHeight=11.1 * MM,
            gap=x,
            lquiet=quiet,
            rquiet=quiet,
            checksum=0,
            stop=1,
        )
        bars.drawOn(canvas, place.x * MM, (STOCK.page.height - place.y) * MM)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def timed(make) -> tuple[float, bytes]:
    started = time.perf_counter()
    made = make()
    return time.perf_counter() - started, made


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    ours(100), floor(100)
    start_mb = peak_mb()
    our_s, our_pdf = timed(ours)
    after_mb = peak_mb()
    floor_s, floor_pdf = timed(floor)
    few = len(ours(24))
    manifest_s, rendered = timed(lambda: render(manifest(5000)))
    print(f"{COUNT:,} cartridge labels to PDF   {COUNT / our_s:10,.0f} /s")
    print(
        f"  reportlab Standard39.drawOn  {COUNT / floor_s:10,.0f} /s   ratio {floor_s / our_s:.2f}   (wanted >= 0.80)"
    )
    print(
        f"  bytes a label                {(len(our_pdf) - few) / (COUNT - 24):10.1f}      whole file {len(our_pdf) / COUNT:.1f}   (wanted <= 100; floor {len(floor_pdf) / COUNT:.0f})"
    )
    print(f"  memory grown by              {after_mb - start_mb:10.1f} MB")
    print(
        f"5,000-line manifest, PDF/A     {manifest_s:10.2f} s    {len(rendered.pdf) / 1000:.0f} kB   (wanted <= 5 s)"
    )


if __name__ == "__main__":
    main()
