from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from label_readers import framed, from_png, read_by_both
from label_samples import BARCODES, STYLES, THINGS, cartridge, thing

import labels
from labels.designs import PlaceLabel, thing_label
from labels.layout import Layout, Modules
from labels.stock import stock
from labels.symbols import Symbology
from labels.writers import label_to_svg

FONTS = [str(path) for path in (Path(labels.__file__).parent / "fonts").glob("*.ttf")]


def picture(layout: Layout, dpi: int = 300):
    png = resvg_py.svg_to_bytes(
        svg_string=label_to_svg(layout), font_files=FONTS, dpi=dpi, skip_system_fonts=True
    )
    return from_png(bytes(png))


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.reading}, {style.colours}")
def test_the_preview_of_a_cartridge_label_is_read_by_both_readers(style):
    for barcode in BARCODES:
        assert read_by_both(picture(cartridge(barcode, style))) == ({barcode}, {barcode})


@pytest.mark.parametrize("name", THINGS)
def test_the_preview_of_every_other_label_is_read_by_both_readers(name):
    layout = thing(name)
    image = framed(picture(layout), 20)
    matrix = any(
        isinstance(e, Modules) and e.symbol.symbology is Symbology.DATA_MATRIX for e in layout.flat()
    )
    assert read_by_both(image, data_matrix=matrix) == ({layout.payload}, {layout.payload})


def test_the_preview_has_the_labels_true_size():
    root = ET.fromstring(label_to_svg(cartridge("ABC001L8")))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("79mm", "17mm", "0 0 79 17")


def test_the_preview_needs_no_style_and_no_script_of_the_page():
    svg = label_to_svg(thing("badge"))
    assert "style" not in svg
    assert "<script" not in svg


def test_text_cannot_become_markup():
    layout = thing_label(PlaceLabel("L-1", "<b>&\"'", "</text><script>x</script>"), stock("roll-100x50"))
    root = ET.fromstring(label_to_svg(layout))
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "</text><script>x</script>" in words
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
