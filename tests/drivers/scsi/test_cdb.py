import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.scsi import cdb, commands
from drivers.scsi.cdb import DeviceType

GOLDEN = {
    "000000000000": commands.test_unit_ready(),
    "03000000fc00": commands.request_sense(),
    "120000006000": commands.inquiry(),
    "12018000ff00": commands.inquiry_page(0x80),
    "070000000000": commands.initialize_element_status(),
    "37010100000000020000": commands.initialize_range(0x100, 2),
    "e7010100000000020000": commands.initialize_range(0x100, 2, old=True),
    "a60000011001030110020000": commands.exchange_medium(1, 0x1001, 0x301, 0x1002),
    "151000000a00": commands.mode_select(bytes.fromhex("110400000000")),
    "2b020000000007000100": commands.locate(7, partition=1),
    "2b000000000007000000": commands.locate(7),
    "92020001000000000000000700000000": commands.locate_16(7, partition=1),
    "040001000000": commands.format_medium(commands.AS_PARTITIONED),
    "1a081d00ff00": commands.mode_sense(0x1D),
    "1a081f00ff00": commands.mode_sense(0x1F),
    "b81203e800280000ffff0000": commands.read_element_status(2, 1000, 40, tags=True),
    "b80401f400040100ffff0000": commands.read_element_status(4, 500, 4, tags=False, drive_ids=True),
    "b81203e800280200ffff0000": commands.read_element_status(2, 1000, 40, tags=True, current_data=True),
    "a50000001001030100000000": commands.move_medium(0, 0x1001, 0x301),
    "2b000001010000000000": commands.position_to_element(1, 0x100),
    "1e0000000100": commands.prevent_removal(prevent=True),
    "1e0000000000": commands.prevent_removal(prevent=False),
    "1b0003010000": commands.open_import_export(0x301),
    "1b0003010100": commands.close_import_export(0x301),
    "1b0000000100": commands.load(),
    "1b0000000800": commands.load(hold=True),
    "1b0000000000": commands.unload(),
    "4d006e00000000400000": commands.log_sense(0x2E),
    "8c000000000000000401000100000000": commands.read_attributes(0x0401),
    "8d010000000000000000000000050000": commands.write_attributes(b"\0" * 5),
    "a22000200000000010000000": commands.security_in(0x20),
    "b52000100000000000140000": commands.security_out(0x10, b"\0" * 20),
    "34060000000000000000": commands.read_position(),
    "44010000000000400000": commands.report_density(media=True),
    "a30c80000000000040000000": commands.report_opcodes(),
    "190100000000": commands.erase(long=True),
    "1101ffffff00": commands.space(commands.SPACE_FILEMARKS, -1),
}


@pytest.mark.parametrize(("block", "command"), GOLDEN.items())
def test_commands_are_encoded_byte_for_byte(block, command):
    assert command.cdb.hex() == block


def test_the_element_count_of_one_read_is_limited():
    command = commands.read_element_status(2, 0, 5000, tags=True)
    assert cdb.READ_ELEMENT_STATUS.decode(command.cdb)["count"] == 1000


LAYOUTS = [(device, layout) for device, table in cdb.LAYOUTS.items() for layout in table.values()]


@pytest.mark.parametrize(("device", "layout"), LAYOUTS, ids=lambda item: getattr(item, "name", ""))
@settings(max_examples=25)
@given(data=st.data())
def test_every_command_block_survives_a_round_trip(device, layout, data):
    values = {field.name: data.draw(st.integers(0, field.maximum)) for field in layout.fields}
    block = layout.encode(**values)
    assert len(block) == layout.length
    assert layout.decode(block) == values
    assert cdb.find_layout(device, block) is layout


def test_a_value_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        cdb.MOVE_MEDIUM.encode(source=0x10000)


def test_a_block_cut_short_is_a_protocol_error():
    with pytest.raises(ProtocolError):
        cdb.MOVE_MEDIUM.decode(b"\xa5\0\0")


def test_a_device_knows_only_commands_of_its_type():
    assert cdb.find_layout(DeviceType.TAPE, commands.move_medium(0, 1, 2).cdb) is None
    assert cdb.find_layout(DeviceType.CHANGER, b"") is None
    assert cdb.find_layout(DeviceType.TAPE, bytes((0x2B,)) + bytes(9)) is cdb.LOCATE_10
    assert cdb.find_layout(DeviceType.CHANGER, bytes((0x2B,)) + bytes(9)) is cdb.POSITION_TO_ELEMENT
