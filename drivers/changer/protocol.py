"""The contract every changer backend keeps.

All calls block; use one thread per device. `deadline_s` is in seconds from the call and mandatory.
Every call may raise a DeviceError of `drivers.errors`. Unit attentions met on the way are never
swallowed: they come back from the next `drain_attentions`, `wait_ready` or in the next snapshot.
"""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from drivers.changer.model import (
    Capabilities,
    ChangerDiagnostics,
    ChangerIdentity,
    Freshness,
    MoveOutcome,
    MoveRequest,
    Ready,
    Snapshot,
)
from drivers.scsi.exchange import Sense


class Changer(Protocol):
    url: str

    def identify(self, *, deadline_s: float) -> ChangerIdentity: ...

    def capabilities(self, *, deadline_s: float) -> Capabilities: ...

    def drain_attentions(self, limit: int = 16, *, deadline_s: float) -> list[Sense]: ...

    def wait_ready(self, *, deadline_s: float) -> Ready:
        """Wait while the changer says that it becomes ready by itself; any other trouble raises."""

    def inventory(self, *, freshness: Freshness = Freshness.CACHED, deadline_s: float) -> Snapshot:
        """Read all four element types. ROBOT_VERIFIED lets the robot look first (minutes)."""

    def move(self, request: MoveRequest, *, before: Snapshot | None = None) -> MoveOutcome:
        """Look, send MOVE MEDIUM at most once, look again, judge.

        `before` is a look that the caller has just taken while holding `exclusive`: then it is not taken again.

        Raises a MoveRefusedError or ElementError when the look before forbids the move, or any
        error of that look: nothing was sent then. Once the command has left, it returns.
        """

    def recover(self, request: MoveRequest, before: Snapshot) -> MoveOutcome:
        """Judge an earlier move by looking only, until two looks agree; sends no MOVE MEDIUM."""

    def exclusive(self, *, deadline_s: float) -> AbstractContextManager[None]:
        """Keep other processes off this changer; re-entrant in this object, dies with the process.

        `move` and `recover` take it themselves. Hold it around an unload and its move.
        Raises DeviceBusyError when another process does not give it up in time.
        """

    def lock_mail_slot(self, *, prevent: bool, deadline_s: float) -> None:
        """Advisory, and lost with the connection. IllegalRequestError where unsupported."""

    def open_mail_slot(self, address: int, *, deadline_s: float) -> None: ...

    def close_mail_slot(self, address: int, *, deadline_s: float) -> None: ...

    def diagnostics(self, *, deadline_s: float) -> ChangerDiagnostics: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...
