"""INQUIRY, vital product data and supported operation codes: bytes in, values out. Pure."""

from dataclasses import dataclass

from drivers.errors import ProtocolError

STANDARD_MINIMUM = 36
VPD_HEADER = 4
SERIAL_PAGE, DESIGNATOR_PAGE, MANUFACTURER_SERIAL_PAGE = 0x80, 0x83, 0xB1
ASCII_SETS = frozenset({2, 3})


@dataclass(frozen=True, slots=True)
class Inquiry:
    """`attached_changer` is MChngr, `barcode_reader` IBM's BarC bit (only a hint)."""

    device_type: int
    removable: bool
    vendor: str
    product: str
    revision: str
    attached_changer: bool
    barcode_reader: bool


@dataclass(frozen=True, slots=True)
class Designator:
    """One entry of page 83. `kind` 1 = T10 vendor id, 2 = EUI-64, 3 = NAA; `text` is hex where binary."""

    association: int
    kind: int
    text: str


def _ascii(raw: bytes) -> str:
    return raw.decode("latin-1").strip("\0 ")


def parse_inquiry(data: bytes) -> Inquiry:
    if len(data) < STANDARD_MINIMUM:
        raise ProtocolError(f"INQUIRY brought {len(data)} bytes instead of at least {STANDARD_MINIMUM}")
    return Inquiry(
        device_type=data[0] & 0x1F,
        removable=bool(data[1] & 0x80),
        vendor=_ascii(data[8:16]),
        product=_ascii(data[16:32]),
        revision=_ascii(data[32:36]),
        attached_changer=bool(data[6] & 0x08),
        barcode_reader=bool(data[6] & 0x20),
    )


def _page_body(data: bytes, page: int) -> bytes:
    if len(data) < VPD_HEADER or data[1] != page:
        raise ProtocolError(f"not a vital product data page {page:02X}")
    return data[VPD_HEADER : VPD_HEADER + int.from_bytes(data[2:4], "big")]


def parse_serial(data: bytes, page: int = SERIAL_PAGE) -> str:
    return _ascii(_page_body(data, page))


def parse_designators(data: bytes) -> tuple[Designator, ...]:
    body, found, offset = _page_body(data, DESIGNATOR_PAGE), list[Designator](), 0
    while offset + VPD_HEADER <= len(body):
        end = offset + VPD_HEADER + body[offset + 3]
        value = body[offset + VPD_HEADER : end]
        text = _ascii(value) if body[offset] & 0x0F in ASCII_SETS else value.hex()
        found.append(Designator(body[offset + 1] >> 4 & 0x3, body[offset + 1] & 0x0F, text))
        offset = end
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CommandTimeout:
    """Seconds; 0 = the device does not say."""

    opcode: int
    service_action: int | None
    nominal_s: int
    recommended_s: int


OPCODE_ENTRY, TIMEOUT_ENTRY = 8, 12


def parse_opcodes(data: bytes) -> tuple[CommandTimeout, ...]:
    """The answer to REPORT SUPPORTED OPERATION CODES with RCTD."""
    if len(data) < VPD_HEADER:
        raise ProtocolError(f"the list of operation codes is only {len(data)} bytes long")
    end = min(len(data), VPD_HEADER + int.from_bytes(data[:4], "big"))
    found, offset = list[CommandTimeout](), VPD_HEADER
    while offset + OPCODE_ENTRY <= end:
        entry = data[offset : offset + OPCODE_ENTRY]
        offset += OPCODE_ENTRY
        nominal = recommended = 0
        if entry[5] & 0x02 and offset + TIMEOUT_ENTRY <= end:
            timeouts = data[offset : offset + TIMEOUT_ENTRY]
            nominal, recommended = (int.from_bytes(timeouts[at : at + 4], "big") for at in (4, 8))
            offset += 2 + int.from_bytes(timeouts[:2], "big")
        action = int.from_bytes(entry[2:4], "big") if entry[5] & 0x01 else None
        found.append(CommandTimeout(entry[0], action, nominal, recommended))
    return tuple(found)
