"""One job in the hands of one worker: looking, noting, waiting, and giving it out of the hands again."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

import structlog
from sqlalchemy import select

from drivers.changer.model import Snapshot
from drivers.changer.protocol import Changer
from service.db import table
from service.devices import engine
from service.devices.actions import Stop
from service.devices.engine import Leased
from service.devices.inventories import LARGE, record_whole
from service.devices.models import Device, Job, JobState, JobStep
from service.devices.recording import Recording, record_inventory
from service.devices.rules import OutrunError, gives_way
from service.devices.seen import Look, look_of
from service.devices.told_by_others import told_moves
from service.ledger.writer import Actor, Unit, Via
from service.runtime import Runtime

log = structlog.get_logger(__name__)

WORKER = Actor(None, Via.DEVICE)
_DEVICE = table(Device)
_JOB = table(Job)
_STEP = table(JobStep)
T = TypeVar("T")


def since_boot_s() -> float:
    """Counts while the machine sleeps, and does not follow the clock when that is set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `look_s`: how often a waiting job looks at the library; `observe_s`: how often an idle worker does."""

    lease_s: float = 15.0
    poll_s: float = 0.5
    look_s: float = 3.0
    observe_s: float = 60.0
    retry_s: float = 5.0
    deadline_s: float = 120.0
    move_s: float = 900.0
    stop_s: float = 2.0


class WorkerStoppingError(Exception):
    """The program ends; the job stays as it is and is taken up again at the next start."""


class HandedOverError(Exception):
    """The job is out of this worker's hands: it waits for a decision, gave way, or was ended."""


