"""SCSI commands over iSCSI in user space, through Debian's libiscsi by ctypes.

The library is asked not to send anything by itself: connecting with logical unit −1 leaves out its
TEST UNIT READY, which would swallow up to ten unit attentions; reconnecting is switched off,
because a reconnect is an event that custody must see.
"""

import ctypes
import time
from types import TracebackType
from typing import Self

from drivers.device_url import IscsiAddress
from drivers.errors import BackendUnavailableError
from drivers.scsi.chap import Credentials
from drivers.scsi.exchange import HostStatus, RawExchange, Sense, Status
from drivers.scsi.sense import encode_fixed_sense
from drivers.scsi.transport import Command

LIBRARY = "libiscsi.so.7"
MISSING = f"{LIBRARY} is missing; on Debian install libiscsi7"
NORMAL_SESSION, NO_UNIT = 2, -1
HEADER_DIGEST_NONE = 0
CDB_SIZE = 16
TO_NOBODY, FROM_DEVICE, TO_DEVICE = 0, 1, 2
SENSE_PREFIX = 2
# Statuses that libiscsi makes up beside SAM's.
CANCELLED, ERROR, TIMED_OUT = 0x0F000000, 0x0F000001, 0x0F000002
UNDERFLOW = 1
HOST_STATUS = {CANCELLED: HostStatus.ABORT, ERROR: HostStatus.ERROR, TIMED_OUT: HostStatus.TIME_OUT}


# Memory that libiscsi may still write to after a lost connection.
ABANDONED: list[object] = []


class _Task(ctypes.Structure):
    """The leading members of struct scsi_task of libiscsi 1.19 on 64-bit machines."""

    _fields_ = (
        ("status", ctypes.c_int),
        ("cdb_size", ctypes.c_int),
        ("xfer_dir", ctypes.c_int),
        ("expxferlen", ctypes.c_int),
        ("cdb", ctypes.c_ubyte * CDB_SIZE),
        ("residual_status", ctypes.c_int),
        ("residual", ctypes.c_size_t),
        ("sense_error_type", ctypes.c_ubyte),
        ("sense_key", ctypes.c_int),
        ("sense_ascq", ctypes.c_int),
        ("sense_bits", ctypes.c_uint),
        ("incoming_size", ctypes.c_int),
        ("incoming", ctypes.c_void_p),
    )


def _load() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise BackendUnavailableError(MISSING) from error
    library.iscsi_create_context.restype = ctypes.c_void_p
    library.iscsi_get_error.restype = ctypes.c_char_p
    library.scsi_create_task.restype = ctypes.POINTER(_Task)
    library.iscsi_scsi_command_sync.restype = ctypes.POINTER(_Task)
    return library


