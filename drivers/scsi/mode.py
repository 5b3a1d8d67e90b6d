"""Mode pages, those of a changer above all: bytes in, values out. Pure."""

import struct
from dataclasses import dataclass

from drivers.errors import ProtocolError

ELEMENT_ADDRESS_PAGE, CAPABILITIES_PAGE = 0x1D, 0x1F
HEADER_6, HEADER_10 = 4, 8
ADDRESS_FIELDS = struct.Struct(">8H")
MATRIX_BITS = (1, 2, 3, 4)  # bit 0 transport, 1 storage, 2 import/export, 3 drive


@dataclass(frozen=True, slots=True)
class ElementRange:
    first: int
    count: int

    @property
    def last(self) -> int:
        return self.first + self.count - 1


@dataclass(frozen=True, slots=True)
class ElementAddresses:
    """Page 1D: where each element type begins and how many there are."""

    transport: ElementRange
    storage: ElementRange
    import_export: ElementRange
    drives: ElementRange

    def of(self, element_type: int) -> ElementRange:
        return (self.transport, self.storage, self.import_export, self.drives)[element_type - 1]


def page_body(data: bytes, page: int, *, header: int) -> bytes:
    """What follows page code and length, behind the mode header and its block descriptors."""
    if len(data) < header:
        raise ProtocolError(f"MODE SENSE brought only {len(data)} bytes")
    descriptors = data[3] if header == HEADER_6 else int.from_bytes(data[6:8], "big")
    body = data[header + descriptors :]
    if len(body) < 2 or body[0] & 0x3F != page:  # noqa: PLR2004 - page code and length
        raise ProtocolError(f"MODE SENSE did not bring page {page:02X}")
    return body[2 : 2 + body[1]]


def parse_element_addresses(data: bytes, *, header: int = HEADER_6) -> ElementAddresses:
    body = page_body(data, ELEMENT_ADDRESS_PAGE, header=header)
    if len(body) < ADDRESS_FIELDS.size:
        raise ProtocolError(f"page 1D has {len(body)} bytes instead of at least {ADDRESS_FIELDS.size}")
    numbers = ADDRESS_FIELDS.unpack_from(body)
    return ElementAddresses(*(ElementRange(numbers[at], numbers[at + 1]) for at in (0, 2, 4, 6)))


def encode_element_addresses(addresses: ElementAddresses) -> bytes:
    """The page itself, with its two reserved bytes, without a mode header."""
    ranges = (addresses.transport, addresses.storage, addresses.import_export, addresses.drives)
    numbers = [number for part in ranges for number in (part.first, part.count)]
    return bytes((ELEMENT_ADDRESS_PAGE, 0x12)) + ADDRESS_FIELDS.pack(*numbers) + b"\0\0"


MoveMatrix = frozenset[tuple[int, int]]


def parse_move_matrix(data: bytes, *, header: int = HEADER_6) -> MoveMatrix:
    """Page 1F as the set of (source type, destination type) that MOVE MEDIUM accepts."""
    body = page_body(data, CAPABILITIES_PAGE, header=header)
    rows = body[2:6]
    return frozenset(
        (source, destination)
        for source, row in enumerate(rows, start=1)
        for destination in MATRIX_BITS
        if row >> (destination - 1) & 1
    )


def encode_move_matrix(matrix: MoveMatrix) -> bytes:
    rows = bytes(
        sum(1 << (destination - 1) for destination in MATRIX_BITS if (source, destination) in matrix)
        for source in MATRIX_BITS
    )
    return bytes((CAPABILITIES_PAGE, 0x12, 0x0F, 0)) + rows + bytes(12)
