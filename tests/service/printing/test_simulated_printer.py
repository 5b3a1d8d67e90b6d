"""The whole way to the paper of a simulated Zebra: what came out, how often, and after which accident."""

import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from drivers.registry import open_printer_hands
from service.devices.duty import Timing
from service.devices.models import JobState
from service.printing import actions, resuming
from service.printing.models import LabelState, Language
from service.printing.resuming import From
from service.printing.sheets import sheet
from service.printing.worker import Post, PrinterWorker

SCRIPT = Path(__file__).with_name("killable_printer_worker.py")
BARCODES = [f"ABC{number:03}L8" for number in range(1, 7)]
PAYLOAD = re.compile(rb"\^FD([A-Z0-9]{8})\^FS")


@pytest.fixture
def clock():
    """Two processes share the leases, so that both need the real time."""
    return lambda: datetime.now(UTC)


class Zebra:
    def __init__(self, room, folder):
        self.room, self.url = room, f"sim://{folder}?answer_s=0.5"
        self.hands = open_printer_hands(folder)
        self.printer_id = room.printer(url=self.url)

    def worker(self):
        timing = Timing(lease_s=5, poll_s=0.02, retry_s=0.05, observe_s=3600, stop_s=5)
        worker = PrinterWorker(self.room.runtime, Post(self.printer_id, "Zebra 1", self.url), timing=timing)
        self.room.workers.append(worker)
        return worker.start()

    def paper(self):
        """Barcodes of the labels that came out, in order."""
        return [PAYLOAD.search(label)[1].decode() for label in self.hands.printed()]


@pytest.fixture
def zebra(room, tmp_path):
    made = Zebra(room, tmp_path / "zebra")
    yield made
    room.stop()
    made.hands.close()


def resume(room, number, where=From.FIRST_UNPROVED):
    return room.run(lambda unit: resuming.resume(unit, number, where, "Looked at the printer."))


def test_every_label_comes_out_once_and_in_order(room, zebra):
    number, job_id = room.print_job()
    zebra.worker()
    room.wait_for_state(job_id, JobState.DONE)
    assert zebra.paper() == BARCODES
    for barcode in BARCODES:
        room.scan(number, barcode)
    assert room.labels(number, LabelState.PRINTED) == BARCODES
    room.check_ledger()


def test_paper_that_runs_out_in_the_job_is_told_in_words_and_nothing_is_sent_twice(room, zebra):
    number, job_id = room.print_job()
    zebra.hands.set_fault("paper-out", after=2)
    zebra.worker()
    waiting = room.wait_for_state(job_id, JobState.WAITING)
    assert "out of labels" in waiting.fault
    assert zebra.paper() == BARCODES[:2]
    zebra.hands.clear_faults()
    room.wait_for_state(job_id, JobState.DONE)
    assert zebra.paper() == BARCODES
    assert room.labels(number, LabelState.SENT) == BARCODES


@pytest.mark.parametrize("fault", [("dies", {"after": 3}), ("gone-mid-job", {"after_bytes": 1500})])
def test_a_printer_that_dies_in_the_job_prints_nothing_twice_unknowingly_and_resumes_at_the_first_unproved(
    room, zebra, fault
):
    name, parameters = fault
    number, job_id = room.print_job()
    zebra.hands.set_fault(name, **parameters)
    zebra.worker()
    asked = room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    out = zebra.paper()
    [doubtful] = room.labels(number, LabelState.SENDING)
    assert doubtful in asked.fault
    for barcode in out:  # the person scans what lies there
        room.scan(number, barcode)
    zebra.hands.clear_faults()
    again = resume(room, number)
    assert again == (0 if doubtful in out else 1)
    room.wait_for_state(job_id, JobState.DONE)
    assert zebra.paper() == BARCODES
    room.check_ledger()


