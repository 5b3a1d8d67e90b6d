"""Cartridge memory attributes: bytes in, values out, and back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import ProtocolError

LIST_HEADER, ATTRIBUTE_HEADER = 4, 5


class AttributeFormat(IntEnum):
    BINARY = 0
    ASCII = 1
    TEXT = 2
    RESERVED = 3


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as stored in the cartridge; `value` is raw."""

    id: int
    format: AttributeFormat
    value: bytes
    read_only: bool = False

    @property
    def number(self) -> int:
        return int.from_bytes(self.value, "big")

    @property
    def text(self) -> str:
        encoding = "utf-8" if self.format is AttributeFormat.TEXT else "latin-1"
        return self.value.decode(encoding, "replace").strip("\0 ")


def parse_attributes(data: bytes) -> tuple[Attribute, ...]:
    """READ ATTRIBUTE values; a list length beyond the data is clamped, a cut attribute dropped."""
    if len(data) < LIST_HEADER:
        raise ProtocolError(f"attribute list of only {len(data)} bytes")
    end = min(len(data), LIST_HEADER + int.from_bytes(data[:LIST_HEADER], "big"))
    return _attributes(data, LIST_HEADER, end)


def _attributes(data: bytes, offset: int, end: int) -> tuple[Attribute, ...]:
    found = list[Attribute]()
    while offset + ATTRIBUTE_HEADER <= end:
        number, flags = int.from_bytes(data[offset : offset + 2], "big"), data[offset + 2]
        after = offset + ATTRIBUTE_HEADER + int.from_bytes(data[offset + 3 : offset + 5], "big")
        if after > end:
            break
        value = data[offset + ATTRIBUTE_HEADER : after]
        found.append(Attribute(number, AttributeFormat(flags & 0x03), value, bool(flags & 0x80)))
        offset = after
    return tuple(found)


def encode_attributes(attributes: Iterable[Attribute]) -> bytes:
    """The list with its length, as READ ATTRIBUTE brings and WRITE ATTRIBUTE takes it."""
    body = b"".join(_encode(attribute) for attribute in attributes)
    return len(body).to_bytes(4, "big") + body


def _encode(a: Attribute) -> bytes:
    flags = a.format | (0x80 if a.read_only else 0)
    return a.id.to_bytes(2, "big") + bytes((flags,)) + len(a.value).to_bytes(2, "big") + a.value


@dataclass(frozen=True, slots=True)
class AttributeKind:
    """`size` in bytes, 0 = variable. `unit` is of the number: MiB, m, 0.1 mm or empty."""

    id: int
    name: str
    format: AttributeFormat
    size: int
    unit: str = ""


def _kind(row: str) -> AttributeKind:
    number, form, size, unit, name = row.split(maxsplit=4)
    formats = {"b": AttributeFormat.BINARY, "a": AttributeFormat.ASCII, "t": AttributeFormat.TEXT}
    return AttributeKind(int(number, 16), name, formats[form], int(size), "" if unit == "-" else unit)


KINDS: dict[int, AttributeKind] = {
    kind.id: kind
    for kind in map(
        _kind,
        (
            "0000 b 8 MiB remaining capacity",
            "0001 b 8 MiB maximum capacity",
            "0002 b 8 - TapeAlert flags",
            "0003 b 8 - load count",
            "0004 b 8 - cartridge memory space remaining",
            "0005 a 8 - assigning organisation",
            "0006 b 1 - formatted density",
            "0007 b 2 - initialisation count",
            "0008 a 32 - volume identifier",
            "0009 b 4 - volume change reference",
            "020A a 40 - last drive",
            "020B a 40 - last drive but one",
            "020C a 40 - last drive but two",
            "020D a 40 - last drive but three",
            "0220 b 8 MiB written in the life of the medium",
            "0221 b 8 MiB read in the life of the medium",
            "0222 b 8 MiB written in this load",
            "0223 b 8 MiB read in this load",
            "0224 b 8 - first encrypted block",
            "0225 b 8 - first unencrypted block after it",
            "0340 b 90 - usage history",
            "0341 b 60 - partition history",
            "0400 a 8 - manufacturer",
            "0401 a 32 - serial number",
            "0402 b 4 m length",
            "0403 b 4 0.1mm width",
            "0404 a 8 - assigning organisation",
            "0405 b 1 - density",
            "0406 a 8 - manufacture date",
            "0407 b 8 - cartridge memory capacity",
            "0408 b 1 - type",
            "0409 b 2 - type information",
            "040A a 0 - numeric serial number",
            "040B b 0 - densities",
            "0800 a 8 - application vendor",
            "0801 a 32 - application name",
            "0802 a 8 - application version",
            "0803 t 160 - user text",
            "0804 a 12 - last written",
            "0805 b 1 - character set",
            "0806 a 32 - barcode text",
            "0807 t 80 - host",
            "0808 t 160 - pool",
            "0809 t 16 - partition label",
            "080A b 1 - load and unload at partition",
            "080B a 16 - format version",
            "080C b 0 - volume coherency",
            "0820 b 36 - medium GUID",
            "0821 b 36 - pool GUID",
            "1000 b 0 - unique cartridge identity",
            "1001 b 0 - alternate unique cartridge identity",
            "1623 b 0 - volume lock",
        ),
    )
}
HOST_ATTRIBUTES = range(0x0800, 0x0C00)
LOAD_COUNT, CHANGE_REFERENCE, WRITTEN_MIB, LAST_DRIVE = 0x0003, 0x0009, 0x0220, 0x020A
MEDIUM_SERIAL, BARCODE_TEXT = 0x0401, 0x0806
FIRST_ENCRYPTED, FIRST_UNENCRYPTED = 0x0224, 0x0225


def host_attribute(number: int, text: str) -> Attribute:
    """A host attribute from text, padded to its size; ValueError when it does not fit."""
    kind = KINDS[number]
    encoding = "utf-8" if kind.format is AttributeFormat.TEXT else "ascii"
    value = text.encode(encoding)
    if number not in HOST_ATTRIBUTES or len(value) > kind.size:
        raise ValueError(f"attribute {number:04X} takes at most {kind.size} bytes from a host")
    return Attribute(number, kind.format, value.ljust(kind.size))
