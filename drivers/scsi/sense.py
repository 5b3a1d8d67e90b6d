"""Sense bytes in, one typed error out. Pure."""

from drivers.errors import (
    AttentionKind,
    CommandAbortedError,
    CommandTimeoutError,
    DeviceBusyError,
    DeviceError,
    ElementNotAccessibleError,
    HardwareError,
    IllegalRequestError,
    MediumError,
    NotReadyError,
    NotReadyReason,
    ProtocolError,
    ReservationConflictError,
    TransportError,
    UnitAttentionError,
)
from drivers.scsi.exchange import DRIVER_TIMEOUT, HostStatus, RawExchange, Sense, Status
from drivers.scsi.sense_table import SenseKey, find_row

FIXED_CURRENT, FIXED_DEFERRED, DESCRIPTOR_CURRENT, DESCRIPTOR_DEFERRED = 0x70, 0x71, 0x72, 0x73
FIXED_MINIMUM = 3
ASC_OFFSET, ASCQ_OFFSET, SKSV_OFFSET, FIXED_FULL = 12, 13, 15, 18
DESCRIPTOR_HEADER = 8
INFORMATION_DESCRIPTOR, FIELD_DESCRIPTOR, STREAM_DESCRIPTOR = 0, 2, 4


def parse_sense(raw: bytes) -> Sense | None:
    """Decode fixed (70, 71) or descriptor (72, 73) format sense; None when there is no sense.

    Short blocks are decoded as far as they go: ASC and ASCQ beyond the end count as 00.
    """
    if not raw or raw[0] & 0x7F == 0:
        return None
    match raw[0] & 0x7F:
        case 0x70 | 0x71:
            return _fixed(raw)
        case 0x72 | 0x73:
            return _descriptor(raw)
        case code:
            raise ProtocolError(f"sense with response code {code:02X}")


def _byte(raw: bytes, offset: int) -> int:
    return raw[offset] if offset < len(raw) else 0


def _fixed(raw: bytes) -> Sense:
    if len(raw) < FIXED_MINIMUM:
        raise ProtocolError(f"only {len(raw)} bytes of sense")
    flags = raw[2]
    field_valid = len(raw) >= FIXED_FULL and raw[SKSV_OFFSET] & 0x80
    return Sense(
        key=flags & 0x0F,
        asc=_byte(raw, ASC_OFFSET),
        ascq=_byte(raw, ASCQ_OFFSET),
        info=int.from_bytes(raw[3:7], "big", signed=True) if raw[0] & 0x80 else None,
        field_ptr=int.from_bytes(raw[16:18], "big") if field_valid else None,
        raw=bytes(raw),
        deferred=raw[0] & 0x7F == FIXED_DEFERRED,
        filemark=bool(flags & 0x80),
        end_of_medium=bool(flags & 0x40),
        wrong_length=bool(flags & 0x20),
    )


def _descriptor(raw: bytes) -> Sense:
    if len(raw) < DESCRIPTOR_HEADER:
        raise ProtocolError(f"only {len(raw)} bytes of descriptor sense")
    parts = _sense_descriptors(raw)
    info, field, stream = (
        parts.get(k) for k in (INFORMATION_DESCRIPTOR, FIELD_DESCRIPTOR, STREAM_DESCRIPTOR)
    )
    flags = stream[3] if stream and len(stream) > 3 else 0  # noqa: PLR2004 - offset in the stream descriptor
    return Sense(
        key=raw[1] & 0x0F,
        asc=raw[2],
        ascq=raw[3],
        info=int.from_bytes(info[4:12], "big", signed=True) if info else None,
        field_ptr=int.from_bytes(field[5:7], "big") if field and field[4:5] >= b"\x80" else None,
        raw=bytes(raw),
        deferred=raw[0] & 0x7F == DESCRIPTOR_DEFERRED,
        filemark=bool(flags & 0x80),
        end_of_medium=bool(flags & 0x40),
        wrong_length=bool(flags & 0x20),
    )


