"""The contract every label printer keeps.

All calls block; use one thread per printer. `deadline_s` is in seconds from the call and mandatory.
Nothing is held between calls: another host may print in between, and an object may be kept for days.
"""

from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from drivers.printer.model import JobStatus, PrinterLanguage, PrinterStatus, SendReceipt


class LabelPrinter(Protocol):
    url: str
    languages: frozenset[PrinterLanguage]

    def status(self, *, deadline_s: float) -> PrinterStatus:
        """`CANNOT_TELL` where there is nobody to ask; an answer that fails to come raises."""

    def send(self, data: bytes, *, title: str, deadline_s: float) -> SendReceipt:
        """Hand over one job, whole. `title` is for the people at a print queue.

        Whoever can tell its status is asked first: PrinterNotReadyError, and nothing was sent.
        PrinterGoneError and PrinterTimeoutError say how many bytes were left; what went before
        them may have been printed. A send is never repeated here.
        """

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@runtime_checkable
class TellsJobs(Protocol):
    """A printer that can be asked what has become of a job, by the name in its receipt."""

    def job(self, job_name: str, *, deadline_s: float) -> JobStatus: ...
