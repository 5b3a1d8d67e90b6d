"""Sense code → meaning → error class: the one place where it is decided.

Rows are tried in order; the first that fits wins, so a row for one sense key stands before the
row for any key.
"""

from dataclasses import dataclass
from enum import IntEnum

from drivers import errors as e
from drivers.errors import AttentionKind as Ua
from drivers.errors import NotReadyReason as Nr


class SenseKey(IntEnum):
    NO_SENSE = 0x0
    RECOVERED_ERROR = 0x1
    NOT_READY = 0x2
    MEDIUM_ERROR = 0x3
    HARDWARE_ERROR = 0x4
    ILLEGAL_REQUEST = 0x5
    UNIT_ATTENTION = 0x6
    DATA_PROTECT = 0x7
    BLANK_CHECK = 0x8
    VENDOR = 0x9
    COPY_ABORTED = 0xA
    ABORTED_COMMAND = 0xB
    VOLUME_OVERFLOW = 0xD
    MISCOMPARE = 0xE


@dataclass(frozen=True, slots=True)
class SenseRow:
    """`keys` empty = any key; `first`..`last` is the range of ASCQ, both ends included."""

    keys: str
    asc: int
    first: int
    last: int
    meaning: str
    error: type[e.DeviceError]
    kind: str | None = None


def _row(code: str, meaning: str, error: type[e.DeviceError], kind: str | None = None) -> SenseRow:
    keys, asc, ascq = code.split("/")
    first, _, last = ascq.partition("-")
    return SenseRow(
        keys.strip("x"), int(asc, 16), int(first, 16), int(last or first, 16), meaning, error, kind
    )


