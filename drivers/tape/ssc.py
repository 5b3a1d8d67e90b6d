"""The tape drive contract over any SCSI transport, by the SSC command set."""

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from drivers.errors import (
    CleaningCartridgeError,
    DeviceError,
    IllegalRequestError,
    NoMediumError,
    NotReadyError,
    NotReadyReason,
)
from drivers.scsi import attributes as mam
from drivers.scsi import commands, encryption, inquiry, log_pages, partitions, stream
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.session import Session
from drivers.scsi.transport import Command, Deadline, Transport
from drivers.tape import blocks
from drivers.tape.model import (
    Block,
    CartridgeMemory,
    EncryptionState,
    MediumCondition,
    MediumState,
    TapeAlerts,
    TapeDriveIdentity,
    WriteResult,
)

SMALL_S, READY_S, ACTIVITY_S, DEFAULT_S = 60.0, 30.0, 1.0, 600.0
# What a drive may take where it does not say itself (REPORT SUPPORTED OPERATION CODES).
PROFILE_S: dict[int, float] = {
    0x01: 600.0,
    0x08: 2340.0,
    0x0A: 1500.0,
    0x10: 1620.0,
    0x11: 2940.0,
    0x1B: 1020.0,
    0x2B: 2940.0,
}
FIRST_WAIT_S, SLOW_WAIT_S = 0.05, 2.0
BUSY_CONDITIONS = {stream.Activity.CLEANING: MediumCondition.CLEANING}
WORKING = frozenset(
    {
        stream.Activity.LOADING,
        stream.Activity.UNLOADING,
        stream.Activity.CALIBRATING,
        stream.Activity.CLEANING,
    }
)


