"""Devices by URL. Each backend is imported only when its scheme is used.

    sim:///absolute/folder            a virtual library in that folder
    sg:///dev/tape/by-id/scsi-…       a changer through the kernel's SCSI generic driver
    mtx:///dev/sg3                    a changer through the mtx program (fallback)
    iscsi://host:3260/iqn.…/0         a changer over iSCSI in user space (libiscsi)

Options follow as a query: `drive` (which drive of a virtual library: serial number or 1, 2, …),
`program` (where mtx is), `initiator` (the iSCSI name to log in with), `settle_s`, `move_timeout_s` (seconds), `export_is_immediate` (1 or 0),
`needs_eject` (yes, no or unknown). The URLs of label printers are in `drivers.printer.schemes`.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, urlsplit

from drivers.changer.model import Answer
from drivers.changer.protocol import Changer
from drivers.changer.settings import ChangerSettings
from drivers.changer.smc import SmcChanger
from drivers.errors import BackendUnavailableError
from drivers.library_files import LibraryDefinition
from drivers.lock import ProcessLock
from drivers.printer import schemes as printer_schemes
from drivers.printer.protocol import LabelPrinter
from drivers.scsi.sg_io import SgTransport
from drivers.scsi.transport import Transport
from drivers.tape.protocol import TapeDrive
from drivers.tape.ssc import SscDrive

if TYPE_CHECKING:
    from drivers.simulator.hands import Hands
    from drivers.simulator.printer.hands import PrinterHands

SIMULATOR = "sim"
MTX_PROGRAM = "mtx"
INITIATOR = "iqn.2026-01.io.strongroom:drivers"


@dataclass(frozen=True)
class DeviceUrl:
    """A parsed URL; `text` is as given."""

    text: str
    scheme: str
    host: str
    path: str
    options: dict[str, str]


def parse_url(url: str) -> DeviceUrl:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BackendUnavailableError(f"{url!r} is not a device URL: {error}") from error
    if parts.scheme not in SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise BackendUnavailableError(f"{url!r} has an unknown scheme; known are {known}")
    return DeviceUrl(url, parts.scheme, parts.netloc, _path(parts), _options(parts))


def _path(parts: SplitResult) -> str:
    if not parts.path.startswith("/") or parts.path == "/":
        raise BackendUnavailableError(f"{parts.geturl()!r} needs an absolute path")
    return parts.path


OPTIONS = frozenset(
    {"drive", "initiator", "program", "settle_s", "move_timeout_s", "export_is_immediate", "needs_eject"}
)


def _options(parts: SplitResult) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = options.keys() - OPTIONS
    if unknown:
        raise BackendUnavailableError(
            f"{parts.geturl()!r} has an unknown option: {', '.join(sorted(unknown))}"
        )
    return options


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
    transport = SgTransport(Path(url.path))
    lock = ProcessLock(Path(url.path))
    return SmcChanger(transport, url=url.text, backend="sg", lock=lock, settings=_settings(url))


def _open_sg_drive(url: DeviceUrl) -> TapeDrive:
    return SscDrive(SgTransport(Path(url.path)), url=url.text)


def _iscsi_transport(url: DeviceUrl) -> Transport:
    """iscsi://HOST[:PORT]/TARGET-NAME/LUN"""
    from drivers.scsi.libiscsi import DEFAULT_PORT, IscsiAddress, IscsiTransport

    host, _, port = url.host.partition(":")
    target, _, unit = url.path.strip("/").rpartition("/")
    if not host or not target or not unit.isdigit() or not (port or "0").isdigit():
        raise BackendUnavailableError(f"{url.text!r} is not iscsi://HOST[:PORT]/TARGET-NAME/LUN")
    address = IscsiAddress(host, int(port or DEFAULT_PORT), target, int(unit))
    return IscsiTransport(address, initiator=url.options.get("initiator", INITIATOR))


