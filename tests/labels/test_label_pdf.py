from io import BytesIO
from itertools import islice

import pikepdf
import pypdfium2
import pytest
from label_readers import read_by_both, rendered
from label_samples import cartridge, label_pdf
from pikepdf import Name
from vector_geometry import filled, page_size_mm

from labels.errors import StockPositionError, StockTooSmallError
from labels.stock import Calibration, stock
from labels.symbols import parse_series
from labels.writers import calibration_to_pdf, labels_to_pdf


def printed(barcodes, stock_name="lto-79x17-a4", **options) -> bytes:
    out = BytesIO()
    labels_to_pdf(
        (cartridge(b, stock_name=stock_name) for b in barcodes),
        stock(stock_name),
        out,
        title="series",
        **options,
    )
    return out.getvalue()


def test_a_sheet_of_labels_is_read_whole_by_both_readers():
    barcodes = parse_series("ABC001L8..ABC024L8").barcodes
    assert read_by_both(rendered(printed(barcodes), 300)) == (set(barcodes), set(barcodes))


def test_a_dense_sheet_is_read_whole_by_both_readers():
    barcodes = parse_series("ABC001L8..ABC030L8").barcodes
    assert read_by_both(rendered(printed(barcodes, "lto-79x17-a4-dense"), 300)) == (
        set(barcodes),
        set(barcodes),
    )


def test_the_first_labels_of_a_used_sheet_stay_empty():
    pdf = printed(parse_series("ABC001L8..ABC003L8").barcodes, start_at=23)
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    assert read_by_both(rendered(pdf, 200))[0] == {"ABC001L8", "ABC002L8"}
    assert read_by_both(rendered(pdf, 200, page=1))[0] == {"ABC003L8"}


def test_a_place_the_sheet_does_not_have_prints_nothing():
    out = BytesIO()
    with pytest.raises(StockPositionError):
        labels_to_pdf([cartridge("ABC001L8")], stock("lto-79x17-a4"), out, title="t", start_at=25)
    assert out.getvalue() == b""


def test_the_same_series_gives_the_same_bytes():
    barcodes = parse_series("ABC001L8..ABC050L8").barcodes
    assert printed(barcodes) == printed(barcodes)


def test_only_our_embedded_faces_are_named_in_the_file():
    with pikepdf.open(BytesIO(printed(["ABC001L8"]))) as pdf:
        faces = [
            o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get(Name.Type) == Name.Font
        ]
        assert faces
        assert all(
            "+Strongroom" in str(face.BaseFont) and Name.FontFile2 in face.FontDescriptor for face in faces
        )


def test_a_thousand_labels_cost_less_than_a_hundred_bytes_each():
    few, many = (
        printed(parse_series("000001L8..000024L8").barcodes),
        printed(parse_series("000001L8..001024L8").barcodes),
    )
    assert (len(many) - len(few)) / 1000 <= 100


def test_labels_may_come_from_a_generator_that_is_read_once():
    endless = (f"{n:06}L8" for n in range(10**9))
    assert len(pypdfium2.PdfDocument(printed(islice(endless, 25)))) == 2


def test_no_labels_make_one_empty_page_and_no_error():
    assert len(pypdfium2.PdfDocument(printed([]))) == 1


def rules_of(pdf: bytes) -> tuple[tuple[float, float], tuple[float, float]]:
    """(left of the upright rule, top of the lying rule), (length across, length down)."""
    boxes = filled(pdf)
    lying = max(boxes, key=lambda box: box.width)
    upright = max(boxes, key=lambda box: box.height)
    return (upright.x + upright.width / 2, lying.y + lying.height / 2), (lying.width, upright.height)


def test_the_calibration_page_measures_fifty_and_a_hundred_millimetres():
    out = BytesIO()
    calibration_to_pdf(stock("lto-79x17-a4"), out)
    assert page_size_mm(out.getvalue()) == pytest.approx((210, 297), abs=0.01)
    corner, lengths = rules_of(out.getvalue())
    assert corner == pytest.approx((50, 50), abs=0.01)
    assert lengths == pytest.approx((100, 100), abs=0.01)


def test_a_calibrated_calibration_page_shows_what_the_calibration_does():
    out = BytesIO()
    calibration_to_pdf(stock("lto-79x17-letter"), out, Calibration(1.0, -2.0, 1.02, 0.98))
    corner, lengths = rules_of(out.getvalue())
    assert corner == pytest.approx((50 * 1.02 + 1, 50 * 0.98 - 2), abs=0.01)
    assert lengths == pytest.approx((102, 98), abs=0.01)


def test_a_roll_has_no_calibration_page():
    with pytest.raises(StockTooSmallError, match="calibration page"):
        calibration_to_pdf(stock("roll-79x17"), BytesIO())


def test_one_label_alone_is_one_page_of_its_size():
    assert page_size_mm(label_pdf(cartridge("ABC001L8"), "roll-79x17")) == pytest.approx((79, 17), abs=0.01)