class SscDrive:
    """One drive, one thread. Closing it closes the transport."""

    def __init__(
        self,
        transport: Transport,
        *,
        url: str,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._session, self._sleep, self._monotonic = Session(transport), sleep, monotonic
        self._timeouts: dict[int, int] | None = None

    def _run(self, command: Command, deadline_s: float, at_most_s: float = SMALL_S) -> RawExchange:
        return self._session.run(command, Deadline(deadline_s, self._monotonic), at_most_s)

    def _attempt(self, command: Command, deadline_s: float) -> RawExchange | None:
        return self._session.attempt(command, Deadline(deadline_s, self._monotonic), SMALL_S)

    def _long(self, command: Command, deadline_s: float) -> RawExchange:
        """A command that moves tape, with the time the drive says it needs."""
        own = self.timeouts(deadline_s=deadline_s).get(command.cdb[0], 0)
        return self._run(command, deadline_s, float(own) or PROFILE_S.get(command.cdb[0], DEFAULT_S))

    def identify(self, *, deadline_s: float) -> TapeDriveIdentity:
        basic = inquiry.parse_inquiry(self._run(commands.inquiry(), deadline_s).data_in)
        serial = self._attempt(commands.inquiry_page(inquiry.SERIAL_PAGE), deadline_s)
        more = self._attempt(commands.inquiry_page(inquiry.DESIGNATOR_PAGE), deadline_s)
        designators = inquiry.parse_designators(more.data_in) if more else ()
        return TapeDriveIdentity(
            basic.vendor,
            basic.product,
            basic.revision,
            inquiry.parse_serial(serial.data_in) if serial else "",
            tuple(f"{d.kind}:{d.text}" for d in designators),
            self.url,
        )

    def take_attentions(self) -> list[Sense]:
        return self._session.take_attentions()

    def activity(self, *, deadline_s: float) -> stream.DriveStatus | None:
        command = commands.log_sense(log_pages.DEVICE_STATUS_PAGE)
        try:
            exchange = self._run(command, deadline_s, ACTIVITY_S)
        except IllegalRequestError:
            return None
        return stream.parse_drive_status(exchange.data_in)

    def medium(self, *, deadline_s: float) -> MediumState:
        status = self.activity(deadline_s=deadline_s)
        activity = status.activity if status else None
        if activity in WORKING:
            return MediumState(
                BUSY_CONDITIONS.get(stream.Activity(activity), MediumCondition.LOADING), activity
            )
        try:
            self._run(commands.test_unit_ready(), deadline_s, READY_S)
        except DeviceError as error:
            return _not_ready(error, activity)
        return MediumState(MediumCondition.READY, activity)

    def wait_loaded(self, *, deadline_s: float) -> MediumState:
        deadline, pause = Deadline(deadline_s, self._monotonic), FIRST_WAIT_S
        while True:
            state = self.medium(deadline_s=deadline.require(DEFAULT_S, "the medium"))
            waiting = state.condition in {MediumCondition.LOADING, MediumCondition.CLEANING}
            if not waiting or deadline.left_s() <= pause:
                return state
            self._sleep(pause)
            pause = min(2 * pause, SLOW_WAIT_S)

    def load(self, *, deadline_s: float) -> None:
        self._long(commands.load(), deadline_s)

    def eject(self, *, deadline_s: float) -> None:
        self._long(commands.unload(), deadline_s)

    def prevent_removal(self, *, on: bool, deadline_s: float) -> None:
        self._run(commands.prevent_removal(prevent=on), deadline_s)

    def cartridge_memory(self, *, deadline_s: float) -> CartridgeMemory:
        exchange = self._run(commands.read_attributes(0), deadline_s)
        found = mam.parse_attributes(exchange.data_in)
        return CartridgeMemory({attribute.id: attribute for attribute in found}, dead=not found)

    def write_host_attributes(self, attributes: Iterable[mam.Attribute], *, deadline_s: float) -> WriteResult:
        wanted = tuple(attributes)
        self._run(commands.write_attributes(mam.encode_attributes(wanted)), deadline_s)
        now = self.cartridge_memory(deadline_s=deadline_s).attributes
        kept = tuple(a.id for a in wanted if _is_stored(a, now.get(a.id)))
        return WriteResult(kept, tuple(a.id for a in wanted if a.id not in kept))

    def alerts(self, *, deadline_s: float) -> TapeAlerts:
        kept = self._attempt(commands.log_sense(log_pages.ALERT_RESPONSE_PAGE), deadline_s)
        if kept is not None:
            return TapeAlerts(log_pages.parse_alert_response(kept.data_in), cleared=False)
        cleared = self._run(commands.log_sense(log_pages.ALERT_PAGE), deadline_s)
        return TapeAlerts(log_pages.parse_alert_parameters(cleared.data_in), cleared=True)

    def volume_statistics(self, *, deadline_s: float) -> dict[str, int]:
        exchange = self._run(commands.log_sense(log_pages.VOLUME_STATISTICS_PAGE), deadline_s)
        return stream.parse_volume_statistics(exchange.data_in)

    def timeouts(self, *, deadline_s: float) -> dict[int, int]:
        if self._timeouts is None:
            listed = self._attempt(commands.report_opcodes(), deadline_s)
            known = inquiry.parse_opcodes(listed.data_in) if listed else ()
            self._timeouts = {c.opcode: c.recommended_s for c in known if c.recommended_s}
        return self._timeouts

    def encryption_state(self, *, deadline_s: float) -> EncryptionState:
        status = self._attempt(commands.security_in(encryption.STATUS_PAGE), deadline_s)
        capable = self._attempt(commands.security_in(encryption.CAPABILITIES_PAGE), deadline_s)
        try:
            following = self._attempt(commands.security_in(encryption.NEXT_BLOCK_PAGE), deadline_s)
        except (NoMediumError, NotReadyError):
            following = None
        return EncryptionState(
            encryption.parse_status(status.data_in) if status else None,
            encryption.parse_next_block(following.data_in) if following else None,
            encryption.parse_algorithms(capable.data_in) if capable else (),
        )

    def set_key(self, page: encryption.SetEncryption, *, deadline_s: float) -> None:
        self._run(commands.security_out(encryption.SET_PAGE, encryption.encode_set(page)), deadline_s)

    def clear_key(self, *, deadline_s: float) -> EncryptionState:
        off = encryption.SetEncryption(encryption.EncryptionMode.OFF, encryption.DecryptionMode.OFF)
        self.set_key(off, deadline_s=deadline_s)
        return self.encryption_state(deadline_s=deadline_s)

    def position(self, *, deadline_s: float) -> stream.Position:
        return stream.parse_long_position(self._run(commands.read_position(), deadline_s).data_in)

    def rewind(self, *, deadline_s: float) -> None:
        self._long(commands.rewind(), deadline_s)

    def partitions(self, *, deadline_s: float) -> partitions.Partitions | None:
        page = self._attempt(commands.mode_sense(partitions.PARTITION_PAGE), deadline_s)
        return partitions.parse_partitions(page.data_in) if page else None

    def locate(self, block: int, *, partition: int | None = None, deadline_s: float) -> None:
        self._long(commands.locate(block, partition), deadline_s)

    def space_filemarks(self, count: int, *, deadline_s: float) -> None:
        self._long(commands.space(commands.SPACE_FILEMARKS, count), deadline_s)

    def read_block(self, *, deadline_s: float) -> Block:
        command = commands.read_block(blocks.MAX_BLOCK)
        at_most_s = PROFILE_S[command.cdb[0]]
        deadline = Deadline(deadline_s, self._monotonic)
        return blocks.block_of(self._session.send(command, deadline, at_most_s))

    def write_block(self, data: bytes, *, deadline_s: float) -> None:
        self._long(commands.write_block(data), deadline_s)

    def write_filemarks(self, count: int, *, deadline_s: float) -> None:
        self._long(commands.write_filemarks(count), deadline_s)

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _is_stored(wanted: mam.Attribute, now: mam.Attribute | None) -> bool:
    if not wanted.value:
        return now is None or not now.value
    return now is not None and now.value.rstrip(b"\0 ") == wanted.value.rstrip(b"\0 ")


def _not_ready(error: DeviceError, activity: int | None) -> MediumState:
    match error:
        case NoMediumError():
            return MediumState(MediumCondition.NONE, activity)
        case CleaningCartridgeError(kind="installed"):
            return MediumState(MediumCondition.CLEANING, activity, error)
        case NotReadyError(kind=NotReadyReason.INIT_REQUIRED):
            return MediumState(MediumCondition.SEATED, activity)
        case NotReadyError() if error.passes_by_itself:
            return MediumState(MediumCondition.LOADING, activity)
        case _:
            return MediumState(MediumCondition.ERROR, activity, error)
