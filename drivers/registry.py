"""Devices by URL (see drivers.device_url; of label printers drivers.printer.schemes). Each backend is imported only when its scheme is used."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.changer.model import Answer
from drivers.changer.protocol import Changer
from drivers.changer.settings import ChangerSettings
from drivers.changer.smc import SmcChanger
from drivers.device_url import ISCSI, MTX, OPTIONS, SG, SIMULATOR, DeviceUrl, iscsi_address, parse_url
from drivers.errors import BackendUnavailableError
from drivers.lock import ProcessLock

if TYPE_CHECKING:
    from drivers.library_files import LibraryDefinition
    from drivers.printer.protocol import LabelPrinter
    from drivers.scsi.transport import Transport
    from drivers.simulator.hands import Hands
    from drivers.simulator.iscsi.server import IscsiTarget
    from drivers.simulator.printer.hands import PrinterHands
    from drivers.tape.protocol import TapeDrive

__all__ = [
    "OPTIONS",
    "SCHEMES",
    "SIMULATOR",
    "drive_beside",
    "lock_for",
    "open_changer",
    "open_drive",
    "open_hands",
    "open_printer",
    "open_printer_hands",
    "open_target",
    "parse_url",
    "prepare_simulator",
]
MTX_PROGRAM = "mtx"
INITIATOR = "iqn.2026-01.io.strongroom:drivers"


def _settings(url: DeviceUrl) -> ChangerSettings:
    defaults, options = ChangerSettings(), url.options
    try:
        return ChangerSettings(
            export_is_immediate=options.get("export_is_immediate") == "1",
            needs_eject_before_move=Answer(options.get("needs_eject", defaults.needs_eject_before_move)),
            move_timeout_s=int(options.get("move_timeout_s", defaults.move_timeout_s)),
            settle_s=float(options.get("settle_s", defaults.settle_s)),
        )
    except ValueError as error:
        raise BackendUnavailableError(f"{url.text!r}: {error}") from error


def open_changer(url: str) -> Changer:
    """A changer ready for use from one thread; close it, or use it as a context manager.

    BackendUnavailableError when the URL or the device behind it cannot be opened.
    """
    parsed = parse_url(url)
    return SCHEMES[parsed.scheme](parsed)


def _open_simulator(url: DeviceUrl) -> Changer:
    from drivers.simulator.folder import CHANGER_LOCK
    from drivers.simulator.target import CHANGER_UNIT, SimulatedLibrary
    from drivers.simulator.transport import SimulatorTransport

    path = Path(url.path)
    library = SimulatedLibrary(path)
    return SmcChanger(
        SimulatorTransport(library, CHANGER_UNIT),
        url=url.text,
        backend=SIMULATOR,
        lock=ProcessLock(path / CHANGER_LOCK),
        settings=_settings(url),
    )


def _open_mtx(url: DeviceUrl) -> Changer:
    from drivers.changer.mtx import MtxChanger, program_runner

    path = Path(url.path)
    if not path.exists():
        raise BackendUnavailableError(f"{url.path}: no such device")
    runner = program_runner(url.options.get("program", MTX_PROGRAM))
    return MtxChanger(url.path, runner, url=url.text, lock=lock_for(url.path), settings=_settings(url))


def _open_sg(url: DeviceUrl) -> Changer:
    from drivers.scsi.sg_io import SgTransport

    transport = SgTransport(Path(url.path))
    lock = ProcessLock(Path(url.path))
    return SmcChanger(transport, url=url.text, backend=SG, lock=lock, settings=_settings(url))


def _open_sg_drive(url: DeviceUrl) -> "TapeDrive":
    from drivers.scsi.sg_io import SgTransport
    from drivers.tape.ssc import SscDrive

    return SscDrive(SgTransport(Path(url.path)), url=url.text)


def _iscsi_transport(url: DeviceUrl) -> "Transport":
    from drivers.scsi.chap import given_credentials
    from drivers.scsi.libiscsi import IscsiTransport

    return IscsiTransport(
        iscsi_address(url),
        initiator=url.options.get("initiator", INITIATOR),
        credentials=given_credentials(url.options.get("chap_file")),
    )


def _open_iscsi(url: DeviceUrl) -> Changer:
    lock = lock_for(f"{url.host}{url.path}")
    return SmcChanger(_iscsi_transport(url), url=url.text, backend=ISCSI, lock=lock, settings=_settings(url))


def _open_iscsi_drive(url: DeviceUrl) -> "TapeDrive":
    from drivers.tape.ssc import SscDrive

    return SscDrive(_iscsi_transport(url), url=url.text)


def _no_drive(url: DeviceUrl) -> "TapeDrive":
    raise BackendUnavailableError(f"{url.text!r}: drives cannot be reached through {url.scheme}://")


def open_drive(url: str) -> "TapeDrive":
    """A tape drive; a virtual library's drives are chosen by `?drive=` serial number or 1, 2, …"""
    parsed = parse_url(url)
    return DRIVE_SCHEMES[parsed.scheme](parsed)


