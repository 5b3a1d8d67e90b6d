"""A print room: an organisation with a site, a few containers and disks, and printers that tests make and break."""

import threading
import time
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from drivers.printer.errors import PrinterGoneError, PrinterNotReadyError
from drivers.printer.model import PrinterCondition, PrinterStatus, SendReceipt
from service.db import table
from service.devices.duty import Timing
from service.devices.models import Job, JobStep
from service.devices.printer_port import PrinterPort
from service.ledger import replay, store, verify
from service.ledger.writer import SYSTEM
from service.media.models import Reservation
from service.printing import actions, printers, queries
from service.printing.models import Label, LabelState, Language, Output, What
from service.printing.planning import Wish
from service.printing.printers import NewPrinter
from service.printing.worker import Post, PrinterWorker
from service.schema import PROJECTIONS

FAST = Timing(lease_s=30, poll_s=0.01, look_s=0.05, observe_s=3600, retry_s=0.02, deadline_s=5, stop_s=5)
SHEET, ROLL = "lto-79x17-a4", "roll-79x17"
SERIES = "ABC001L8..ABC006L8"


class PaperPrinter:
    """A label printer with a roll of paper: `paper` is what came out. `gone_after`: it dies in the middle of that label."""

    languages = frozenset({"zpl", "pdf"})

    def __init__(self, url="fake://paper"):
        self.url = url
        self.paper = []
        self.conditions = frozenset()
        self.gone_after = None
        self.prints_when_gone = False
        self.lock = threading.Lock()

    def status(self, *, deadline_s):  # noqa: ARG002 - the protocol's name
        return PrinterStatus(not self.conditions, self.conditions, 0, 0, b"")

    def send(self, data, *, title, deadline_s):  # noqa: ARG002 - the protocol's name
        with self.lock:
            if self.conditions:
                raise PrinterNotReadyError(self.url, self.conditions)
            if self.gone_after is not None and len(self.paper) >= self.gone_after:
                if self.prints_when_gone:
                    self.paper.append(title)
                raise PrinterGoneError(self.url, len(data), len(data) // 2, "connection reset")
            self.paper.append(title)
            return SendReceipt(len(data), None, 0.0)

    def close(self):
        pass


@dataclass
class PrintRoom:
    runtime: object
    house: object
    workers: list = field(default_factory=list)

    def run(self, work, actor=SYSTEM):
        return self.runtime.writer.run(actor, work)

    def plan(self, wanted=SERIES, what=What.SERIES, **more):
        return self.run(lambda unit: actions.make_job(unit, self.wish(wanted, what, **more))).number

    def wish(self, wanted=SERIES, what=What.SERIES, **more):
        return Wish(what, wanted, **{"stock": SHEET, **more})

    def printer(self, name="Zebra 1", url="fake://paper", language=Language.ZPL, dpi=300, stock=ROLL):
        new = NewPrinter(name, url, language, dpi, stock)
        return self.run(lambda unit: printers.add(unit, new, None))

    def print_job(self, wanted=SERIES, what=What.SERIES, printer="Zebra 1", **more):
        """A job that goes to the printer, and the id of the printer's own job."""
        from service.printing import resuming

        number = self.plan(wanted, what, output=Output.PRINTER, printer=printer, stock="", **more)
        return number, self.run(lambda unit: resuming.ask_to_send(unit, number))

    def worker(self, printer_id, paper, owner="worker-a", timing=FAST, name="Zebra 1", runtime=None):
        made = PrinterWorker(
            runtime or self.runtime,
            Post(printer_id, name, paper.url),
            timing=timing,
            port_of=lambda url, called: PrinterPort(url, called, lambda _: paper),
            owner=owner,
        )
        self.workers.append(made)
        return made.start()

    def stop(self):
        for worker in self.workers:
            worker.stop()
        for worker in self.workers:
            assert worker.join(10)
        self.workers.clear()

    def rows(self, model, *conditions):
        with self.runtime.database.reader.connect() as connection:
            return connection.execute(select(table(model)).where(*conditions)).all()

    def view(self, number):
        with self.runtime.database.reader.connect() as connection:
            return queries.job(connection, number)

    def states(self, number):
        """{payload: state}, the newest label of each."""
        job_id = self.view(number).label_job_id
        found = self.rows(Label, table(Label).c.label_job_id == job_id)
        return {row.payload: row.state for row in sorted(found, key=lambda row: row.ordinal)}

    def labels(self, number, *states):
        return [payload for payload, state in self.states(number).items() if state in states]

    def reserved(self):
        return {row.barcode: row.state for row in self.rows(Reservation)}

    def device_job(self, job_id):
        return self.rows(Job, table(Job).c.job_id == job_id)[0]

    def steps(self, job_id):
        return sorted(self.rows(JobStep, table(JobStep).c.job_id == job_id), key=lambda step: step.ordinal)

    def wait_for(self, what, within_s=15):
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if answer := what():
                return answer
            time.sleep(0.01)
        raise AssertionError(f"not within {within_s} s: {[(j.state, j.fault) for j in self.rows(Job)]}")

    def wait_for_state(self, job_id, state, within_s=15):
        return self.wait_for(lambda: (job := self.device_job(job_id)).state is state and job, within_s)

    def scan(self, number, barcode):
        from service.printing import verifying

        return self.run(lambda unit: verifying.verify(unit, number, barcode))

    def events(self, subject):
        with self.runtime.database.reader.connect() as connection:
            return [entry.event for entry in reversed(store.entries_of(connection, subject))]

    def entry_reasons(self, subject):
        with self.runtime.database.reader.connect() as connection:
            found = reversed(store.entries_of(connection, subject))
            return [entry.fields["reason"] for entry in found if "reason" in entry.fields]

    def ledger_size(self):
        with self.runtime.database.reader.connect() as connection:
            return store.head(connection).size

    def check_ledger(self):
        with self.runtime.database.reader.connect() as connection:
            verdict = verify.verify(store.bodies(connection), store.notes(connection), self.runtime.verifier)
            assert verdict.ok, verdict.problems
            replayed = replay.check(connection, PROJECTIONS)
            assert replayed.ok, replayed.differences


@pytest.fixture
def room(runtime, house):
    made = PrintRoom(runtime, house)
    yield made
    made.stop()


@pytest.fixture
def paper():
    return PaperPrinter()


@pytest.fixture
def out_of_paper():
    return frozenset({PrinterCondition.PAPER_OUT})


ALL_SENT = frozenset({LabelState.SENT})
