"""Every fault and variant that can be switched on, by name, with its parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from drivers.errors import ProtocolError
from drivers.simulator.state import LibraryState

PHASES = ("before-pick", "in-gripper", "before-place", "placed")


@dataclass(frozen=True, slots=True)
class FaultKind:
    """`parameters` are the names and default values; `times` of 0 means until cleared."""

    name: str
    summary: str
    parameters: dict[str, Any]


def _fault(name: str, summary: str, **parameters: Any) -> FaultKind:
    return FaultKind(name, summary, parameters)


FAULTS: dict[str, FaultKind] = {
    kind.name: kind
    for kind in (
        _fault("offline", "the library is offline (2/04/12)"),
        _fault("sequential", "the library is in sequential mode (2/04/19)"),
        _fault("robotics-disabled", "the robotics are disabled (2/04/15)"),
        _fault("init-required", "INITIALIZE ELEMENT STATUS is required first (2/04/02)"),
        _fault("busy", "commands (or moves only) meet SAM status BUSY", only_moves=False, times=1),
        _fault("reserved", "commands meet a RESERVATION CONFLICT", times=0),
        _fault("jam", "a move fails with 4/15/01 in a phase", phase="before-pick", times=1),
        _fault(
            "put-back",
            "a move fails in a phase with 4/53/00 and the library puts the medium back",
            phase="in-gripper",
            times=1,
        ),
        _fault("wrong-place", "a move reports GOOD and ends at another element", address=0, times=1),
        _fault(
            "timeout",
            "the host loses patience in a phase; the robot stops there or finishes later",
            phase="before-pick",
            finishes_after_s=-1.0,
            times=1,
        ),
        _fault("lost-status", "the status of a move is lost in a phase", phase="placed", times=1),
        _fault(
            "kill-process",
            "the process gets SIGKILL in a phase of a move",
            phase="in-gripper",
            then="stays",
            times=1,
        ),
        _fault("block-process", "a move blocks in a phase until the fault is cleared", phase="in-gripper"),
        _fault(
            "attention-on-move",
            "MOVE MEDIUM meets a unit attention and does nothing",
            asc=0x28,
            ascq=0,
            times=1,
        ),
        _fault(
            "attention-after-move",
            "the command after a move meets a unit attention",
            asc=0x29,
            ascq=0,
            times=1,
        ),
        _fault("unreadable-labels", "labels of these elements cannot be read", addresses=()),
        _fault("phantom-tags", "an element keeps showing the tag of the medium that left it"),
        _fault("padded-empty-tags", "empty elements carry 32 spaces as tag"),
        _fault("duplicate-tag", "an element shows the tag of another one", address=0, tag=""),
        _fault("six-characters", "tags are cut to six characters", align="left"),
        _fault("lower-case", "tags are reported in lower case"),
        _fault("long-tags", "tags get a suffix beyond eight characters", suffix="00"),
        _fault("media-id-first", "tags are reported with the media id first"),
        _fault("no-tags", "volume tags are not reported at all"),
        _fault("drive-ids", "how drives are named", mode="full"),
        _fault("missing-drive", "a drive is not installed (3B/1A)", address=0),
        _fault("unreported-elements", "elements are announced and never reported", first=0, last=0),
        _fault("drives-reversed", "drive elements come in descending order"),
        _fault(
            "magazine-removed",
            "storage elements are out of reach (3B/12, or 83/02 as other makers say)",
            first=0,
            last=0,
            code="3B/12",
        ),
        _fault(
            "foreign-partition",
            "the medium at an element belongs to another partition (5/3B/81, or 2/74/71)",
            address=0,
            sense="5/3B/81",
        ),
        _fault(
            "logical-library",
            "this host's partition of the library: [first, last] of each kind, all others are not there for it",
            storage=None,
            mail_slots=None,
            drives=None,
        ),
        _fault("eject-required", "a loaded drive does not let go", sense="2/3A/00"),
        _fault("removal-prevented", "the library door lock holds media (5/53/02)"),
        _fault("fast-load", "a load reports GOOD and fails afterwards", times=1),
        _fault("load-fails", "a load fails with 4/53/00; the medium stays in the drive unloaded", times=1),
        _fault("export-immediate", "mail slots are virtual: exported media vanish at once"),
        _fault("short-status", "element status ends 8 bytes early"),
        _fault("overlapping-types", "element type 0 (all at once) brings overlapping pages"),
        _fault("slow-motion", "moves take so many seconds", seconds=2.0),
        _fault(
            "optimising",
            "a medium's first load in a drive takes so many seconds of calibration",
            seconds=60.0,
        ),
        _fault("alerts-only-by-clearing", "TapeAlert has only page 2E, which clears on read"),
        _fault("memory-write-dropped", "WRITE ATTRIBUTE reports GOOD and drops the write"),
        _fault("write-error", "writing fails with 3/0C/00", times=1),
        _fault("read-error", "reading fails with 3/11/00", times=1),
    )
}


def set_fault(state: LibraryState, name: str, **parameters: Any) -> None:
    """ProtocolError for an unknown fault or parameter."""
    kind = FAULTS.get(name)
    if kind is None:
        raise ProtocolError(f"unknown fault {name!r}; known are {', '.join(sorted(FAULTS))}")
    unknown = parameters.keys() - kind.parameters.keys()
    if unknown:
        raise ProtocolError(f"fault {name} has no parameter {', '.join(sorted(unknown))}")
    if parameters.get("phase", PHASES[0]) not in PHASES:
        raise ProtocolError(f"unknown phase {parameters['phase']!r}; known are {', '.join(PHASES)}")
    state.faults[name] = kind.parameters | parameters


def fault_parameter(text: str) -> tuple[str, Any]:
    """`name=value` as typed at a shell; a value that is no JSON is a text."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


class Named(Protocol):
    """What a listing shows; a parameter of `...` has no default."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def parameters(self) -> dict[str, Any]: ...


def listing(kinds: Mapping[str, Named]) -> str:
    """One line a fault or deed, for people."""
    lines = []
    for kind in kinds.values():
        parameters = " ".join(
            name if value is ... else f"{name}={json.dumps(value)}" for name, value in kind.parameters.items()
        )
        lines.append(f"{kind.name:24} {kind.summary}{f' [{parameters}]' if parameters else ''}\n")
    return "".join(lines)


def active(state: LibraryState, name: str) -> dict[str, Any] | None:
    return state.faults.get(name)


def consume(state: LibraryState, name: str, **wanted: Any) -> dict[str, Any] | None:
    """The fault's parameters if it strikes now (its parameters equal `wanted`); counts `times` down."""
    fault = state.faults.get(name)
    if fault is None or any(fault.get(key) != value for key, value in wanted.items()):
        return None
    if fault.get("times"):
        fault["times"] -= 1
        if fault["times"] == 0:
            del state.faults[name]
    return fault
