"""What one SCSI command brought back: values only, no I/O."""

from dataclasses import dataclass
from enum import IntEnum


class Status(IntEnum):
    """SAM status codes."""

    GOOD = 0x00
    CHECK_CONDITION = 0x02
    BUSY = 0x08
    RESERVATION_CONFLICT = 0x18
    TASK_SET_FULL = 0x28
    TASK_ABORTED = 0x40


class HostStatus(IntEnum):
    """The host status codes of Linux' SCSI layer; the other transports translate to them."""

    OK = 0
    NO_CONNECT = 1
    BUS_BUSY = 2
    TIME_OUT = 3
    BAD_TARGET = 4
    ABORT = 5
    ERROR = 7
    RESET = 8


DRIVER_TIMEOUT = 0x06


@dataclass(frozen=True, slots=True)
class Sense:
    """Decoded sense data; `deferred` means that it belongs to an earlier command."""

    key: int
    asc: int
    ascq: int
    info: int | None = None
    field_ptr: int | None = None
    raw: bytes = b""
    deferred: bool = False
    filemark: bool = False
    end_of_medium: bool = False
    wrong_length: bool = False

    def __str__(self) -> str:
        return f"{self.key:X}/{self.asc:02X}/{self.ascq:02X}"


@dataclass(frozen=True, slots=True)
class RawExchange:
    """One command and everything that came back, whatever the transport.

    `data_in` holds only what the device transferred; it must not be parsed when `status` is not
    GOOD. `sense` is the raw sense block without any length prefix. `residual` is in bytes and
    only informs: lengths are taken from the parameter data. `timeout_s` is what the command was given.
    """

    device: str
    cdb: bytes
    data_out: bytes
    data_in: bytes
    status: int
    sense: bytes
    host_status: int = 0
    driver_status: int = 0
    residual: int = 0
    duration_ms: int = 0
    timeout_s: float = 0.0

    def digest(self) -> str:
        """SHA-256 over the length-prefixed parts, for the ledger."""
        from hashlib import sha256  # loaded at its first use: a look at a changer needs no digest

        parts = (self.cdb, self.data_out, self.data_in, self.sense)
        tail = f"{self.status}/{self.host_status}/{self.driver_status}".encode()
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in (*parts, tail))
        return sha256(framed).hexdigest()
