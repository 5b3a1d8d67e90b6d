"""The requests we send and what the answers mean (RFC 8011). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from drivers.printer.ipp.message import (
    Attribute,
    Group,
    GroupTag,
    Message,
    ValueTag,
    number_attribute,
    text_attribute,
)
from drivers.printer.model import (
    JobState,
    JobStatus,
    PrinterCondition,
    PrinterLanguage,
    PrinterStatus,
    StatusSource,
)
from drivers.printer.state_reasons import condition_of, hinders

PRINT_JOB, GET_JOB_ATTRIBUTES, GET_PRINTER_ATTRIBUTES = 0x0002, 0x0009, 0x000B
LAST_SUCCESS, BUSY = 0x00FF, 0x0507
USER = "strongroom"
# RFC 8011 allows 255; some make a file name of it.
LONGEST_NAME = 127
STOPPED = 5
# printer-type is what CUPS adds: it is a queue that answers, not the printer.
QUEUE_MARK = "printer-type"
STATUS_ATTRIBUTES = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "document-format-supported",
    QUEUE_MARK,
)
JOB_ATTRIBUTES = ("job-id", "job-state", "job-state-reasons")

STATUS_NAMES: Mapping[int, str] = {
    0x0400: "client-error-bad-request",
    0x0401: "client-error-forbidden",
    0x0402: "client-error-not-authenticated",
    0x0403: "client-error-not-authorized",
    0x0404: "client-error-not-possible",
    0x0405: "client-error-timeout",
    0x0406: "client-error-not-found",
    0x0407: "client-error-gone",
    0x0408: "client-error-request-entity-too-large",
    0x040A: "client-error-document-format-not-supported",
    0x040B: "client-error-attributes-or-values-not-supported",
    0x040C: "client-error-uri-scheme-not-supported",
    0x040D: "client-error-charset-not-supported",
    0x0411: "client-error-document-format-error",
    0x0500: "server-error-internal-error",
    0x0501: "server-error-operation-not-supported",
    0x0502: "server-error-service-unavailable",
    0x0503: "server-error-version-not-supported",
    0x0504: "server-error-device-error",
    0x0505: "server-error-temporary-error",
    0x0506: "server-error-not-accepting-jobs",
    0x0507: "server-error-busy",
    0x0508: "server-error-job-canceled",
}
# What a printer may call a language, the most exact name first.
FORMATS: Mapping[PrinterLanguage, tuple[str, ...]] = {
    PrinterLanguage.PDF: ("application/pdf",),
    PrinterLanguage.ZPL: (
        "application/vnd.zebra-zpl",
        "application/vnd.cups-raw",
        "application/octet-stream",
    ),
}
JOB_STATES: Mapping[int, JobState] = {
    3: JobState.PENDING,
    4: JobState.HELD,
    5: JobState.PROCESSING,
    6: JobState.STOPPED,
    7: JobState.CANCELED,
    8: JobState.ABORTED,
    9: JobState.COMPLETED,
}


def request(operation: int, request_id: int, uri: str, *further: Attribute) -> Message:
    """Character set and language come first, then the target (RFC 8011, 4.1.4 and 4.1.5)."""
    head = (
        text_attribute(ValueTag.CHARSET, "attributes-charset", "utf-8"),
        text_attribute(ValueTag.LANGUAGE, "attributes-natural-language", "en"),
        text_attribute(ValueTag.URI, "printer-uri", uri),
    )
    return Message(operation, request_id, (Group(GroupTag.OPERATION, (*head, *further)),))


def user() -> Attribute:
    return text_attribute(ValueTag.NAME, "requesting-user-name", USER)


def print_job(request_id: int, uri: str, title: str, document_format: str) -> Message:
    """Labels have their size in millimetres: a printer that scales is told not to."""
    asked = request(
        PRINT_JOB,
        request_id,
        uri,
        user(),
        text_attribute(ValueTag.NAME, "job-name", job_name_of(title)),
        text_attribute(ValueTag.MIME_TYPE, "document-format", document_format),
    )
    template = Group(GroupTag.JOB, (text_attribute(ValueTag.KEYWORD, "print-scaling", "none"),))
    return replace(asked, groups=(*asked.groups, template))


def get_printer_attributes(request_id: int, uri: str) -> Message:
    wanted = text_attribute(ValueTag.KEYWORD, "requested-attributes", *STATUS_ATTRIBUTES)
    return request(GET_PRINTER_ATTRIBUTES, request_id, uri, user(), wanted)


def get_job_attributes(request_id: int, uri: str, job_id: int) -> Message:
    wanted = text_attribute(ValueTag.KEYWORD, "requested-attributes", *JOB_ATTRIBUTES)
    number = number_attribute(ValueTag.INTEGER, "job-id", job_id)
    return request(GET_JOB_ATTRIBUTES, request_id, uri, number, user(), wanted)


def job_name_of(title: str) -> str:
    """A name of at most 127 bytes without control characters."""
    plain = "".join(c if c.isprintable() else " " for c in title).strip()
    return plain.encode()[:LONGEST_NAME].decode("utf-8", "ignore") or "labels"


def is_success(answer: Message) -> bool:
    return answer.code <= LAST_SUCCESS


def refusal_of(answer: Message) -> str:
    """The status by its name, and the printer's own words."""
    name = STATUS_NAMES.get(answer.code, f"status {answer.code:04X}")
    words = " ".join(answer.texts(GroupTag.OPERATION, "status-message"))
    return f"{name}: {words}" if words and words != name else name


def status_of(answer: Message, raw: bytes) -> PrinterStatus:
    """`-report` and `-warning` are told and hinder nothing; a printer that names no state is not ready."""
    state = answer.number(GroupTag.PRINTER, "printer-state")
    accepting = answer.truth(GroupTag.PRINTER, "printer-is-accepting-jobs")
    reasons = answer.texts(GroupTag.PRINTER, "printer-state-reasons")
    conditions = {condition for reason in reasons if (condition := condition_of(reason))}
    if accepting is False:
        conditions.add(PrinterCondition.REJECTING_JOBS)
    queue = bool(answer.values(GroupTag.PRINTER, QUEUE_MARK))
    return PrinterStatus(
        ready=state is not None and state != STOPPED and accepting is not False and not any(map(hinders, reasons)),
        conditions=frozenset(conditions),
        formats_in_buffer=None,
        labels_remaining=None,
        raw=raw,
        source=StatusSource.QUEUE if queue else StatusSource.PRINTER,
    )  # fmt: skip


def format_for(language: PrinterLanguage, answer: Message) -> str | None:
    """What this printer calls the language; None where it lists formats and this is not among them."""
    supported = answer.texts(GroupTag.PRINTER, "document-format-supported")
    names = FORMATS[language]
    return next((name for name in names if name in supported), None) if supported else names[0]


def job_of(answer: Message, raw: bytes) -> JobStatus | None:
    """None where the answer tells of no job."""
    state = JOB_STATES.get(answer.number(GroupTag.JOB, "job-state") or 0)
    reasons: Iterable[str] = answer.texts(GroupTag.JOB, "job-state-reasons")
    return JobStatus(state, tuple(r for r in reasons if r != "none"), raw) if state else None
