"""Which drive and which cartridge a command is about, and whether the drive can work."""

from drivers.simulator.call import Call
from drivers.simulator.reply import refuse
from drivers.simulator.state import Cartridge, Drive


def drive_of(call: Call) -> Drive:
    return call.state.drives[call.unit - 1]


def cartridge_of(call: Call) -> Cartridge | None:
    """The cartridge the drive holds; an ejected one that the robot has not fetched does not count."""
    drive = drive_of(call)
    return call.state.at(drive.address) if drive.seated else None


def check_ready(call: Call) -> None:
    drive = drive_of(call)
    if drive.refusal:
        raise refuse(drive.refusal)
    if cartridge_of(call) is None:
        raise refuse("2/3A/00")
    if not drive.loaded:
        raise refuse("2/04/02")
    if call.now() < drive.ready_at:
        raise refuse("2/04/01")
