"""iSCSI protocol data units: bytes in, values out, and back. Pure.

A unit is a header of 48 bytes and a data segment padded to 4 bytes. Fields at the same place for
all units have names here; what differs per operation is read and packed by offset.
"""

import struct
from dataclasses import dataclass, field
from enum import IntEnum

HEADER_LENGTH = 48
NO_TAG = 0xFFFFFFFF
FINAL = 0x80
IMMEDIATE = 0x40


class Op(IntEnum):
    """Operation codes; those from 0x20 on are the target's."""

    NOP_OUT = 0x00
    SCSI_COMMAND = 0x01
    TASK_MANAGEMENT = 0x02
    LOGIN = 0x03
    TEXT = 0x04
    DATA_OUT = 0x05
    LOGOUT = 0x06
    NOP_IN = 0x20
    SCSI_RESPONSE = 0x21
    TASK_MANAGEMENT_RESPONSE = 0x22
    LOGIN_RESPONSE = 0x23
    TEXT_RESPONSE = 0x24
    DATA_IN = 0x25
    LOGOUT_RESPONSE = 0x26
    READY_TO_TRANSFER = 0x31
    REJECT = 0x3F


class MalformedError(Exception):
    """The connection cannot be trusted any more and must be closed."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """`header` is the whole 48 bytes as received."""

    header: bytes
    data: bytes = b""

    @property
    def op(self) -> int:
        return self.header[0] & 0x3F

    @property
    def immediate(self) -> bool:
        return bool(self.header[0] & IMMEDIATE)

    @property
    def flags(self) -> int:
        return self.header[1]

    @property
    def final(self) -> bool:
        return bool(self.flags & FINAL)

    @property
    def unit(self) -> int:
        """The logical unit number in peripheral or flat addressing."""
        return int.from_bytes(self.header[8:10], "big") & 0x3FFF

    def word(self, offset: int) -> int:
        return int.from_bytes(self.header[offset : offset + 4], "big")

    @property
    def task_tag(self) -> int:
        return self.word(16)

    @property
    def transfer_tag(self) -> int:
        return self.word(20)

    @property
    def command_number(self) -> int:
        return self.word(24)

    @property
    def cdb(self) -> bytes:
        return self.header[32:48]


def lengths(header: bytes) -> tuple[int, int]:
    """(bytes of additional headers, bytes of data without padding)."""
    return 4 * header[4], int.from_bytes(header[5:8], "big")


def padding(length: int) -> int:
    return -length % 4


@dataclass(slots=True)
class Answer:
    """A unit on its way out; `words` are packed at their offsets, the numbers by the connection.

    `takes_number`: the unit carries and consumes a status number.
    """

    op: Op
    flags: int = FINAL
    byte_2: int = 0
    byte_3: int = 0
    head: bytes = b""  # bytes 8 to 15: logical unit, or ISID and TSIH
    words: dict[int, int] = field(default_factory=dict)
    data: bytes = b""
    takes_number: bool = True
    carries_number: bool = True

    def encode(self, status_number: int, expected: int, maximum: int) -> tuple[bytes, bytes]:
        """The header, and the padded data segment."""
        header = bytearray(HEADER_LENGTH)
        header[0:4] = bytes((self.op, self.flags, self.byte_2, self.byte_3))
        header[5:8] = len(self.data).to_bytes(3, "big")
        header[8 : 8 + len(self.head)] = self.head
        numbers = {28: expected, 32: maximum} | ({24: status_number} if self.carries_number else {})
        for offset, value in (numbers | self.words).items():
            struct.pack_into(">I", header, offset, value & NO_TAG)
        return bytes(header), self.data + bytes(padding(len(self.data)))


def parse_text(data: bytes) -> dict[str, str]:
    """key=value pairs ended by NUL; MalformedError for anything else."""
    pairs = dict[str, str]()
    for item in data.split(b"\0"):
        if not item:
            continue
        key, equals, value = item.partition(b"=")
        if not equals or not key.isascii():
            raise MalformedError(f"not a key=value pair: {item[:40]!r}")
        pairs[key.decode()] = value.decode("utf-8", "replace")
    return pairs


def encode_text(pairs: list[tuple[str, str]]) -> bytes:
    return b"".join(f"{key}={value}".encode() + b"\0" for key, value in pairs)