def _open_iscsi(url: DeviceUrl) -> Changer:
    lock = lock_for(f"{url.host}{url.path}")
    return SmcChanger(
        _iscsi_transport(url), url=url.text, backend="iscsi", lock=lock, settings=_settings(url)
    )


def _open_iscsi_drive(url: DeviceUrl) -> TapeDrive:
    return SscDrive(_iscsi_transport(url), url=url.text)


def _no_drive(url: DeviceUrl) -> TapeDrive:
    raise BackendUnavailableError(f"{url.text!r}: drives cannot be reached through {url.scheme}://")


def open_drive(url: str) -> TapeDrive:
    """A tape drive; a virtual library's drives are chosen by `?drive=` serial number or 1, 2, …"""
    parsed = parse_url(url)
    return DRIVE_SCHEMES[parsed.scheme](parsed)


def drive_beside(changer_url: str, serial: str, *, sysfs: Path = Path("/sys")) -> str | None:
    """The URL of the drive with this serial number, of the library behind `changer_url`; None where this host does not reach it."""
    url = parse_url(changer_url)
    if url.scheme == SIMULATOR:
        return f"{SIMULATOR}://{url.path}?drive={serial}"
    if url.scheme not in {"sg", "mtx"} or not serial:
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


def _open_simulated_drive(url: DeviceUrl) -> TapeDrive:
    from drivers.simulator.target import SimulatedLibrary
    from drivers.simulator.transport import SimulatorTransport

    library, wanted = SimulatedLibrary(Path(url.path)), url.options.get("drive", "1")
    with library.folder.locked() as state:
        names = {drive.serial: unit for unit, drive in enumerate(state.drives, start=1)}
    unit = (names | {str(n): n for n in names.values()}).get(wanted)
    if unit is None:
        library.folder.close()
        raise BackendUnavailableError(f"{url.text!r}: no drive {wanted}; there are {', '.join(names)}")
    return SscDrive(SimulatorTransport(library, unit), url=url.text)


def open_printer(url: str) -> LabelPrinter:
    """A label printer; `drivers.printer.schemes` has the URLs.

    BackendUnavailableError when the URL is wrong. Whether the printer answers shows only when it is asked.
    """
    return printer_schemes.open_printer(url)


def open_printer_hands(folder: Path) -> "PrinterHands":
    """The person at the simulated printer of `sim://FOLDER`, which is made unless it exists."""
    from drivers.simulator.printer.hands import PrinterHands

    return PrinterHands(folder)


def lock_for(name: str) -> ProcessLock:
    """A lock for devices that have no file of their own to lock."""
    digest = sha256(name.encode()).hexdigest()[:16]
    return ProcessLock(Path(tempfile.gettempdir()) / f"strongroom-device-{digest}.lock")


def prepare_simulator(url: str, definition: LibraryDefinition, *, move_s: float = 0.0) -> None:
    """Make the virtual library of a `sim://` URL unless it exists; `move_s` is how long a move takes."""
    parsed = parse_url(url)
    if parsed.scheme != SIMULATOR:
        raise BackendUnavailableError(f"{url!r} is not a virtual library")
    from drivers.simulator.folder import create

    create(Path(parsed.path), definition, move_s=move_s)


def open_hands(url: str) -> "Hands | None":
    """The person at a virtual library; None for real hardware."""
    from drivers.simulator.hands import Hands

    parsed = parse_url(url)
    return Hands(Path(parsed.path)) if parsed.scheme == SIMULATOR else None


SCHEMES: dict[str, Callable[[DeviceUrl], Changer]] = {
    SIMULATOR: _open_simulator,
    "sg": _open_sg,
    "mtx": _open_mtx,
    "iscsi": _open_iscsi,
}
DRIVE_SCHEMES: dict[str, Callable[[DeviceUrl], TapeDrive]] = {
    SIMULATOR: _open_simulated_drive,
    "sg": _open_sg_drive,
    "mtx": _no_drive,
    "iscsi": _open_iscsi_drive,
}
