"""The one thing a way to a printer must do: carry bytes there and back, and know what is still under way."""

from typing import Protocol


class Line(Protocol):
    """One connection, for one question or one job. OSError when it breaks; `close` never raises."""

    def write(self, data: memoryview, *, timeout_s: float) -> int:
        """How many bytes were taken; 0 when none were within the time. It raises only when none were."""

    def read(self, *, timeout_s: float) -> bytes:
        """What has come; b"" when nothing did within the time."""

    def waiting(self) -> int:
        """Bytes taken by `write` that have not left this host; 0 where that cannot be told."""

    def finish(self, *, timeout_s: float) -> bool:
        """Say that this was all, and wait until it has left; False when time ran out before."""

    def close(self) -> None: ...