SENSE_TABLE: tuple[SenseRow, ...] = (
    _row("2/04/01", "becoming ready", e.NotReadyError, Nr.BECOMING_READY),
    _row("2/04/02", "initialising is required", e.NotReadyError, Nr.INIT_REQUIRED),
    _row("24/04/03", "manual intervention is required", e.NotReadyError, Nr.MANUAL_INTERVENTION),
    _row("2/04/07", "an operation is in progress", e.NotReadyError, Nr.BECOMING_READY),
    _row("2/04/12", "the library is offline or in the wrong mode", e.NotReadyError, Nr.OFFLINE),
    _row("2/04/15", "the robotics are disabled", e.NotReadyError, Nr.ROBOTICS_DISABLED),
    _row("2/04/18", "the door is open", e.NotReadyError, Nr.DOOR_OPEN),
    _row("2/04/19", "the library is in sequential mode", e.NotReadyError, Nr.SEQUENTIAL_MODE),
    _row("2/04/1A", "the medium is being started", e.NotReadyError, Nr.BECOMING_READY),
    _row("2/04/1B", "sanitising is in progress", e.NotReadyError, Nr.SANITISING),
    _row("2/04/8E", "the library is in sequential mode (IBM TS3200)", e.NotReadyError, Nr.SEQUENTIAL_MODE),
    _row("34/15/01", "mechanical positioning failed", e.MediaLoadFailedError),
    _row("5/20/00", "unknown operation code", e.IllegalRequestError, "unknown-command"),
    _row("5/21/01", "no such element", e.ElementAddressInvalidError),
    _row("5/24/00", "invalid field in the command", e.IllegalRequestError, "invalid-field"),
    _row("5/26/00", "invalid field in the parameters", e.IllegalRequestError, "invalid-parameter"),
    _row(
        "x/26/10", "too many wrong keys; the medium must be reloaded", e.EncryptionKeyError, "limit-reached"
    ),
    _row("x/27/00-07", "write protected", e.WriteProtectedError),
    _row("6/28/00", "the medium may have changed", e.UnitAttentionError, Ua.MEDIUM_MAY_HAVE_CHANGED),
    _row("6/28/01", "a mail slot was accessed", e.UnitAttentionError, Ua.IE_ACCESSED),
    _row("6/28/03", "a mail slot was accessed", e.UnitAttentionError, Ua.IE_ACCESSED),
    _row("6/29/00-07", "power on or reset", e.UnitAttentionError, Ua.POWER_ON),
    _row("6/2A/01", "mode parameters changed", e.UnitAttentionError, Ua.MODE_CHANGED),
    _row("6/2A/03-05", "a reservation was taken over", e.UnitAttentionError, Ua.RESERVATION_PREEMPTED),
    _row("6/2A/11-13", "encryption parameters changed", e.UnitAttentionError, Ua.ENCRYPTION_CHANGED),
    _row("6/2A/15", "removal prevention was lifted", e.UnitAttentionError, Ua.PREVENTION_PREEMPTED),
    _row("x/30/03", "cleaning cartridge installed", e.CleaningCartridgeError, "installed"),
    _row("x/30/07", "cleaning failed", e.CleaningCartridgeError, "failed"),
    _row("x/30/0A", "cleaning request rejected", e.CleaningCartridgeError, "rejected"),
    _row("x/30/0B", "cleaning cartridge expired", e.CleaningCartridgeError, "expired"),
    _row("x/30/00-06", "incompatible medium", e.MediaIncompatibleError),
    _row("x/30/08", "incompatible medium", e.MediaIncompatibleError),
    _row("x/30/0C", "overwrite of a WORM medium attempted", e.WormViolationError),
    _row("x/30/0D", "WORM integrity check failed", e.WormViolationError),
    _row("2/3A/02", "the mail slot is open", e.NotReadyError, Nr.DOOR_OPEN),
    _row("x/3A/00-04", "no medium", e.NoMediumError),
    _row("5/3B/0C", "the tape is not at its beginning", e.IllegalRequestError),
    _row("5/3B/0D", "the destination element is full", e.ElementFullError),
    _row("5/3B/0E", "the source element is empty", e.ElementEmptyError),
    _row("5/3B/11", "the magazine is not accessible", e.ElementNotAccessibleError),
    _row("x/3B/11", "the magazine is not accessible", e.NotReadyError, Nr.MAGAZINE_MISSING),
    _row("x/3B/12", "the magazine is removed", e.NotReadyError, Nr.MAGAZINE_MISSING),
    _row("6/3B/13", "a magazine was inserted", e.UnitAttentionError, Ua.MAGAZINE_INSERTED),
    _row("x/3B/15", "the magazine is unlocked", e.NotReadyError, Nr.MAGAZINE_MISSING),
    _row("x/3B/18-19", "the element is disabled or was just enabled", e.ElementNotAccessibleError),
    _row("x/3B/1A", "the drive is removed", e.ElementNotAccessibleError, "not-installed"),
    _row("6/3B/1B", "a drive was inserted", e.UnitAttentionError, Ua.DRIVE_INSERTED),
    _row("5/3B/81", "the cartridge belongs to another partition", e.ElementNotAccessibleError, "partition"),
    _row("5/3B/90", "the drive has not ejected yet", e.CartridgeInDriveError),
    _row("x/3B/A0", "the robot's hand is full", e.ElementNotAccessibleError, "transport-full"),
    _row("6/3F/01", "the microcode changed", e.UnitAttentionError, Ua.TARGET_CHANGED),
    _row("6/3F/03", "the inquiry data changed", e.UnitAttentionError, Ua.TARGET_CHANGED),
    _row("6/3F/0E", "the list of targets changed", e.UnitAttentionError, Ua.TARGET_CHANGED),
    _row("x/44/81", "the cartridge is in the drive", e.CartridgeInDriveError),
    _row("5/53/02", "removal prevented by the library", e.MediaRemovalPreventedError, "library"),
    _row("5/53/03", "removal prevented by the drive", e.MediaRemovalPreventedError, "drive"),
    _row("x/53/05", "invalid volume identifier", e.VolumeIdProblemError, "invalid"),
    _row("x/53/06", "volume identifier missing", e.VolumeIdProblemError, "missing"),
    _row("x/53/07", "duplicate volume identifier", e.VolumeIdProblemError, "duplicate"),
    _row("x/53/08", "element status unknown", e.VolumeIdProblemError, "unknown"),
    _row("34/53/00-01", "load or unload failed", e.MediaLoadFailedError),
    _row("34/53/04", "load or unload failed", e.MediaLoadFailedError),
    _row("34/53/09-0D", "load or unload failed", e.MediaLoadFailedError),
    _row("6/5A/01", "an operator asks for the medium", e.UnitAttentionError, Ua.OPERATOR_REQUEST),
    _row("2/74/71", "no access to the partition (Oracle)", e.ElementNotAccessibleError, "partition"),
    _row("x/74/00-0D", "the data cannot be decrypted", e.EncryptionKeyError, "wrong-or-missing"),
    _row("x/83/00-01", "bad or unreadable label", e.VolumeIdProblemError, "unreadable"),
    _row("x/83/09", "bad or unreadable label", e.VolumeIdProblemError, "unreadable"),
    _row("x/83/02", "the slot is not installed", e.ElementNotAccessibleError, "not-installed"),
    _row("x/83/04", "the drive is not installed", e.ElementNotAccessibleError, "not-installed"),
    _row("x/EE/00-FF", "key error (IBM)", e.EncryptionKeyError, "key-manager"),
    _row("x/EF/00-FF", "key error (IBM)", e.EncryptionKeyError, "key-manager"),
)

NOT_INSTALLED: frozenset[tuple[int, int]] = frozenset(
    (row.asc, row.first) for row in SENSE_TABLE if row.kind == "not-installed"
)
UNREADABLE_LABEL: frozenset[int] = frozenset({0x53, 0x83})


def find_row(key: int, asc: int, ascq: int) -> SenseRow | None:
    hexkey = f"{key:X}"
    for row in SENSE_TABLE:
        if row.asc == asc and row.first <= ascq <= row.last and (not row.keys or hexkey in row.keys):
            return row
    return None
