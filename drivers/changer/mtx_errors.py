"""What mtx writes to its standard error: sense blocks and fatal lines → errors. Pure.

Exit codes are no help: they are only 0 and 1, and some failures leave with 0.
"""

import re
from collections.abc import Iterator

from drivers import errors as e
from drivers.errors import DeviceError
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import classify

SENSE_LINE = re.compile(r"mtx: Request Sense: (?P<name>[^=]+?)\s*=\s*(?P<value>.*?)\s*$")
FIRST_FIELD = "Long Report"
KEYS = {
    "No Sense": 0x0,
    "Recovered Error": 0x1,
    "Not Ready": 0x2,
    "Medium Error": 0x3,
    "Hardware Error": 0x4,
    "Illegal Request": 0x5,
    "Unit Attention": 0x6,
    "Data Protect": 0x7,
    "Blank Check": 0x8,
    "Vendor Specific": 0x9,
    "Copy Aborted": 0xA,
    "Aborted Command": 0xB,
    "Equal": 0xC,
    "Volume Overflow": 0xD,
    "Miscompare": 0xE,
}
# Fatal one-liners, without any prefix.
FATAL: tuple[tuple[re.Pattern[str], type[DeviceError]], ...] = tuple(
    (re.compile(pattern), error)
    for pattern, error in (
        (r"^Source Element Address \d+ is Empty", e.ElementEmptyError),
        (r"^Destination Element Address \d+ is Already Full", e.ElementFullError),
        (r"^Drive needs offline before move", e.CartridgeInDriveError),
        (r"^Cleaning Cartridge Installed and Ejected", e.CleaningCartridgeError),
        (r"^Drive \d+ Full \(Storage Element \d+ [Ll]oaded\)", e.ElementFullError),
        (r"^Data Transfer Element \d+ is Empty", e.ElementEmptyError),
        (r"^Storage Element \d+ is Already Full", e.ElementFullError),
        (r"^No Source for tape in drive", e.ElementAddressInvalidError),
        (r"^(Invalid|illegal) <(storage-element|drive)-number> argument", e.ElementAddressInvalidError),
        (r"^no (Data Transfer|Storage) Elements? reported", e.ProtocolError),
        (r"^Too many .* Reported", e.ProtocolError),
        (r"^Transport Element Descriptor Length too short", e.ProtocolError),
        (r"^illegal Element Type Code", e.ProtocolError),
        (r"^cannot open SCSI device", e.BackendUnavailableError),
        (r"is not an sg device, or old sg driver", e.BackendUnavailableError),
        (r"^INQUIRY [Cc]ommand Failed", e.TransportError),
        (r"^READ ELEMENT STATUS Command Failed", e.TransportError),
        (r"^mtx:\s*inventory failed", e.TransportError),
        (r"MOVE MEDIUM from Element Address \d+ to \d+ Failed", e.TransportError),
    )
)


def sense_blocks(stderr: str) -> tuple[Sense, ...]:
    """Every sense block in order, read by field name because the number of lines varies."""
    return tuple(_sense(fields) for fields in _blocks(stderr))


def _blocks(stderr: str) -> Iterator[dict[str, str]]:
    block: dict[str, str] = {}
    for line in stderr.splitlines():
        match = SENSE_LINE.match(line)
        if match is None:
            continue
        if match["name"] == FIRST_FIELD and block:
            yield block
            block = {}
        block[match["name"]] = match["value"]
    if block:
        yield block


def _hex(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _sense(fields: dict[str, str]) -> Sense:
    return Sense(
        key=KEYS.get(fields.get("Sense Key", ""), 0x9),
        asc=_hex(fields.get("Additional Sense Code", "0")),
        ascq=_hex(fields.get("Additional Sense Qualifier", "0")),
        deferred=_hex(fields.get("Error Code", "70").partition(" ")[0]) & 1 == 1,
    )


def error_of_run(exchange: RawExchange) -> DeviceError | None:
    """The error behind one run of mtx; the last sense block wins over the line that follows it."""
    stderr = exchange.sense.decode("latin-1")
    blocks = sense_blocks(stderr)
    if blocks:
        return classify(blocks[-1], exchange)
    for line in stderr.splitlines():
        for pattern, error in FATAL:
            if pattern.search(line):
                return error(line.strip(), exchange=exchange)
    if exchange.host_status:
        return e.CommandTimeoutError("mtx did not come back", exchange=exchange)
    if exchange.status:
        return e.TransportError(stderr.strip()[:200] or "mtx failed without a word", exchange=exchange)
    return None
