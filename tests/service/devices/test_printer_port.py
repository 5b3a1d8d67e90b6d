"""Printers' errors in Strongroom's words: nothing left, or something may be on paper."""

import pytest

from drivers.errors import TransportError
from drivers.printer.errors import (
    PrinterAbortedError,
    PrinterAnswerError,
    PrinterGoneError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.model import CANNOT_TELL, PrinterCondition, PrinterStatus
from service.devices.printer_port import PrinterInDoubtError, PrinterNotReadyFaultError, PrinterPort, said
from service.errors import FaultError

URL = "tcp://zebra"
NOTHING_LEFT = [
    PrinterUnreachableError(URL, "connection refused"),
    PrinterNotReadyError(URL, [PrinterCondition.PAPER_OUT]),
    PrinterRefusedError(URL, "no such queue"),
    PrinterGoneError(URL, 900, 900, "reset", nothing_sent=True),
    PrinterTimeoutError(URL, 900, 900, "It does not answer", "Look", nothing_sent=True),
    PrinterAnswerError(URL, "three strings were expected", b"?"),
]
MAY_BE_ON_PAPER = [
    PrinterGoneError(URL, 900, 900, "reset"),
    PrinterGoneError(URL, 900, 0, "reset"),
    PrinterTimeoutError(URL, 900, 400, "It took no more", "Look"),
    PrinterAbortedError(URL, "7", "by its panel"),
    PrinterAnswerError(URL, "no IPP", b"?", undone="What it printed is unknown"),
    TransportError("reset"),
]


class Failing:
    url = URL
    languages = frozenset({"zpl"})

    def __init__(self, error):
        self.error, self.closed = error, False

    def send(self, data, *, title, deadline_s):  # noqa: ARG002 - the protocol's name
        raise self.error

    status = send

    def close(self):
        self.closed = True


def told_by_sending(error) -> FaultError:
    printer = Failing(error)
    with pytest.raises(FaultError) as told:
        PrinterPort(URL, "Zebra 1", lambda _: printer).send(b"^XA^XZ", "LP-0001", 5)
    assert printer.closed
    return told.value


@pytest.mark.parametrize("error", NOTHING_LEFT, ids=lambda error: type(error).__name__)
def test_where_the_driver_is_certain_that_nothing_left_the_label_may_be_sent_again(error):
    told = told_by_sending(error)
    assert isinstance(told, PrinterNotReadyFaultError)
    assert told.message.startswith("Zebra 1: ")
    assert told.message.endswith("Nothing was sent.")
    assert told.next_step


@pytest.mark.parametrize("error", MAY_BE_ON_PAPER, ids=lambda error: type(error).__name__)
def test_everything_else_may_be_on_paper_and_wants_a_look(error):
    told = told_by_sending(error)
    assert isinstance(told, PrinterInDoubtError)
    assert "It may have printed it." in told.message
    assert told.next_step == "Look at the printer before anything is printed again."


def test_conditions_are_told_in_words_with_what_to_do():
    both = frozenset({PrinterCondition.PAPER_OUT, PrinterCondition.RIBBON_LOW})
    seen = said(PrinterStatus(ready=False, conditions=both, formats_in_buffer=1, labels_remaining=0, raw=b""))
    assert (seen.ready, seen.words, seen.to_do) == (False, "out of labels, ribbon running low", "Load labels")
    assert seen.conditions == ("paper-out", "ribbon-low")


def test_a_printer_that_nobody_can_ask_is_neither_ready_nor_not():
    assert said(CANNOT_TELL).ready is None
