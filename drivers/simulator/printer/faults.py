"""Every fault of the simulated label printer that can be switched on, by name, with its parameters."""

from typing import Any

from drivers.errors import ProtocolError
from drivers.simulator.faults import FaultKind


def _fault(name: str, summary: str, **parameters: Any) -> FaultKind:
    return FaultKind(name, summary, parameters)


FAULTS: dict[str, FaultKind] = {
    kind.name: kind
    for kind in (
        _fault("paper-out", "out of labels after so many more", after=0),
        _fault("ribbon-out", "out of ribbon after so many more labels", after=0),
        _fault("head-open", "the head is open"),
        _fault("paused", "the pause key was pressed"),
        _fault("over-temperature", "the head is too hot"),
        _fault("under-temperature", "the head is too cold"),
        _fault("memory-lost", "its settings are lost (corrupt RAM flag)"),
        _fault("diagnostic-mode", "communications are in diagnostic mode"),
        _fault("label-waiting", "peel-off: a label waits to be taken"),
        _fault("slow", "takes so many bytes a second", bytes_per_s=1000),
        _fault("small-buffer", "the receive buffer holds so many formats, then nothing is read", formats=1),
        _fault("gone-mid-job", "the connection is reset after so many more bytes", after_bytes=0),
        _fault(
            "dies", "after so many more labels power fails: connections reset, its buffer is lost", after=0
        ),
        _fault("unplugged", "no connection is answered"),
        _fault("eats-formats", "so many formats are taken and not printed", times=1),
        _fault("keeps-partial-format", "half a format outlives its connection"),
        _fault("silent-status", "~HS is not answered"),
        _fault("silent-when-stopped", "~HS is not answered while out of labels or ribbon, open or too hot"),
        _fault("garbled-status", "~HS is answered with this", text="\x02030,0,0\x03\r\n"),
    )
}


def checked(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The fault's parameters, whole. ProtocolError for an unknown fault or parameter."""
    kind = FAULTS.get(name)
    if kind is None:
        raise ProtocolError(f"unknown fault {name!r}; known are {', '.join(sorted(FAULTS))}")
    unknown = parameters.keys() - kind.parameters.keys()
    if unknown:
        raise ProtocolError(f"fault {name} has no parameter {', '.join(sorted(unknown))}")
    wrong = [n for n, value in parameters.items() if type(value) is not type(kind.parameters[n])]
    if wrong or any(isinstance(value, int) and value < 0 for value in parameters.values()):
        raise ProtocolError(f"fault {name} cannot have {parameters}")
    return kind.parameters | parameters