class IscsiTransport:
    """One session with one logical unit."""

    def __init__(
        self,
        address: IscsiAddress,
        *,
        initiator: str,
        credentials: Credentials | None = None,
        connect_s: float = 10.0,
    ) -> None:
        self.device = f"iscsi:{address.portal}/{address.target}/{address.unit}"
        self._unit, self._broken = address.unit, False
        self._incoming = ctypes.create_string_buffer(1)
        self._library = _load()
        self._context = ctypes.c_void_p(self._library.iscsi_create_context(initiator.encode()))
        if not self._context:
            raise BackendUnavailableError(f"{self.device}: libiscsi gives no context")
        if credentials is not None:
            self._prove_by(credentials)
        self._connect(address, connect_s)

    def _prove_by(self, credentials: Credentials) -> None:
        mine, theirs = credentials.initiator, credentials.target
        self._library.iscsi_set_initiator_username_pwd(self._context, mine.name.encode(), mine.value)
        if theirs is not None:
            self._library.iscsi_set_target_username_pwd(self._context, theirs.name.encode(), theirs.value)

    def _connect(self, address: IscsiAddress, connect_s: float) -> None:
        library, context = self._library, self._context
        library.iscsi_set_targetname(context, address.target.encode())
        library.iscsi_set_session_type(context, NORMAL_SESSION)
        library.iscsi_set_header_digest(context, HEADER_DIGEST_NONE)
        library.iscsi_set_noautoreconnect(context, 1)
        library.iscsi_set_timeout(context, max(1, round(connect_s)))
        if library.iscsi_full_connect_sync(context, address.portal.encode(), NO_UNIT):
            reason = self._reason()
            library.iscsi_destroy_context(context)
            raise BackendUnavailableError(f"{self.device}: {reason}")

    def _reason(self) -> str:
        text: bytes | None = self._library.iscsi_get_error(self._context)
        return (text or b"").decode("utf-8", "replace").strip()

    def execute(self, command: Command, *, timeout_s: float) -> RawExchange:
        """After a lost connection every further command says so; open the device anew."""
        if self._broken:
            return _not_sent(self.device, command, timeout_s)
        start = time.monotonic()
        self._library.iscsi_set_timeout(self._context, max(1, round(timeout_s)))
        direction = TO_DEVICE if command.data_out else FROM_DEVICE if command.expect_in else TO_NOBODY
        length = len(command.data_out) or command.expect_in
        block = (ctypes.c_ubyte * CDB_SIZE).from_buffer_copy(command.cdb.ljust(CDB_SIZE, b"\0"))
        task = self._library.scsi_create_task(len(command.cdb), block, direction, length)
        buffer = self._buffer(command, length)
        self._attach(task, command, buffer, length)
        done = self._library.iscsi_scsi_command_sync(self._context, self._unit, task, None)
        if not done:
            # libiscsi may still refer to the task and its buffer: neither is freed any more.
            self._broken = True
            ABANDONED.append((task, buffer))
            return _not_sent(self.device, command, timeout_s)
        exchange = self._exchange(command, task, buffer, start=start, timeout_s=timeout_s)
        self._library.scsi_free_scsi_task(task)
        return exchange

    def _buffer(self, command: Command, length: int) -> "ctypes.Array[ctypes.c_char]":
        if command.data_out:
            return ctypes.create_string_buffer(command.data_out, length)
        if len(self._incoming) < length:
            self._incoming = ctypes.create_string_buffer(length)
        return self._incoming

    def _attach(
        self,
        task: "ctypes._Pointer[_Task]",
        command: Command,
        buffer: "ctypes.Array[ctypes.c_char]",
        length: int,
    ) -> None:
        if command.data_out:
            self._library.scsi_task_add_data_out_buffer(task, length, buffer)
        elif length:
            self._library.scsi_task_add_data_in_buffer(task, length, buffer)

    def _exchange(
        self,
        command: Command,
        task: "ctypes._Pointer[_Task]",
        buffer: "ctypes.Array[ctypes.c_char]",
        *,
        start: float,
        timeout_s: float,
    ) -> RawExchange:
        found = task.contents
        status = found.status & 0xFFFFFFFF
        host = HOST_STATUS.get(status, HostStatus.OK)
        residual = found.residual if found.residual_status == UNDERFLOW else 0
        received = max(0, command.expect_in - residual) if not command.data_out else 0
        is_check = status == Status.CHECK_CONDITION
        return RawExchange(
            device=self.device,
            cdb=command.cdb,
            data_out=command.data_out,
            data_in=ctypes.string_at(buffer, received) if host == HostStatus.OK else b"",
            status=status if host == HostStatus.OK else Status.GOOD,
            sense=_sense_of(found) if is_check else b"",
            host_status=host,
            residual=residual,
            duration_ms=round(1000 * (time.monotonic() - start)),
            timeout_s=timeout_s,
        )

    def close(self) -> None:
        if self._broken:
            return
        self._library.iscsi_logout_sync(self._context)
        self._library.iscsi_destroy_context(self._context)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _not_sent(device: str, command: Command, timeout_s: float) -> RawExchange:
    lost = HostStatus.NO_CONNECT
    return RawExchange(device, command.cdb, command.data_out, b"", 0, b"", lost, timeout_s=timeout_s)


def _sense_of(task: _Task) -> bytes:
    """The raw block as the target sent it, behind its length; else made from what was parsed."""
    whole = ctypes.string_at(task.incoming, task.incoming_size) if task.incoming else b""
    length = int.from_bytes(whole[:SENSE_PREFIX], "big")
    if 0 < length <= len(whole) - SENSE_PREFIX:
        return whole[SENSE_PREFIX : SENSE_PREFIX + length]
    asc, ascq = task.sense_ascq >> 8 & 0xFF, task.sense_ascq & 0xFF
    return encode_fixed_sense(Sense(task.sense_key, asc, ascq))
