"""The data on one virtual cartridge: blocks and filemarks in one file.

Each object is a header (kind, length, length of the key-associated data) followed by that data and
the block. Encrypted blocks are stored encrypted with AES-256-GCM: the file alone does not give
them away. Writing at a position forgets everything behind it.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

HEADER = struct.Struct(">BIH")
BLOCK, FILEMARK, ENCRYPTED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one object lies in the file; `size` counts the stored bytes of the block."""

    kind: int
    offset: int
    size: int
    kad: bytes

    @property
    def end(self) -> int:
        return self.offset + HEADER.size + len(self.kad) + self.size


class TapeFile:
    """Positions count objects from 0. `sync` makes everything written so far durable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: list[Entry] = []
        self._stamp: tuple[int, ...] = ()

    def entries(self) -> list[Entry]:
        """Everything recorded; read anew when another process has written."""
        stamp = self._current_stamp()
        if stamp != self._stamp:
            self._entries, self._stamp = self._scan(), stamp
        return self._entries

    def _current_stamp(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return (0,)
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def _scan(self) -> list[Entry]:
        """A torn object at the end, from a crash while writing, does not count."""
        if not self._path.exists():
            return []
        found, size = list[Entry](), self._path.stat().st_size
        with self._path.open("rb") as file:
            offset = 0
            while len(head := file.read(HEADER.size)) == HEADER.size:
                kind, length, kad_length = HEADER.unpack(head)
                entry = Entry(kind, offset, length, file.read(kad_length))
                if entry.end > size:
                    break
                found.append(entry)
                file.seek(entry.end)
                offset = entry.end
        return found

    def read(self, entry: Entry) -> bytes:
        with self._path.open("rb") as file:
            file.seek(entry.offset + HEADER.size + len(entry.kad))
            return file.read(entry.size)

    def write(self, position: int, items: list[tuple[int, bytes, bytes]], *, sync: bool) -> None:
        """Record (kind, block, key-associated data) objects at a position."""
        entries = self.entries()[:position]
        start = entries[-1].end if entries else 0
        body = b"".join(HEADER.pack(kind, len(data), len(kad)) + kad + data for kind, data, kad in items)
        self._path.touch()
        with self._path.open("r+b") as file:
            file.seek(start)
            file.write(body)
            file.truncate()
            file.flush()
            if sync:
                os.fsync(file.fileno())
        for kind, data, kad in items:
            entry = Entry(kind, start, len(data), kad)
            entries.append(entry)
            start = entry.end
        self._entries, self._stamp = entries, self._current_stamp()

    def used_bytes(self) -> int:
        entries = self.entries()
        return entries[-1].end if entries else 0
