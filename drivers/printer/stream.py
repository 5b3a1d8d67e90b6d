"""A printer behind a plain stream of bytes: raw TCP, a serial line, the simulator."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from drivers.errors import BackendUnavailableError, ProtocolError
from drivers.printer import host_status
from drivers.printer.errors import (
    LOOK_FIRST,
    PrinterAnswerError,
    PrinterGoneError,
    PrinterNotReadyError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.language import require_language
from drivers.printer.line import Line
from drivers.printer.model import CANNOT_TELL, PrinterLanguage, PrinterStatus, SendReceipt
from drivers.scsi.transport import Deadline

PIECE_BYTES = 16 * 1024
# Zebra's guide: models that are out of labels or ribbon, open or too hot may not answer ~HS at all.
SILENT_BECAUSE = (
    "Look at its panel: some printers are silent while they are out of labels or ribbon, open or too hot. "
    "If it never answers ~HS, add status=none to its URL"
)
TOO_SLOW = "See whether it waits for labels or ribbon. " + LOOK_FIRST


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """`asks_status`: it understands `~HS`. `answer_s`: seconds it may take to answer."""

    languages: frozenset[PrinterLanguage] = frozenset({PrinterLanguage.ZPL})
    asks_status: bool = True
    answer_s: float = 10.0


class StreamPrinter:
    """`connect` opens one connection within so many seconds; OSError when it cannot."""

    def __init__(
        self,
        url: str,
        connect: Callable[[float], Line],
        settings: StreamSettings | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url, self._connect, self._monotonic = url, connect, monotonic
        self._settings = settings or StreamSettings()
        self.languages = self._settings.languages

    def status(self, *, deadline_s: float) -> PrinterStatus:
        if not self._settings.asks_status:
            return CANNOT_TELL
        deadline = Deadline(deadline_s, self._monotonic)
        with self._line(deadline) as line:
            return self._ask(line, deadline, 0)

    def send(self, data: bytes, *, title: str, deadline_s: float) -> SendReceipt:
        """A plain stream has no place for the title."""
        del title
        require_language(self.url, data, self.languages)
        deadline, start = Deadline(deadline_s, self._monotonic), self._monotonic()
        with self._line(deadline) as line:
            if self._settings.asks_status:
                self._require_ready(line, deadline, len(data))
            self._feed(line, data, deadline)
        return SendReceipt(len(data), None, self._monotonic() - start)

    @contextmanager
    def _line(self, deadline: Deadline) -> Iterator[Line]:
        try:
            line = self._connect(max(deadline.left_s(), 0.001))
        except BackendUnavailableError:
            raise
        except (OSError, ValueError) as error:
            raise PrinterUnreachableError(self.url, reason_of(error)) from error
        try:
            yield line
        finally:
            line.close()

    def _require_ready(self, line: Line, deadline: Deadline, total: int) -> None:
        status = self._ask(line, deadline, total)
        if not status.ready:
            raise PrinterNotReadyError(self.url, status.conditions)

    def _ask(self, line: Line, deadline: Deadline, total: int) -> PrinterStatus:
        try:
            raw = self._answer(
                line, Deadline(min(deadline.left_s(), self._settings.answer_s), self._monotonic)
            )
        except OSError as error:
            raise PrinterGoneError(self.url, total, total, reason_of(error), nothing_sent=True) from error
        if not raw:
            happened = "The printer did not answer ~HS in time"
            raise PrinterTimeoutError(self.url, total, total, happened, SILENT_BECAUSE, nothing_sent=True)
        try:
            return host_status.status_of(host_status.parse_host_status(raw), raw)
        except ProtocolError as error:
            raise PrinterAnswerError(self.url, error.detail, raw) from error

    def _answer(self, line: Line, deadline: Deadline) -> bytes:
        """Whatever came until it was whole, too long, or time was up."""
        line.write(memoryview(host_status.QUERY), timeout_s=max(deadline.left_s(), 0.001))
        raw = b""
        while deadline.left_s() > 0 and len(raw) <= host_status.LONGEST_ANSWER:
            raw += line.read(timeout_s=deadline.left_s())
            if host_status.is_complete(raw):
                break
        return raw

    def _feed(self, line: Line, data: bytes, deadline: Deadline) -> None:
        view, taken = memoryview(data), 0
        try:
            while taken < len(data) and deadline.left_s() > 0:
                taken += line.write(view[taken : taken + PIECE_BYTES], timeout_s=deadline.left_s())
            if taken == len(data) and line.finish(timeout_s=max(deadline.left_s(), 0.0)):
                return
            left = _left(len(data), taken, line.waiting())
        except OSError as error:
            left = _left(len(data), taken, _still_waiting(line))
            raise PrinterGoneError(
                self.url, len(data), left, reason_of(error), nothing_sent=not taken
            ) from error
        happened = "The printer did not take the whole job in time"
        raise PrinterTimeoutError(self.url, len(data), left, happened, TOO_SLOW, nothing_sent=not taken)

    def close(self) -> None:
        """Nothing is held between calls."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _left(total: int, taken: int, waiting: int) -> int:
    return min(total, total - taken + waiting)


def _still_waiting(line: Line) -> int:
    """Asked of a broken line, which may not know any more."""
    try:
        return line.waiting()
    except OSError:
        return 0


def reason_of(error: Exception) -> str:
    """The system's word for it, without numbers and addresses where there is one."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.lower() if text else type(error).__name__
