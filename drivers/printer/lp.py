"""A print queue of the system, through CUPS' own `lp` and `lpstat`."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from drivers.errors import BackendUnavailableError, ProtocolError
from drivers.printer import lp_text
from drivers.printer.errors import (
    PrinterAnswerError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.ipp.operations import job_name_of
from drivers.printer.language import require_language
from drivers.printer.model import PrinterLanguage, PrinterStatus, SendReceipt

# Labels have their size in millimetres: nothing may fit them to a page. ZPL goes through untouched.
OPTIONS = {PrinterLanguage.PDF: ("print-scaling=none",), PrinterLanguage.ZPL: ("raw",)}
CHECK_QUEUE = "Check the queue's name with lpstat -e, and that CUPS runs with lpstat -r"
UNKNOWN = "Whether the queue took the job is unknown"
LOOK_AT_QUEUE = "Look with lpstat -o, and send again only if the job is not there"
STATUS_S = 30.0


@dataclass(frozen=True, slots=True)
class ProgramAnswer:
    """`code` is None where the program had to be ended because its time was up."""

    code: int | None
    stdout: bytes
    stderr: bytes

    @property
    def complaint(self) -> str:
        text = self.stderr.decode("utf-8", "replace").strip() or f"it ended with code {self.code}"
        return text.splitlines()[-1].partition(": ")[2] or text


# Arguments (never a shell), standard input, seconds.
Runner = Callable[[list[str], bytes, float], ProgramAnswer]


def run_program(arguments: list[str], stdin: bytes, timeout_s: float) -> ProgramAnswer:
    environment = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments; queue and title are checked
            arguments, input=stdin, capture_output=True, env=environment, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as late:
        return ProgramAnswer(None, late.stdout or b"", late.stderr or b"")
    except OSError as error:
        raise BackendUnavailableError(
            f"{arguments[0]}: {error.strerror}. Nothing was sent. Install the package cups-client."
        ) from error
    return ProgramAnswer(done.returncode, done.stdout, done.stderr)


class LpPrinter:
    """`server` is HOST[:PORT] of another machine's CUPS, or None for the system's own."""

    def __init__(
        self,
        url: str,
        queue: str,
        server: str | None,
        languages: frozenset[PrinterLanguage],
        run: Runner = run_program,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url, self.languages, self._queue, self._run = url, languages, queue, run
        self._server = ["-h", server] if server else []
        self._monotonic = monotonic

    def status(self, *, deadline_s: float) -> PrinterStatus:
        command = ["lpstat", *self._server, "-l", "-p", self._queue, "-a", self._queue]
        answer = self._run(command, b"", min(deadline_s, STATUS_S))
        if answer.code is None:
            happened = "The print queue did not answer in time"
            raise PrinterTimeoutError(self.url, 0, 0, happened, CHECK_QUEUE, nothing_sent=True)
        if answer.code != 0:
            raise PrinterUnreachableError(self.url, answer.complaint, CHECK_QUEUE)
        try:
            return lp_text.status_of(answer.stdout)
        except ProtocolError as error:
            raise PrinterAnswerError(self.url, error.detail, answer.stdout) from error

    def send(self, data: bytes, *, title: str, deadline_s: float) -> SendReceipt:
        language, start = require_language(self.url, data, self.languages), self._monotonic()
        status = self.status(deadline_s=deadline_s)
        if not status.ready:
            raise PrinterNotReadyError(self.url, status.conditions)
        options = [word for option in OPTIONS[language] for word in ("-o", option)]
        command = ["lp", *self._server, "-d", self._queue, "-t", job_name_of(title), *options]
        left_s = deadline_s - (self._monotonic() - start)
        answer = self._run(command, data, max(left_s, 0.001))
        return SendReceipt(len(data), self._job(answer, len(data)), self._monotonic() - start)

    def _job(self, answer: ProgramAnswer, total: int) -> str:
        if answer.code is None:
            happened = "The print queue did not take the job in time"
            raise PrinterTimeoutError(self.url, total, 0, happened, LOOK_AT_QUEUE, undone=UNKNOWN)
        if answer.code != 0:
            raise PrinterRefusedError(self.url, answer.complaint, CHECK_QUEUE)
        try:
            return lp_text.job_of(answer.stdout)
        except ProtocolError as error:
            raise PrinterAnswerError(self.url, error.detail, answer.stdout, undone=UNKNOWN) from error

    def close(self) -> None:
        """Nothing is held between calls."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
