"""What a label printer is told and what it tells."""

from dataclasses import dataclass
from enum import StrEnum


class PrinterLanguage(StrEnum):
    ZPL = "zpl"
    PDF = "pdf"


class PrinterCondition(StrEnum):
    """What keeps a printer from printing, or soon will (the two that end in `-low`)."""

    PAPER_OUT = "paper-out"
    PAPER_LOW = "paper-low"
    PAPER_JAM = "paper-jam"
    RIBBON_OUT = "ribbon-out"
    RIBBON_LOW = "ribbon-low"
    HEAD_OPEN = "head-open"
    PAUSED = "paused"
    OVER_TEMPERATURE = "over-temperature"
    UNDER_TEMPERATURE = "under-temperature"
    BUFFER_FULL = "buffer-full"
    MEMORY_LOST = "memory-lost"
    PARTIAL_FORMAT = "partial-format"
    DIAGNOSTIC_MODE = "diagnostic-mode"
    LABEL_WAITING = "label-waiting"
    OFFLINE = "offline"
    REJECTING_JOBS = "rejecting-jobs"
    ATTENTION = "attention"


WARNINGS = frozenset({PrinterCondition.PAPER_LOW, PrinterCondition.RIBBON_LOW})


class StatusSource(StrEnum):
    """Who says so. `NONE`: nothing can tell, and `ready` is then False without meaning "not ready"."""

    PRINTER = "printer"
    QUEUE = "queue"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """One look. `ready`: somebody who knows says that it takes a job and prints it now.

    `formats_in_buffer` and `labels_remaining` (of the batch being printed) are None where nobody
    counts them; `raw` is the answer as it came, several answers one after the other.
    """

    ready: bool
    conditions: frozenset[PrinterCondition]
    formats_in_buffer: int | None
    labels_remaining: int | None
    raw: bytes
    source: StatusSource = StatusSource.PRINTER

    @property
    def is_known(self) -> bool:
        return self.source is not StatusSource.NONE


CANNOT_TELL = PrinterStatus(
    ready=False,
    conditions=frozenset(),
    formats_in_buffer=None,
    labels_remaining=None,
    raw=b"",
    source=StatusSource.NONE,
)


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """All bytes were handed over. It says nothing about paper: only a scan of the label does.

    `job_name` is what the print server or the folder calls it; None where nobody names jobs.
    """

    bytes_sent: int
    job_name: str | None
    duration_s: float


class JobState(StrEnum):
    """The names of RFC 8011, 5.3.7. Even `completed` is only what the printer believes."""

    PENDING = "pending"
    HELD = "pending-held"
    PROCESSING = "processing"
    STOPPED = "processing-stopped"
    CANCELED = "canceled"
    ABORTED = "aborted"
    COMPLETED = "completed"


GIVEN_UP = frozenset({JobState.ABORTED, JobState.CANCELED})


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a printer says has become of a job; `reasons` are its keywords."""

    state: JobState
    reasons: tuple[str, ...]
    raw: bytes
