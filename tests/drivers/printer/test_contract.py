"""What every label printer must do, whatever the way to it.

Runs on the simulated Zebra in this process, over TCP, on a pseudo terminal, on pyserial's socket:// and
rfc2217://, through CUPS' scheduler by lp and by IPP, on CUPS' own IPP printer, on a folder, and on real
printers where STRONGROOM_TEST_PRINTER_URL names one or several: there three small labels come out.
"""

import os
import time

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError
from drivers.printer.errors import (
    PrinterError,
    PrinterNotReadyError,
    PrinterRefusedError,
    PrinterUnreachableError,
)
from drivers.printer.model import PrinterCondition, StatusSource

REAL_URLS = os.environ.get("STRONGROOM_TEST_PRINTER_URL", "").split()
# pyserial's client of RFC 2217 still says setDaemon(), and forgets its socket when it cannot open.
PORT_SERVER = pytest.param(
    "rfc2217",
    marks=[
        pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning"),
        pytest.mark.filterwarnings(
            "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
        ),
    ],
)
# Through which of them a printer's trouble can be made and seen.
SEEING = ["sim", "tcp", "pty", "socket", PORT_SERVER, "lp stand-in"]
QUEUES = ["lp", "ipp queue"]
NAMING = [*QUEUES, "lp stand-in", "ipp printer", "folder"]
BACKENDS = [*SEEING, *QUEUES, "ipp printer", "folder"]
DEADLINE_S = 20.0
STRANGE_TITLES = ["-o raw", "a\nb\tc", "Ä'\"; $(reboot) `x` ../../etc/passwd", "\0", "", "x" * 500]


@pytest.fixture(params=BACKENDS)
def subject(request, openers):
    with openers[request.param](request) as opened:
        yield opened


@pytest.fixture
def send(subject):
    def handed_over(data: bytes | None = None, *, title: str = "labels", deadline_s: float = DEADLINE_S):
        return subject.printer.send(subject.job if data is None else data, title=title, deadline_s=deadline_s)

    return handed_over


def test_a_job_arrives_whole_and_the_receipt_counts_its_bytes(subject, send, arrived):
    receipt = send()
    assert arrived(1) == subject.job
    assert receipt.bytes_sent == len(subject.job)
    assert receipt.duration_s >= 0
    assert bool(receipt.job_name) is subject.names_jobs


def test_jobs_arrive_one_after_the_other(subject, send, arrived):
    names = [send(title=f"job {number}").job_name for number in range(3)]
    assert arrived(3) == subject.job * 3
    assert len(set(names)) == (3 if subject.names_jobs else 1)


def test_a_healthy_printer_is_ready_or_says_that_nobody_can_tell(subject):
    status = subject.printer.status(deadline_s=DEADLINE_S)
    assert status.is_known is subject.tells
    assert status.ready is subject.tells
    assert status.conditions == frozenset()
    assert (status.source is StatusSource.NONE) is not subject.tells


@pytest.mark.parametrize("subject", ["sim", *NAMING], indirect=True)
@pytest.mark.parametrize("data", [b"", b"hello", b"\x1b%-12345X@PJL"], ids=["empty", "text", "pjl"])
def test_what_is_in_no_language_of_the_printer_is_refused(subject, send, arrived, data):
    with pytest.raises(PrinterRefusedError, match="Nothing was printed"):
        send(data)
    assert arrived(0) == b""


@pytest.mark.parametrize("subject", ["sim", *NAMING], indirect=True)
@pytest.mark.parametrize("title", STRANGE_TITLES, ids=range(len(STRANGE_TITLES)))
def test_a_title_is_only_a_title(subject, send, arrived, title):
    send(title=title)
    assert arrived(1) == subject.job


def test_a_job_in_another_language_is_refused(subject, send, arrived):
    with pytest.raises(PrinterRefusedError, match="takes"):
        send(subject.wrong_job)
    assert arrived(0) == b""


TROUBLES = ("paper-out", "ribbon-out", "head-open", "paused", "over-temperature")


@pytest.mark.parametrize("subject", SEEING, indirect=True)
@pytest.mark.parametrize("name", TROUBLES)
def test_a_printer_that_says_it_is_not_ready_gets_nothing(subject, send, arrived, name):
    subject.trouble(name)
    condition = PrinterCondition(name)
    status = subject.printer.status(deadline_s=DEADLINE_S)
    assert not status.ready
    assert condition in status.conditions
    with pytest.raises(PrinterNotReadyError, match="Nothing was sent") as caught:
        send()
    assert condition in caught.value.conditions
    assert name in str(caught.value.kind)
    assert arrived(0) == b""


@pytest.mark.parametrize("subject", QUEUES, indirect=True)
def test_a_queue_that_was_stopped_gets_nothing_for_later(subject, send, arrived):
    subject.trouble("paused")
    assert PrinterCondition.PAUSED in subject.printer.status(deadline_s=DEADLINE_S).conditions
    with pytest.raises(PrinterNotReadyError, match="Nothing was sent"):
        send()
    assert arrived(0) == b""


def test_a_printer_that_has_gone_away_is_an_error_and_nothing_was_sent(subject, send):
    subject.end()
    with pytest.raises(PrinterError) as caught:
        send(deadline_s=3)
    assert "Nothing was sent" in str(caught.value)
    assert str(caught.value).startswith(subject.printer.url)


def test_a_printer_may_be_kept_open_and_used_again(subject, send, arrived):
    send()
    subject.printer.status(deadline_s=DEADLINE_S)
    time.sleep(0.05)
    send()
    subject.printer.close()
    assert arrived(2) == subject.job * 2


@pytest.mark.skipif(not REAL_URLS, reason="STRONGROOM_TEST_PRINTER_URL names no printer")
def test_a_real_printer_takes_a_job(zpl_job, pdf_job):
    for url in REAL_URLS:
        with registry.open_printer(url) as printer:
            data = zpl_job if "zpl" in printer.languages else pdf_job
            status = printer.status(deadline_s=60)
            assert status.ready or not status.is_known
            assert printer.send(data, title="strongroom test", deadline_s=60).bytes_sent == len(data)


def test_an_unreachable_printer_cannot_be_opened_or_does_not_answer():
    assert issubclass(PrinterUnreachableError, BackendUnavailableError)
    with pytest.raises(PrinterUnreachableError, match="Nothing was sent"):
        registry.open_printer("tcp://127.0.0.1:1").status(deadline_s=5)
