"""Where the tapes stand and what was counted since: small, written in place after every block.

One record per drive, in the order of the drives. It may be lost with the machine, never torn by a
killed process: each update is a single write.
"""

import os
import struct
import zlib
from pathlib import Path

from drivers.simulator.state import Cartridge, Drive, LibraryState

# Which cartridge it is about, position, then written, read, written and read in this load (bytes).
RECORD = struct.Struct(">IQQQQQ")


def _mark(cartridge: Cartridge | None) -> int:
    return zlib.crc32(cartridge.serial.encode()) if cartridge else 0


class HeadFile:
    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._seen = b""

    def store(self, state: LibraryState) -> None:
        whole = b"".join(_record(drive, state.at(drive.address)) for drive in state.drives)
        os.pwrite(self._fd, whole, 0)
        self._seen = whole

    def refresh(self, state: LibraryState, *, anew: bool) -> None:
        """Take over what another process did; `anew` also when the file is as it was."""
        whole = os.pread(self._fd, RECORD.size * len(state.drives), 0)
        if whole == self._seen and not anew:
            return
        self._seen = whole
        if len(whole) == RECORD.size * len(state.drives):
            for drive, record in zip(state.drives, RECORD.iter_unpack(whole), strict=True):
                _apply(drive, state.at(drive.address), record)

    def close(self) -> None:
        os.close(self._fd)


def _record(drive: Drive, c: Cartridge | None) -> bytes:
    counters = (c.written_bytes, c.read_bytes, c.written_this_load, c.read_this_load) if c else (0, 0, 0, 0)
    return RECORD.pack(_mark(c), drive.position, *counters)


def _apply(drive: Drive, cartridge: Cartridge | None, record: tuple[int, ...]) -> None:
    mark, position, *counters = record
    if cartridge is None or mark != _mark(cartridge):
        return
    drive.position = position
    cartridge.written_bytes, cartridge.read_bytes = counters[0], counters[1]
    cartridge.written_this_load, cartridge.read_this_load = counters[2], counters[3]
