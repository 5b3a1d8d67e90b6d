"""The one thing a transport must do: carry a command there and everything that came back here."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from drivers.errors import CommandTimeoutError
from drivers.scsi.exchange import RawExchange


@dataclass(frozen=True, slots=True)
class Command:
    """A command ready to be sent: `expect_in` is the allocation length in bytes (0 = no data in)."""

    name: str
    cdb: bytes
    expect_in: int = 0
    data_out: bytes = b""


class Transport(Protocol):
    """One logical unit of one device.

    `execute` never raises for what the device or the way to it did: that is in the exchange
    (`sense`, `status`, `host_status`). `timeout_s` is mandatory and above zero.
    """

    device: str

    def execute(self, command: Command, *, timeout_s: float) -> RawExchange: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Deadline:
    """A point in monotonic time that several commands share."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left_s(self) -> float:
        return self._end - self._monotonic()

    def require(self, at_most_s: float, what: str) -> float:
        """Seconds a command may take now; raises CommandTimeoutError when nothing is left."""
        left = self.left_s()
        if left <= 0:
            raise CommandTimeoutError(f"no time left for {what}")
        return min(left, at_most_s)
