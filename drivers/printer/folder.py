"""A folder that keeps every job as a file: for a print shop, for a share another program prints from."""

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.printer.errors import PrinterRefusedError, PrinterUnreachableError
from drivers.printer.language import require_language
from drivers.printer.model import PrinterCondition, PrinterLanguage, PrinterStatus, SendReceipt

NAME_LENGTH = 60
NUMBER_DIGITS = 6
MAKE_IT = "Make the folder, or let the service's account write to it"


class FolderPrinter:
    """Files are numbered from 000001, appear whole, and are never written over."""

    def __init__(self, url: str, path: Path, languages: frozenset[PrinterLanguage]) -> None:
        self.url, self.languages, self._path = url, languages, path
        if not path.is_dir():
            raise PrinterUnreachableError(url, f"{path} is no folder", MAKE_IT)

    def status(self, *, deadline_s: float) -> PrinterStatus:
        assert deadline_s > 0
        usable = self._path.is_dir() and os.access(self._path, os.W_OK | os.X_OK)
        conditions = frozenset[PrinterCondition]() if usable else frozenset({PrinterCondition.OFFLINE})
        return PrinterStatus(usable, conditions, None, None, b"")

    def send(self, data: bytes, *, title: str, deadline_s: float) -> SendReceipt:
        language, start = require_language(self.url, data, self.languages), time.monotonic()
        if not self.status(deadline_s=deadline_s).ready:
            raise PrinterUnreachableError(self.url, f"{self._path} cannot be written to", MAKE_IT)
        temporary = self._path / f".{os.getpid()}-{time.monotonic_ns()}.part"
        try:
            _write_synced(temporary, data)
            name = self._link_as_next(temporary, f"{_file_name(title)}.{language}")
        except OSError as error:
            raise PrinterRefusedError(self.url, f"{error.strerror}: {self._path}") from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
        return SendReceipt(len(data), name, time.monotonic() - start)

    def _link_as_next(self, temporary: Path, name: str) -> str:
        """Under the next free number; a link fails where a rename would write over."""
        while True:
            number = 1 + max(map(_number, self._path.iterdir()), default=0)
            numbered = f"{number:0{NUMBER_DIGITS}}-{name}"
            try:
                (self._path / numbered).hardlink_to(temporary)
            except FileExistsError:
                continue
            _sync_folder(self._path)
            return numbered

    def close(self) -> None:
        """Nothing is held between calls."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _number(path: Path) -> int:
    digits = path.name.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def _file_name(title: str) -> str:
    """Letters, digits and dashes of the title: nothing that a shell, a share or a path would read otherwise."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in title)
    return "-".join(filter(None, plain.split("-")))[:NAME_LENGTH] or "job"


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
