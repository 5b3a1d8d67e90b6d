"""LOG SENSE pages: bytes in, values out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.errors import ProtocolError

DEVICE_STATUS_PAGE, ALERT_RESPONSE_PAGE = 0x11, 0x12
DEVICE_STATISTICS_PAGE, VOLUME_STATISTICS_PAGE, ALERT_PAGE = 0x14, 0x17, 0x2E
PAGE_HEADER = PARAMETER_HEADER = 4
BITS_PER_BYTE = 8
ALERT_FLAGS = 64


@dataclass(frozen=True, slots=True)
class LogParameter:
    code: int
    control: int
    value: bytes

    @property
    def number(self) -> int:
        return int.from_bytes(self.value, "big")


def parse_log_page(data: bytes, page: int) -> tuple[LogParameter, ...]:
    """All parameters that arrived whole; a length beyond the data is clamped."""
    if len(data) < PAGE_HEADER:
        raise ProtocolError(f"log page of only {len(data)} bytes")
    if data[0] & 0x3F != page:
        raise ProtocolError(f"log page {data[0] & 0x3F:02X} instead of {page:02X}")
    end = min(len(data), PAGE_HEADER + int.from_bytes(data[2:4], "big"))
    found, offset = list[LogParameter](), PAGE_HEADER
    while offset + PARAMETER_HEADER <= end:
        after = offset + PARAMETER_HEADER + data[offset + 3]
        if after > end:
            break
        code = int.from_bytes(data[offset : offset + 2], "big")
        found.append(LogParameter(code, data[offset + 2], data[offset + PARAMETER_HEADER : after]))
        offset = after
    return tuple(found)


def encode_log_page(page: int, parameters: Mapping[int, bytes], *, control: int = 0x03) -> bytes:
    body = b"".join(
        code.to_bytes(2, "big") + bytes((control, len(value))) + value for code, value in parameters.items()
    )
    return bytes((page, 0)) + len(body).to_bytes(2, "big") + body


def parse_alert_parameters(data: bytes) -> tuple[int, ...]:
    """Page 2E: the numbers of the flags that are set. Reading the page cleared them."""
    parameters = parse_log_page(data, ALERT_PAGE)
    return tuple(p.code for p in parameters if p.value and p.value[-1] & 1)


def parse_alert_response(data: bytes) -> tuple[int, ...]:
    """Page 12: the same flags without clearing them. Flag 1 is the highest bit of the first byte."""
    parameters = parse_log_page(data, ALERT_RESPONSE_PAGE)
    bitmap = next((p.value for p in parameters if p.code == 0), b"")
    whole = int.from_bytes(bitmap[:BITS_PER_BYTE].ljust(BITS_PER_BYTE, b"\0"), "big")
    return tuple(n for n in range(1, ALERT_FLAGS + 1) if whole >> (ALERT_FLAGS - n) & 1)


def encode_alert_response(flags: frozenset[int]) -> bytes:
    bitmap = sum(1 << (ALERT_FLAGS - n) for n in flags)
    return encode_log_page(ALERT_RESPONSE_PAGE, {0: bitmap.to_bytes(BITS_PER_BYTE, "big")})
