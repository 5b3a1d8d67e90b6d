"""The layout of every command block we use, as data, with one encoder and one decoder."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import ProtocolError


class DeviceType(IntEnum):
    """Peripheral device type of INQUIRY byte 0."""

    DISK = 0x00
    TAPE = 0x01
    CHANGER = 0x08


@dataclass(frozen=True, slots=True)
class Field:
    """`bits` wide, its lowest bit at bit `low` of byte `byte` + the whole bytes it spans."""

    name: str
    byte: int
    bits: int
    low: int = 0

    def shift(self, length: int) -> int:
        last_byte = self.byte + (self.bits + 7) // 8 - 1
        return 8 * (length - 1 - last_byte) + self.low

    @property
    def maximum(self) -> int:
        return (1 << self.bits) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """`fixed` are bits of the block that distinguish the command beside its operation code."""

    name: str
    opcode: int
    length: int
    fields: tuple[Field, ...] = ()
    fixed: tuple[Field, ...] = ()
    fixed_values: tuple[int, ...] = ()

    def encode(self, **values: int) -> bytes:
        """The command block; ValueError when a value does not fit its field."""
        by_name = {field.name: field for field in self.fields}
        whole = self.opcode << 8 * (self.length - 1)
        for field, value in zip(self.fixed, self.fixed_values, strict=True):
            whole |= value << field.shift(self.length)
        for name, value in values.items():
            field = by_name[name]
            if not 0 <= value <= field.maximum:
                raise ValueError(f"{self.name}: {name}={value} does not fit {field.bits} bits")
            whole |= value << field.shift(self.length)
        return whole.to_bytes(self.length, "big")

    def decode(self, cdb: bytes) -> dict[str, int]:
        if len(cdb) < self.length:
            raise ProtocolError(f"{self.name}: {len(cdb)} bytes instead of {self.length}")
        whole = int.from_bytes(cdb[: self.length], "big")
        return {f.name: whole >> f.shift(self.length) & f.maximum for f in self.fields}

    def fits(self, cdb: bytes) -> bool:
        whole = int.from_bytes(cdb[: self.length].ljust(self.length, b"\0"), "big")
        pairs = zip(self.fixed, self.fixed_values, strict=True)
        return cdb[0] == self.opcode and all(whole >> f.shift(self.length) & f.maximum == v for f, v in pairs)


ALLOC8, ALLOC16_3, ALLOC16_7 = Field("alloc", 4, 8), Field("alloc", 3, 16), Field("alloc", 7, 16)
ALLOC32_6 = Field("alloc", 6, 32)

TEST_UNIT_READY = Layout("TEST UNIT READY", 0x00, 6)
REQUEST_SENSE = Layout("REQUEST SENSE", 0x03, 6, (ALLOC8,))
INQUIRY = Layout("INQUIRY", 0x12, 6, (Field("evpd", 1, 1), Field("page", 2, 8), ALLOC16_3))
MODE_SELECT_6 = Layout(
    "MODE SELECT(6)", 0x15, 6, (Field("pf", 1, 1, 4), Field("sp", 1, 1), Field("length", 4, 8))
)
MODE_SENSE_6 = Layout(
    "MODE SENSE(6)",
    0x1A,
    6,
    (Field("dbd", 1, 1, 3), Field("control", 2, 2, 6), Field("page", 2, 6), Field("subpage", 3, 8), ALLOC8),
)
MODE_SENSE_10 = Layout(
    "MODE SENSE(10)",
    0x5A,
    10,
    (
        Field("dbd", 1, 1, 3),
        Field("control", 2, 2, 6),
        Field("page", 2, 6),
        Field("subpage", 3, 8),
        ALLOC16_7,
    ),
)
PREVENT_ALLOW = Layout("PREVENT/ALLOW MEDIUM REMOVAL", 0x1E, 6, (Field("prevent", 4, 2),))
LOG_SENSE = Layout(
    "LOG SENSE",
    0x4D,
    10,
    (
        Field("control", 2, 2, 6),
        Field("page", 2, 6),
        Field("subpage", 3, 8),
        Field("parameter", 5, 16),
        ALLOC16_7,
    ),
)
REPORT_LUNS = Layout("REPORT LUNS", 0xA0, 12, (Field("select", 2, 8), ALLOC32_6))
REPORT_OPCODES = Layout(
    "REPORT SUPPORTED OPERATION CODES",
    0xA3,
    12,
    (
        Field("rctd", 2, 1, 7),
        Field("options", 2, 3),
        Field("opcode", 3, 8),
        Field("service_action", 4, 16),
        ALLOC32_6,
    ),
    fixed=(Field("action", 1, 5),),
    fixed_values=(0x0C,),
)

INITIALIZE_ELEMENT_STATUS = Layout("INITIALIZE ELEMENT STATUS", 0x07, 6)
OPEN_CLOSE_IE = Layout(
    "OPEN/CLOSE IMPORT/EXPORT ELEMENT", 0x1B, 6, (Field("address", 2, 16), Field("operation", 4, 5))
)
POSITION_TO_ELEMENT = Layout(
    "POSITION TO ELEMENT",
    0x2B,
    10,
    (Field("transport", 2, 16), Field("destination", 4, 16), Field("invert", 8, 1)),
)
RANGE_FIELDS = (Field("fast", 1, 1, 1), Field("range", 1, 1), Field("start", 2, 16), Field("count", 6, 16))
INITIALIZE_RANGE = Layout("INITIALIZE ELEMENT STATUS WITH RANGE", 0x37, 10, RANGE_FIELDS)
# The same by the number that older changers of IBM know it by.
INITIALIZE_RANGE_OLD = Layout("INITIALIZE ELEMENT STATUS WITH RANGE (IBM)", 0xE7, 10, RANGE_FIELDS)
MOVE_MEDIUM = Layout(
    "MOVE MEDIUM",
    0xA5,
    12,
    (
        Field("transport", 2, 16),
        Field("source", 4, 16),
        Field("destination", 6, 16),
        Field("invert", 10, 1),
    ),
)
# A repeat would swap the media back, so nothing here ever sends it.
EXCHANGE_MEDIUM = Layout(
    "EXCHANGE MEDIUM",
    0xA6,
    12,
    (
        Field("transport", 2, 16),
        Field("source", 4, 16),
        Field("first", 6, 16),
        Field("second", 8, 16),
        Field("invert_first", 10, 1, 1),
        Field("invert_second", 10, 1),
    ),
)
READ_ELEMENT_STATUS = Layout(
    "READ ELEMENT STATUS",
    0xB8,
    12,
    (
        Field("voltag", 1, 1, 4),
        Field("type", 1, 4),
        Field("start", 2, 16),
        Field("count", 4, 16),
        Field("curdata", 6, 1, 1),
        Field("dvcid", 6, 1),
        Field("alloc", 7, 24),
    ),
)

REWIND = Layout("REWIND", 0x01, 6, (Field("immed", 1, 1),))
FORMAT_MEDIUM = Layout("FORMAT MEDIUM", 0x04, 6, (Field("immed", 1, 1), Field("format", 2, 4)))
READ_BLOCK_LIMITS = Layout("READ BLOCK LIMITS", 0x05, 6)
READ_6 = Layout("READ(6)", 0x08, 6, (Field("sili", 1, 1, 1), Field("fixed", 1, 1), Field("length", 2, 24)))
WRITE_6 = Layout("WRITE(6)", 0x0A, 6, (Field("fixed", 1, 1), Field("length", 2, 24)))
WRITE_FILEMARKS_6 = Layout("WRITE FILEMARKS(6)", 0x10, 6, (Field("immed", 1, 1), Field("count", 2, 24)))
SPACE_6 = Layout("SPACE(6)", 0x11, 6, (Field("code", 1, 4), Field("count", 2, 24)))
ERASE = Layout("ERASE", 0x19, 6, (Field("immed", 1, 1, 1), Field("long", 1, 1)))
LOAD_UNLOAD = Layout(
    "LOAD UNLOAD",
    0x1B,
    6,
    (
        Field("immed", 1, 1),
        Field("hold", 4, 1, 3),
        Field("eot", 4, 1, 2),
        Field("reten", 4, 1, 1),
        Field("load", 4, 1),
    ),
)
LOCATE_10 = Layout(
    "LOCATE(10)",
    0x2B,
    10,
    (Field("immed", 1, 1), Field("change", 1, 1, 1), Field("block", 3, 32), Field("partition", 8, 8)),
)
# Only the extended form has an allocation length.
READ_POSITION = Layout("READ POSITION", 0x34, 10, (Field("form", 1, 5), Field("extended_alloc", 7, 16)))
REPORT_DENSITY = Layout("REPORT DENSITY SUPPORT", 0x44, 10, (Field("media", 1, 1), ALLOC16_7))
READ_ATTRIBUTE = Layout(
    "READ ATTRIBUTE",
    0x8C,
    16,
    (
        Field("action", 1, 5),
        Field("volume", 5, 8),
        Field("partition", 7, 8),
        Field("first", 8, 16),
        Field("alloc", 10, 32),
    ),
)
WRITE_ATTRIBUTE = Layout(
    "WRITE ATTRIBUTE",
    0x8D,
    16,
    (Field("wtc", 1, 1), Field("volume", 5, 8), Field("partition", 7, 8), Field("length", 10, 32)),
)
LOCATE_16 = Layout(
    "LOCATE(16)",
    0x92,
    16,
    (
        Field("dest_type", 1, 3, 3),
        Field("change", 1, 1, 1),
        Field("partition", 3, 8),
        Field("block", 4, 64),
    ),
)
SECURITY_IN = Layout(
    "SECURITY PROTOCOL IN", 0xA2, 12, (Field("protocol", 1, 8), Field("page", 2, 16), ALLOC32_6)
)
SECURITY_OUT = Layout(
    "SECURITY PROTOCOL OUT",
    0xB5,
    12,
    (Field("protocol", 1, 8), Field("page", 2, 16), Field("length", 6, 32)),
)

COMMON = (
    TEST_UNIT_READY,
    REQUEST_SENSE,
    INQUIRY,
    MODE_SELECT_6,
    MODE_SENSE_6,
    MODE_SENSE_10,
    PREVENT_ALLOW,
    LOG_SENSE,
    REPORT_LUNS,
    REPORT_OPCODES,
)
CHANGER_ONLY = (
    INITIALIZE_ELEMENT_STATUS,
    OPEN_CLOSE_IE,
    POSITION_TO_ELEMENT,
    INITIALIZE_RANGE,
    INITIALIZE_RANGE_OLD,
    MOVE_MEDIUM,
    EXCHANGE_MEDIUM,
    READ_ELEMENT_STATUS,
)
TAPE_ONLY = (
    REWIND,
    FORMAT_MEDIUM,
    READ_BLOCK_LIMITS,
    READ_6,
    WRITE_6,
    WRITE_FILEMARKS_6,
    SPACE_6,
    ERASE,
    LOAD_UNLOAD,
    LOCATE_10,
    READ_POSITION,
    REPORT_DENSITY,
    READ_ATTRIBUTE,
    WRITE_ATTRIBUTE,
    LOCATE_16,
    SECURITY_IN,
    SECURITY_OUT,
)


def _index(layouts: Iterable[Layout]) -> dict[int, Layout]:
    return {layout.opcode: layout for layout in layouts}


LAYOUTS: dict[DeviceType, dict[int, Layout]] = {
    DeviceType.CHANGER: _index((*COMMON, *CHANGER_ONLY)),
    DeviceType.TAPE: _index((*COMMON, *TAPE_ONLY)),
}


def find_layout(device_type: DeviceType, cdb: bytes) -> Layout | None:
    """None when a device of this type does not know the command."""
    layout = LAYOUTS[device_type].get(cdb[0]) if cdb else None
    return layout if layout is not None and layout.fits(cdb) else None
