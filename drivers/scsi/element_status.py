"""READ ELEMENT STATUS: bytes in, descriptors out. Pure.

Descriptors are stepped by the length the page header gives; nothing is assumed to be there
because a flag says so. Counts in the headers are not trusted: some targets return 8 bytes less
than their own header says, others more.
"""

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from drivers.errors import ProtocolError

DATA_HEADER = PAGE_HEADER = 8
TAG_LENGTH, TAG_TEXT = 36, 32
FIXED_PART, MINIMUM_DESCRIPTOR = 12, 4
PRIMARY_TAGS, ALTERNATE_TAGS = 0x80, 0x40
DVCID_HEADER = 4
ELEMENT_TYPES = range(1, 5)
SERIAL_ONLY, VENDOR_ID = 0, 1


class Descriptor(NamedTuple):
    """One element descriptor, field by field.

    `tag` and `alternate_tag` are None where the page has none; `identifier` is the device
    identifier as (code set, type, bytes) or None; `source` is None unless SVALID.
    """

    element_type: int
    address: int
    flags: int
    asc: int
    ascq: int
    medium_type: int
    source: int | None
    tag: bytes | None
    alternate_tag: bytes | None
    identifier: tuple[int, int, bytes] | None

    @property
    def full(self) -> bool:
        return bool(self.flags & 0x01)

    @property
    def exceptional(self) -> bool:
        return bool(self.flags & 0x04)


@dataclass(slots=True)
class ElementPages:
    """`problems` are sentences about bytes that were missing or contradicted each other."""

    descriptors: list[Descriptor] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    reported: int = 0


HEAD = struct.Struct(">HBxBBxxxBH")


def parse_element_status(data: bytes) -> ElementPages:
    """ProtocolError when the bytes cannot be element status at all; else everything readable."""
    if len(data) < DATA_HEADER:
        raise ProtocolError(f"element status of only {len(data)} bytes")
    promised = DATA_HEADER + int.from_bytes(data[5:8], "big")
    pages = ElementPages(reported=int.from_bytes(data[2:4], "big"))
    if promised > len(data):
        pages.problems.append(f"{len(data)} bytes arrived of {promised} promised")
    elif promised < len(data):
        data = data[:promised]
    offset = DATA_HEADER
    while offset + PAGE_HEADER <= len(data):
        offset = _parse_page(data, offset, pages)
    return pages


def _parse_page(data: bytes, offset: int, pages: ElementPages) -> int:
    kind, flags = data[offset], data[offset + 1]
    length = int.from_bytes(data[offset + 2 : offset + 4], "big")
    size = int.from_bytes(data[offset + 5 : offset + 8], "big")
    if kind not in ELEMENT_TYPES:
        raise ProtocolError(f"element type code {kind:02X}")
    if length < MINIMUM_DESCRIPTOR:
        if size == 0:
            return offset + PAGE_HEADER
        raise ProtocolError(f"element descriptors of {length} bytes")
    start = offset + PAGE_HEADER
    end = min(start + size, len(data))
    if size % length:
        pages.problems.append(f"a page of {size} bytes is not a whole number of {length}-byte descriptors")
    for at in range(start, end, length):
        _parse_descriptor(data[at : min(at + length, end)], kind, flags, length, pages)
    return start + size


def _parse_descriptor(raw: bytes, kind: int, flags: int, length: int, pages: ElementPages) -> None:
    size = len(raw)
    if size < length:
        pages.problems.append(f"the last descriptor has {size} of {length} bytes")
    if size < FIXED_PART:
        if size < length:
            return
        raw = raw.ljust(FIXED_PART, b"\0")
    address, bits, asc, ascq, medium, origin = HEAD.unpack_from(raw)
    tag, alternate, after = _tags(raw, flags)
    source = origin if medium & 0x80 else None
    identifier = _identifier(raw, after) if size > after else None
    pages.descriptors.append(
        Descriptor(kind, address, bits, asc, ascq, medium & 0x07, source, tag, alternate, identifier)
    )


def _tags(raw: bytes, flags: int) -> tuple[bytes | None, bytes | None, int]:
    """The tags that are really there; the second one may be announced without any bytes."""
    at = FIXED_PART
    tag = alternate = None
    if flags & PRIMARY_TAGS and len(raw) >= at + TAG_TEXT:
        tag, at = raw[at : at + TAG_LENGTH], at + TAG_LENGTH
    if flags & ALTERNATE_TAGS and len(raw) >= at + TAG_LENGTH:
        alternate, at = raw[at : at + TAG_LENGTH], at + TAG_LENGTH
    return tag, alternate, at


def _identifier(raw: bytes, at: int) -> tuple[int, int, bytes] | None:
    if len(raw) < at + DVCID_HEADER or not raw[at + 3]:
        return None
    value = raw[at + DVCID_HEADER : at + DVCID_HEADER + raw[at + 3]]
    return raw[at] & 0x0F, raw[at + 1] & 0x0F, value


def parse_drive_id(identifier: tuple[int, int, bytes]) -> tuple[str, str, str]:
    """(vendor, product, serial); type 0 is a serial number alone, type 1 is 8 + 16 + the rest."""
    _, kind, value = identifier
    text = value.decode("latin-1")
    if kind == SERIAL_ONLY:
        return "", "", text.strip("\0 ")
    return text[:8].strip("\0 "), text[8:24].strip("\0 "), text[24:].strip("\0 ")


def tag_text(raw: bytes) -> str:
    """The identifier without padding (NUL, space); a byte no label can hold shows as U+FFFD."""
    text = raw[:TAG_TEXT].strip(b"\0 ").decode("latin-1")
    if text.isascii() and text.isprintable():
        return text
    shown = (c if " " <= c <= "~" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return "".join(shown).strip("\N{REPLACEMENT CHARACTER} ")


@dataclass(frozen=True, slots=True)
class ElementPage:
    """What a target sends for one element type: the other direction of the parser."""

    element_type: int
    flags: int
    descriptor_length: int
    descriptors: tuple[bytes, ...]


def encode_element_status(pages: tuple[ElementPage, ...], first: int) -> bytes:
    body = b"".join(_encode_page(page) for page in pages if page.descriptors)
    count = sum(len(page.descriptors) for page in pages)
    return struct.pack(">HHI", first, count, len(body)) + body


def _encode_page(page: ElementPage) -> bytes:
    body = b"".join(raw.ljust(page.descriptor_length, b"\0") for raw in page.descriptors)
    return struct.pack(">BBHI", page.element_type, page.flags, page.descriptor_length, len(body)) + body


def encode_descriptor(item: Descriptor) -> bytes:
    """Twelve fixed bytes, then the tags and the identifier where the descriptor has them."""
    ninth = item.medium_type | (0x80 if item.source is not None else 0)
    fixed = HEAD.pack(item.address, item.flags, item.asc, item.ascq, ninth, item.source or 0)
    raw = fixed + (item.tag or b"") + (item.alternate_tag or b"")
    if item.identifier is None:
        return raw
    code_set, kind, value = item.identifier
    return raw + bytes((code_set, kind, 0, len(value))) + value
