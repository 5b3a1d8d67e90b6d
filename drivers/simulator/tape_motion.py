"""Moving along a virtual tape."""

from drivers.scsi import stream
from drivers.scsi.exchange import Sense
from drivers.scsi.sense_table import SenseKey
from drivers.simulator import tape_data
from drivers.simulator.call import Call
from drivers.simulator.drive_view import drive_of
from drivers.simulator.reply import GOOD, INVALID_FIELD, RefusedError, Reply, refuse
from drivers.simulator.tape_data import END_OF_DATA, FILEMARK_FOUND
from drivers.simulator.tape_file import FILEMARK, Entry

BLOCKS, FILEMARKS, TO_END_OF_DATA = 0, 1, 3
BEGINNING = (0x00, 0x04)
NEGATIVE = 0x800000
MOST_LEFT = 0x7FFFFFFF  # what fixed sense can tell; LOCATE counts further than SPACE
LONG_FORM = 6


def _entries(call: Call) -> list[Entry]:
    return tape_data.tape_of(call, tape_data.loaded(call)).entries()


def rewind(call: Call) -> Reply:
    drive_of(call).position = 0
    return GOOD


def space(call: Call) -> Reply:
    count = call.fields["count"] - (0x1000000 if call.fields["count"] & NEGATIVE else 0)
    drive, entries = drive_of(call), _entries(call)
    match call.fields["code"]:
        case 0 | 1 as code:
            _space(call, entries, count, filemarks=code == FILEMARKS)
        case 3:
            drive.position = len(entries)
        case _:
            raise refuse(INVALID_FIELD)
    return GOOD


def _space(call: Call, entries: list[Entry], count: int, *, filemarks: bool) -> None:
    """Step over blocks or filemarks; spacing blocks stops behind a filemark in its way."""
    drive, left, step = drive_of(call), abs(count), 1 if count > 0 else -1
    while left:
        at = drive.position if step > 0 else drive.position - 1
        if at < 0:
            raise RefusedError(Sense(0, *BEGINNING, info=left, end_of_medium=True))
        if at >= len(entries):
            raise RefusedError(Sense(SenseKey.BLANK_CHECK, *END_OF_DATA, info=min(left, MOST_LEFT)))
        drive.position += step
        is_mark = entries[at].kind == FILEMARK
        if is_mark and not filemarks:
            raise RefusedError(Sense(0, *FILEMARK_FOUND, info=left, filemark=True))
        left -= is_mark if filemarks else 1


def _change_partition(call: Call) -> None:
    drive, wanted = drive_of(call), call.fields["partition"]
    if not call.fields["change"] or wanted == drive.partition:
        return
    if wanted >= max(1, len(tape_data.loaded(call).partition_mb)):
        raise refuse(INVALID_FIELD)
    drive.partition, drive.position = wanted, 0
    call.folder.save()


def _locate(call: Call, block: int) -> Reply:
    entries, drive = _entries(call), drive_of(call)
    drive.position = min(block, len(entries))
    if block > len(entries):
        raise RefusedError(Sense(SenseKey.BLANK_CHECK, *END_OF_DATA))
    return GOOD


def locate(call: Call) -> Reply:
    _change_partition(call)
    return _locate(call, call.fields["block"])


def locate_16(call: Call) -> Reply:
    """Destination types: 0 an object, 1 a filemark, 3 the end of data."""
    _change_partition(call)
    match call.fields["dest_type"]:
        case 0:
            return _locate(call, call.fields["block"])
        case 1:
            drive_of(call).position = 0
            _space(call, _entries(call), call.fields["block"], filemarks=True)
            return GOOD
        case 3:
            return _locate(call, len(_entries(call)))
        case _:
            raise refuse(INVALID_FIELD)


def read_position(call: Call) -> Reply:
    drive, entries = drive_of(call), _entries(call)
    marks = sum(entry.kind == FILEMARK for entry in entries[: drive.position])
    position = stream.Position(
        drive.partition, drive.position, marks, at_start=drive.position == 0, at_end=False
    )
    if call.fields["form"] == LONG_FORM:
        return Reply(stream.encode_long_position(position))
    if call.fields["form"] > 1:
        raise refuse(INVALID_FIELD)
    return Reply(stream.encode_short_position(position))


def erase(call: Call) -> Reply:
    """Short: what follows is forgotten. Long: nothing is left to be found in the file either."""
    cartridge, drive = tape_data.loaded(call), drive_of(call)
    tape_data.check_writable(call, cartridge, drive.position)
    tape_data.tape_of(call, cartridge).write(drive.position, [], sync=True)
    return GOOD
