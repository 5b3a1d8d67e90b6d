import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.errors import CalibrationError, StockPositionError, UnknownStockError
from labels.stock import Stock, calibration_from, spot, stock, stocks

ALL = list(stocks().values())


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.name)
def test_every_label_of_a_stock_lies_on_its_page(of: Stock):
    last = spot(of, of.per_page - 1)
    assert last.page == 0
    # Half a millimetre: the makers' inch sizes are rounded.
    assert last.x + of.label.width <= of.page.width + 0.5
    assert last.y + of.label.height <= of.page.height + 0.5


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.name)
def test_labels_of_a_stock_do_not_overlap(of: Stock):
    spots = [spot(of, index) for index in range(of.per_page)]
    for one, other in itertools.combinations(spots, 2):
        apart = (
            abs(one.x - other.x) >= of.label.width - 0.01 or abs(one.y - other.y) >= of.label.height - 0.01
        )
        assert apart


def test_a_used_sheet_is_begun_at_its_first_free_label():
    of = stock("lto-79x17-a4")
    assert spot(of, 0, start_at=24) == spot(of, 23)
    assert spot(of, 1, start_at=24).page == 1
    assert (spot(of, 1, start_at=24).x, spot(of, 1, start_at=24).y) == (of.left, of.top)


@pytest.mark.parametrize("start_at", [0, -1, 25])
def test_a_label_the_sheet_does_not_have_is_refused(start_at):
    with pytest.raises(StockPositionError, match="labels 1 to 24"):
        spot(stock("lto-79x17-a4"), 0, start_at)


def test_an_unknown_stock_lists_the_known_ones():
    with pytest.raises(UnknownStockError, match=r"avery-l7160, .*roll-79x17"):
        stock("avery-9999")


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(0.95, 1.05), st.floats(0.95, 1.05))
def test_calibration_undoes_what_the_printer_does(shift_x, shift_y, stretch_x, stretch_y):
    def printed(value, shift, stretch):
        return shift + stretch * value

    use = calibration_from(
        printed(50, shift_x, stretch_x), printed(50, shift_y, stretch_y), 100 * stretch_x, 100 * stretch_y
    )
    for wanted in (0, 50, 150, 210):
        assert printed(use.scale_x * wanted + use.offset_x_mm, shift_x, stretch_x) == pytest.approx(
            wanted, abs=1e-6
        )
        assert printed(use.scale_y * wanted + use.offset_y_mm, shift_y, stretch_y) == pytest.approx(
            wanted, abs=1e-6
        )


@pytest.mark.parametrize(
    "measured", [(10, 50, 100, 100), (50, 90, 100, 100), (50, 50, 60, 100), (50, 50, 100, 150)]
)
def test_measurements_that_cannot_be_are_refused(measured):
    with pytest.raises(CalibrationError, match="measure the printed calibration page again"):
        calibration_from(*measured)
