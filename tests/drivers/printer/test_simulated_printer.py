"""Every fault of the simulated Zebra does what it says, seen through the ordinary driver over TCP and in process."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drivers import registry
from drivers.errors import BackendUnavailableError, ProtocolError
from drivers.printer.errors import (
    PrinterAnswerError,
    PrinterError,
    PrinterGoneError,
    PrinterNotReadyError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from drivers.printer.model import PrinterCondition
from drivers.simulator.printer.faults import FAULTS
from drivers.simulator.printer.machine import Machine
from drivers.simulator.printer.session import Session

DEADLINE_S = 20.0


def label(number: int, copies: int = 1) -> bytes:
    return b"^XA^FO10,10^FDABC%03dL8^FS^PQ%d^XZ" % (number, copies)


def labels(*numbers: int) -> bytes:
    return b"\n".join(map(label, numbers))


@pytest.fixture(params=["sim", "tcp"])
def printer(request, folder, hands):
    url = f"sim://{folder}" if request.param == "sim" else request.getfixturevalue("server").url
    with registry.open_printer(f"{url}?answer_s=0.3") as opened:
        yield opened


@pytest.fixture
def fault(hands):
    return hands.set_fault


def send(printer, data: bytes, deadline_s: float = DEADLINE_S):
    return printer.send(data, title="test", deadline_s=deadline_s)


def conditions(printer) -> set[str]:
    return set(printer.status(deadline_s=DEADLINE_S).conditions)


def wait_until(true, patience_s: float = 5.0) -> None:
    end = time.monotonic() + patience_s
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def test_copies_are_labels_of_their_own(printer, hands):
    send(printer, label(1, 3) + label(2))
    wait_until(lambda: len(hands.printed()) == 4)
    assert hands.printed() == [label(1, 3)] * 3 + [label(2)]
    assert hands.received() == [label(1, 3), label(2)]
    assert hands.dump()["labels_printed"] == 4


def test_out_of_labels_after_some_the_rest_waits_in_its_buffer(printer, hands, fault):
    fault("paper-out", after=2)
    send(printer, labels(1, 2) + label(3, 5) + label(4))
    wait_until(lambda: len(hands.received()) == 4)
    status = printer.status(deadline_s=DEADLINE_S)
    assert status.conditions == {PrinterCondition.PAPER_OUT}
    assert (status.formats_in_buffer, status.labels_remaining) == (2, 5)
    assert hands.printed() == [label(1), label(2)]
    hands.clear_fault("paper-out")
    assert hands.printed() == [label(1), label(2), *[label(3, 5)] * 5, label(4)]
    assert printer.status(deadline_s=DEADLINE_S).ready


def test_out_of_ribbon_in_the_middle_of_copies(printer, hands, fault):
    fault("ribbon-out", after=2)
    send(printer, label(1, 5))
    wait_until(lambda: bool(hands.received()))
    assert conditions(printer) == {"ribbon-out"}
    assert len(hands.printed()) == 2


@pytest.mark.parametrize(
    "name",
    [
        "head-open",
        "paused",
        "over-temperature",
        "under-temperature",
        "memory-lost",
        "diagnostic-mode",
        "label-waiting",
    ],
)
def test_a_condition_is_told_and_ends_when_it_is_cleared(printer, hands, fault, name):
    fault(name)
    assert conditions(printer) == {name}
    with pytest.raises(PrinterNotReadyError, match="Nothing was sent"):
        send(printer, label(1))
    hands.clear_fault(name)
    send(printer, label(1))
    wait_until(lambda: hands.printed() == [label(1)])


def test_a_slow_printer_takes_its_time(printer, hands, fault):
    fault("slow", bytes_per_s=4000)
    started = time.monotonic()
    send(printer, labels(*range(60)))
    assert time.monotonic() - started > 0.3
    wait_until(lambda: len(hands.printed()) == 60)


def test_a_printer_too_slow_for_the_deadline_says_how_many_bytes_are_left(printer, hands, fault):
    fault("slow", bytes_per_s=50_000)
    data = labels(*range(3000))
    with pytest.raises(PrinterTimeoutError, match="did not arrive") as caught:
        send(printer, data, deadline_s=1.0)
    assert 0 < caught.value.bytes_left < len(data)
    assert len(hands.received()) * (len(label(1)) + 1) <= len(data) - caught.value.bytes_left + 50_000


def test_a_full_buffer_stops_the_host(printer, hands, fault):
    fault("paper-out", after=1)
    fault("small-buffer", formats=2)
    data = labels(*range(3000))
    with pytest.raises(PrinterTimeoutError) as caught:
        send(printer, data, deadline_s=1.0)
    assert 0 < caught.value.bytes_left < len(data)
    assert hands.received() == [label(0), label(1), label(2)]
    hands.clear_fault("paper-out")
    wait_until(lambda: hands.printed()[:3] == [label(0), label(1), label(2)])


def test_a_connection_reset_in_the_middle_says_so_and_the_first_labels_were_printed(printer, hands, fault):
    fault("gone-mid-job", after_bytes=2 * len(label(1)) + 5)
    data = labels(*range(1000))
    with pytest.raises(PrinterGoneError) as caught:
        send(printer, data)
    assert 0 <= caught.value.bytes_left < len(data)
    assert not caught.value.nothing_sent
    assert "Scan which labels were really printed" in str(caught.value)
    wait_until(lambda: hands.printed() == [label(0), label(1)])
    assert printer.status(deadline_s=DEADLINE_S).ready


def test_a_reset_at_the_very_end_of_a_small_job_is_noticed_as_well(printer, hands, fault):
    fault("gone-mid-job", after_bytes=len(label(1)))
    with pytest.raises(PrinterGoneError):
        send(printer, label(1))
    assert hands.printed() == [label(1)]


def test_a_printer_that_dies_after_some_labels_forgets_the_rest(printer, hands, fault):
    fault("dies", after=3)
    with pytest.raises(PrinterGoneError):
        send(printer, labels(*range(10)))
    assert hands.printed() == [label(0), label(1), label(2)]
    with pytest.raises(PrinterError, match="Nothing was sent"):
        send(printer, label(3))
    hands.clear_fault("unplugged")
    send(printer, labels(*range(3, 10)))
    wait_until(lambda: hands.printed() == [label(n) for n in range(10)])


def test_copies_that_had_not_come_out_are_forgotten_with_the_power(printer, hands, fault):
    fault("dies", after=2)
    with pytest.raises(PrinterGoneError):
        send(printer, label(1, 5))
    hands.clear_fault("unplugged")
    assert printer.status(deadline_s=DEADLINE_S).formats_in_buffer == 0
    assert hands.printed() == [label(1, 5)] * 2


def test_patience_with_a_slow_printer_begins_when_it_has_everything(server, hands, fault):
    fault("slow", bytes_per_s=100_000)
    with registry.open_printer(f"{server.url}?linger_s=0.05&answer_s=0.5") as printer:
        send(printer, labels(*range(2000)))
    wait_until(lambda: len(hands.printed()) == 2000)


def test_an_unplugged_printer_answers_nobody(printer, fault):
    fault("unplugged")
    with pytest.raises(PrinterError, match="Nothing was sent") as caught:
        send(printer, label(1))
    assert isinstance(caught.value, PrinterGoneError | PrinterUnreachableError)


def test_a_format_may_be_eaten_though_everything_was_sent(printer, hands, fault):
    fault("eats-formats", times=1)
    send(printer, labels(1, 2))
    wait_until(lambda: hands.printed() == [label(2)])
    assert len(hands.received()) == 2


def test_half_a_format_that_outlives_its_connection_is_a_condition_until_it_is_switched_off(
    printer, hands, fault
):
    fault("keeps-partial-format")
    fault("gone-mid-job", after_bytes=len(label(1)) - 5)
    with pytest.raises(PrinterGoneError):
        send(printer, label(1))
    wait_until(lambda: conditions(printer) == {"partial-format"})
    with pytest.raises(PrinterNotReadyError, match="half a label"):
        send(printer, label(1))
    hands.switch_off_and_on()
    send(printer, label(2))
    wait_until(lambda: hands.printed() == [label(2)])


def test_a_silent_printer_is_no_ready_printer(printer, hands, fault):
    fault("silent-status")
    started = time.monotonic()
    with pytest.raises(PrinterTimeoutError, match="status=none"):
        printer.status(deadline_s=DEADLINE_S)
    with pytest.raises(PrinterTimeoutError, match="Nothing was sent") as caught:
        send(printer, label(1))
    assert caught.value.bytes_left == len(label(1))
    assert caught.value.nothing_sent
    assert time.monotonic() - started < 3
    assert hands.received() == []


def test_some_printers_are_silent_only_while_they_are_stopped(printer, hands, fault):
    fault("silent-when-stopped")
    assert printer.status(deadline_s=DEADLINE_S).ready
    fault("head-open")
    with pytest.raises(PrinterTimeoutError, match="open or too hot"):
        printer.status(deadline_s=DEADLINE_S)


def test_garbled_answers_are_told_with_what_came(printer, hands, fault):
    fault("garbled-status")
    with pytest.raises(PrinterAnswerError, match="1 strings") as caught:
        send(printer, label(1))
    assert isinstance(caught.value, ProtocolError)
    assert caught.value.raw == b"\x02030,0,0\x03\r\n"
    fault("garbled-status", text="x" * 9000)
    with pytest.raises(PrinterAnswerError, match="bytes long"):
        printer.status(deadline_s=DEADLINE_S)
    assert hands.received() == []


def test_a_printer_told_to_be_mute_is_not_asked(folder, hands):
    hands.set_fault("silent-status")
    with registry.open_printer(f"sim://{folder}?status=none") as printer:
        status = printer.status(deadline_s=1)
        assert (status.ready, status.is_known) == (False, False)
        send(printer, label(1))
    assert hands.printed() == [label(1)]


def test_commands_are_found_wherever_the_bytes_are_cut(folder, hands):
    """Pause, a label, a status question in the middle of the next, print start: byte by byte."""
    stream = b"noise~pp^xa^FD1^FS^xz^XA^FD~HS2^FS~PS^XZ^FDoutside"
    machine = Machine(folder)
    session = Session(machine)
    answers = b"".join(session.receive(stream[n : n + 1]).answer for n in range(len(stream)))
    session.end()
    machine.close()
    assert answers.count(b"\x02") == 3
    assert answers.split(b",")[1:3] == [b"0", b"1"]
    assert hands.printed() == [b"^xa^FD1^FS^xz", b"^XA^FD2^FS^XZ"]


def test_cancel_all_forgets_what_waits(folder, hands, printer):
    hands.set_fault("paused")
    with registry.open_printer(f"sim://{folder}?status=none") as mute:
        send(mute, labels(1, 2))
        assert hands.dump()["waiting"] != []
        send(mute, b"~JA~PS")
    assert hands.printed() == []
    assert printer.status(deadline_s=DEADLINE_S).ready


FEEDER = """
import sys
from drivers import registry
with registry.open_printer(sys.argv[1]) as printer:
    for number in range(100000):
        printer.send(b"^XA^FD%d^FS^XZ" % number, title="", deadline_s=9)
        print(number, flush=True)
