"""A printer or a print server spoken to in IPP itself, without CUPS on this host."""

import ssl
import time
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Self

from drivers.errors import ProtocolError
from drivers.printer.errors import (
    LOOK_FIRST,
    PrinterAbortedError,
    PrinterAnswerError,
    PrinterError,
    PrinterGoneError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.ipp import operations
from drivers.printer.ipp.message import GroupTag, Message, encode_message, parse_message
from drivers.printer.ipp.web import HttpAnswer, IppAddress, Progress, post
from drivers.printer.language import require_language
from drivers.printer.model import GIVEN_UP, JobStatus, PrinterLanguage, PrinterStatus, SendReceipt
from drivers.printer.stream import reason_of
from drivers.scsi.transport import Deadline

HTTP_OK = 200
# A printer with another job in hand refuses ours whole and asks to come again.
BUSY_PAUSE_S = 0.5
CHECK_CERTIFICATE = "Check who answers there; then name its certificate in the URL with ca= or fingerprint="
# What a print server says in HTTP before it comes to IPP, and what to do about it.
HTTP_ADVICE = {
    401: "Let this host print without a password, or print through a queue of the system (lp:///)",
    403: "Let this host print, at the printer or the print server",
    404: "Check the path of the URL: usually /ipp/print, on a print server /printers/QUEUE",
    426: "It wants TLS: write ipps:// instead of ipp://",
}
CHECK_ANSWER = "Look at the printer's own list of jobs. " + LOOK_FIRST


class IppPrinter:
    def __init__(
        self,
        url: str,
        address: IppAddress,
        languages: frozenset[PrinterLanguage],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url, self.languages, self._address, self._monotonic = url, languages, address, monotonic
        self._request_ids = count(1)

    def status(self, *, deadline_s: float) -> PrinterStatus:
        return operations.status_of(*self._attributes(Deadline(deadline_s, self._monotonic)))

    def send(self, data: bytes, *, title: str, deadline_s: float) -> SendReceipt:
        language = require_language(self.url, data, self.languages)
        deadline, start = Deadline(deadline_s, self._monotonic), self._monotonic()
        attributes, raw = self._attributes(deadline)
        status = operations.status_of(attributes, raw)
        if not status.ready:
            raise PrinterNotReadyError(self.url, status.conditions)
        document_format = operations.format_for(language, attributes)
        if document_format is None:
            known = ", ".join(attributes.texts(GroupTag.PRINTER, "document-format-supported"))
            raise PrinterRefusedError(self.url, f"it takes {known}, not {language.upper()}")
        request = operations.print_job(next(self._request_ids), self._address.uri, title, document_format)
        answer, raw = self._job_answer(request, data, deadline)
        while answer.code == operations.BUSY and deadline.left_s() > BUSY_PAUSE_S:
            time.sleep(BUSY_PAUSE_S)
            answer, raw = self._job_answer(request, data, deadline)
        return SendReceipt(len(data), self._accepted(answer, raw), self._monotonic() - start)

    def job(self, job_name: str, *, deadline_s: float) -> JobStatus:
        """What has become of a job, by the name in its receipt."""
        if not (job_name.isascii() and job_name.isdecimal()):
            raise PrinterRefusedError(self.url, f"{job_name!r} is no job number", "Take it from the receipt")
        deadline, uri = Deadline(deadline_s, self._monotonic), self._address.uri
        request = operations.get_job_attributes(next(self._request_ids), uri, int(job_name))
        answer, raw = self._question(request, deadline)
        if not operations.is_success(answer):
            happened = f"The printer does not tell of job {job_name} ({operations.refusal_of(answer)})"
            raise PrinterError(self.url, happened, "Nothing was changed", "Look at the printer's own list")
        found = operations.job_of(answer, raw)
        if found is None:
            raise PrinterAnswerError(self.url, "it tells of no job", raw)
        return found

    def _attributes(self, deadline: Deadline) -> tuple[Message, bytes]:
        request = operations.get_printer_attributes(next(self._request_ids), self._address.uri)
        answer, raw = self._question(request, deadline)
        if not operations.is_success(answer):
            raise PrinterUnreachableError(self.url, operations.refusal_of(answer), HTTP_ADVICE[404])
        return answer, raw

    def _question(self, request: Message, deadline: Deadline) -> tuple[Message, bytes]:
        """A request without a document: whatever goes wrong, nothing was sent."""
        try:
            answer = post(self._address, encode_message(request), deadline, Progress())
        except TimeoutError as error:
            happened, todo = "The printer did not answer in time", "Check power, cable and address"
            raise PrinterTimeoutError(self.url, 0, 0, happened, todo, nothing_sent=True) from error
        except OSError as error:
            raise PrinterUnreachableError(self.url, reason_of(error), _advice(error)) from error
        except ProtocolError as error:
            raise PrinterAnswerError(self.url, error.detail, b"") from error
        if answer.status != HTTP_OK:
            raise PrinterUnreachableError(self.url, *_http_trouble(answer))
        return self._message(answer, request, undone="Nothing was sent"), answer.body

    def _job_answer(self, request: Message, data: bytes, deadline: Deadline) -> tuple[Message, bytes]:
        head, progress, total = encode_message(request), Progress(), len(data)

        def left() -> int:
            return min(total, len(head) + total - progress.handed_over)

        try:
            answer = post(self._address, head + data, deadline, progress)
        except TimeoutError as error:
            happened = "The printer did not take or confirm the job in time"
            raise PrinterTimeoutError(
                self.url, total, left(), happened, CHECK_ANSWER, nothing_sent=progress.handed_over == 0
            ) from error
        except OSError as error:
            raise PrinterGoneError(
                self.url, total, left(), reason_of(error), nothing_sent=progress.handed_over == 0
            ) from error
        except ProtocolError as error:
            undone = "Whether it took the job is unknown"
            raise PrinterAnswerError(self.url, error.detail, b"", undone=undone) from error
        if answer.status != HTTP_OK:
            raise PrinterRefusedError(self.url, *_http_trouble(answer))
        return self._message(answer, request, undone="Whether it took the job is unknown"), answer.body

    def _message(self, answer: HttpAnswer, request: Message, *, undone: str) -> Message:
        try:
            message = parse_message(answer.body)
        except ProtocolError as error:
            raise PrinterAnswerError(self.url, error.detail, answer.body, undone=undone) from error
        if message.request_id != request.request_id:
            why = f"it answers request {message.request_id} instead of {request.request_id}"
            raise PrinterAnswerError(self.url, why, answer.body, undone=undone)
        return message

    def _accepted(self, answer: Message, raw: bytes) -> str:
        """The job's number; PrinterRefusedError where it was not taken, PrinterAbortedError where it was given up at once."""
        if not operations.is_success(answer):
            raise PrinterRefusedError(self.url, operations.refusal_of(answer))
        status = operations.job_of(answer, raw)
        number = answer.number(GroupTag.JOB, "job-id")
        if number is None:
            raise PrinterAnswerError(
                self.url, "it took a job and names none", raw, undone="Whether it prints the job is unknown"
            )
        if status is not None and status.state in GIVEN_UP:
            reasons = ", ".join(status.reasons) or "it does not say why"
            raise PrinterAbortedError(self.url, str(number), f"{status.state}: {reasons}")
        return str(number)

    def close(self) -> None:
        """Nothing is held between calls."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _http_trouble(answer: HttpAnswer) -> tuple[str, str]:
    todo = HTTP_ADVICE.get(answer.status, "Look at the printer or the print server")
    return f"HTTP {answer.status} {answer.reason}".strip(), todo


def _advice(error: OSError) -> str:
    return CHECK_CERTIFICATE if isinstance(error, ssl.SSLError) else "Check power, cable and address"
