"""The person at the simulated printer: sees what came out, loads labels, and has a switch for every fault."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from drivers.simulator.printer.faults import checked
from drivers.simulator.printer.machine import Machine, create
from drivers.simulator.printer.state import lose_power


class PrinterHands:
    """Everything is done at once; a printer that is not there yet is made."""

    def __init__(self, path: Path) -> None:
        create(path)
        self._machine = Machine(path)

    def set_fault(self, name: str, **parameters: Any) -> None:
        """ProtocolError for an unknown fault or parameter."""
        with self._machine.changing() as state:
            state.faults[name] = checked(name, parameters)

    def clear_fault(self, name: str) -> None:
        """Labels loaded, head closed, plugged in again, …: what waits in the buffer is printed now."""
        with self._machine.changing() as state:
            state.faults.pop(name, None)

    def clear_faults(self) -> None:
        with self._machine.changing() as state:
            state.faults.clear()

    def switch_off_and_on(self) -> None:
        """What waited in memory is gone, as on a real printer; faults stay."""
        with self._machine.changing() as state:
            lose_power(state)

    def printed(self) -> list[bytes]:
        """The format of every physical label that came out, in order: a copy of ^PQ is a label of its own."""
        with self._machine.changing() as state:
            return [
                data for number, count in state.printed for data in [self._machine.format(number)] * count
            ]

    def received(self) -> list[bytes]:
        """Every format that arrived whole, printed or not, in order."""
        with self._machine.changing() as state:
            return [self._machine.format(number) for number in range(1, state.formats + 1)]

    def dump(self) -> dict[str, Any]:
        """Everything the printer remembers except the formats themselves."""
        with self._machine.changing() as state:
            return state.to_json() | {"labels_printed": state.labels_printed}

    def close(self) -> None:
        self._machine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