def test_labels_that_the_printer_swallowed_are_printed_again_once_a_person_let_it(room, zebra):
    """It took them and answered that its buffer is empty: sent, and not printed, which only scanning shows."""
    number, job_id = room.print_job()
    zebra.hands.set_fault("eats-formats", times=2)
    zebra.worker()
    room.wait_for_state(job_id, JobState.DONE)
    assert zebra.paper() == BARCODES[2:]
    assert room.labels(number, LabelState.SENT) == BARCODES
    for barcode in BARCODES[2:]:
        room.scan(number, barcode)
    assert resume(room, number) == 2
    room.wait_for(lambda: len(zebra.paper()) == 6)
    assert Counter(zebra.paper()) == Counter(BARCODES)


def test_a_printer_that_is_silent_while_out_of_labels_makes_the_job_wait(room, zebra):
    _, job_id = room.print_job()
    zebra.hands.set_fault("silent-when-stopped")
    zebra.hands.set_fault("head-open")
    zebra.worker()
    waiting = room.wait_for_state(job_id, JobState.WAITING)
    assert "Nothing was sent." in waiting.fault
    zebra.hands.clear_faults()
    room.wait_for_state(job_id, JobState.DONE, within_s=30)
    assert zebra.paper() == BARCODES


@pytest.fixture
def processes(room):
    started = []
    settings = room.runtime.settings
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # the key of the `runtime` fixture
    settings.data_dir.mkdir(exist_ok=True)
    settings.resolved_ledger_key_file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )

    def start(moment=""):
        words = [sys.executable, str(SCRIPT), str(settings.data_dir), settings.resolved_database_url, moment]
        started.append(subprocess.Popen([word for word in words if word], stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.mark.parametrize("moment", ["before-bytes", "after-bytes"])
def test_a_killed_worker_leaves_a_question_and_no_label_comes_out_twice(room, zebra, processes, moment):
    number, job_id = room.print_job()
    assert processes(moment).wait(60) == -signal.SIGKILL
    out = ["ABC001L8"] if moment == "before-bytes" else ["ABC001L8", "ABC002L8"]
    assert zebra.paper() == out
    processes()
    asked = room.wait_for_state(job_id, JobState.NEEDS_OPERATOR, within_s=60)
    assert "ABC002L8" in asked.fault
    assert zebra.paper() == out
    for barcode in out:
        room.scan(number, barcode)
    resume(room, number)
    room.wait_for_state(job_id, JobState.DONE, within_s=60)
    assert zebra.paper() == BARCODES
    room.check_ledger()


def read_back(pdf, dpi=300):
    """What a scanner reads on every page."""
    pages = pypdfium2.PdfDocument(pdf)
    images = [page.render(scale=dpi / 72).to_pil() for page in pages]
    return [[found.text for found in zxingcpp.read_barcodes(image)] for image in images]


def test_a_folder_gets_sheets_whose_labels_a_scanner_reads(room, tmp_path):
    folder = tmp_path / "sheets"
    folder.mkdir()
    printer_id = room.printer(
        "Folder", url=f"folder://{folder}", language=Language.PDF, dpi=None, stock="lto-79x17-a4"
    )
    number, job_id = room.print_job("ABC001L8..ABC026L8", printer="Folder", start_at=23)
    worker = PrinterWorker(room.runtime, Post(printer_id, "Folder", f"folder://{folder}"))
    room.workers.append(worker)
    worker.start()
    room.wait_for_state(job_id, JobState.DONE)
    read = [sorted(page) for file in sorted(folder.iterdir()) for page in read_back(file.read_bytes())]
    assert read == [
        ["ABC001L8", "ABC002L8"], [f"ABC{number:03}L8" for number in range(3, 27)],
    ]  # fmt: skip
    assert len(room.labels(number, LabelState.SENT)) == 26


def test_an_issued_sheet_begins_at_the_label_that_was_asked_for_and_is_read_back(room):
    number = room.plan("ABC001L8..ABC003L8", start_at=24)
    room.run(lambda unit: actions.issue_sheet(unit, number))
    with room.runtime.database.reader.connect() as connection:
        read = read_back(sheet(connection, number))
    assert [sorted(page) for page in read] == [["ABC001L8"], ["ABC002L8", "ABC003L8"]]
