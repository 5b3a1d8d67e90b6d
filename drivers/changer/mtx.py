"""A changer through the mtx program: the fallback where the SCSI generic driver cannot be used.

mtx tells no element addresses. Here the address of a slot is the number mtx gives it, and that of
drive n is 0x8000 + n. Source slots are mtx' guesses and marked so; the robot's hand cannot be seen;
drives have no serial numbers; nothing can be locked or opened.
"""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from drivers.changer import moving, mtx_reading
from drivers.changer.model import (
    Answer,
    Capabilities,
    ChangerDiagnostics,
    ChangerIdentity,
    DriveIdRead,
    Freshness,
    MoveOutcome,
    MoveRequest,
    Ready,
    Snapshot,
)
from drivers.changer.mtx_errors import error_of_run, sense_blocks
from drivers.changer.settings import ChangerSettings, utc_now
from drivers.errors import (
    BackendUnavailableError,
    DeviceError,
    IllegalRequestError,
    MoveRefusedError,
    NotReadyError,
    UnitAttentionError,
)
from drivers.lock import ProcessLock
from drivers.scsi.exchange import HostStatus, RawExchange, Sense
from drivers.scsi.sense_table import SenseKey
from drivers.scsi.transport import Deadline

DRIVE_BASE = mtx_reading.DRIVE_BASE
STATUS_S, INQUIRY_S, PAUSE_S = 1800.0, 30.0, 1.0
CLEAN_READS = 16

# Arguments and seconds in, everything that came back out: the command line stands for the CDB,
# standard output for the data, standard error for the sense.
Runner = Callable[[list[str], float], RawExchange]


def program_runner(program: str) -> Runner:
    """Runs mtx with an empty environment: it would otherwise follow $CHANGER and $TAPE."""

    def run(arguments: list[str], timeout_s: float) -> RawExchange:
        environment = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the program comes from the site's settings
                [program, *arguments], capture_output=True, env=environment, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as late:
            return exchange_of(arguments, late.stdout or b"", late.stderr or b"", 0, HostStatus.TIME_OUT)
        except OSError as error:
            raise BackendUnavailableError(f"{program}: {error.strerror}") from error
        return exchange_of(arguments, done.stdout, done.stderr, done.returncode)

    return lambda arguments, timeout_s: replace(run(arguments, timeout_s), timeout_s=timeout_s)


def exchange_of(
    arguments: list[str], stdout: bytes, stderr: bytes, code: int, host_status: int = 0
) -> RawExchange:
    line = "\0".join(arguments).encode()
    return RawExchange("mtx", line, b"", stdout, code, stderr, host_status)


