import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_samples import THINGS, cartridge, thing

from labels.designs import BadgeLabel, thing_label
from labels.errors import UnsnappedError
from labels.stock import Calibration, stock
from labels.writers import label_to_zpl
from labels.writers.zpl import field

COMMAND = re.compile(r"[\^~][A-Z0-9]{1,2}")


def commands(zpl: bytes) -> list[str]:
    return COMMAND.findall(zpl.decode("ascii"))


@pytest.mark.parametrize(("dpi", "module"), [(300, "^BY5,2.8,132"), (600, "^BY10,2.8,265")])
def test_a_cartridge_label_is_native_code_39_without_check_digit(dpi, module):
    zpl = label_to_zpl(cartridge("ABC001L8", dpi=dpi), dpi).decode()
    height = module.rsplit(",", 1)[1]
    assert f"{module}^B3N,N,{height},N,N^FH_^FDABC001L8^FS" in zpl


@pytest.mark.parametrize(("dpi", "size"), [(300, "^PW933\n^LL201"), (600, "^PW1866\n^LL402")])
def test_the_format_states_the_labels_size_and_one_copy(dpi, size):
    zpl = label_to_zpl(cartridge("ABC001L8", dpi=dpi), dpi).decode()
    assert zpl.startswith("^XA\n^CI28\n")
    assert size in zpl
    assert zpl.endswith("^PQ1\n^XZ\n")


def test_bars_laid_out_for_no_printer_or_another_one_are_refused():
    with pytest.raises(UnsnappedError, match="Lay the label out with dpi=300"):
        label_to_zpl(cartridge("ABC001L8"), 300)
    with pytest.raises(UnsnappedError):
        label_to_zpl(cartridge("ABC001L8", dpi=300), 203)
    with pytest.raises(UnsnappedError):
        label_to_zpl(thing("container"), 300)


@given(st.text(max_size=60))
def test_no_text_can_end_its_field_or_start_a_command(text):
    data = field(text)
    inner = data.removeprefix("^FH_^FD").removesuffix("^FS")
    assert not set(inner) & set("^~\\\r\n")
    assert inner.isascii()
    decoded = re.sub(rb"_([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), inner.encode())
    assert decoded.decode() == text


def test_commands_in_a_name_reach_the_printer_as_text():
    harmless = thing_label(BadgeLabel("B1", "Handler 2"), stock("roll-86x54"), 300)
    hostile = thing_label(BadgeLabel("B1", "^XZ~JR^XA_5E"), stock("roll-86x54"), 300)
    assert sorted(set(commands(label_to_zpl(hostile, 300)))) == sorted(
        set(commands(label_to_zpl(harmless, 300)))
    )
    assert b"_5EXZ_7EJR_5EXA_5F5E" in label_to_zpl(hostile, 300)


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("dpi", [300, 600])
def test_every_field_starts_on_the_label(name, dpi):
    layout = thing(name, dpi)
    zpl = label_to_zpl(layout, dpi).decode()
    for x, y in re.findall(r"\^FO(\d+),(\d+)", zpl):
        assert int(x) < layout.width * dpi / 25.4
        assert int(y) < layout.height * dpi / 25.4


@pytest.mark.parametrize("name", THINGS)
def test_no_format_holds_a_tilde_which_begins_a_command_of_its_own(name):
    assert b"~" not in label_to_zpl(thing(name, 300), 300)


def test_a_printers_offset_shifts_the_label_and_nothing_else_does():
    layout = cartridge("ABC001L8", dpi=300)
    assert not {"^LS", "^LT"} & set(commands(label_to_zpl(layout, 300)))
    moved = label_to_zpl(layout, 300, calibration=Calibration(1.0, -0.5)).decode()
    assert "^LS-12\n^LT-6" in moved


def test_copies_are_bounded():
    layout = cartridge("ABC001L8", dpi=300)
    assert b"^PQ999\n" in label_to_zpl(layout, 300, copies=10**9)
    assert b"^PQ1\n" in label_to_zpl(layout, 300, copies=0)


def test_a_qr_code_goes_as_a_picture_of_exactly_its_modules():
    layout = thing("badge", 300)
    total, row_bytes, data = re.search(
        rb"\^GFA,(\d+),\d+,(\d+),([0-9A-F]+)\^FS", label_to_zpl(layout, 300)
    ).groups()
    assert len(data) == int(total) * 2
    assert int(total) % int(row_bytes) == 0
