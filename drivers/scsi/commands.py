"""Commands as values: parameters in, command block and expected length out. Pure.

Every function returns a Command that any transport can carry. Addresses are element addresses.
"""

from drivers.scsi import cdb
from drivers.scsi.transport import Command

INQUIRY_LENGTH = 0x60
VPD_LENGTH = 0xFF
MODE_LENGTH = 0xFF
SENSE_LENGTH = 0xFC
# Some changers read only the low two bytes of the three-byte allocation length.
ELEMENT_STATUS_LENGTH = 0xFFFF
ELEMENTS_AT_ONCE = 1000
ATTENTION_LIMIT = 16
LOG_LENGTH = 0x4000
OPCODES_LENGTH = 0x4000
CURRENT_CUMULATIVE = 1
RSOC_WITH_TIMEOUTS = 1


def _in(layout: cdb.Layout, alloc: int, **fields: int) -> Command:
    return Command(layout.name, layout.encode(alloc=alloc, **fields), alloc)


def _none(layout: cdb.Layout, **fields: int) -> Command:
    return Command(layout.name, layout.encode(**fields))


def test_unit_ready() -> Command:
    return _none(cdb.TEST_UNIT_READY)


def request_sense() -> Command:
    return _in(cdb.REQUEST_SENSE, SENSE_LENGTH)


def inquiry() -> Command:
    return _in(cdb.INQUIRY, INQUIRY_LENGTH)


def inquiry_page(page: int) -> Command:
    return _in(cdb.INQUIRY, VPD_LENGTH, evpd=1, page=page)


def mode_sense(page: int) -> Command:
    return _in(cdb.MODE_SENSE_6, MODE_LENGTH, dbd=1, page=page)


def mode_sense_10(page: int) -> Command:
    return _in(cdb.MODE_SENSE_10, MODE_LENGTH, dbd=1, page=page)


def prevent_removal(*, prevent: bool) -> Command:
    return _none(cdb.PREVENT_ALLOW, prevent=int(prevent))


def log_sense(page: int, subpage: int = 0) -> Command:
    return _in(cdb.LOG_SENSE, LOG_LENGTH, control=CURRENT_CUMULATIVE, page=page, subpage=subpage)


def report_luns() -> Command:
    return _in(cdb.REPORT_LUNS, 0x1000)


def report_opcodes() -> Command:
    """All supported commands with their timeouts."""
    return _in(cdb.REPORT_OPCODES, OPCODES_LENGTH, rctd=RSOC_WITH_TIMEOUTS)


def initialize_element_status() -> Command:
    return _none(cdb.INITIALIZE_ELEMENT_STATUS)


def initialize_range(start: int, count: int, *, old: bool = False) -> Command:
    """`old`: by the operation code of older changers of IBM."""
    layout = cdb.INITIALIZE_RANGE_OLD if old else cdb.INITIALIZE_RANGE
    return _none(layout, range=1, start=start, count=count)


def read_element_status(
    element_type: int,
    start: int,
    count: int,
    *,
    tags: bool,
    drive_ids: bool = False,
    current_data: bool = False,
) -> Command:
    return _in(
        cdb.READ_ELEMENT_STATUS,
        ELEMENT_STATUS_LENGTH,
        type=element_type,
        start=start,
        count=min(count, ELEMENTS_AT_ONCE),
        voltag=int(tags),
        dvcid=int(drive_ids),
        curdata=int(current_data),
    )


def move_medium(transport: int, source: int, destination: int) -> Command:
    """`transport` 0 is the device's default robot."""
    return _none(cdb.MOVE_MEDIUM, transport=transport, source=source, destination=destination)


def exchange_medium(transport: int, source: int, first: int, second: int) -> Command:
    """For the codec's sake: not guarded against a repeat, so no driver of ours sends it."""
    return _none(cdb.EXCHANGE_MEDIUM, transport=transport, source=source, first=first, second=second)


def position_to_element(transport: int, destination: int) -> Command:
    return _none(cdb.POSITION_TO_ELEMENT, transport=transport, destination=destination)


# Operation codes of SMC-3's OPEN/CLOSE IMPORT/EXPORT ELEMENT; not seen on hardware yet.
OPEN_IE, CLOSE_IE = 0, 1


