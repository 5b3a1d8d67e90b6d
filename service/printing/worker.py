"""One thread a printer: lease its jobs, send labels, look around; and the crew that keeps a worker for every printer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from service.db import table
from service.devices import engine
from service.devices.duty import WORKER, Duty, HandedOverError, Pulse, Timing, WorkerStoppingError
from service.devices.engine import Leased
from service.devices.owners import owner_name
from service.devices.printer_port import PrinterPort, PrinterSaid
from service.devices.rules import OutrunError
from service.errors import FaultError, StrongroomError, WriterStoppedError
from service.printing.models import Printer
from service.printing.printers import note_state
from service.printing.sending import LOOK_S, print_labels
from service.runtime import Runtime

log = structlog.get_logger(__name__)

_PRINTER = table(Printer)
PortOf = Callable[[str, str], PrinterPort]


@dataclass(frozen=True, slots=True)
class Post:
    """The printer a worker stands at."""

    printer_id: str
    name: str
    url: str


class PrinterWorker:
    """`port_of` gives the printer of a URL and name; it is used in the worker's own thread and nowhere else."""

    def __init__(
        self,
        runtime: Runtime,
        post: Post,
        *,
        timing: Timing | None = None,
        port_of: PortOf = PrinterPort,
        owner: str | None = None,
    ) -> None:
        self.post, self.timing = post, timing or Timing()
        self._runtime, self._owner = runtime, owner or owner_name()
        self._port = port_of(post.url, post.name)
        self.stopping = threading.Event()
        self._told: tuple[dict[str, object] | None, str] | None = None
        self._thread = threading.Thread(target=self._run, name=f"printer-{post.name}", daemon=True)

    def start(self) -> "PrinterWorker":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()

    def join(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        looked = 0.0
        try:
            while not self.stopping.is_set():
                if self._work_once():
                    looked = 0.0
                    continue
                if looked <= 0:
                    self._look()
                    looked = self.timing.observe_s
                self.stopping.wait(self.timing.poll_s)
                looked -= self.timing.poll_s
        except WriterStoppedError:
            log.info("printer_worker_ends", printer=self.post.name)
        finally:
            self._port.close()

    def _work_once(self) -> bool:
        """One job, if there is one."""
        post = self.post
        try:
            leased = self._runtime.writer.run(
                WORKER, lambda unit: engine.lease(unit, post.printer_id, self._owner, self.timing.lease_s)
            )
            if leased is None:
                return False
            self._work(leased)
        except (WorkerStoppingError, HandedOverError):
            return True
        except OutrunError as error:
            log.warning("job_outrun", printer=post.name, error=str(error))
        return True

    def _work(self, leased: Leased) -> None:
        duty = Duty(
            runtime=self._runtime, library_id=self.post.printer_id, library_name=self.post.name, job=leased,
            timing=self.timing, stopping=self.stopping,
        )  # fmt: skip
        try:
            with Pulse(duty):
                print_labels(duty, self._port)
        except (WorkerStoppingError, HandedOverError, OutrunError, WriterStoppedError):
            raise
        except Exception as error:  # worker boundary: the job waits for a person and the worker goes on
            log.exception("print_job_failed", job=leased.job_id, error=repr(error))
            told = error.message if isinstance(error, StrongroomError) else f"Unexpected: {error!r}."
            duty.ask(f"{told} The printing stands still.")

    def _look(self) -> None:
        try:
            self._note(self._port.look(LOOK_S), "")
        except FaultError as error:
            self._note(None, error.message)

    def _note(self, said: PrinterSaid | None, fault: str) -> None:
        told = (said.kept() if said else None, fault)
        if told == self._told:
            return
        self._told = told
        printer_id = self.post.printer_id
        self._runtime.writer.run(WORKER, lambda unit: note_state(unit, printer_id, said, fault or None))


class PrinterCrew:
    """Keeps one worker for every enabled printer with an address, also for those added or switched off later."""

    def __init__(
        self, runtime: Runtime, timing: Timing | None = None, *, port_of: PortOf = PrinterPort
    ) -> None:
        self._runtime, self._timing, self._port_of = runtime, timing or Timing(), port_of
        self._stopping = threading.Event()
        self._workers: dict[Post, PrinterWorker] = {}
        self._thread = threading.Thread(target=self._run, name="printer-crew", daemon=True)

    def start(self) -> "PrinterCrew":
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._muster()
            self._stopping.wait(self._timing.poll_s)

    def _muster(self) -> None:
        with self._runtime.database.reader.connect() as connection:
            rows = connection.execute(
                select(_PRINTER.c.printer_id, _PRINTER.c.name, _PRINTER.c.url).where(
                    _PRINTER.c.enabled, _PRINTER.c.url != ""
                )
            ).all()
        wanted = {Post(*row) for row in rows}
        for post in wanted - self._workers.keys():
            self._workers[post] = PrinterWorker(
                self._runtime, post, timing=self._timing, port_of=self._port_of
            ).start()
        for post in self._workers.keys() - wanted:
            self._workers[post].stop()
        self._workers = {
            post: worker for post, worker in self._workers.items() if post in wanted or worker.alive
        }

    def stop(self) -> None:
        """Within `stop_s`; a label that is under way then is in doubt, and the next start says so."""
        self._stopping.set()
        self._thread.join(self._timing.stop_s)
        workers = list(self._workers.values())
        for worker in workers:
            worker.stop()
        for worker in workers:
            if not worker.join(self._timing.stop_s):
                log.warning("printer_worker_left", printer=worker.post.name, reason="a label is under way")


def start_printer_workers(runtime: Runtime) -> Callable[[], None]:
    """For the server process; what it returns ends the workers."""
    if not runtime.settings.worker:
        return lambda: None
    return PrinterCrew(runtime).start().stop
