"""A virtual tape drive's logical unit: identity, readiness and everything that is not data."""

from drivers.media_types import GENERATIONS, density_of, drive_writes
from drivers.scsi import cdb, inquiry, mode, stream
from drivers.scsi.partitions import PARTITION_PAGE
from drivers.scsi.stream import Activity, Density
from drivers.simulator import drive_bay, tape_data
from drivers.simulator.call import Call, Handler
from drivers.simulator.common_pages import (
    designator_page,
    inquiry_data,
    mode_data,
    serial_page,
    supported_pages,
)
from drivers.simulator.drive_memory import read_attribute, write_attribute
from drivers.simulator.drive_pages import log_sense
from drivers.simulator.drive_partitions import partition_page, take_wish
from drivers.simulator.drive_security import security_in, security_out
from drivers.simulator.drive_view import cartridge_of, drive_of
from drivers.simulator.faults import active
from drivers.simulator.reply import GOOD, INVALID_FIELD, Reply, refuse
from drivers.simulator.tape_motion import erase, locate, locate_16, read_position, rewind, space

REVISION = "0100"
BUFFERED, WRITE_PROTECT = 0x10, 0x80
COMPRESSION_PAGE = bytes((0x0F, 14, 0xC0, 0x80)) + bytes((0, 0, 0, 1)) * 2 + bytes(4)
DESCRIPTOR_LENGTH, MODE_HEADER = 8, 4
MAXIMUM_BLOCK_BYTES = 0x800000


def _inquiry(call: Call) -> Reply:
    drive = drive_of(call)
    if not call.fields["evpd"]:
        return Reply(inquiry_data(cdb.DeviceType.TAPE, (drive.vendor, drive.product, REVISION)))
    match call.fields["page"]:
        case 0x00:
            return Reply(supported_pages(cdb.DeviceType.TAPE, (0x00, 0x80, 0x83, 0xB0, 0xB1)))
        case inquiry.SERIAL_PAGE | inquiry.MANUFACTURER_SERIAL_PAGE as page:
            return Reply(serial_page(cdb.DeviceType.TAPE, drive.serial, page))
        case inquiry.DESIGNATOR_PAGE:
            return Reply(designator_page(cdb.DeviceType.TAPE, drive.vendor, drive.product, drive.serial))
        case 0xB0:
            return Reply(bytes((cdb.DeviceType.TAPE, 0xB0, 0, 2, 1, 0)))
        case _:
            raise refuse(INVALID_FIELD)


def _block_descriptor(call: Call) -> bytes:
    drive, cartridge = drive_of(call), cartridge_of(call)
    density = density_of(cartridge.barcode, drive.generation) if cartridge and drive.loaded else 0
    return bytes((density, 0, 0, 0, 0)) + drive.block_size.to_bytes(3, "big")


def _mode_sense(call: Call, *, header: int) -> Reply:
    pages = {
        0x0F: COMPRESSION_PAGE,
        0x10: bytes((0x10, 14)) + bytes(14),
        PARTITION_PAGE: partition_page(call),
    }
    wanted = call.fields["page"]
    if wanted not in {0x00, 0x3F, *pages}:
        raise refuse(INVALID_FIELD)
    body = b"".join(pages.values()) if wanted == 0x3F else pages.get(wanted, b"")  # noqa: PLR2004 - all pages
    cartridge = cartridge_of(call)
    protected = cartridge is not None and not _can_write(call)
    descriptor = b"" if call.fields["dbd"] else _block_descriptor(call)
    device_specific = BUFFERED | (WRITE_PROTECT if protected else 0)
    return Reply(mode_data(body, header=header, device_specific=device_specific, descriptor=descriptor))


def _can_write(call: Call) -> bool:
    drive, cartridge = drive_of(call), cartridge_of(call)
    return (
        cartridge is not None
        and not cartridge.write_protected
        and drive_writes(drive.generation, cartridge.barcode)
    )


def _mode_sense_6(call: Call) -> Reply:
    return _mode_sense(call, header=mode.HEADER_6)


def _mode_sense_10(call: Call) -> Reply:
    return _mode_sense(call, header=mode.HEADER_10)


def _mode_select(call: Call) -> Reply:
    """The block size (0 is variable), and what FORMAT MEDIUM shall make of the tape."""
    data = call.data_out[: call.fields["length"]]
    if len(data) < MODE_HEADER:
        return GOOD
    if len(data) >= MODE_HEADER + DESCRIPTOR_LENGTH and data[3] == DESCRIPTOR_LENGTH:
        drive_of(call).block_size = int.from_bytes(data[9:12], "big")
    if data[MODE_HEADER + data[3] :][:1] == bytes((PARTITION_PAGE,)):
        take_wish(call, data)
    call.folder.save()
    return GOOD


def _test_unit_ready(_: Call) -> Reply:
    return GOOD


