"""What goes wrong at a printer. Every error says what happened, what was not done, and what to do.

PrinterError (a DeviceError)
├── PrinterUnreachableError   nobody answers at the address; nothing was sent
├── PrinterNotReadyError      it said so itself (conditions); nothing was sent
├── PrinterRefusedError       the job was not taken, by it or by the driver
├── PrinterAbortedError       it took the job and gave it up
├── PrinterAnswerError        it answered nonsense (also a ProtocolError)
├── PrinterGoneError          the way to it broke while sending (bytes_left)
└── PrinterTimeoutError       it did not answer, or did not take everything in time (bytes_left)
"""

from collections.abc import Iterable, Mapping

from drivers.errors import BackendUnavailableError, DeviceError, ProtocolError
from drivers.printer.model import PrinterCondition

NOTHING_SENT = "Nothing was sent"
LOOK_FIRST = "Scan which labels were really printed before sending the rest"
# What people call a condition, and what they do about it.
CONDITION_TEXT: Mapping[PrinterCondition, tuple[str, str]] = {
    PrinterCondition.PAPER_OUT: ("out of labels", "load labels"),
    PrinterCondition.PAPER_LOW: ("labels running low", "have labels at hand"),
    PrinterCondition.PAPER_JAM: ("labels jammed", "clear the jam"),
    PrinterCondition.RIBBON_OUT: ("out of ribbon", "load ribbon"),
    PrinterCondition.RIBBON_LOW: ("ribbon running low", "have ribbon at hand"),
    PrinterCondition.HEAD_OPEN: ("head or cover open", "close it"),
    PrinterCondition.PAUSED: ("paused", "press its pause key"),
    PrinterCondition.OVER_TEMPERATURE: ("head too hot", "let it cool"),
    PrinterCondition.UNDER_TEMPERATURE: ("head too cold", "let it warm up"),
    PrinterCondition.BUFFER_FULL: ("receive buffer full", "wait until it has printed"),
    PrinterCondition.MEMORY_LOST: ("its settings are lost", "set it up again and print a calibration label"),
    PrinterCondition.PARTIAL_FORMAT: (
        "half a label waits in its memory",
        "press its cancel key, or switch it off and on",
    ),
    PrinterCondition.DIAGNOSTIC_MODE: ("in diagnostic mode", "leave diagnostic mode at its panel"),
    PrinterCondition.LABEL_WAITING: ("a label waits to be taken", "take the label"),
    PrinterCondition.OFFLINE: ("offline", "check power, cable and its panel"),
    PrinterCondition.REJECTING_JOBS: ("its queue takes no jobs", "let the queue accept jobs again"),
    PrinterCondition.ATTENTION: ("wants attention", "look at its panel"),
}


class PrinterError(DeviceError):
    """`happened`, `undone` and `todo` are sentences without their full stops; `printer` is its URL."""

    def __init__(
        self, printer: str, happened: str, undone: str, todo: str, *, kind: str | None = None
    ) -> None:
        self.printer, self.happened, self.undone, self.todo = printer, happened, undone, todo
        super().__init__(f"{happened}. {undone}. {todo}.", kind=kind)

    def _text(self) -> str:
        return f"{self.printer}: {self.detail}"


class PrinterUnreachableError(PrinterError, BackendUnavailableError):
    def __init__(self, printer: str, why: str, todo: str = "Check power, cable and address") -> None:
        super().__init__(printer, f"The printer cannot be reached ({why})", NOTHING_SENT, todo)


class PrinterNotReadyError(PrinterError):
    """`kind` names the conditions, in order, with commas."""

    def __init__(self, printer: str, conditions: Iterable[PrinterCondition]) -> None:
        self.conditions = frozenset(conditions)
        named = [condition for condition in PrinterCondition if condition in self.conditions]
        words = [CONDITION_TEXT[condition] for condition in named]
        what = ", ".join(word for word, _ in words) or "it does not say why"
        todo = "; ".join(step for _, step in words) or "look at its panel"
        super().__init__(
            printer,
            f"The printer is not ready: {what}",
            NOTHING_SENT,
            f"{todo[:1].upper()}{todo[1:]}, then send again",
            kind=",".join(named) or None,
        )


class PrinterRefusedError(PrinterError):
    def __init__(self, printer: str, why: str, todo: str = "See to that, then send again") -> None:
        super().__init__(printer, f"The job was refused ({why})", "Nothing was printed", todo)


class PrinterAbortedError(PrinterError):
    """What came out before that is unknown."""

    def __init__(self, printer: str, job_name: str, why: str) -> None:
        happened = f"The printer took job {job_name} and gave it up ({why})"
        super().__init__(printer, happened, "What it printed before is unknown", LOOK_FIRST)


class PrinterAnswerError(PrinterError, ProtocolError):
    """`raw` is what came instead of an answer."""

    def __init__(self, printer: str, why: str, raw: bytes, *, undone: str = NOTHING_SENT) -> None:
        self.raw = raw
        todo = "Check that the URL names the right printer and port and what language it is set to"
        super().__init__(printer, f"The printer answered what makes no sense ({why})", undone, todo)


def _sent_part(total: int, left: int, *, nothing_sent: bool) -> str:
    if nothing_sent:
        return NOTHING_SENT
    if left == total:
        return f"As far as can be told none of {total} bytes arrived"
    if left == 0:
        return f"All {total} bytes had been handed over, but it may have dropped some"
    return f"The last {left} of {total} bytes did not arrive"


class PrinterGoneError(PrinterError):
    """`bytes_left` is the least that cannot have arrived; the printer may have dropped more.

    `nothing_sent`: no byte of the job had been handed over, so that sending again prints nothing twice.
    """

    def __init__(self, printer: str, total: int, left: int, why: str, *, nothing_sent: bool = False) -> None:
        self.bytes_left, self.nothing_sent = left, nothing_sent
        todo = "Check power and cable, then send again" if nothing_sent else LOOK_FIRST
        happened = f"The connection to the printer broke ({why})"
        super().__init__(printer, happened, _sent_part(total, left, nothing_sent=nothing_sent), todo)


class PrinterTimeoutError(PrinterError):
    """`bytes_left` and `nothing_sent` as in PrinterGoneError."""

    def __init__(
        self,
        printer: str,
        total: int,
        left: int,
        happened: str,
        todo: str,
        *,
        nothing_sent: bool = False,
        undone: str = "",
    ) -> None:
        self.bytes_left, self.nothing_sent = left, nothing_sent
        undone = undone or _sent_part(total, left, nothing_sent=nothing_sent)
        super().__init__(printer, happened, undone, todo)