@dataclass
class Duty:
    """`changer` is set before the work begins and used by this thread alone; `lost`: another worker took the job over."""

    runtime: Runtime
    library_id: str
    library_name: str
    job: Leased
    timing: Timing
    stopping: threading.Event
    changer: Changer = field(init=False)
    lost: threading.Event = field(default_factory=threading.Event)
    progress: dict[str, Any] = field(default_factory=dict)
    recorded: Look | None = None
    renewed_at: float = field(default_factory=since_boot_s)

    def __post_init__(self) -> None:
        self.progress = dict(self.job.progress)

    def check_lease(self) -> None:
        """Right before a command leaves: one that slept for longer than its lease knows nothing any more."""
        if self.lost.is_set() or since_boot_s() - self.renewed_at > self.timing.lease_s:
            raise OutrunError(self.job.job_id, self.job.fence)

    def write(self, work: Callable[[Unit], T]) -> T:
        return self.runtime.writer.run(WORKER, work)

    def note(self, **patch: object) -> None:
        self.progress = self.write(lambda unit: engine.note(unit, self.job.job_id, self.job.fence, patch))

    def noted(self, unit: Unit, **patch: object) -> None:
        """The same inside a unit that does more; call `refresh` after it."""
        engine.note(unit, self.job.job_id, self.job.fence, patch)

    def refresh(self) -> JobState:
        """Read the job again; raises when it is not ours any more."""
        with self.runtime.database.reader.connect() as connection:
            row = connection.execute(
                select(_JOB.c.progress, _JOB.c.state, _JOB.c.fence).where(_JOB.c.job_id == self.job.job_id)
            ).one()
        if row.fence != self.job.fence:
            raise OutrunError(self.job.job_id, self.job.fence)
        self.progress = dict(row.progress)
        return JobState(row.state)

    def check(self) -> None:
        """Between two steps: stop where the program ends or a person wants it."""
        if self.stopping.is_set():
            raise WorkerStoppingError
        if self.lost.is_set():
            raise OutrunError(self.job.job_id, self.job.fence)
        self.refresh()
        wish, by = self.progress.get("stop"), str(self.progress.get("stop_by") or "a person")
        if wish == Stop.PAUSE.value:
            self.write(lambda unit: engine.pause(unit, self.job.job_id, self.job.fence, by))
            raise HandedOverError
        if wish == Stop.CANCEL.value:
            self.write(lambda unit: engine.abandon(unit, self.job.job_id, self.job.fence, by))
            raise HandedOverError

    def has_open_step(self) -> bool:
        with self.runtime.database.reader.connect() as connection:
            query = select(_STEP.c.step_id).where(
                _STEP.c.job_id == self.job.job_id, _STEP.c.outcome_at.is_(None)
            )
            return connection.execute(query.limit(1)).first() is not None

    def snapshot(self) -> Snapshot:
        self.changer.wait_ready(deadline_s=self.timing.deadline_s)
        return self.changer.inventory(deadline_s=self.timing.deadline_s)

    def look(self) -> Look:
        return look_of(self.snapshot())

    def record(
        self, look: Look, also: Callable[[Unit], object] | None = None, *, announced: bool = False
    ) -> None:
        """Write down what is new in the look; nothing is written when nothing is."""
        if look.digest == self._digest_on_record():
            self.recorded = look
            if also is None and not announced:
                return
        told = told_moves(self.runtime.settings.changer_record)

        def held(unit: Unit) -> None:
            engine.held(unit, self.job.job_id, self.job.fence)

        def work(unit: Unit) -> Recording:
            held(unit)
            if also is not None:
                also(unit)
            return record_inventory(
                unit, self.job.device_id, look, announced=announced, known=self.recorded, told=told
            )

        is_large = self.recorded is None and len(look.elements) > LARGE
        if also is None and (announced or is_large):
            recording = record_whole(self.write, self.job.device_id, look, told, guard=held)
        else:
            recording = self.write(work)
        self.recorded = look if recording.trustworthy else None
        self.refresh()

    def _digest_on_record(self) -> str:
        """Of the look that the element table was written from."""
        with self.runtime.database.reader.connect() as connection:
            identity = connection.execute(
                select(_DEVICE.c.identity).where(_DEVICE.c.device_id == self.job.device_id)
            ).scalar_one()
        return str((identity or {}).get("digest", ""))

    def go_on(self) -> None:
        self.write(lambda unit: engine.go_on(unit, self.job.job_id, self.job.fence))

    def ask(self, sentence: str) -> NoReturn:
        self.write(lambda unit: engine.ask_operator(unit, self.job.job_id, self.job.fence, sentence))
        raise HandedOverError

    def finish(self, **progress: object) -> None:
        self.write(lambda unit: engine.finish(unit, self.job.job_id, self.job.fence, progress))

    def fail(self, sentence: str) -> NoReturn:
        self.write(lambda unit: engine.fail(unit, self.job.job_id, self.job.fence, sentence))
        raise HandedOverError

    def wait(self, sentence: str, *, has_work: bool = False, seconds: float | None = None) -> None:
        """Say what is waited for, until it is time to look again; a person's word makes that now."""
        self.write(lambda unit: engine.wait_for_person(unit, self.job.job_id, self.job.fence, sentence))
        end = time.monotonic() + (self.timing.look_s if seconds is None else seconds)
        while time.monotonic() < end:
            if self.stopping.wait(min(self.timing.poll_s, max(0.0, end - time.monotonic()))):
                raise WorkerStoppingError
            self.check()
            if self.progress.get("look"):
                self.note(look=None)
                return
            self._give_way(has_work=has_work)

    def _give_way(self, *, has_work: bool) -> None:
        with self.runtime.database.reader.connect() as connection:
            behind = (
                connection.execute(
                    select(_JOB.c.kind).where(
                        _JOB.c.resource == self.job.device_id, _JOB.c.state == JobState.QUEUED
                    )
                )
                .scalars()
                .all()
            )
        if behind and gives_way(self.job.kind, behind, has_work=has_work):
            self.write(lambda unit: engine.give_way(unit, self.job.job_id, self.job.fence))
            raise HandedOverError


class Pulse:
    """Keeps the lease of a job alive while its thread is busy with the robot."""

    def __init__(self, duty: Duty) -> None:
        self._duty, self._over = duty, threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"pulse-{duty.job.job_id}", daemon=True)

    def _beat(self) -> None:
        duty = self._duty
        while not self._over.wait(duty.timing.lease_s / 3):
            at = since_boot_s()
            try:
                duty.write(
                    lambda unit: engine.heartbeat(unit, duty.job.job_id, duty.job.fence, duty.timing.lease_s)
                )
            except OutrunError:
                duty.lost.set()
                return
            except Exception as error:  # noqa: BLE001 - worker boundary: the next beat may come through
                log.warning("lease_not_renewed", job=duty.job.job_id, error=repr(error))
            else:
                duty.renewed_at = at

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()


Facts = Mapping[str, Any]
Effect = Callable[[Unit, Facts], None]
