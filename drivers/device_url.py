"""The URL of a device, parsed. Pure.

    sim:///absolute/folder            a virtual library in that folder
    sg:///dev/tape/by-id/scsi-…       a changer through the kernel's SCSI generic driver
    mtx:///dev/sg3                    a changer through the mtx program (fallback)
    iscsi://host:3260/iqn.…/0         a changer over iSCSI in user space (libiscsi)

Options follow as a query: `drive` (which drive of a virtual library: serial number or 1, 2, …),
`program` (where mtx is), `initiator` (the iSCSI name to log in with), `chap_file` (a file with the
names and secrets of CHAP), `settle_s`, `move_timeout_s` (seconds), `export_is_immediate` (1 or 0),
`needs_eject` (yes, no or unknown). A URL is written to logs and to the ledger: it never holds a secret.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from drivers.errors import BackendUnavailableError

SIMULATOR, SG, MTX, ISCSI = "sim", "sg", "mtx", "iscsi"
KNOWN_SCHEMES = (SIMULATOR, SG, MTX, ISCSI)
OPTIONS = frozenset(
    {
        "chap_file",
        "drive",
        "export_is_immediate",
        "initiator",
        "move_timeout_s",
        "needs_eject",
        "program",
        "settle_s",
    }
)


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
    if "@" in parts.netloc:
        # The URL is not repeated: what stands before the @ may be a secret.
        raise BackendUnavailableError(
            f"a URL of {parts.scheme}:// takes no user name; names and secrets of CHAP come from a file (chap_file)"
        )
    if parts.scheme not in KNOWN_SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in KNOWN_SCHEMES)
        raise BackendUnavailableError(f"{url!r} has an unknown scheme; known are {known}")
    return DeviceUrl(url, parts.scheme, parts.netloc, _path(parts), _options(parts))


def _path(parts: SplitResult) -> str:
    if not parts.path.startswith("/") or parts.path == "/":
        raise BackendUnavailableError(f"{parts.geturl()!r} needs an absolute path")
    return parts.path


def _options(parts: SplitResult) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = options.keys() - OPTIONS
    if unknown:
        raise BackendUnavailableError(
            f"{parts.geturl()!r} has an unknown option: {', '.join(sorted(unknown))}"
        )
    return options


@dataclass(frozen=True)
class IscsiAddress:
    """Where a logical unit is: portal, target name, logical unit number."""

    host: str
    port: int
    target: str
    unit: int

    @property
    def portal(self) -> str:
        return join_portal(self.host, self.port)


DEFAULT_PORT, MAX_PORT = 3260, 0xFFFF


def join_portal(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split_portal(text: str) -> tuple[str, int] | None:
    """HOST, HOST:PORT or [IPv6]:PORT; None when it is none of them."""
    bare, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        bare, port = text, str(DEFAULT_PORT)
    if not port.isascii() or not port.isdigit() or int(port) > MAX_PORT:
        return None
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    elif ":" in bare:
        return None
    return (bare, int(port)) if bare else None


def iscsi_address(url: DeviceUrl) -> IscsiAddress:
    """iscsi://HOST[:PORT]/TARGET-NAME/LUN"""
    portal = split_portal(url.host)
    target, _, unit = url.path.strip("/").rpartition("/")
    if portal is None or not target or not unit.isascii() or not unit.isdigit():
        raise BackendUnavailableError(f"{url.text!r} is not iscsi://HOST[:PORT]/TARGET-NAME/LUN")
    return IscsiAddress(*portal, target, int(unit))
