"""What a device can answer instead of doing what it was asked.

DeviceError
├── UnitAttentionError          something happened that custody wants to know (kind)
├── NotReadyError               becoming ready, door open, offline, ... (reason)
├── NoMediumError
├── ElementError
│   ├── ElementEmptyError       the source holds nothing
│   ├── ElementFullError        the destination holds something
│   ├── ElementAddressInvalidError
│   └── ElementNotAccessibleError
├── CartridgeInDriveError       the drive has not ejected yet
├── MediaRemovalPreventedError  somebody holds the medium (by)
├── MediaLoadFailedError
├── VolumeIdProblemError
├── MediaIncompatibleError
├── CleaningCartridgeError      (kind)
├── WriteProtectedError
├── WormViolationError
├── EncryptionKeyError          (kind)
├── IllegalRequestError         the device does not know the command or a field of it
├── ReservationConflictError
├── DeviceBusyError
├── HardwareError, MediumError, CommandAbortedError
├── CommandTimeoutError         the state of the device is unknown
├── TransportError              the state of the device is unknown
├── ProtocolError               short, overlapping or inconsistent bytes
├── PrinterError                drivers.printer.errors: PrinterUnreachableError, PrinterNotReadyError,
│                               PrinterRefusedError, PrinterAbortedError, PrinterAnswerError, PrinterGoneError,
│                               PrinterTimeoutError
├── BackendUnavailableError     no device node, no permission, no program, unknown URL scheme
└── MoveRefusedError            the driver looked and sent nothing
    ├── UnexpectedMediumError   another volume tag than expected at the source
    ├── DuplicateTagError       the tag was seen in several places: freeze them
    └── StaleSnapshotError      the library is not as the caller believed
LibraryFileError                a definition file of a library is wrong in a line
"""

from enum import StrEnum
from typing import ClassVar

from drivers.scsi.exchange import RawExchange, Sense


class AttentionKind(StrEnum):
    MEDIUM_MAY_HAVE_CHANGED = "medium-may-have-changed"
    IE_ACCESSED = "ie-accessed"
    POWER_ON = "power-on"
    MODE_CHANGED = "mode-changed"
    RESERVATION_PREEMPTED = "reservation-preempted"
    ENCRYPTION_CHANGED = "encryption-changed"
    PREVENTION_PREEMPTED = "prevention-preempted"
    MAGAZINE_INSERTED = "magazine-inserted"
    DRIVE_INSERTED = "drive-inserted"
    TARGET_CHANGED = "target-changed"
    OPERATOR_REQUEST = "operator-request"
    OTHER = "other"


class NotReadyReason(StrEnum):
    BECOMING_READY = "becoming-ready"
    INIT_REQUIRED = "init-required"
    MANUAL_INTERVENTION = "manual-intervention"
    OFFLINE = "offline"
    ROBOTICS_DISABLED = "robotics-disabled"
    DOOR_OPEN = "door-open"
    SEQUENTIAL_MODE = "sequential-mode"
    MAGAZINE_MISSING = "magazine-missing"
    CALIBRATING = "calibrating"
    MEDIA_OPTIMISING = "media-optimising"
    SANITISING = "sanitising"
    OTHER = "other"


class DeviceError(Exception):
    """Base of everything a device or the way to it can do wrong.

    `exchange` is the command and answer behind it (None where no command was sent); `sense` its
    decoded sense; `kind` the detail of the class in machine-readable form.
    """

    sentence: ClassVar[str] = "The device reported a fault"

    def __init__(
        self,
        detail: str = "",
        *,
        sense: Sense | None = None,
        exchange: RawExchange | None = None,
        kind: str | None = None,
    ) -> None:
        self.detail, self.sense, self.exchange, self.kind = detail, sense, exchange, kind
        super().__init__(self._text())

    def _text(self) -> str:
        kind = f" ({self.kind})" if self.kind else ""
        detail = f": {self.detail}" if self.detail else ""
        sense = f" [sense {self.sense}]" if self.sense else ""
        device = f" on {self.exchange.device}" if self.exchange and self.exchange.device else ""
        return f"{self.sentence}{kind}{device}{detail}{sense}"


