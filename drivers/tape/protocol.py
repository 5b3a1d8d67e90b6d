"""The contract of a tape drive.

The same rules as for a changer: calls block, `deadline_s` is seconds from the call, every call may
raise a DeviceError, unit attentions are kept for `take_attentions`.
"""

from collections.abc import Iterable
from types import TracebackType
from typing import Protocol, Self

from drivers.scsi.attributes import Attribute
from drivers.scsi.encryption import SetEncryption
from drivers.scsi.exchange import Sense
from drivers.scsi.partitions import Partitions
from drivers.scsi.stream import DriveStatus, Position
from drivers.tape.model import (
    Block,
    CartridgeMemory,
    EncryptionState,
    MediumState,
    TapeAlerts,
    TapeDriveIdentity,
    WriteResult,
)


class TapeDrive(Protocol):
    url: str

    def identify(self, *, deadline_s: float) -> TapeDriveIdentity: ...

    def take_attentions(self) -> list[Sense]: ...

    def activity(self, *, deadline_s: float) -> DriveStatus | None:
        """Log page 11 with a short timeout; None where the drive does not offer it."""

    def medium(self, *, deadline_s: float) -> MediumState:
        """Never waits for the medium; asks for the activity first and nothing else while it is busy."""

    def wait_loaded(self, *, deadline_s: float) -> MediumState: ...

    def load(self, *, deadline_s: float) -> None: ...

    def eject(self, *, deadline_s: float) -> None: ...

    def prevent_removal(self, *, on: bool, deadline_s: float) -> None: ...

    def cartridge_memory(self, *, deadline_s: float) -> CartridgeMemory: ...

    def write_host_attributes(self, attributes: Iterable[Attribute], *, deadline_s: float) -> WriteResult:
        """Write, then read back: some drives say GOOD and drop the write. An empty value deletes."""

    def alerts(self, *, deadline_s: float) -> TapeAlerts: ...

    def volume_statistics(self, *, deadline_s: float) -> dict[str, int]:
        """Names of drivers.scsi.stream.VOLUME_PARAMETERS; megabytes are 10^6 bytes."""

    def timeouts(self, *, deadline_s: float) -> dict[int, int]:
        """Operation code → recommended seconds, as the drive itself says; empty where it does not."""

    def encryption_state(self, *, deadline_s: float) -> EncryptionState: ...

    def set_key(self, page: SetEncryption, *, deadline_s: float) -> None: ...

    def clear_key(self, *, deadline_s: float) -> EncryptionState:
        """Encryption and decryption off for all initiators; the state afterwards is the evidence."""

    def position(self, *, deadline_s: float) -> Position: ...

    def rewind(self, *, deadline_s: float) -> None: ...

    def partitions(self, *, deadline_s: float) -> Partitions | None:
        """Mode page 11; None where the drive does not offer it."""

    def locate(self, block: int, *, partition: int | None = None, deadline_s: float) -> None: ...

    def space_filemarks(self, count: int, *, deadline_s: float) -> None: ...

    def read_block(self, *, deadline_s: float) -> Block: ...

    def write_block(self, data: bytes, *, deadline_s: float) -> None: ...

    def write_filemarks(self, count: int, *, deadline_s: float) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...
