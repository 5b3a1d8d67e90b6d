"""A logical unit of a virtual library in this process, as a transport."""

import time
from types import TracebackType
from typing import Self

from drivers.scsi.exchange import RawExchange
from drivers.scsi.transport import Command
from drivers.simulator.state import HOST
from drivers.simulator.target import SimulatedLibrary


class SimulatorTransport:
    """After `timeout_s` the host gives up, and the robot goes on by itself."""

    def __init__(self, library: SimulatedLibrary, unit: int, *, initiator: str = HOST) -> None:
        self.device = f"sim:{library.folder.path}#{unit}"
        self._library, self._unit, self._initiator = library, unit, initiator

    def execute(self, command: Command, *, timeout_s: float) -> RawExchange:
        assert timeout_s > 0
        start = time.monotonic()
        reply = self._library.execute(
            self._initiator, self._unit, command.cdb, command.data_out, timeout_s=timeout_s
        )
        return RawExchange(
            device=self.device,
            cdb=command.cdb,
            data_out=command.data_out,
            data_in=reply.data[: command.expect_in],
            status=reply.status,
            sense=reply.sense,
            host_status=reply.host_status,
            residual=max(0, command.expect_in - len(reply.data)),
            duration_ms=round(1000 * (time.monotonic() - start)),
            timeout_s=timeout_s,
        )

    def close(self) -> None:
        self._library.folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
