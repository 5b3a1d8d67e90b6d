"""The changer contract over any SCSI transport, by the SMC command set."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from drivers.changer import reading
from drivers.changer.model import (
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
from drivers.changer.settings import ChangerSettings, utc_now
from drivers.errors import DeviceError, MoveRefusedError, NotReadyError, UnitAttentionError
from drivers.lock import ProcessLock
from drivers.scsi import commands
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import error_of
from drivers.scsi.session import Session
from drivers.scsi.transport import Deadline, Transport

if TYPE_CHECKING:
    from drivers.changer import moving

SMALL_COMMAND_S = 60.0
DEFAULT_ROBOT = 0
FIRST_WAIT_S, SLOW_WAIT_S = 0.05, 2.0


class SmcChanger:
    """One changer, one thread, one command at a time. Closing it closes the transport."""

    def __init__(
        self,
        transport: Transport,
        *,
        url: str,
        backend: str,
        lock: ProcessLock,
        settings: ChangerSettings | None = None,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url, self._backend, self._lock = url, backend, lock
        self._settings = settings or ChangerSettings()
        self._now, self._sleep, self._monotonic = now, sleep, monotonic
        self._session = Session(transport)
        self._identity: ChangerIdentity | None = None
        self._capabilities: Capabilities | None = None

    def _deadline(self, seconds: float) -> Deadline:
        return Deadline(seconds, self._monotonic)

    def identify(self, *, deadline_s: float) -> ChangerIdentity:
        if self._identity is None:
            deadline = self._deadline(deadline_s)
            self._identity = reading.identify(self._session, deadline, url=self.url, backend=self._backend)
        return self._identity

    def capabilities(self, *, deadline_s: float) -> Capabilities:
        if self._capabilities is None:
            probed = reading.probe_capabilities(self._session, self._deadline(deadline_s))
            self._capabilities = replace(
                probed,
                export_is_immediate=self._settings.export_is_immediate,
                needs_eject_before_move=self._settings.needs_eject_before_move,
                fast_load=self._settings.fast_load,
                move_timeout_s=probed.move_timeout_s or self._settings.move_timeout_s,
            )
        return self._capabilities

    def drain_attentions(self, limit: int = 16, *, deadline_s: float) -> list[Sense]:
        self._session.drain(limit, self._deadline(deadline_s))
        return self._session.take_attentions()

    def wait_ready(self, *, deadline_s: float) -> Ready:
        start = self._monotonic()
        self._wait(self._deadline(deadline_s))
        waited = round(1000 * (self._monotonic() - start))
        return Ready(tuple(self._session.take_attentions()), waited)

    def _wait(self, deadline: Deadline) -> None:
        pause = FIRST_WAIT_S
        while True:
            try:
                self._session.run(commands.test_unit_ready(), deadline, SMALL_COMMAND_S)
            except NotReadyError as error:
                if not error.passes_by_itself or deadline.left_s() <= pause:
                    raise
                self._sleep(pause)
                if deadline.left_s() <= 0:
                    raise
                pause = min(2 * pause, SLOW_WAIT_S)
            else:
                return

    def inventory(self, *, freshness: Freshness = Freshness.CACHED, deadline_s: float) -> Snapshot:
        deadline = self._deadline(deadline_s)
        changer = self.identify(deadline_s=deadline.left_s())
        capabilities = self.capabilities(deadline_s=deadline.left_s())
        snapshot, drive_ids = reading.take_snapshot(
            self._session,
            deadline,
            reading.Look(changer, capabilities.move_matrix, capabilities.drive_ids, freshness, self._now()),
        )
        self._remember_drive_ids(drive_ids)
        return snapshot

    def _remember_drive_ids(self, how: DriveIdRead) -> None:
        assert self._capabilities is not None
        self._capabilities = replace(self._capabilities, drive_ids=how)

    def exclusive(self, *, deadline_s: float) -> AbstractContextManager[None]:
        return self._lock.held(deadline_s=deadline_s)

    def _mover(self, deadline: Deadline) -> "moving.Mover":
        from drivers.changer import moving

        capabilities = self.capabilities(deadline_s=deadline.left_s())
        timeout_s = float(capabilities.move_timeout_s)
        return moving.Mover(
            send=lambda request: self._send_move(request, deadline, timeout_s),
            look=lambda: self.inventory(deadline_s=max(deadline.left_s(), moving.LAST_LOOK_S)),
            wait=lambda: self._wait(self._deadline(max(deadline.left_s(), moving.LAST_LOOK_S))),
            settle=lambda: self._sleep(self._settings.settle_s),
            export_is_immediate=capabilities.export_is_immediate,
        )

    def _send_move(
        self, request: MoveRequest, deadline: Deadline, timeout_s: float
    ) -> tuple[RawExchange, DeviceError | None]:
        if deadline.left_s() <= 0:
            raise MoveRefusedError("no time was left to send the command")
        command = commands.move_medium(DEFAULT_ROBOT, request.src, request.dst)
        exchange = self._session.send(command, deadline, timeout_s)
        answer = error_of(exchange)
        if isinstance(answer, UnitAttentionError):
            self._session.note(answer)
        return exchange, answer

    def move(self, request: MoveRequest, *, before: Snapshot | None = None) -> MoveOutcome:
        from drivers.changer import moving

        deadline = self._deadline(request.deadline_s)
        with self.exclusive(deadline_s=deadline.left_s()):
            return moving.move(request, self._mover(deadline), before)

    def recover(self, request: MoveRequest, before: Snapshot) -> MoveOutcome:
        from drivers.changer import moving

        deadline = self._deadline(request.deadline_s)
        with self.exclusive(deadline_s=deadline.left_s()):
            self._wait(deadline)
            return moving.recover(request, before, self._mover(deadline))

    def lock_mail_slot(self, *, prevent: bool, deadline_s: float) -> None:
        self._session.run(
            commands.prevent_removal(prevent=prevent), self._deadline(deadline_s), SMALL_COMMAND_S
        )

    def open_mail_slot(self, address: int, *, deadline_s: float) -> None:
        self._session.run(commands.open_import_export(address), self._deadline(deadline_s), SMALL_COMMAND_S)

    def close_mail_slot(self, address: int, *, deadline_s: float) -> None:
        self._session.run(commands.close_import_export(address), self._deadline(deadline_s), SMALL_COMMAND_S)

    def diagnostics(self, *, deadline_s: float) -> ChangerDiagnostics:
        from drivers.scsi.log_pages import parse_alert_parameters

        exchange = self._session.run(commands.log_sense(0x2E), self._deadline(deadline_s), SMALL_COMMAND_S)
        return ChangerDiagnostics(parse_alert_parameters(exchange.data_in), exchange)

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
