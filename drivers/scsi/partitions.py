"""The medium partition page (11) of a tape drive: bytes in, values out. Pure."""

from dataclasses import dataclass
from enum import IntFlag

from drivers.errors import ProtocolError
from drivers.scsi.mode import HEADER_6, page_body

PARTITION_PAGE = 0x11
FIXED_BYTES, SIZE_BYTES = 6, 2
REST_OF_MEDIUM = 0xFFFF


class PartitionFlag(IntFlag):
    """Byte 4: who says the sizes, and whether FORMAT MEDIUM must follow."""

    FIXED = 0x80
    SELECTABLE = 0x40
    BY_INITIATOR = 0x20
    UNITS_OF_TEN = 0x18
    ON_FORMAT = 0x04


@dataclass(frozen=True, slots=True)
class Partitions:
    """`additional` beside partition 0; sizes are in units of 10 to the power of `unit_power` bytes."""

    most_additional: int
    additional: int
    flags: PartitionFlag
    unit_power: int
    sizes: tuple[int, ...]


def encode_partitions(p: Partitions) -> bytes:
    """The page itself, without a mode header."""
    sizes = b"".join(size.to_bytes(SIZE_BYTES, "big") for size in p.sizes)
    head = bytes((p.most_additional, p.additional, p.flags, 0x03, p.unit_power, 0))
    return bytes((PARTITION_PAGE, FIXED_BYTES + len(sizes))) + head + sizes


def parse_partitions(data: bytes, *, header: int = HEADER_6) -> Partitions:
    """From a MODE SENSE answer, or a MODE SELECT parameter list, that holds this page first."""
    body = page_body(data, PARTITION_PAGE, header=header)
    if len(body) < FIXED_BYTES:
        raise ProtocolError(f"page 11 has {len(body)} bytes instead of at least {FIXED_BYTES}")
    rows = body[FIXED_BYTES:]
    return Partitions(
        most_additional=body[0],
        additional=body[1],
        flags=PartitionFlag(body[2] & ~0x03),
        unit_power=body[4] & 0x0F,
        sizes=tuple(int.from_bytes(rows[at : at + 2], "big") for at in range(0, len(rows) - 1, SIZE_BYTES)),
    )
