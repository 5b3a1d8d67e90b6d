"""Print queues through `lp` and `lpstat`: stand-ins that misbehave, and what CUPS itself is asked."""

import time

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError, ProtocolError
from drivers.printer import lp_text
from drivers.printer.errors import (
    PrinterAnswerError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.model import PrinterCondition, StatusSource

DEADLINE_S = 10.0


@pytest.fixture
def printer(standin):
    with registry.open_printer("lp://print.example/zebra?language=pdf,zpl") as opened:
        yield opened


@pytest.fixture
def state(standin):
    return (standin / "state").write_text


def send(printer, data: bytes, title: str = "labels", deadline_s: float = DEADLINE_S):
    return printer.send(data, title=title, deadline_s=deadline_s)


def test_lp_gets_queue_server_title_and_options_as_words_of_their_own(printer, standin, zpl_job, pdf_job):
    send(printer, zpl_job, "$(reboot); -o\nraw")
    send(printer, pdf_job)
    zpl, pdf = ((standin / f"arguments-00{n}").read_text().split("\0") for n in (1, 2))
    assert zpl == ["-h", "print.example", "-d", "zebra", "-t", "$(reboot); -o raw", "-o", "raw"]
    assert pdf[-2:] == ["-o", "print-scaling=none"]


def test_what_a_queue_says_is_the_queues_opinion(printer, state):
    state("idle media-low-report, cover-open-warning")
    status = printer.status(deadline_s=DEADLINE_S)
    assert (status.ready, status.source) == (True, StatusSource.QUEUE)
    assert status.conditions == {PrinterCondition.PAPER_LOW, PrinterCondition.HEAD_OPEN}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("disabled", PrinterCondition.PAUSED),
        ("rejecting", PrinterCondition.REJECTING_JOBS),
        ("idle media-empty-error", PrinterCondition.PAPER_OUT),
        ("idle offline", PrinterCondition.OFFLINE),
    ],
)
def test_a_queue_that_would_only_keep_the_job_gets_none(printer, state, standin, zpl_job, text, condition):
    state(text)
    with pytest.raises(PrinterNotReadyError, match="Nothing was sent") as caught:
        send(printer, zpl_job)
    assert condition in caught.value.conditions
    assert list(standin.glob("job-*")) == []


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("gone", PrinterUnreachableError, "Invalid destination name"),
        ("refuses", PrinterRefusedError, "not accepting jobs"),
        ("nonsense", PrinterAnswerError, "Nothing was sent"),
        ("mumbles", PrinterAnswerError, "Whether the queue took the job is unknown"),
    ],
)
def test_what_lp_complains_of_is_told(printer, state, zpl_job, text, kind, words):
    state(text)
    with pytest.raises(kind, match=words):
        send(printer, zpl_job)


@pytest.mark.parametrize(
    ("text", "nothing_sent", "words"),
    [("hangs", True, "Nothing was sent"), ("stalls", False, "Whether the queue took the job is unknown")],
)
def test_a_program_that_does_not_end_is_ended(printer, state, zpl_job, text, nothing_sent, words):
    state(text)
    started = time.monotonic()
    with pytest.raises(PrinterTimeoutError, match=words) as caught:
        send(printer, zpl_job, deadline_s=1.0)
    assert caught.value.nothing_sent is nothing_sent
    assert time.monotonic() - started < 4


def test_a_host_without_cups_client_says_what_to_install(monkeypatch, tmp_path, zpl_job):
    monkeypatch.setenv("PATH", str(tmp_path))
    printer = registry.open_printer("lp:///zebra?language=zpl")
    with printer, pytest.raises(BackendUnavailableError, match="cups-client"):
        send(printer, zpl_job)


@pytest.mark.parametrize("data", [b"", b"printer z is idle.\n", b"z accepting requests since\n"])
def test_half_an_answer_is_none(data):
    with pytest.raises(ProtocolError):
        lp_text.status_of(data)


def test_a_queue_at_work_is_ready():
    text = (
        b"printer z now printing z-5.  enabled since x\n\tAlerts: job-printing-report\nz accepting requests\n"
    )
    assert lp_text.status_of(text).ready
    assert lp_text.job_of(b"request id is z-5 (0 file(s))\n") == "z-5"


def test_a_queue_named_by_cups_itself_takes_a_job_and_the_labels_come_out(cups, server, hands, zpl_job):
    cups.add_queue("straight", server.address)
    with registry.open_printer(f"lp://{cups.host}/straight?language=zpl") as printer:
        assert send(printer, zpl_job).job_name.startswith("straight-")
    end = time.monotonic() + DEADLINE_S
    while len(hands.printed()) < 3 and time.monotonic() < end:
        time.sleep(0.02)
    assert b"".join(hands.printed()) == zpl_job