class UnitAttentionError(DeviceError):
    """`kind` is an AttentionKind."""

    sentence = "The device reports an event"


class NotReadyError(DeviceError):
    """`kind` is a NotReadyReason."""

    sentence = "The device is not ready"

    @property
    def passes_by_itself(self) -> bool:
        return self.kind in {
            NotReadyReason.BECOMING_READY,
            NotReadyReason.CALIBRATING,
            NotReadyReason.MEDIA_OPTIMISING,
            NotReadyReason.SANITISING,
        }


class NoMediumError(DeviceError):
    sentence = "There is no medium in the drive"


class ElementError(DeviceError):
    sentence = "The changer refused an element"


class ElementEmptyError(ElementError):
    sentence = "The source element is empty"


class ElementFullError(ElementError):
    sentence = "The destination element is full"


class ElementAddressInvalidError(ElementError):
    sentence = "The changer has no element with this address"


class ElementNotAccessibleError(ElementError):
    sentence = "The element cannot be reached"


class CartridgeInDriveError(DeviceError):
    sentence = "The drive has not ejected the cartridge"


class MediaRemovalPreventedError(DeviceError):
    """`kind` is "library" or "drive": who holds the medium."""

    sentence = "Removal of the medium is prevented"


class MediaLoadFailedError(DeviceError):
    sentence = "The medium could not be loaded or unloaded"


class VolumeIdProblemError(DeviceError):
    sentence = "The changer cannot read or trust the volume tag"


class MediaIncompatibleError(DeviceError):
    sentence = "The drive cannot use this medium"


class CleaningCartridgeError(DeviceError):
    """`kind` is "installed", "failed", "rejected" or "expired"."""

    sentence = "Cleaning cartridge"


class WriteProtectedError(DeviceError):
    sentence = "The medium is write protected"


class WormViolationError(DeviceError):
    sentence = "The medium can be written only once"


class EncryptionKeyError(DeviceError):
    """`kind` is "wrong-or-missing", "limit-reached" or "key-manager"."""

    sentence = "The drive cannot encrypt or decrypt with its key"


class IllegalRequestError(DeviceError):
    """`kind` is "unknown-command", "invalid-field" or "invalid-parameter"."""

    sentence = "The device does not support the request"


class ReservationConflictError(DeviceError):
    sentence = "Another host has reserved the device"


class DeviceBusyError(DeviceError):
    sentence = "The device is busy"


class HardwareError(DeviceError):
    sentence = "The device reports a hardware error"


class MediumError(DeviceError):
    sentence = "The device reports a medium error"


class CommandAbortedError(DeviceError):
    sentence = "The device aborted the command"


class CommandTimeoutError(DeviceError):
    sentence = "The device did not answer in time; its state is unknown"


class TransportError(DeviceError):
    sentence = "The connection to the device failed; its state is unknown"


class ProtocolError(DeviceError):
    sentence = "The device answered with bytes that make no sense"


class BackendUnavailableError(DeviceError):
    sentence = "The device cannot be opened"


class MoveRefusedError(DeviceError):
    """Raised before any command that moves was sent: nothing has changed."""

    sentence = "The move was not started"


class UnexpectedMediumError(MoveRefusedError):
    def __init__(self, address: int, expected: str | None, found: str | None) -> None:
        self.address, self.expected, self.found = address, expected, found
        super().__init__(f"element {address} holds {found or 'no readable tag'}, not {expected}")


class DuplicateTagError(MoveRefusedError):
    def __init__(self, tag: str, addresses: tuple[int, ...]) -> None:
        self.tag, self.addresses = tag, addresses
        super().__init__(f"the tag {tag} is reported at elements {', '.join(map(str, addresses))}")


class StaleSnapshotError(MoveRefusedError):
    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"the library has changed: expected {expected[:12]}…, found {found[:12]}…")


class LibraryFileError(Exception):
    """`line` is 1-based; 0 means the file as a whole."""

    def __init__(self, source: str, line: int, detail: str) -> None:
        self.source, self.line, self.detail = source, line, detail
        super().__init__(f"{source}, line {line}: {detail}" if line else f"{source}: {detail}")