class MtxChanger:
    """The changer contract on top of mtx. `device` is a path such as /dev/sg3."""

    def __init__(
        self,
        device: str,
        run: Runner,
        *,
        url: str,
        lock: ProcessLock,
        settings: ChangerSettings | None = None,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url, self._device, self._program, self._lock = url, device, run, lock
        self._settings = settings or ChangerSettings()
        self._now, self._sleep, self._monotonic = now, sleep, monotonic
        self._identity: ChangerIdentity | None = None
        self._events: list[Sense] = []

    def _run(self, deadline: Deadline, at_most_s: float, *arguments: str) -> RawExchange:
        return self._program(
            ["-f", self._device, *arguments], deadline.require(at_most_s, f"mtx {arguments[0]}")
        )

    def identify(self, *, deadline_s: float) -> ChangerIdentity:
        if self._identity is None:
            exchange = self._run(Deadline(deadline_s, self._monotonic), INQUIRY_S, "inquiry")
            error = error_of_run(exchange)
            if error is not None:
                raise error
            self._identity = mtx_reading.parse_inquiry(exchange.data_in.decode("latin-1"), self.url)
        return self._identity

    def capabilities(self, *, deadline_s: float) -> Capabilities:
        assert deadline_s > 0
        return Capabilities(
            has_barcode=Answer.UNKNOWN,
            drive_ids=DriveIdRead.NONE,
            move_matrix=None,
            exchange=False,
            opens_mail_slot=Answer.NO,
            prevents_removal=Answer.NO,
            export_is_immediate=self._settings.export_is_immediate,
            needs_eject_before_move=self._settings.needs_eject_before_move,
            fast_load=self._settings.fast_load,
            max_element_status_bytes=0,
            all_types_in_one_read=False,
            move_timeout_s=self._settings.move_timeout_s,
        )

    def _clean_status(self, deadline: Deadline) -> RawExchange:
        """Status without any sense on standard error: an event makes the table behind it worthless."""
        for _ in range(CLEAN_READS):
            exchange = self._run(deadline, STATUS_S, "status")
            blocks = sense_blocks(exchange.sense.decode("latin-1"))
            self._events += [sense for sense in blocks if sense.key == SenseKey.UNIT_ATTENTION]
            error = error_of_run(exchange)
            if not isinstance(error, UnitAttentionError):
                break
        if error is not None:
            raise error
        return exchange

    def drain_attentions(self, limit: int = 16, *, deadline_s: float) -> list[Sense]:
        """Mtx cannot ask for events alone; reading the status meets them. `limit` is mtx' own."""
        assert limit > 0
        with suppress(NotReadyError):
            self._clean_status(Deadline(deadline_s, self._monotonic))
        return self._take_events()

    def _take_events(self) -> list[Sense]:
        taken, self._events = self._events, []
        return taken

    def wait_ready(self, *, deadline_s: float) -> Ready:
        start = self._monotonic()
        self._wait(Deadline(deadline_s, self._monotonic))
        return Ready(tuple(self._take_events()), round(1000 * (self._monotonic() - start)))

    def _wait(self, deadline: Deadline) -> None:
        while True:
            try:
                self._clean_status(deadline)
            except NotReadyError as error:
                if not error.passes_by_itself or deadline.left_s() <= PAUSE_S:
                    raise
                self._sleep(PAUSE_S)
            else:
                return

    def inventory(self, *, freshness: Freshness = Freshness.CACHED, deadline_s: float) -> Snapshot:
        deadline = Deadline(deadline_s, self._monotonic)
        identity = self.identify(deadline_s=deadline.left_s())
        if freshness is Freshness.ROBOT_VERIFIED:
            self._run(deadline, STATUS_S, "inventory")
        exchange = self._clean_status(deadline)
        events = tuple(self._take_events())
        return mtx_reading.snapshot_of(exchange, identity, freshness, self._now(), events)

    def exclusive(self, *, deadline_s: float) -> AbstractContextManager[None]:
        return self._lock.held(deadline_s=deadline_s)

    def _mover(self, deadline: Deadline) -> moving.Mover:
        return moving.Mover(
            send=lambda request: self._send_move(request, deadline),
            look=lambda: self.inventory(deadline_s=max(deadline.left_s(), moving.LAST_LOOK_S)),
            wait=lambda: self._wait(Deadline(max(deadline.left_s(), moving.LAST_LOOK_S), self._monotonic)),
            settle=lambda: self._sleep(self._settings.settle_s),
            export_is_immediate=self._settings.export_is_immediate,
        )

    def _send_move(self, request: MoveRequest, deadline: Deadline) -> tuple[RawExchange, DeviceError | None]:
        if deadline.left_s() <= 0:
            raise MoveRefusedError("no time was left to send the command")
        exchange = self._run(deadline, float(self._settings.move_timeout_s), *move_arguments(request))
        return exchange, error_of_run(exchange)

    def move(self, request: MoveRequest, *, before: Snapshot | None = None) -> MoveOutcome:
        move_arguments(request)
        deadline = Deadline(request.deadline_s, self._monotonic)
        with self.exclusive(deadline_s=deadline.left_s()):
            return moving.move(request, self._mover(deadline), before)

    def recover(self, request: MoveRequest, before: Snapshot) -> MoveOutcome:
        deadline = Deadline(request.deadline_s, self._monotonic)
        with self.exclusive(deadline_s=deadline.left_s()):
            self._wait(deadline)
            return moving.recover(request, before, self._mover(deadline))

    def lock_mail_slot(self, *, prevent: bool, deadline_s: float) -> None:
        raise IllegalRequestError(
            f"mtx cannot lock a mail slot (prevent={prevent}, {deadline_s} s)", kind="unknown-command"
        )

    def open_mail_slot(self, address: int, *, deadline_s: float) -> None:
        raise IllegalRequestError(
            f"mtx cannot open mail slot {address} ({deadline_s} s)", kind="unknown-command"
        )

    def close_mail_slot(self, address: int, *, deadline_s: float) -> None:
        raise IllegalRequestError(
            f"mtx cannot close mail slot {address} ({deadline_s} s)", kind="unknown-command"
        )

    def diagnostics(self, *, deadline_s: float) -> ChangerDiagnostics:
        raise IllegalRequestError(
            f"mtx cannot read the library's alerts ({deadline_s} s)", kind="unknown-command"
        )

    def close(self) -> None:
        self._identity = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def move_arguments(request: MoveRequest) -> tuple[str, ...]:
    """The mtx command for a move; never `next`, `first` or `unload` without a slot."""
    src, dst = request.src, request.dst
    match src >= DRIVE_BASE, dst >= DRIVE_BASE:
        case False, True:
            return "load", str(src), str(dst - DRIVE_BASE)
        case True, False:
            return "unload", str(dst), str(src - DRIVE_BASE)
        case False, False:
            return "transfer", str(src), str(dst)
        case _:
            raise MoveRefusedError("mtx does not move from drive to drive")
