"""One thread a device: lease a job, work on it, look around."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog
from sqlalchemy import select

from drivers.changer.protocol import Changer
from drivers.errors import DeviceError
from drivers.registry import open_changer
from service.db import table
from service.devices import engine, faults
from service.devices.actions import note_fault
from service.devices.duty import WORKER, Duty, HandedOverError, Pulse, Timing, WorkerStoppingError
from service.devices.ejecting import eject
from service.devices.engine import Leased
from service.devices.inventories import record_whole
from service.devices.loading import load
from service.devices.models import Device, JobKind
from service.devices.moving import move_one, take_inventory
from service.devices.owners import owner_name
from service.devices.posted import PostedWorker
from service.devices.recording import nothing_new, record_inventory
from service.devices.rules import OutrunError
from service.devices.seen import Look, look_of
from service.devices.told_by_others import told_moves
from service.devices.watching import jobs_to_start, start_jobs
from service.errors import StrongroomError, WriterStoppedError
from service.ledger.writer import Unit
from service.runtime import Runtime

log = structlog.get_logger(__name__)

_DEVICE = table(Device)
Opener = Callable[[str], Changer]
T = TypeVar("T")
WORK: Mapping[JobKind, Callable[[Duty], None]] = {
    JobKind.INVENTORY: take_inventory,
    JobKind.EJECT: eject,
    JobKind.LOAD: load,
    JobKind.MOVE: move_one,
}
# A person stands by the answer of these: they fail at once instead of waiting for the library.
FAILS_AT_ONCE = frozenset({JobKind.INVENTORY, JobKind.MOVE})


@dataclass(frozen=True, slots=True)
class Post:
    """The device a worker stands at."""

    device_id: str
    name: str
    url: str
    library_id: str


class DeviceWorker(PostedWorker[Post]):
    """`opener` gives the changer of a URL; it is opened in the worker's own thread and used nowhere else."""

    def __init__(
        self,
        runtime: Runtime,
        post: Post,
        *,
        timing: Timing | None = None,
        opener: Opener = open_changer,
        owner: str | None = None,
    ) -> None:
        super().__init__(runtime, post, timing or Timing())
        self._opener, self._owner = opener, owner or owner_name()
        self._changer: Changer | None = None
        self._fault = ""
        self._seen: Look | None = (
            None  # the look that was recorded last, so that only what differs is compared
        )

    def turn(self) -> float:
        try:
            leased = self._lease()
            if leased is not None:
                self._work(leased)
                return 0.0
            self._watch()
        except (WorkerStoppingError, HandedOverError):
            return 0.0
        except OutrunError as error:
            log.warning("job_outrun", device=self.post.name, error=str(error))
        except DeviceError as error:
            self._note_fault(faults.translate(error, self.post.name).message)
            self.leave()
            return self.timing.retry_s
        return self.timing.poll_s

    def _lease(self) -> Leased | None:
        post = self.post
        return self._runtime.writer.run(
            WORKER, lambda unit: engine.lease(unit, post.device_id, self._owner, self.timing.lease_s)
        )

    def _work(self, leased: Leased) -> None:
        duty = self._duty(leased)
        try:
            with Pulse(duty):
                self._work_on(duty)
            self._seen = duty.recorded
        except (WorkerStoppingError, HandedOverError, OutrunError, WriterStoppedError):
            raise
        except Exception as error:  # worker boundary: the job waits for a person and the worker goes on
            log.exception("job_failed", job=leased.job_id, error=repr(error))
            told = error.message if isinstance(error, StrongroomError) else f"Unexpected: {error!r}."
            duty.ask(f"{told} The job stands still; nothing else was moved.")

    def _work_on(self, duty: Duty) -> None:
        """A library that does not work now makes long jobs wait and short ones fail."""
        while True:
            try:
                duty.changer = self._opened()
                WORK[duty.job.kind](duty)
            except DeviceError as error:
                self.leave()
                fault = faults.translate(error, self.post.name)
                log.warning("device_fault", device=self.post.name, error=str(error))
                if duty.job.kind in FAILS_AT_ONCE and not duty.has_open_step():
                    duty.fail(fault.message)
                duty.wait(f"{fault.message} {fault.next_step}", seconds=self.timing.retry_s)
            else:
                self._note_fault("")
                return

    def _duty(self, leased: Leased) -> Duty:
        return Duty(
            runtime=self._runtime,
            library_id=self.post.library_id,
            library_name=self.post.name,
            job=leased,
            timing=self.timing,
            stopping=self.stopping,
            recorded=self._seen,
        )

    def _watch(self) -> None:
        """With nothing to do: start what is due, and notice what others moved."""
        post = self.post
        with self._runtime.database.reader.connect() as connection:
            due = jobs_to_start(connection, post.device_id, post.library_id)
            known = connection.execute(
                select(_DEVICE.c.inventory_at, _DEVICE.c.identity).where(
                    _DEVICE.c.device_id == post.device_id
                )
            ).one_or_none()
        if due:
            self._runtime.writer.run(WORKER, lambda unit: start_jobs(unit, post.device_id, post.library_id))
            return
        every = timedelta(seconds=self.timing.observe_s)
        if known is None or (
            known.inventory_at is not None and self._runtime.clock() < known.inventory_at + every
        ):
            return
        self._observe(str((known.identity or {}).get("digest", "")))

    def _observe(self, known_digest: str) -> None:
        changer = self._opened()
        changer.wait_ready(deadline_s=self.timing.deadline_s)
        look: Look = look_of(changer.inventory(deadline_s=self.timing.deadline_s))
        if look.digest == known_digest:
            self._write(lambda unit: nothing_new(unit, self.post.device_id))
        else:
            self._record(look)
        self._seen = look if look.trustworthy else None
        self._fault = ""

    def _record(self, look: Look) -> None:
        """What others moved: against the last look only what differs, else everything."""
        device_id, known = self.post.device_id, self._seen
        told = told_moves(self._runtime.settings.changer_record)
        if known is None:
            record_whole(self._write, device_id, look, told)
        else:
            self._write(
                lambda unit: record_inventory(unit, device_id, look, announced=False, known=known, told=told)
            )

    def _write(self, work: Callable[[Unit], T]) -> T:
        return self._runtime.writer.run(WORKER, work)

    def _opened(self) -> Changer:
        if self._changer is None:
            self._changer = self._opener(self.post.url)
        return self._changer

    def leave(self) -> None:
        if self._changer is not None:
            self._changer.close()
            self._changer = None

    def _note_fault(self, fault: str) -> None:
        if fault == self._fault:
            return
        self._fault = fault
        self._runtime.writer.run(WORKER, lambda unit: note_fault(unit, self.post.device_id, fault or None))
