"""Making a drive let go of its medium before the robot takes it, where a backup program asks for the unload."""

import structlog

from drivers.changer.model import Snapshot
from drivers.errors import BackendUnavailableError, DeviceBusyError
from drivers.registry import drive_beside, open_drive
from service.devices.duty import Duty, Facts

log = structlog.get_logger(__name__)


def let_go(duty: Duty, before: Snapshot, intent: Facts) -> bool:
    """Eject, where the intent asks for it and this host reaches the drive; else the changer says whether it is let go.

    Whether that took its time, so that the look before is old. Never for a person's move: the drive may be writing.
    Raises DeviceError when the drive refuses.
    """
    drive = before.by_address[intent["source"]].drive if intent.get("eject_first") else None
    url = drive_beside(duty.changer.url, drive.serial) if drive is not None else None
    if url is None:
        return False
    try:
        with open_drive(url) as tape:
            tape.eject(deadline_s=duty.timing.move_s)
    except (BackendUnavailableError, DeviceBusyError) as error:
        log.info("drive_not_ejected", library=duty.library_name, error=str(error))
    return True