"""


def test_what_was_printed_survives_kill_9(folder, hands):
    process = subprocess.Popen(
        [sys.executable, "-c", FEEDER, f"sim://{folder}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while process.stdout.readline().strip() != "20":
        assert process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
    found = hands.printed()
    assert len(found) > 20
    assert found == [b"^XA^FD%d^FS^XZ" % number for number in range(len(found))]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("nonsense", {}),
        ("slow", {"speed": 3}),
        ("slow", {"bytes_per_s": "fast"}),
        ("paper-out", {"after": -1}),
        ("paper-out", {"after": True}),
    ],
)
def test_an_unknown_fault_or_parameter_is_refused(hands, name, parameters):
    with pytest.raises(ProtocolError):
        hands.set_fault(name, **parameters)


def test_a_folder_without_a_printer_and_a_port_in_use_are_unavailable(tmp_path, server, folder):
    with pytest.raises(BackendUnavailableError, match="no simulated printer"):
        registry.open_printer(f"sim://{tmp_path}/nothing")
    with pytest.raises(BackendUnavailableError, match="in use"):
        type(server)(folder, *server.address)


def test_a_second_host_waits_for_the_first(server, hands):
    first = socket.create_connection(server.address)
    with registry.open_printer(f"{server.url}?answer_s=0.2") as printer:
        with pytest.raises(PrinterTimeoutError):
            printer.status(deadline_s=DEADLINE_S)
        first.close()
        wait_until(lambda: printer.status(deadline_s=DEADLINE_S).ready)


def test_no_fault_of_the_list_is_without_a_test():
    """By the text of this file: the tests may run in several processes."""
    tests = Path(__file__).read_text(encoding="utf-8")
    assert [
        name for name in FAULTS if f'fault("{name}"' not in tests and f'        "{name}",\n' not in tests
    ] == []
