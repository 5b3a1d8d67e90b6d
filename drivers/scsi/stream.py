"""What a tape drive says about position, density and activity: bytes in, values out. Pure."""

from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import ProtocolError
from drivers.scsi.log_pages import DEVICE_STATUS_PAGE, VOLUME_STATISTICS_PAGE, parse_log_page

LONG_POSITION, DENSITY_HEADER, DENSITY_DESCRIPTOR = 32, 4, 52
STATUS_BYTES = 4


@dataclass(frozen=True, slots=True)
class Position:
    """`block` and `file` count from 0 at the beginning of the partition."""

    partition: int
    block: int
    file: int
    at_start: bool
    at_end: bool


def parse_long_position(data: bytes) -> Position:
    if len(data) < LONG_POSITION:
        raise ProtocolError(f"position of only {len(data)} bytes")
    return Position(
        partition=int.from_bytes(data[4:8], "big"),
        block=int.from_bytes(data[8:16], "big"),
        file=int.from_bytes(data[16:24], "big"),
        at_start=bool(data[0] & 0x80),
        at_end=bool(data[0] & 0x40),
    )


def encode_long_position(p: Position) -> bytes:
    flags = (0x80 if p.at_start else 0) | (0x40 if p.at_end else 0)
    head = bytes((flags, 0, 0, 0)) + p.partition.to_bytes(4, "big")
    return head + p.block.to_bytes(8, "big") + p.file.to_bytes(8, "big") + bytes(8)


def encode_short_position(p: Position) -> bytes:
    """The 20 bytes of the short form."""
    flags = (0x80 if p.at_start else 0) | (0x40 if p.at_end else 0)
    block = min(p.block, 0xFFFFFFFF).to_bytes(4, "big")
    return bytes((flags, p.partition, 0, 0)) + block + block + bytes(8)


@dataclass(frozen=True, slots=True)
class Density:
    """A recording density the drive (or the loaded medium) supports; `capacity_mb` is 10^6 bytes."""

    code: int
    writable: bool
    name: str
    capacity_mb: int


def parse_densities(data: bytes) -> tuple[Density, ...]:
    if len(data) < DENSITY_HEADER:
        raise ProtocolError(f"density report of only {len(data)} bytes")
    end = min(len(data), 2 + int.from_bytes(data[:2], "big"))
    rows = range(DENSITY_HEADER, end - DENSITY_DESCRIPTOR + 1, DENSITY_DESCRIPTOR)
    return tuple(_density(data[at : at + DENSITY_DESCRIPTOR]) for at in rows)


def _density(row: bytes) -> Density:
    name = row[24:32].decode("latin-1").strip("\0 ")
    return Density(row[0], bool(row[2] & 0x80), name, int.from_bytes(row[12:16], "big"))


def encode_densities(densities: tuple[Density, ...]) -> bytes:
    body = b"".join(_encode_density(d) for d in densities)
    return (len(body) + 2).to_bytes(2, "big") + bytes(2) + body


def _encode_density(d: Density) -> bytes:
    head = bytes((d.code, d.code, 0x80 if d.writable else 0)) + bytes(9) + d.capacity_mb.to_bytes(4, "big")
    return (head + b"LTO-CVE ".ljust(8) + d.name.encode().ljust(8)).ljust(DENSITY_DESCRIPTOR)


class Activity(IntEnum):
    """What a drive is doing, from log page 11."""

    NONE = 0x00
    CLEANING = 0x01
    LOADING = 0x02
    UNLOADING = 0x03
    OTHER = 0x04
    READING = 0x05
    WRITING = 0x06
    LOCATING = 0x07
    REWINDING = 0x08
    ERASING = 0x09
    FORMATTING = 0x0A
    CALIBRATING = 0x0B


@dataclass(frozen=True, slots=True)
class DriveStatus:
    """Very high frequency data of log page 11; `activity` is raw because makers add codes."""

    activity: int
    present: bool
    seated: bool
    threaded: bool
    mounted: bool
    write_protected: bool


def parse_drive_status(data: bytes) -> DriveStatus:
    parameters = {p.code: p.value for p in parse_log_page(data, DEVICE_STATUS_PAGE)}
    value = parameters.get(0, b"")
    if len(value) < STATUS_BYTES:
        raise ProtocolError("log page 11 without its status bytes")
    return DriveStatus(
        activity=value[2],
        present=bool(value[1] & 0x10),
        seated=bool(value[1] & 0x04),
        threaded=bool(value[1] & 0x02),
        mounted=bool(value[1] & 0x01),
        write_protected=bool(value[0] & 0x08),
    )


def encode_drive_status(s: DriveStatus) -> bytes:
    first = 0x08 if s.write_protected else 0
    second = 0x10 * s.present | 0x04 * s.seated | 0x02 * s.threaded | 0x01 * s.mounted
    return bytes((first, second, s.activity, 0))


# Parameters of log page 17 that custody uses; the megabyte counters are of 10^6 bytes.
VOLUME_PARAMETERS: dict[int, str] = {
    0x0001: "thread_count",
    0x0002: "datasets_written",
    0x0003: "write_retries",
    0x0007: "datasets_read",
    0x0008: "read_retries",
    0x0009: "unrecovered_read_errors",
    0x000C: "last_mount_mb_written",
    0x000D: "last_mount_mb_read",
    0x0010: "lifetime_mb_written",
    0x0011: "lifetime_mb_read",
    0x0016: "capacity_mb",
    0x0101: "beginning_of_medium_passes",
    0x0102: "middle_of_medium_passes",
}


def parse_volume_statistics(data: bytes) -> dict[str, int]:
    """Known numeric parameters by name; a value of all ones means that the drive does not know."""
    found = {p.code: p for p in parse_log_page(data, VOLUME_STATISTICS_PAGE)}
    return {
        name: found[code].number
        for code, name in VOLUME_PARAMETERS.items()
        if code in found and found[code].value.strip(b"\xff")
    }
