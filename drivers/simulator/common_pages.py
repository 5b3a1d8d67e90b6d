"""Bytes every simulated logical unit sends: INQUIRY, vital product data, mode headers. Pure."""

import hashlib

from drivers.scsi.cdb import DeviceType, Layout
from drivers.scsi.mode import HEADER_6

REMOVABLE, SPC_3, RESPONSE_FORMAT = 0x80, 0x05, 0x02
STANDARD_LENGTH = 96
ASCII, BINARY = 2, 1
T10_VENDOR, NAA = 1, 3
SMALL_COMMAND_S = 60


def _padded(text: str, width: int) -> bytes:
    return text.encode("latin-1", "replace")[:width].ljust(width)


def inquiry_data(kind: DeviceType, names: tuple[str, str, str], *, byte_6: int = 0) -> bytes:
    """`names` are vendor, product and revision."""
    head = bytes((kind, REMOVABLE, SPC_3, RESPONSE_FORMAT, STANDARD_LENGTH - 5, 0, byte_6, 0x02))
    vendor, product, revision = names
    whole = head + _padded(vendor, 8) + _padded(product, 16) + _padded(revision, 4)
    return whole.ljust(STANDARD_LENGTH, b"\0")


def _page(kind: DeviceType, page: int, body: bytes) -> bytes:
    return bytes((kind, page)) + len(body).to_bytes(2, "big") + body


def supported_pages(kind: DeviceType, pages: tuple[int, ...]) -> bytes:
    return _page(kind, 0x00, bytes(pages))


def serial_page(kind: DeviceType, serial: str, page: int = 0x80) -> bytes:
    return _page(kind, page, serial.encode("latin-1", "replace"))


def designator_page(kind: DeviceType, vendor: str, product: str, serial: str) -> bytes:
    """A T10 vendor identifier, then a name made from it in the locally assigned NAA range."""
    text = _padded(vendor, 8) + _padded(product, 16) + serial.encode("latin-1", "replace")
    name = bytearray(hashlib.sha256(text).digest()[:8])
    name[0] = 0x30 | name[0] & 0x0F
    return _page(
        kind,
        0x83,
        bytes((ASCII, T10_VENDOR, 0, len(text))) + text + bytes((BINARY, NAA, 0, len(name))) + bytes(name),
    )


def mode_data(body: bytes, *, header: int, device_specific: int = 0, descriptor: bytes = b"") -> bytes:
    """A mode parameter header of 4 or 8 bytes, a block descriptor and the pages."""
    rest = len(descriptor) + len(body)
    if header == HEADER_6:
        return bytes((rest + 3, 0, device_specific, len(descriptor))) + descriptor + body
    head = (rest + 6).to_bytes(2, "big") + bytes((0, device_specific, 0, 0))
    return head + len(descriptor).to_bytes(2, "big") + descriptor + body


def opcode_list(layouts: dict[Layout, int]) -> bytes:
    """REPORT SUPPORTED OPERATION CODES with timeouts; `layouts` gives the seconds of each command."""
    body = b"".join(_opcode_entry(layout, seconds) for layout, seconds in layouts.items())
    return len(body).to_bytes(4, "big") + body


def _opcode_entry(layout: Layout, seconds: int) -> bytes:
    action = layout.fixed_values[0] if layout.fixed_values else 0
    flags = 0x02 | (0x01 if layout.fixed_values else 0)
    entry = bytes((layout.opcode, 0)) + action.to_bytes(2, "big") + bytes((0, flags))
    timeouts = (
        (10).to_bytes(2, "big") + bytes(2) + (seconds // 2).to_bytes(4, "big") + seconds.to_bytes(4, "big")
    )
    return entry + layout.length.to_bytes(2, "big") + timeouts
