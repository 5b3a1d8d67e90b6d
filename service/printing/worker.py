"""One thread a printer: lease its jobs, send labels, look around."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.devices import engine
from service.devices.duty import WORKER, Duty, HandedOverError, Pulse, Timing, WorkerStoppingError
from service.devices.engine import Leased
from service.devices.owners import owner_name
from service.devices.posted import Crew, PostedWorker
from service.devices.printer_port import PrinterPort, PrinterSaid
from service.devices.rules import OutrunError
from service.errors import FaultError, StrongroomError, WriterStoppedError
from service.printing.models import Printer
from service.printing.printers import note_state
from service.printing.sending import LOOK_S, print_labels
from service.runtime import Runtime

log = structlog.get_logger(__name__)

_PRINTER = table(Printer)
_ENABLED = select(_PRINTER.c.printer_id, _PRINTER.c.name, _PRINTER.c.url).where(
    _PRINTER.c.enabled, _PRINTER.c.url != ""
)
PortOf = Callable[[str, str], PrinterPort]


@dataclass(frozen=True, slots=True)
class Post:
    """The printer a worker stands at."""

    printer_id: str
    name: str
    url: str


class PrinterWorker(PostedWorker[Post]):
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
        super().__init__(runtime, post, timing or Timing())
        self._owner = owner or owner_name()
        self._port = port_of(post.url, post.name)
        self._told: tuple[dict[str, object] | None, str] | None = None
        self._looks_at = 0.0

    def leave(self) -> None:
        self._port.close()

    def turn(self) -> float:
        if self._work_once():
            self._looks_at = 0.0
            return 0.0
        if time.monotonic() >= self._looks_at:
            self._look()
            self._looks_at = time.monotonic() + self.timing.observe_s
        return self.timing.poll_s

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


def printer_crew(
    runtime: Runtime, timing: Timing | None = None, *, port_of: PortOf = PrinterPort
) -> Crew[Post]:
    """A worker for every enabled printer with an address. A label under way at the end is in doubt, and the next start says so."""
    when = timing or Timing()
    return Crew(
        runtime, when, _posts, lambda post: PrinterWorker(runtime, post, timing=when, port_of=port_of)
    )


def _posts(connection: Connection) -> set[Post]:
    return {Post(*row) for row in connection.execute(_ENABLED)}


def start_printer_workers(runtime: Runtime) -> Callable[[], None]:
    """For the server process; what it returns ends the workers."""
    if not runtime.settings.worker:
        return lambda: None
    return printer_crew(runtime).start().stop
