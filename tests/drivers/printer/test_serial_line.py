"""What only a serial line does: XON/XOFF, settings of the port, a cable that is pulled, and pyserial's own URLs."""

import termios
import time

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError
from drivers.printer.errors import (
    PrinterError,
    PrinterGoneError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)

DEADLINE_S = 10.0
# More than a pseudo terminal holds before its other end is asked.
MANY = 600


def open_at(zebra, query: str):
    return registry.open_printer(f"serial://{zebra.path}?{query}")


def send(printer, data: bytes, deadline_s: float = DEADLINE_S):
    return printer.send(data, title="x", deadline_s=deadline_s)


def test_a_printer_that_says_xoff_is_waited_for(pty_zebra, hands, zpl_job):
    pty_zebra.at_first_data = lambda: pty_zebra.hold(0.6)
    with open_at(pty_zebra, "status=none") as printer:
        started = time.monotonic()
        send(printer, zpl_job * MANY)
        assert time.monotonic() - started > 0.5
    end = time.monotonic() + DEADLINE_S
    while len(hands.printed()) < 3 * MANY and time.monotonic() < end:
        time.sleep(0.02)
    assert b"".join(hands.printed()) == zpl_job * MANY


def test_xoff_without_end_is_a_timeout_that_counts_the_bytes_and_closes_at_once(pty_zebra, hands, zpl_job):
    pty_zebra.at_first_data = lambda: pty_zebra.hold(60)
    with open_at(pty_zebra, "status=none") as printer:
        started = time.monotonic()
        with pytest.raises(PrinterTimeoutError, match="did not arrive") as caught:
            send(printer, zpl_job * MANY, deadline_s=0.8)
        assert time.monotonic() - started < 4
    assert 0 < caught.value.bytes_left < len(zpl_job) * MANY
    assert not caught.value.nothing_sent


def test_a_cable_pulled_in_the_job_is_a_printer_gone(pty_zebra, zpl_job):
    pty_zebra.at_first_data = pty_zebra.cut
    with open_at(pty_zebra, "status=none") as printer:
        with pytest.raises(PrinterGoneError) as caught:
            send(printer, zpl_job * MANY)
        assert 0 < caught.value.bytes_left < len(zpl_job) * MANY
        with pytest.raises(PrinterUnreachableError, match="Nothing was sent"):
            send(printer, zpl_job)


def test_the_port_is_set_as_the_url_says(pty_zebra):
    with open_at(pty_zebra, "baud=38400&stopbits=2&xonxoff=0&rtscts=1&answer_s=0.5") as printer:
        assert printer.status(deadline_s=DEADLINE_S).ready
    flags_in, _, control, _, speed_in, speed_out, _ = pty_zebra.settings
    assert (speed_in, speed_out) == (termios.B38400, termios.B38400)
    assert not flags_in & termios.IXON
    assert control & termios.CSTOPB
    assert control & termios.CRTSCTS


def test_a_port_comes_as_printers_leave_the_factory(pty_zebra):
    with open_at(pty_zebra, "answer_s=0.5") as printer:
        assert printer.status(deadline_s=DEADLINE_S).ready
    flags_in, _, control, _, speed, _, _ = pty_zebra.settings
    assert speed == termios.B9600
    assert flags_in & termios.IXON
    assert control & termios.CSIZE == termios.CS8
    assert not control & termios.CSTOPB


def test_a_line_that_pyserial_keeps_to_itself_counts_as_well_as_it_can(zpl_job):
    """loop:// holds 4096 bytes and nobody reads them."""
    with registry.open_printer("serial+loop://?status=none&baud=115200") as printer:
        assert send(printer, zpl_job).bytes_sent == len(zpl_job)
        with pytest.raises(PrinterTimeoutError) as caught:
            send(printer, zpl_job * 50, deadline_s=1.0)
        assert 0 < caught.value.bytes_left <= len(zpl_job) * 50 - 4096


def test_a_last_piece_that_went_only_in_part_is_no_receipt():
    printer = registry.open_printer("serial+loop://?status=none&baud=115200")
    with printer, pytest.raises(PrinterTimeoutError, match="may have dropped some"):
        send(printer, b"^XA".ljust(4096 + 32), deadline_s=0.5)


def test_what_still_waits_in_this_host_is_not_sent(server, hands, zpl_job):
    """A printer behind a socket that reads no further: the system would take all of it, and more."""
    hands.set_fault("paper-out")
    hands.set_fault("small-buffer", formats=1)
    host, port = server.address
    printer = registry.open_printer(f"serial+socket://{host}:{port}?status=none")
    with printer, pytest.raises(PrinterTimeoutError) as caught:
        send(printer, zpl_job * 300, deadline_s=0.6)
    assert 0 < caught.value.bytes_left < len(zpl_job) * 300


def test_an_echo_is_no_status():
    with registry.open_printer("serial+loop://?answer_s=0.2") as printer, pytest.raises(PrinterError):
        printer.status(deadline_s=DEADLINE_S)


def test_options_that_are_not_ours_are_pyserials(server):
    host, port = server.address
    with registry.open_printer(f"serial+socket://{host}:{port}?answer_s=0.5") as printer:
        assert printer.status(deadline_s=DEADLINE_S).ready
    wrong = registry.open_printer(f"serial+socket://{host}:{port}?colour=red")
    with wrong, pytest.raises(PrinterUnreachableError, match="colour"):
        wrong.status(deadline_s=DEADLINE_S)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("serial:///dev/no-such-port", "no such file"),
        ("serial+nonsense://x", "nonsense"),
        ("serial+hwgrep://no-such-printer-anywhere", "no-such-printer-anywhere|no ports found"),
        ("serial:///dev/ptmx?bytesize=7&parity=E", "cannot be set like this"),
        ("serial:///dev/null", "inappropriate ioctl|could not configure"),
    ],
)
def test_a_line_that_cannot_be_opened_says_why(url, text):
    with registry.open_printer(url) as printer, pytest.raises(PrinterUnreachableError, match=text):
        printer.status(deadline_s=DEADLINE_S)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("serial://", "serial:///dev"),
        ("serial://host/x", "serial:///dev"),
        ("serial:///dev/ttyS0?colour=red", "serial:///dev"),
        ("serial:///dev/ttyS0?baud=fast", "baud"),
        ("serial:///dev/ttyS0?baud=0", "above zero"),
        ("serial:///dev/ttyS0?parity=X", "known are N, E, O"),
        ("serial:///dev/ttyS0?xonxoff=yes", "known are 0, 1"),
    ],
)
def test_a_wrong_serial_url_says_why(url, text):
    with pytest.raises(BackendUnavailableError, match=text):
        registry.open_printer(url)
