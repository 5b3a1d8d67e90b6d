import pytest
from label_samples import SSCC, STYLES, THINGS, cartridge, thing

from labels.designs import (
    BadgeLabel,
    CartridgeStyle,
    Colours,
    ContainerLabel,
    DiskLabel,
    PlaceLabel,
    SealLabel,
    cartridge_fit,
    cartridge_stocks,
    thing_label,
)
from labels.designs.cartridge import DIGIT_COLOURS
from labels.errors import DotPitchError, OpaquePayloadError, SsccError, StockTooSmallError
from labels.layout import Bars, Box, Modules, Text
from labels.stock import stock, stocks
from labels.symbols import Symbology, without_check

ROOMY = "roll-100x50"


def texts(layout) -> list[str]:
    return [element.text for element in layout.flat() if isinstance(element, Text)]


def test_each_digit_has_its_own_colour_and_letters_have_none():
    fills = [element.fill for element in cartridge("AB0123L8").flat() if isinstance(element, Box)]
    assert fills == ["#ffffff", "#ffffff", *(DIGIT_COLOURS[digit] for digit in "0123"), "#ffffff"]
    assert len(set(DIGIT_COLOURS.values())) == 10


def test_plain_labels_are_black_and_white():
    layout = cartridge("AB0123L8", CartridgeStyle(colours=Colours.PLAIN))
    assert {element.fill for element in layout.flat() if isinstance(element, Box | Text)} == {
        "#000000",
        "#ffffff",
    }


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_the_text_above_the_bars_is_the_barcode(style):
    assert "".join(texts(cartridge("ABC012L8", style))) == "ABC012L8"


def test_the_79_mm_stocks_are_in_specification_and_3420_is_for_hand_scanners():
    verdicts = {
        name: cartridge_fit(of).in_specification
        for name, of in stocks().items()
        if "79x17" in name or "3420" in name
    }
    assert verdicts.pop("avery-zweckform-3420") is False
    assert len(verdicts) == 4
    assert all(verdicts.values())


def test_a_squeezed_label_says_on_itself_that_it_is_for_hand_scanners():
    assert "HAND SCANNER ONLY" in texts(cartridge("ABC001L8", stock_name="avery-zweckform-3420"))
    assert "HAND SCANNER ONLY" not in texts(cartridge("ABC001L8"))


def test_stock_too_small_for_a_cartridge_label_is_refused_with_the_sizes():
    with pytest.raises(
        StockTooSmallError, match=r"at least 43\.9 by 15\.3 mm; this stock has 25\.4 by 10\.0"
    ):
        cartridge_fit(stock("avery-l8658"))


def test_a_squeezed_bar_code_is_not_promised_on_printer_dots():
    with pytest.raises(DotPitchError):
        cartridge_fit(stock("avery-zweckform-3420"), 300)


def test_a_cartridge_label_on_larger_stock_is_outlined_to_be_cut():
    layout = cartridge("ABC001L8", stock_name="roll-100x50")
    outline = [element for element in layout.flat() if isinstance(element, Box) and element.fill is None]
    assert [(box.width, box.height) for box in outline] == [(79.0, 17.0)]


@pytest.mark.parametrize("name", THINGS)
def test_everything_on_a_label_stays_inside_its_edges(name):
    layout = thing(name)
    edge = stock(THINGS[name][1]).edge
    for element in layout.flat():
        match element:
            case Bars(x, y, height, symbol):
                quiet = symbol.quiet_mm()
                assert x - quiet >= edge - 0.01
                assert x + symbol.width_mm + quiet <= layout.width - edge + 0.01
                assert edge <= y <= y + height <= layout.height - edge
            case Modules(x, y, module, symbol):
                quiet, side = module * symbol.quiet_modules, module * symbol.modules
                assert side >= 10
                assert min(x, y) - quiet >= edge - 0.01
                assert max(x + side + quiet - layout.width, y + side + quiet - layout.height) <= 0.01 - edge
            case Text(_, y, _, size):
                assert edge <= y - size * 0.7 <= y <= layout.height - edge + 0.01
            case Box():
                pass


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("dpi", [300, 600])
def test_codes_for_a_printer_are_whole_dots(name, dpi):
    for element in thing(name, dpi).flat():
        width = {Bars: lambda e: e.symbol.narrow_mm, Modules: lambda e: e.module_mm}.get(type(element))
        if width:
            assert width(element) * dpi / 25.4 == pytest.approx(round(width(element) * dpi / 25.4), abs=1e-6)


def test_a_disk_label_ends_in_its_check_character():
    layout = thing_label(DiskLabel("D7K2M4"), stock(ROOMY))
    assert without_check(layout.payload) == "D7K2M4"
    assert layout.payload in texts(layout)


@pytest.mark.parametrize(
    "label",
    [
        ContainerLabel("Dr Who"),
        ContainerLabel("Acme Clinic", SSCC),
        DiskLabel("patient 12"),
        PlaceLabel("Shelf B", "B"),
        SealLabel(""),
        SealLabel("A" * 33),
        BadgeLabel("Jane.Doe", "Jane"),
        BadgeLabel("A--B", "x"),
        BadgeLabel("A^XZ", "x"),
    ],
    ids=repr,
)
def test_a_payload_that_could_be_a_name_is_refused(label):
    with pytest.raises(OpaquePayloadError, match="never a name or free text"):
        thing_label(label, stock(ROOMY))


def test_a_wrong_sscc_is_refused():
    with pytest.raises(SsccError):
        thing_label(ContainerLabel("C-0117", "006141411234567899"), stock(ROOMY))


@pytest.mark.parametrize(
    "label",
    [
        DiskLabel("D7K2M4"),
        SealLabel("004711"),
        ContainerLabel("C-0117", SSCC),
        PlaceLabel("L-B04", "B-04", "Vault"),
    ],
    ids=lambda label: type(label).__name__,
)
def test_labels_refuse_stock_on_which_nobody_could_scan_them(label):
    with pytest.raises(StockTooSmallError, match=r"this stock has 25\.4 by 10\.0"):
        thing_label(label, stock("avery-l8658"))


def test_long_captions_are_shortened_and_never_leave_the_label():
    layout = thing_label(
        PlaceLabel("L-B04", "B-04", "A very long way to this shelf " * 8), stock("avery-l7160")
    )
    assert any(text.endswith("…") for text in texts(layout))


def test_what_the_faces_cannot_draw_is_seen_as_a_gap():
    layout = thing_label(BadgeLabel("B1", "李雷", "Handler"), stock("roll-86x54"))
    assert "\ufffd\ufffd" in texts(layout)


def test_the_symbology_can_be_chosen_for_the_scanner_at_hand():
    linear = thing_label(DiskLabel("D7K2M4", symbology=Symbology.CODE_128), stock(ROOMY))
    assert any(isinstance(element, Bars) for element in linear.flat())


def test_the_stocks_for_cartridges_are_told_with_how_they_come_out():
    anywhere, on_dots = cartridge_stocks(), cartridge_stocks(300)
    assert anywhere["roll-79x17"].in_specification
    assert not anywhere["avery-zweckform-3420"].in_specification
    assert "avery-l8658" not in anywhere
    assert "avery-zweckform-3420" not in on_dots
    assert on_dots["roll-79x17"].pitch.dots == (5, 14)
    assert cartridge_stocks(203) == {}


def test_ten_megabytes_of_text_are_shortened_at_once():
    layout = thing_label(PlaceLabel("L-1", "B-04", "x" * 10_000_000), stock("avery-l7160"))
    assert max(len(text) for text in texts(layout)) < 200
