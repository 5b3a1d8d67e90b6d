"""Measured in the file that goes to the printer, not in the model it was drawn from."""

import itertools
from io import BytesIO

import pytest
from label_samples import BARCODES, STYLES, alone, cartridge, label_pdf
from vector_geometry import filled, page_size_mm

from labels.designs import cartridge_fit
from labels.stock import Calibration, stock
from labels.writers import labels_to_pdf

X_MM, RATIO, LEAST_BAR_MM, LABEL_MM = 0.432, 2.75, 11.1, (79.0, 17.0)
# Bars are the only tall things on the label; a cell of the text strip is under 6 mm.
TALL_MM = 8.0


def bars_of(pdf: bytes) -> list:
    return sorted(
        (box for box in filled(pdf) if box.height > TALL_MM and box.width < 3), key=lambda box: box.x
    )


@pytest.mark.parametrize("barcode", BARCODES)
def test_narrow_and_wide_elements_measure_within_one_per_cent(barcode):
    bars = bars_of(label_pdf(cartridge(barcode), "roll-79x17"))
    spaces = [right.x - left.x - left.width for left, right in itertools.pairwise(bars)]
    assert len(bars) == 5 * 10
    for width in [*(bar.width for bar in bars), *spaces]:
        assert width == pytest.approx(X_MM, rel=0.01) or width == pytest.approx(X_MM * RATIO, rel=0.01)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.reading}, {style.colours}")
def test_bars_are_high_enough_and_their_quiet_zones_are_empty(style):
    boxes = filled(label_pdf(cartridge("ABC001L8", style), "roll-79x17"))
    bars = [box for box in boxes if box.height > TALL_MM]
    left, right = min(bar.x for bar in bars), max(bar.x + bar.width for bar in bars)
    assert all(bar.height >= LEAST_BAR_MM for bar in bars)
    assert right - left == pytest.approx(151.5 * X_MM, rel=0.01)
    assert left >= 10 * X_MM
    assert LABEL_MM[0] - right >= 10 * X_MM
    assert all(box.x >= left - 0.01 and box.x + box.width <= right + 0.01 for box in boxes)


def test_colours_stand_beside_the_bars_and_never_behind_them():
    boxes = filled(label_pdf(cartridge("ABC012L8"), "roll-79x17"))
    top_of_bars = min(box.y for box in boxes if box.height > TALL_MM)
    coloured = [box for box in boxes if not box.grey]
    assert len(coloured) == 3
    assert all(box.y + box.height < top_of_bars for box in coloured)


@pytest.mark.parametrize(("dpi", "narrow", "wide"), [(300, 5, 14), (600, 10, 28)])
def test_widths_for_a_printer_are_whole_dots_in_the_file(dpi, narrow, wide):
    bars = bars_of(label_pdf(cartridge("ABC001L8", dpi=dpi), "roll-79x17"))
    dots = {round(bar.width * dpi / 25.4, 3) for bar in bars}
    assert dots == {float(narrow), float(wide)}


def test_the_page_is_the_label_to_a_hundredth_of_a_millimetre():
    assert page_size_mm(label_pdf(cartridge("ABC001L8"), "roll-79x17")) == pytest.approx(LABEL_MM, abs=0.01)


def test_labels_of_a_sheet_lie_where_the_stock_says():
    of, out = stock("lto-79x17-a4"), BytesIO()
    labels_to_pdf(
        [cartridge(b, stock_name=of.name) for b in ("ABC001L8", "ABC002L8", "ABC003L8")], of, out, title="t"
    )
    lefts = sorted({round(box.y + box.height, 2) for box in filled(out.getvalue()) if box.height > TALL_MM})
    assert lefts == [
        pytest.approx(of.top + 17 - 0.3, abs=0.02),
        pytest.approx(of.top + 20 + 17 - 0.3, abs=0.02),
    ]


def test_calibration_moves_and_scales_the_ink_about_the_top_left_corner():
    of, out = alone(stock("roll-79x17")), BytesIO()
    labels_to_pdf([cartridge("ABC001L8")], of, out, title="t", calibration=Calibration(1.5, -0.5, 1.01, 0.99))
    plain = bars_of(label_pdf(cartridge("ABC001L8"), "roll-79x17"))
    for moved, bar in zip(bars_of(out.getvalue()), plain, strict=True):
        assert moved.x == pytest.approx(bar.x * 1.01 + 1.5, abs=0.001)
        assert moved.y == pytest.approx(bar.y * 0.99 - 0.5, abs=0.001)
        assert moved.width == pytest.approx(bar.width * 1.01, abs=0.001)


def test_squeezed_stock_measures_what_its_fit_promises():
    of = stock("avery-zweckform-3420")
    bars = bars_of(label_pdf(cartridge("ABC001L8", stock_name=of.name), of.name))
    fit = cartridge_fit(of)
    assert not fit.in_specification
    assert fit.pitch.narrow_mm == pytest.approx(0.385, abs=0.001)
    assert min(bar.width for bar in bars) == pytest.approx(fit.pitch.narrow_mm, rel=0.01)