def _load_unload(call: Call) -> Reply:
    state, drive = call.state, drive_of(call)
    cartridge = state.at(drive.address)
    if not call.fields["load"] and not call.fields["hold"]:
        if drive.prevented_by:
            raise refuse("5/53/02")
        drive_bay.unload(drive)
    elif cartridge is None:
        raise refuse("2/3A/00")
    elif call.fields["hold"] and not call.fields["load"]:
        drive.seated, drive.loaded = True, False
    else:
        drive_bay.seat(state, drive, cartridge, call.now())
    call.folder.save()
    return GOOD


def _prevent(call: Call) -> Reply:
    drive = drive_of(call)
    others = set(drive.prevented_by) - {call.initiator}
    drive.prevented_by = sorted(others | ({call.initiator} if call.fields["prevent"] else set()))
    call.folder.save()
    return GOOD


def _block_limits(_: Call) -> Reply:
    return Reply(bytes((0,)) + MAXIMUM_BLOCK_BYTES.to_bytes(3, "big") + (1).to_bytes(2, "big"))


def _report_density(call: Call) -> Reply:
    drive, cartridge = drive_of(call), cartridge_of(call)
    if call.fields["media"]:
        if cartridge is None:
            raise refuse("2/3A/00")
        code = density_of(cartridge.barcode, drive.generation)
        known = [g for g in GENERATIONS.values() if g.density == code]
    else:
        own = GENERATIONS.get(drive.generation)
        known = [g for g in GENERATIONS.values() if own and g.data_id in own.reads]
    writes = GENERATIONS[drive.generation].writes if drive.generation in GENERATIONS else frozenset()
    rows = (Density(g.density, g.data_id in writes, f"U-{g.number}", g.native_mb) for g in known)
    return Reply(stream.encode_densities(tuple(rows)))


def _format(call: Call) -> Reply:
    """Make the medium blank in the partitions asked for, and optimise it anew."""
    cartridge, drive = tape_data.loaded(call), drive_of(call)
    if drive.position or drive.partition:
        raise refuse("5/3B/0C")
    for number in range(max(1, len(cartridge.partition_mb))):
        tape_data.check_writable(call, cartridge, 0)
        tape_data.tape_of(call, cartridge, number).write(0, [], sync=True)
    cartridge.partition_mb = list(drive.wanted_partition_mb) if call.fields["format"] else []
    calibration = active(call.state, "optimising")
    if calibration is not None:
        drive_of(call).loading_activity = Activity.CALIBRATING
        drive_of(call).ready_at = call.now() + float(calibration["seconds"])
    call.folder.save()
    return GOOD


HANDLERS: dict[cdb.Layout, Handler] = {
    cdb.TEST_UNIT_READY: _test_unit_ready,
    cdb.INQUIRY: _inquiry,
    cdb.MODE_SENSE_6: _mode_sense_6,
    cdb.MODE_SENSE_10: _mode_sense_10,
    cdb.MODE_SELECT_6: _mode_select,
    cdb.LOG_SENSE: log_sense,
    cdb.PREVENT_ALLOW: _prevent,
    cdb.LOAD_UNLOAD: _load_unload,
    cdb.READ_BLOCK_LIMITS: _block_limits,
    cdb.REPORT_DENSITY: _report_density,
    cdb.FORMAT_MEDIUM: _format,
    cdb.READ_6: tape_data.read,
    cdb.WRITE_6: tape_data.write,
    cdb.WRITE_FILEMARKS_6: tape_data.write_filemarks,
    cdb.REWIND: rewind,
    cdb.SPACE_6: space,
    cdb.LOCATE_10: locate,
    cdb.LOCATE_16: locate_16,
    cdb.READ_POSITION: read_position,
    cdb.ERASE: erase,
    cdb.READ_ATTRIBUTE: read_attribute,
    cdb.WRITE_ATTRIBUTE: write_attribute,
    cdb.SECURITY_IN: security_in,
    cdb.SECURITY_OUT: security_out,
}
NEEDS_READY = frozenset(
    {
        cdb.TEST_UNIT_READY,
        cdb.FORMAT_MEDIUM,
        cdb.READ_6,
        cdb.WRITE_6,
        cdb.WRITE_FILEMARKS_6,
        cdb.REWIND,
        cdb.SPACE_6,
        cdb.LOCATE_10,
        cdb.LOCATE_16,
        cdb.READ_POSITION,
        cdb.ERASE,
    }
)
# These leave position and counters changed, whether they succeed or not.
MOVES_TAPE = frozenset({cdb.READ_6, cdb.WRITE_6, cdb.REWIND, cdb.SPACE_6, cdb.LOCATE_10, cdb.LOCATE_16})
TIMEOUTS_S = {
    cdb.LOAD_UNLOAD: 960,
    cdb.REWIND: 600,
    cdb.SPACE_6: 2940,
    cdb.LOCATE_10: 2940,
    cdb.LOCATE_16: 2940,
    cdb.READ_6: 2340,
    cdb.WRITE_6: 1500,
    cdb.WRITE_FILEMARKS_6: 1620,
    cdb.ERASE: 54896,
    cdb.FORMAT_MEDIUM: 3180,
}
