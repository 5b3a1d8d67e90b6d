"""The partitions of a virtual tape: what the drive offers, what it was asked for, what the medium has."""

from drivers.errors import ProtocolError
from drivers.media_types import GENERATIONS
from drivers.scsi.partitions import (
    REST_OF_MEDIUM,
    PartitionFlag,
    Partitions,
    encode_partitions,
    parse_partitions,
)
from drivers.simulator.call import Call
from drivers.simulator.drive_view import cartridge_of, drive_of
from drivers.simulator.reply import refuse

# LTO counts in gigabytes of 10^9 bytes.
UNIT_POWER, MB_IN_UNIT = 9, 1000
FIRST_PARTITIONING_GENERATION, FIRST_WITH_FOUR = 5, 6
BAD_PARAMETER = "5/26/00"


def most_additional(generation: int) -> int:
    if generation < FIRST_PARTITIONING_GENERATION:
        return 0
    return 3 if generation >= FIRST_WITH_FOUR else 1


def partition_page(call: Call) -> bytes:
    """The wish of the last MODE SELECT, until then what the medium has."""
    drive, cartridge = drive_of(call), cartridge_of(call)
    made = cartridge.partition_mb if cartridge is not None else []
    sizes = drive.wanted_partition_mb or made
    flags = PartitionFlag.BY_INITIATOR | PartitionFlag.UNITS_OF_TEN | PartitionFlag.ON_FORMAT
    most = most_additional(drive.generation)
    units = tuple(min(size // MB_IN_UNIT, REST_OF_MEDIUM) for size in sizes)
    padded = units + (0,) * (most + 1 - len(units))
    return encode_partitions(Partitions(most, max(0, len(sizes) - 1), flags, UNIT_POWER, padded))


def take_wish(call: Call, parameters: bytes) -> None:
    """Sizes by the initiator; one of FFFF takes what the others leave."""
    drive = drive_of(call)
    try:
        page = parse_partitions(parameters)
    except ProtocolError as error:
        raise refuse(BAD_PARAMETER) from error
    if page.additional > most_additional(drive.generation):
        raise refuse(BAD_PARAMETER)
    drive.wanted_partition_mb = _sizes_mb(page, drive.generation) if page.additional else []


def _sizes_mb(page: Partitions, generation: int) -> list[int]:
    whole = GENERATIONS[generation].native_mb
    wanted = list(page.sizes[: page.additional + 1])
    wanted += [REST_OF_MEDIUM] * (page.additional + 1 - len(wanted))
    scale = 10**page.unit_power
    fixed = {n: size * scale // 1_000_000 for n, size in enumerate(wanted) if size != REST_OF_MEDIUM}
    left = whole - sum(fixed.values())
    open_ones = len(wanted) - len(fixed)
    if left < 0 or open_ones > 1 or 0 in fixed.values():
        raise refuse(BAD_PARAMETER)
    return [fixed.get(n, left) for n in range(len(wanted))]
