"""What a tape drive reports: values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.errors import DeviceError
from drivers.scsi.attributes import Attribute
from drivers.scsi.encryption import Algorithm, EncryptionStatus, NextBlock


@dataclass(frozen=True)
class TapeDriveIdentity:
    """`serial` (VPD 80) is what the changer reports for the drive's element."""

    vendor: str
    product: str
    revision: str
    serial: str
    designators: tuple[str, ...]
    url: str


class MediumCondition(StrEnum):
    NONE = "none"
    LOADING = "loading"
    SEATED = "seated"
    READY = "ready"
    CLEANING = "cleaning"
    ERROR = "error"


@dataclass(frozen=True)
class MediumState:
    """`activity` is the drive's own code (see drivers.scsi.stream.Activity), None when not told."""

    condition: MediumCondition
    activity: int | None = None
    error: DeviceError | None = None


@dataclass(frozen=True)
class CartridgeMemory:
    """Attributes by id, as read. `dead` = the chip did not answer."""

    attributes: Mapping[int, Attribute]
    dead: bool = False

    def text(self, number: int) -> str:
        found = self.attributes.get(number)
        return found.text if found else ""

    def number(self, number: int) -> int | None:
        found = self.attributes.get(number)
        return found.number if found else None


@dataclass(frozen=True)
class WriteResult:
    """Ids that were read back as written, and those that were dropped although the drive said GOOD."""

    written: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True)
class TapeAlerts:
    """`cleared` is True where only page 2E existed: reading it has cleared the flags for everybody."""

    flags: tuple[int, ...]
    cleared: bool


@dataclass(frozen=True)
class EncryptionState:
    """`next_block` is None without a loaded medium or where the drive does not say."""

    status: EncryptionStatus | None
    next_block: NextBlock | None
    algorithms: tuple[Algorithm, ...]


@dataclass(frozen=True)
class Block:
    """One thing read from tape: data, or a filemark, or the end of what was written."""

    data: bytes
    filemark: bool = False
    end_of_data: bool = False
