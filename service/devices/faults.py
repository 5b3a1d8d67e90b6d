"""Driver errors in Strongroom's words: the only place where the two meet.

FaultError
├── LibraryUnreachableError    it cannot be opened, or the way to it failed
├── LibraryNotReadyError       a person has to do something at the library
├── LibraryBusyError           somebody else uses it
├── LibraryFaultError          it reported trouble of its own
└── MoveRefusedFaultError      nothing was sent: the library is not as planned
"""

from collections.abc import Mapping

from drivers.errors import (
    BackendUnavailableError,
    CommandTimeoutError,
    DeviceBusyError,
    DeviceError,
    ElementError,
    MediaRemovalPreventedError,
    MoveRefusedError,
    NotReadyError,
    NotReadyReason,
    ReservationConflictError,
    TransportError,
)
from service.devices.evidence import answer_of
from service.errors import FaultError


class LibraryUnreachableError(FaultError):
    title = "The library does not answer"


class LibraryNotReadyError(FaultError):
    title = "The library is not ready"


class LibraryBusyError(FaultError):
    title = "The library is in use"


class LibraryFaultError(FaultError):
    title = "The library reported a fault"


class MoveRefusedFaultError(FaultError):
    title = "The move was not started"


# The first kind that fits decides, so that subclasses stand above their parents.
KIND_OF: Mapping[type[DeviceError], type[FaultError]] = {
    BackendUnavailableError: LibraryUnreachableError,
    TransportError: LibraryUnreachableError,
    CommandTimeoutError: LibraryUnreachableError,
    NotReadyError: LibraryNotReadyError,
    DeviceBusyError: LibraryBusyError,
    ReservationConflictError: LibraryBusyError,
    MediaRemovalPreventedError: LibraryBusyError,
    MoveRefusedError: MoveRefusedFaultError,
    ElementError: MoveRefusedFaultError,
    DeviceError: LibraryFaultError,
}

NEXT_STEP: Mapping[type[FaultError], str] = {
    LibraryUnreachableError: "Check power, cable and the device's address, then take inventory.",
    LibraryNotReadyError: "See to it at the library; work goes on by itself once it is ready.",
    LibraryBusyError: "Wait until the other program is done, or stop it.",
    LibraryFaultError: "Look at the library's own panel, then take inventory.",
    MoveRefusedFaultError: "Take inventory and look at the library page.",
}

REASONS: Mapping[str, str] = {
    NotReadyReason.BECOMING_READY: "it is becoming ready",
    NotReadyReason.INIT_REQUIRED: "it wants to take stock first",
    NotReadyReason.MANUAL_INTERVENTION: "it wants a person at its panel",
    NotReadyReason.OFFLINE: "it is offline",
    NotReadyReason.ROBOTICS_DISABLED: "its robot is switched off",
    NotReadyReason.DOOR_OPEN: "its door or mail slot is open",
    NotReadyReason.SEQUENTIAL_MODE: "it is in sequential mode",
    NotReadyReason.MAGAZINE_MISSING: "a magazine is missing",
}


def translate(error: DeviceError, library: str) -> FaultError:
    """What happened · what was not done · what to do. Only for errors raised before anything was sent."""
    kind = next(kind for driver_kind, kind in KIND_OF.items() if isinstance(error, driver_kind))
    reason = REASONS.get(str(error.kind or "")) if isinstance(error, NotReadyError) else None
    why = f"{library} is not ready: {reason}" if reason else f"{library}: {_lowered(answer_of(error))}"
    return kind(f"{why}. Nothing was moved.", next_step=NEXT_STEP[kind], library=library)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