def drive_beside(changer_url: str, serial: str, *, sysfs: Path = Path("/sys")) -> str | None:
    """The URL of the drive with this serial number, of the library behind `changer_url`; None where this host does not reach it."""
    url = parse_url(changer_url)
    if url.scheme == SIMULATOR:
        return f"{SIMULATOR}://{url.path}?drive={serial}"
    if url.scheme not in {SG, MTX} or not serial:
        return None
    for node in sorted((sysfs / "class" / "scsi_generic").glob("sg*")):
        if _is_tape(node) and _serial_of(node) == serial:
            return f"sg:///dev/{node.name}"
    return None


def _is_tape(node: Path) -> bool:
    try:
        return (node / "device" / "type").read_text().strip() == "1"
    except OSError:
        return False


def _serial_of(node: Path) -> str:
    """From VPD page 80 as the kernel keeps it."""
    try:
        return (node / "device" / "vpd_pg80").read_bytes()[4:].decode("latin-1").strip(" \0")
    except OSError:
        return ""


def _open_simulated_drive(url: DeviceUrl) -> "TapeDrive":
    from drivers.simulator.target import SimulatedLibrary
    from drivers.simulator.transport import SimulatorTransport
    from drivers.tape.ssc import SscDrive

    library, wanted = SimulatedLibrary(Path(url.path)), url.options.get("drive", "1")
    with library.folder.locked() as state:
        names = {drive.serial: unit for unit, drive in enumerate(state.drives, start=1)}
    unit = (names | {str(n): n for n in names.values()}).get(wanted)
    if unit is None:
        library.folder.close()
        raise BackendUnavailableError(f"{url.text!r}: no drive {wanted}; there are {', '.join(names)}")
    return SscDrive(SimulatorTransport(library, unit), url=url.text)


def open_printer(url: str) -> "LabelPrinter":
    """A label printer; `drivers.printer.schemes` has the URLs.

    BackendUnavailableError when the URL is wrong. Whether the printer answers shows only when it is asked.
    """
    from drivers.printer import schemes

    return schemes.open_printer(url)


def open_printer_hands(folder: Path) -> "PrinterHands":
    """The person at the simulated printer of `sim://FOLDER`, which is made unless it exists."""
    from drivers.simulator.printer.hands import PrinterHands

    return PrinterHands(folder)


def lock_for(name: str) -> ProcessLock:
    """A lock for devices that have no file of their own to lock."""
    import tempfile
    from hashlib import sha256

    digest = sha256(name.encode()).hexdigest()[:16]
    return ProcessLock(Path(tempfile.gettempdir()) / f"strongroom-device-{digest}.lock")


def _simulator_path(url: str) -> Path:
    parsed = parse_url(url)
    if parsed.scheme != SIMULATOR:
        raise BackendUnavailableError(f"{url!r} is not a virtual library")
    return Path(parsed.path)


def prepare_simulator(url: str, definition: "LibraryDefinition", *, move_s: float = 0.0) -> None:
    """Make the virtual library of a `sim://` URL unless it exists; `move_s` is how long a move takes."""
    path = _simulator_path(url)
    from drivers.simulator.folder import create

    create(path, definition, move_s=move_s)


def open_hands(url: str) -> "Hands | None":
    """The person at a virtual library; None for real hardware."""
    parsed = parse_url(url)
    if parsed.scheme != SIMULATOR:
        return None
    from drivers.simulator.hands import Hands

    return Hands(Path(parsed.path))


def open_target(
    url: str,
    portal: str,
    *,
    name: str | None = None,
    advertised: str | None = None,
    chap_file: str | None = None,
    ping_s: float = 0.0,
) -> "IscsiTarget":
    """The virtual library of a `sim://` URL as an iSCSI target on HOST:PORT; serves once it is started.

    `advertised` is the host that discovery names; `chap_file` as in drivers.scsi.chap; every `ping_s`
    seconds (0 = never) a silent initiator is asked whether it is still there.
    """
    path = _simulator_path(url)
    from drivers.device_url import split_portal
    from drivers.scsi.chap import read_credentials
    from drivers.simulator.iscsi.server import IscsiTarget

    address = split_portal(portal)
    if address is None:
        raise BackendUnavailableError(f"{portal!r} is not HOST:PORT")
    credentials = read_credentials(Path(chap_file)) if chap_file else None
    return IscsiTarget(
        path, *address, name=name, advertised=advertised, credentials=credentials, ping_s=ping_s
    )


SCHEMES: dict[str, Callable[[DeviceUrl], Changer]] = {
    SIMULATOR: _open_simulator,
    SG: _open_sg,
    MTX: _open_mtx,
    ISCSI: _open_iscsi,
}
DRIVE_SCHEMES: dict[str, Callable[[DeviceUrl], "TapeDrive"]] = {
    SIMULATOR: _open_simulated_drive,
    SG: _open_sg_drive,
    MTX: _no_drive,
    ISCSI: _open_iscsi_drive,
}
