"""Every label is rendered from its file and read back by two readers that share no code with each other."""

import random

import pytest
from label_readers import (
    blurred,
    faded,
    framed,
    read_by_both,
    read_by_zbar,
    read_by_zxing,
    rendered,
    turned,
)
from label_samples import BARCODES, STYLES, THINGS, cartridge, label_pdf, thing
from PIL import ImageDraw

from labels.layout import Modules
from labels.symbols import CARTRIDGE_PITCH, Symbology, parse_series

DPI = [200, 300, 600]
X_MM = CARTRIDGE_PITCH.narrow_mm
MATRIX = {
    name: any(
        isinstance(e, Modules) and e.symbol.symbology is Symbology.DATA_MATRIX for e in thing(name).flat()
    )
    for name in THINGS
}


def spoilt(image, dpi):
    """The picture itself, and what a hand, a printer and years do to it."""
    yield "as printed", image
    yield "turned +5°", turned(image, 5)
    yield "turned -5°", turned(image, -5)
    yield "blurred by a quarter of X", blurred(image, X_MM / 4 * dpi / 25.4)
    yield "15 % less contrast", faded(image, 0.15)


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.reading}, {style.colours}")
def test_every_cartridge_label_is_read_by_both_readers(style, dpi):
    for barcode in BARCODES if dpi < 600 else BARCODES[::3]:
        image = rendered(label_pdf(cartridge(barcode, style), "roll-79x17"), dpi)
        for how, picture in spoilt(image, dpi):
            assert read_by_both(picture) == ({barcode}, {barcode}), f"{barcode} {how}"


@pytest.mark.parametrize("dpi", [300, 600])
def test_labels_snapped_to_a_printers_dots_are_read_by_both_readers(dpi):
    for barcode in BARCODES:
        image = rendered(label_pdf(cartridge(barcode, dpi=dpi), "roll-79x17"), dpi)
        assert read_by_both(image) == ({barcode}, {barcode})


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("name", THINGS)
def test_every_label_of_a_thing_is_read_by_both_readers(name, dpi):
    layout = thing(name)
    image = rendered(label_pdf(layout, THINGS[name][1]), dpi)
    for how, picture in spoilt(image, dpi):
        assert read_by_both(picture, data_matrix=MATRIX[name]) == ({layout.payload}, {layout.payload}), how


def test_the_hand_scanner_stock_is_read_from_the_resolution_of_a_hand_scanner_on():
    pdf = label_pdf(cartridge("ABC001L8", stock_name="avery-zweckform-3420"), "avery-zweckform-3420")
    for dpi in (300, 600):
        assert read_by_both(framed(rendered(pdf, dpi), 20)) == ({"ABC001L8"}, {"ABC001L8"})


def scratched(image, chance: random.Random):
    """Strokes of dirt or missing ink across the bars, as wide as an element or three, and one smear."""
    picture = image.copy()
    pen = ImageDraw.Draw(picture)
    for _ in range(chance.randint(1, 4)):
        x, slant = chance.randrange(picture.width), chance.randint(-30, 30)
        width, shade = chance.randint(2, 14), chance.choice([0, 255])
        pen.line([(x, 0), (x + slant, picture.height)], fill=shade, width=width)
    left = chance.randrange(picture.width)
    smear = picture.crop((left, 0, left + 40, picture.height))
    picture.paste(blurred(smear, chance.uniform(0, 4)), (left, 0))
    return picture


def test_a_damaged_label_never_reads_as_another_barcode_of_its_series(record_property):
    chance = random.Random(39)  # the same damage in every run
    series = parse_series("ABC001L8..ABC400L8")
    counts = {"right": 0, "unread": 0, "wrong": 0, "not of the series": 0}
    for barcode in chance.sample(series.barcodes, 60):
        image = rendered(label_pdf(cartridge(barcode), "roll-79x17"), 300)
        for _ in range(5):
            picture = scratched(image, chance)
            for read in (read_by_zxing(picture), read_by_zbar(picture)):
                others = read - {barcode}
                counts["right"] += barcode in read
                counts["unread"] += not read
                counts["wrong"] += bool(others & set(series.barcodes))
                counts["not of the series"] += bool(others - set(series.barcodes))
    record_property("damage", counts)
    print("damaged labels:", counts)
    assert counts["wrong"] == 0
    # Were nothing right or nothing unread, the damage would prove nothing.
    assert min(counts["right"], counts["unread"]) >= 30