def open_import_export(address: int) -> Command:
    return _none(cdb.OPEN_CLOSE_IE, address=address, operation=OPEN_IE)


def close_import_export(address: int) -> Command:
    return _none(cdb.OPEN_CLOSE_IE, address=address, operation=CLOSE_IE)


def load(*, hold: bool = False) -> Command:
    """`hold` seats the cartridge for reading its memory without threading the tape."""
    return _none(cdb.LOAD_UNLOAD, load=0 if hold else 1, hold=int(hold))


def unload() -> Command:
    return _none(cdb.LOAD_UNLOAD)


def rewind() -> Command:
    return _none(cdb.REWIND)


def read_block_limits() -> Command:
    return Command(cdb.READ_BLOCK_LIMITS.name, cdb.READ_BLOCK_LIMITS.encode(), 6)


def read_block(maximum: int) -> Command:
    """One block of any size up to `maximum` bytes; a shorter one is not an error."""
    return Command(cdb.READ_6.name, cdb.READ_6.encode(sili=1, length=maximum), maximum)


def write_block(data: bytes) -> Command:
    return Command(cdb.WRITE_6.name, cdb.WRITE_6.encode(length=len(data)), 0, data)


def write_filemarks(count: int) -> Command:
    return _none(cdb.WRITE_FILEMARKS_6, count=count)


SPACE_BLOCKS, SPACE_FILEMARKS, SPACE_END_OF_DATA = 0, 1, 3


def space(code: int, count: int) -> Command:
    """`count` may be negative: backwards."""
    return _none(cdb.SPACE_6, code=code, count=count & 0xFFFFFF)


def locate(block: int, partition: int | None = None) -> Command:
    """Without `partition` in the one the tape is in."""
    return _none(cdb.LOCATE_10, block=block, change=partition is not None, partition=partition or 0)


def locate_16(block: int, partition: int | None = None) -> Command:
    return _none(cdb.LOCATE_16, block=block, change=partition is not None, partition=partition or 0)


READ_POSITION_LONG, LONG_POSITION_LENGTH = 6, 32


def read_position() -> Command:
    """The long form, 32 bytes; its allocation length must be zero."""
    layout = cdb.READ_POSITION
    return Command(layout.name, layout.encode(form=READ_POSITION_LONG), LONG_POSITION_LENGTH)


def erase(*, long: bool) -> Command:
    return _none(cdb.ERASE, long=int(long))


WHOLE_MEDIUM, AS_PARTITIONED = 0, 1


def format_medium(form: int = WHOLE_MEDIUM) -> Command:
    """AS_PARTITIONED: into the partitions that mode page 11 asks for."""
    return _none(cdb.FORMAT_MEDIUM, format=form)


def mode_select(page: bytes) -> Command:
    """One page behind an empty mode header without a block descriptor."""
    layout, parameters = cdb.MODE_SELECT_6, bytes(4) + page
    return Command(layout.name, layout.encode(pf=1, length=len(parameters)), 0, parameters)


def report_density(*, media: bool) -> Command:
    return _in(cdb.REPORT_DENSITY, LOG_LENGTH, media=int(media))


ATTRIBUTE_VALUES = 0


def read_attributes(first: int, partition: int = 0) -> Command:
    return _in(cdb.READ_ATTRIBUTE, 0x10000, action=ATTRIBUTE_VALUES, first=first, partition=partition)


def write_attributes(parameters: bytes, partition: int = 0) -> Command:
    layout = cdb.WRITE_ATTRIBUTE
    block = layout.encode(wtc=1, partition=partition, length=len(parameters))
    return Command(layout.name, block, 0, parameters)


TAPE_ENCRYPTION = 0x20


def security_in(page: int) -> Command:
    return _in(cdb.SECURITY_IN, 0x1000, protocol=TAPE_ENCRYPTION, page=page)


def security_out(page: int, parameters: bytes) -> Command:
    layout = cdb.SECURITY_OUT
    block = layout.encode(protocol=TAPE_ENCRYPTION, page=page, length=len(parameters))
    return Command(layout.name, block, 0, parameters)
