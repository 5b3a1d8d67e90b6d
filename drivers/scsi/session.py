"""Commands one after another on one logical unit, with the rule for unit attentions."""

from collections import deque

from drivers.errors import IllegalRequestError, NotReadyError, UnitAttentionError
from drivers.scsi import commands
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import check, error_of
from drivers.scsi.transport import Command, Deadline, Transport

PROBE_S = 30.0
KEPT_EXCHANGES = 4096


class Session:
    """Keeps every unit attention it meets until `take_attentions` hands them over, once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._attentions: list[Sense] = []
        self.attentions_seen = 0
        self._exchanges: deque[RawExchange] = deque(maxlen=KEPT_EXCHANGES)

    def send(self, command: Command, deadline: Deadline, at_most_s: float) -> RawExchange:
        """Send once, whatever the answer is."""
        timeout_s = deadline.require(at_most_s, command.name)
        exchange = self._transport.execute(command, timeout_s=timeout_s)
        self._exchanges.append(exchange)
        return exchange

    def run(self, command: Command, deadline: Deadline, at_most_s: float) -> RawExchange:
        """Send; after a unit attention note it and send again. Never for MOVE MEDIUM."""
        for _ in range(commands.ATTENTION_LIMIT):
            exchange = self.send(command, deadline, at_most_s)
            error = error_of(exchange)
            if not isinstance(error, UnitAttentionError):
                break
            self.note(error)
        return check(exchange)

    def note(self, error: UnitAttentionError) -> None:
        self.attentions_seen += 1
        if error.sense is not None:
            self._attentions.append(error.sense)

    def attempt(self, command: Command, deadline: Deadline, at_most_s: float) -> RawExchange | None:
        """Like `run`, but None where the device does not offer the command."""
        try:
            return self.run(command, deadline, at_most_s)
        except IllegalRequestError:
            return None

    def drain(self, limit: int, deadline: Deadline) -> None:
        """TEST UNIT READY until it no longer meets a unit attention; being not ready is fine."""
        for _ in range(limit):
            error = error_of(self.send(commands.test_unit_ready(), deadline, PROBE_S))
            if isinstance(error, UnitAttentionError):
                self.note(error)
            elif error is None or isinstance(error, NotReadyError):
                return
            else:
                raise error

    def take_attentions(self) -> list[Sense]:
        taken, self._attentions = self._attentions, []
        return taken

    def take_exchanges(self) -> tuple[RawExchange, ...]:
        taken = tuple(self._exchanges)
        self._exchanges.clear()
        return taken

    def close(self) -> None:
        self._transport.close()
