"""SCSI commands through Linux' SG_IO ioctl, by the standard library alone."""

import ctypes
import errno
import fcntl
import mmap
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.errors import BackendUnavailableError, DeviceBusyError
from drivers.scsi.exchange import HostStatus, RawExchange
from drivers.scsi.transport import Command

SG_IO = 0x2285
TO_NOBODY, TO_DEVICE, FROM_DEVICE = -1, -2, -3
SENSE_LENGTH = 252
SG_MAJOR, TAPE_MAJOR = 21, 9
LONGEST_TIMEOUT_S = 4_000_000  # milliseconds travel as unsigned 32 bits
# What an ioctl that fails by itself means for the host.
HOST_STATUS_OF_ERRNO = {
    errno.ENODEV: HostStatus.NO_CONNECT,
    errno.ENXIO: HostStatus.NO_CONNECT,
    errno.ETIMEDOUT: HostStatus.TIME_OUT,
    errno.EBUSY: HostStatus.BUS_BUSY,
}


class SgHeader(ctypes.Structure):
    """struct sg_io_hdr: 88 bytes on 64-bit Linux."""

    _fields_ = (
        ("interface_id", ctypes.c_int),
        ("dxfer_direction", ctypes.c_int),
        ("cmd_len", ctypes.c_ubyte),
        ("mx_sb_len", ctypes.c_ubyte),
        ("iovec_count", ctypes.c_ushort),
        ("dxfer_len", ctypes.c_uint),
        ("dxferp", ctypes.c_void_p),
        ("cmdp", ctypes.c_void_p),
        ("sbp", ctypes.c_void_p),
        ("timeout", ctypes.c_uint),
        ("flags", ctypes.c_uint),
        ("pack_id", ctypes.c_int),
        ("usr_ptr", ctypes.c_void_p),
        ("status", ctypes.c_ubyte),
        ("masked_status", ctypes.c_ubyte),
        ("msg_status", ctypes.c_ubyte),
        ("sb_len_wr", ctypes.c_ubyte),
        ("host_status", ctypes.c_ushort),
        ("driver_status", ctypes.c_ushort),
        ("resid", ctypes.c_int),
        ("duration", ctypes.c_uint),
        ("info", ctypes.c_uint),
    )


def _explain(path: Path, error: OSError) -> BackendUnavailableError | DeviceBusyError:
    match error.errno:
        case errno.EBUSY:
            return DeviceBusyError(f"{path}: another program holds the device")
        case errno.EACCES | errno.EPERM:
            return BackendUnavailableError(
                f"{path}: no permission; the user needs read and write access to the node (a udev rule), "
                "and CAP_SYS_RAWIO for commands the kernel filters"
            )
        case errno.ENOENT:
            return BackendUnavailableError(f"{path}: no such device; is the sg module loaded?")
        case _:
            return BackendUnavailableError(f"{path}: {error.strerror}")


def open_node(path: Path) -> int:
    """A descriptor for an sg (or sch) node; tape nodes are refused, they keep a position of their own."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _explain(path, error) from error
    mode = os.fstat(fd)
    if not stat.S_ISCHR(mode.st_mode) or os.major(mode.st_rdev) == TAPE_MAJOR:
        os.close(fd)
        raise BackendUnavailableError(f"{path}: not a SCSI generic node (use the …-sg or …-changer link)")
    return fd


class SgTransport:
    """One SCSI generic node. Configure it by its link in /dev/tape/by-id, never as /dev/sgN."""

    def __init__(self, path: Path) -> None:
        self.device = str(path)
        self._path, self._fd = path, open_node(path)
        self._data = mmap.mmap(-1, mmap.PAGESIZE)

    def execute(self, command: Command, *, timeout_s: float) -> RawExchange:
        assert timeout_s > 0
        block = ctypes.create_string_buffer(command.cdb, len(command.cdb))
        sense = ctypes.create_string_buffer(SENSE_LENGTH)
        length = len(command.data_out) or command.expect_in
        data = self._memory(length)
        # What an earlier command left there must never pass for an answer.
        data[:length] = command.data_out or bytes(length)
        header = _header(command, block, sense, data, length, timeout_s)
        return self._issue(command, header, sense, data, timeout_s)

    def _memory(self, length: int) -> mmap.mmap:
        """Raw transfers want page-aligned memory; an anonymous mapping is. It is kept and grows."""
        if len(self._data) < length:
            self._data.close()
            self._data = mmap.mmap(-1, length)
        return self._data

    def _issue(
        self,
        command: Command,
        header: SgHeader,
        sense: "ctypes.Array[ctypes.c_char]",
        data: mmap.mmap,
        timeout_s: float,
    ) -> RawExchange:
        try:
            fcntl.ioctl(self._fd, SG_IO, header)
        except OSError as error:
            if error.errno in {errno.EPERM, errno.EACCES, errno.ENOTTY, errno.EINVAL}:
                raise _explain(self._path, error) from error
            host = HOST_STATUS_OF_ERRNO.get(error.errno or 0, HostStatus.ERROR)
            return RawExchange(
                self.device, command.cdb, command.data_out, b"", 0, b"", host, timeout_s=timeout_s
            )
        received = max(0, command.expect_in - max(0, header.resid)) if not command.data_out else 0
        return RawExchange(
            device=self.device,
            cdb=command.cdb,
            data_out=command.data_out,
            data_in=bytes(data[:received]),
            status=header.status,
            sense=sense.raw[: header.sb_len_wr],
            host_status=header.host_status,
            driver_status=header.driver_status,
            residual=header.resid,
            duration_ms=header.duration,
            timeout_s=timeout_s,
        )

    def close(self) -> None:
        os.close(self._fd)
        self._data.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _header(
    command: Command,
    block: "ctypes.Array[ctypes.c_char]",
    sense: "ctypes.Array[ctypes.c_char]",
    data: mmap.mmap,
    length: int,
    timeout_s: float,
) -> SgHeader:
    direction = TO_DEVICE if command.data_out else FROM_DEVICE if command.expect_in else TO_NOBODY
    where = ctypes.addressof(ctypes.c_char.from_buffer(data)) if length else None
    return SgHeader(
        interface_id=ord("S"),
        dxfer_direction=direction,
        cmd_len=len(command.cdb),
        mx_sb_len=SENSE_LENGTH,
        dxfer_len=length,
        dxferp=where,
        cmdp=ctypes.addressof(block),
        sbp=ctypes.addressof(sense),
        timeout=max(1, round(1000 * min(timeout_s, LONGEST_TIMEOUT_S))),
    )