def _sense_descriptors(raw: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    offset, end = DESCRIPTOR_HEADER, min(len(raw), DESCRIPTOR_HEADER + raw[7])
    while offset + 2 <= end:
        length = 2 + raw[offset + 1]
        found.setdefault(raw[offset], raw[offset : min(offset + length, end)])
        offset += length
    return found


def encode_fixed_sense(sense: Sense) -> bytes:
    """The 18 bytes of fixed format sense, as a target sends them."""
    block = bytearray(FIXED_FULL)
    block[0] = (FIXED_DEFERRED if sense.deferred else FIXED_CURRENT) | (0x80 if sense.info is not None else 0)
    flags = (0x80 * sense.filemark) | (0x40 * sense.end_of_medium) | (0x20 * sense.wrong_length)
    block[2] = sense.key | flags
    block[3:7] = (sense.info or 0).to_bytes(4, "big", signed=True)
    block[7] = FIXED_FULL - 8
    block[ASC_OFFSET], block[ASCQ_OFFSET] = sense.asc, sense.ascq
    if sense.field_ptr is not None:
        block[SKSV_OFFSET] = 0xC0
        block[16:18] = sense.field_ptr.to_bytes(2, "big")
    return bytes(block)


def classify(sense: Sense, exchange: RawExchange | None = None) -> DeviceError:
    """The one error a sense stands for, by the sense table, else by the sense key alone."""
    if sense.deferred:
        return ProtocolError("deferred sense of an earlier command", sense=sense, exchange=exchange)
    row = find_row(sense.key, sense.asc, sense.ascq)
    if row is not None:
        return row.error(row.meaning, sense=sense, exchange=exchange, kind=row.kind)
    return _by_key(sense, exchange)


BY_KEY: dict[int, tuple[type[DeviceError], str | None]] = {
    SenseKey.NOT_READY: (NotReadyError, NotReadyReason.OTHER),
    SenseKey.UNIT_ATTENTION: (UnitAttentionError, AttentionKind.OTHER),
    SenseKey.ILLEGAL_REQUEST: (IllegalRequestError, None),
    SenseKey.DATA_PROTECT: (MediumError, None),
    SenseKey.MEDIUM_ERROR: (MediumError, None),
    SenseKey.BLANK_CHECK: (MediumError, None),
    SenseKey.ABORTED_COMMAND: (CommandAbortedError, None),
}
ELEMENT_TROUBLE_ASC = 0x3B


def _by_key(sense: Sense, exchange: RawExchange | None) -> DeviceError:
    if sense.key == SenseKey.ILLEGAL_REQUEST and sense.asc == ELEMENT_TROUBLE_ASC:
        return ElementNotAccessibleError(sense=sense, exchange=exchange)
    error, kind = BY_KEY.get(sense.key, (HardwareError, None))
    return error(sense=sense, exchange=exchange, kind=kind)


HARMLESS_KEYS = frozenset({SenseKey.NO_SENSE, SenseKey.RECOVERED_ERROR})


def error_of(exchange: RawExchange) -> DeviceError | None:
    """None when the command succeeded. Sense wins over what the host adapter says about itself."""
    sense = parse_sense(exchange.sense)
    if sense is not None and sense.key not in HARMLESS_KEYS:
        return classify(sense, exchange)
    if sense is not None and sense.deferred:
        return classify(sense, exchange)
    if sense is None and exchange.status == Status.CHECK_CONDITION:
        return TransportError("CHECK CONDITION without sense", exchange=exchange)
    return _by_status(exchange)


def _by_status(exchange: RawExchange) -> DeviceError | None:
    match exchange.status:
        case Status.BUSY | Status.TASK_SET_FULL:
            return DeviceBusyError(f"status {exchange.status:02X}", exchange=exchange)
        case Status.RESERVATION_CONFLICT:
            return ReservationConflictError(exchange=exchange)
        case Status.TASK_ABORTED:
            return CommandAbortedError("task aborted", exchange=exchange)
        case Status.GOOD | Status.CHECK_CONDITION:
            return _by_host(exchange)
        case status:
            return TransportError(f"unknown status {status:02X}", exchange=exchange)


def _by_host(exchange: RawExchange) -> DeviceError | None:
    if exchange.host_status == HostStatus.TIME_OUT or exchange.driver_status & 0x0F == DRIVER_TIMEOUT:
        return CommandTimeoutError(exchange=exchange)
    if exchange.host_status:
        return TransportError(f"host status {exchange.host_status}", exchange=exchange)
    return None


def check(exchange: RawExchange) -> RawExchange:
    """The exchange itself when it succeeded, else raise what went wrong."""
    error = error_of(exchange)
    if error is not None:
        raise error
    return exchange
