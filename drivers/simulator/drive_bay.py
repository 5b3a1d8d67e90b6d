"""A drive as the robot meets it: taking a cartridge, giving it back, holding on to it."""

from drivers.media_types import drive_takes
from drivers.scsi.stream import Activity
from drivers.simulator.faults import active
from drivers.simulator.reply import refuse
from drivers.simulator.state import Cartridge, Drive, LibraryState

EXPIRED_CLEANING, DEAD_CHIP = 22, 15
INCOMPATIBLE, EXPIRED = "2/30/00", "2/30/0B"
CLEAN_NOW, CLEAN_SOON = 20, 21
REMEMBERED_DRIVES = 4
MEDIUM_CHANGED = (0x28, 0x00)


def unit_of(state: LibraryState, drive: Drive) -> int:
    """The logical unit of a drive: drives count from 1, the changer is 0."""
    return state.drives.index(drive) + 1


def check_release(state: LibraryState, drive: Drive) -> None:
    """Refuse where the drive does not let the robot have its cartridge."""
    if drive.prevented_by:
        raise refuse("5/53/03")
    required = active(state, "eject-required")
    if required is not None and drive.loaded:
        raise refuse(required["sense"])


def seat(state: LibraryState, drive: Drive, cartridge: Cartridge, now: float) -> None:
    """The robot has pushed the cartridge in; the drive loads what it can use."""
    state.raise_attention(unit_of(state, drive), *MEDIUM_CHANGED)
    drive.seated, drive.position, drive.wrong_keys, drive.refusal = True, 0, 0, ""
    drive.partition, drive.wanted_partition_mb = 0, []
    if cartridge.cleaning:
        clean(drive, cartridge)
    elif not drive_takes(drive.generation, cartridge.barcode):
        drive.refusal = INCOMPATIBLE
    else:
        load(state, drive, cartridge, now)


def load(state: LibraryState, drive: Drive, cartridge: Cartridge, now: float) -> None:
    """Thread the tape: the cartridge's own memory counts it."""
    drive.seated = drive.loaded = True
    drive.position, drive.partition, drive.refusal = 0, 0, ""
    calibration = active(state, "optimising")
    first = calibration is not None and not cartridge.optimised
    drive.loading_activity = Activity.CALIBRATING if first else Activity.LOADING
    drive.ready_at = now + (calibration["seconds"] if calibration and first else state.load_s)
    cartridge.optimised = True
    count_load(cartridge, (drive.vendor, drive.serial))
    if cartridge.memory_dead:
        drive.alerts = sorted({*drive.alerts, DEAD_CHIP})


def count_load(cartridge: Cartridge, by: tuple[str, str]) -> None:
    """What the memory in the cartridge keeps of a load; `by` are vendor and serial number of the drive."""
    cartridge.load_count += 1
    cartridge.written_this_load = cartridge.read_this_load = 0
    vendor, serial = by
    name = f"{vendor:<8}{serial:<32}"
    cartridge.last_drives = [name, *cartridge.last_drives][:REMEMBERED_DRIVES]


def unload(drive: Drive) -> None:
    """Rewind and let go; a key that was to be cleared on demount is gone."""
    drive.seated = drive.loaded = False
    drive.position = drive.partition = 0
    if drive.encryption.get("clear_on_demount"):
        drive.encryption = {}
        drive.key_instance += 1


def clean(drive: Drive, cartridge: Cartridge) -> None:
    """A cleaning cartridge does its work and is let go; an expired one is only let go."""
    if cartridge.cleanings_left > 0:
        cartridge.cleanings_left -= 1
        drive.alerts = [
            flag for flag in drive.alerts if flag not in {CLEAN_NOW, CLEAN_SOON, EXPIRED_CLEANING}
        ]
    else:
        drive.alerts = sorted({*drive.alerts, EXPIRED_CLEANING})
        drive.refusal = EXPIRED
    drive.seated = drive.loaded = False


def empty(state: LibraryState, address: int, now: float) -> None:
    """The robot has taken the cartridge out, if the address is a drive's."""
    drive = state.drive_at(address)
    if drive is not None:
        unload(drive)
        drive.ready_at, drive.wrong_keys, drive.refusal = now, 0, ""
