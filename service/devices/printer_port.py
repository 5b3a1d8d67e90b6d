"""A label printer in Strongroom's words: the only place where printers' errors and conditions are translated."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.errors import DeviceError
from drivers.printer.errors import (
    CONDITION_TEXT,
    NOTHING_SENT,
    PrinterAnswerError,
    PrinterError,
    PrinterGoneError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.model import WARNINGS, PrinterCondition, PrinterStatus
from drivers.printer.protocol import LabelPrinter
from drivers.registry import SIMULATOR, open_printer, open_printer_hands
from service.errors import FaultError

Opener = Callable[[str], LabelPrinter]


class PrinterNotReadyFaultError(FaultError):
    """Nothing was sent; `conditions` say why where the printer told. `may_answer`: it is there, and only silent."""

    title = "The printer is not ready"


class PrinterInDoubtError(FaultError):
    """Something may have left and may have been printed."""

    title = "The printer went away"


@dataclass(frozen=True, slots=True)
class PrinterSaid:
    """`ready` is None where nothing can tell. `words` are the conditions as people call them, `conditions` as programs do."""

    ready: bool | None
    conditions: tuple[str, ...]
    words: str
    to_do: str
    in_buffer: int | None

    def kept(self) -> dict[str, object]:
        return {"ready": self.ready, "conditions": list(self.conditions), "words": self.words}


@dataclass(frozen=True, slots=True)
class Handed:
    bytes_sent: int
    job_name: str | None


class PrinterPort:
    """One printer, from one thread. Opened at the first use, and again after trouble."""

    def __init__(self, url: str, name: str, opener: Opener = open_printer) -> None:
        self._url, self._name, self._opener = url, name, opener
        self._printer: LabelPrinter | None = None

    def takes(self, language: str) -> bool:
        """Whether it can be sent this. Raises PrinterNotReadyFaultError for an address that is none."""
        try:
            return language in self._opened().languages
        except DeviceError as error:
            raise self._nothing_sent(error) from error

    def look(self, deadline_s: float) -> PrinterSaid:
        """Raises PrinterNotReadyFaultError when it does not answer."""
        try:
            return said(self._opened().status(deadline_s=deadline_s))
        except DeviceError as error:
            self.close()
            raise self._nothing_sent(error) from error

    def send(self, data: bytes, title: str, deadline_s: float) -> Handed:
        """Raises PrinterNotReadyFaultError when nothing left, PrinterInDoubtError when something may have."""
        try:
            receipt = self._opened().send(data, title=title, deadline_s=deadline_s)
        except DeviceError as error:
            self.close()
            raise self._translated(error) from error
        return Handed(receipt.bytes_sent, receipt.job_name)

    def _opened(self) -> LabelPrinter:
        if self._printer is None:
            self._printer = self._opener(self._url)
        return self._printer

    def _translated(self, error: DeviceError) -> FaultError:
        if _nothing_left(error):
            return self._nothing_sent(error)
        return PrinterInDoubtError(
            f"{self._name}: {_happened(error)}. It may have printed it.",
            next_step="Look at the printer before anything is printed again.",
            printer=self._name,
        )

    def _nothing_sent(self, error: DeviceError) -> FaultError:
        conditions = sorted(error.conditions) if isinstance(error, PrinterNotReadyError) else None
        todo = error.todo if isinstance(error, PrinterError) else "Check power, cable and address"
        return PrinterNotReadyFaultError(
            f"{self._name}: {_happened(error)}. Nothing was sent.", next_step=f"{todo}.",
            printer=self._name, conditions=conditions, may_answer=isinstance(error, PrinterTimeoutError) or None,
        )  # fmt: skip

    def close(self) -> None:
        if self._printer is not None:
            self._printer.close()
            self._printer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def simulated_printer(folder: Path) -> str:
    """The URL of the simulated printer in this folder, which is made unless it exists."""
    open_printer_hands(folder).close()
    return f"{SIMULATOR}://{folder}"


def _nothing_left(error: DeviceError) -> bool:
    match error:
        case PrinterUnreachableError() | PrinterNotReadyError() | PrinterRefusedError():
            return True
        case PrinterGoneError() | PrinterTimeoutError():
            return error.nothing_sent
        case PrinterAnswerError():
            return error.undone == NOTHING_SENT
        case _:
            return False


def _happened(error: DeviceError) -> str:
    told = error.happened if isinstance(error, PrinterError) else str(error)
    return told[:1].lower() + told[1:].rstrip(".")


def said(status: PrinterStatus) -> PrinterSaid:
    named = [condition for condition in PrinterCondition if condition in status.conditions]
    stopping = [condition for condition in named if condition not in WARNINGS]
    todo = "; ".join(CONDITION_TEXT[condition][1] for condition in stopping)
    return PrinterSaid(
        ready=status.ready if status.is_known else None,
        conditions=tuple(condition.value for condition in named),
        words=", ".join(CONDITION_TEXT[condition][0] for condition in named),
        to_do=todo[:1].upper() + todo[1:],
        in_buffer=status.formats_in_buffer,
    )
