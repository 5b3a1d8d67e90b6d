"""The answer to `~HS`: three strings of comma-separated fields, each STX … ETX CR LF. Pure.

Fields and their order are those of Zebra's ZPL II Programming Guide, "~HS Host Status Return".
"""

import re
from dataclasses import astuple, dataclass, fields

from drivers.errors import ProtocolError
from drivers.printer.model import WARNINGS, PrinterCondition, PrinterStatus

QUERY = b"~HS"
STRINGS = 3
LONGEST_ANSWER = 4096
LONGEST_NUMBER = 10
FRAME = re.compile(rb"\x02([^\x02\x03]*)\x03(?:\r\n|\r|\n)?")
WHOLE = re.compile(rb"(?:\x02[^\x02\x03]*\x03\r\n[^\x02\x03]*){3}")


@dataclass(frozen=True, slots=True)
class HostStatus:
    """Flags are true for 1. Unused fields are left out; `print_mode` and `access_code` are texts."""

    communication: int = 30
    paper_out: bool = False
    paused: bool = False
    label_length_dots: int = 0
    formats_in_buffer: int = 0
    buffer_full: bool = False
    diagnostic_mode: bool = False
    partial_format: bool = False
    memory_lost: bool = False
    under_temperature: bool = False
    over_temperature: bool = False
    function: int = 0
    head_open: bool = False
    ribbon_out: bool = False
    thermal_transfer: bool = False
    print_mode: str = "2"
    print_width_mode: str = "0"
    label_waiting: bool = False
    labels_remaining: int = 0
    formats_while_printing: bool = True
    graphics_in_memory: int = 0
    access_code: str = "1234"
    static_ram: bool = False


# Per string: the name of each field and its width in digits; None is an unused field and its text.
LAYOUT: tuple[tuple[tuple[str | None, int], ...], ...] = (
    (
        ("communication", 3),
        ("paper_out", 1),
        ("paused", 1),
        ("label_length_dots", 4),
        ("formats_in_buffer", 3),
        ("buffer_full", 1),
        ("diagnostic_mode", 1),
        ("partial_format", 1),
        (None, 3),
        ("memory_lost", 1),
        ("under_temperature", 1),
        ("over_temperature", 1),
    ),
    (
        ("function", 3),
        (None, 1),
        ("head_open", 1),
        ("ribbon_out", 1),
        ("thermal_transfer", 1),
        ("print_mode", 1),
        ("print_width_mode", 1),
        ("label_waiting", 1),
        ("labels_remaining", 8),
        ("formats_while_printing", 1),
        ("graphics_in_memory", 3),
    ),
    (("access_code", 4), ("static_ram", 1)),
)
KINDS = {field.name: field.type for field in fields(HostStatus)}


def is_complete(data: bytes) -> bool:
    """Whether all three strings are there, so that nothing more needs to be waited for."""
    return WHOLE.search(data) is not None


def parse_host_status(data: bytes) -> HostStatus:
    """Exactly three framed strings; more fields than are known are tolerated, fewer are not."""
    if len(data) > LONGEST_ANSWER:
        raise ProtocolError(f"the host status is {len(data)} bytes long")
    strings = FRAME.findall(data)
    if len(strings) != STRINGS:
        raise ProtocolError(f"the host status has {len(strings)} strings instead of {STRINGS}")
    values: dict[str, bool | int | str] = {}
    for number, (layout, string) in enumerate(zip(LAYOUT, strings, strict=True), start=1):
        texts = string.decode("latin-1").split(",")
        if len(texts) < len(layout):
            raise ProtocolError(
                f"string {number} of the host status has {len(texts)} fields instead of {len(layout)}"
            )
        values |= {
            name: _value(name, text.strip()) for (name, _), text in zip(layout, texts, strict=False) if name
        }
    return HostStatus(**values)  # type: ignore[arg-type]


def _value(name: str, text: str) -> bool | int | str:
    kind = KINDS[name]
    if kind in (str, "str"):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise ProtocolError(f"{name} of the host status is {text!r}, which is no number")
    if kind in (int, "int"):
        return int(text)
    if text not in {"0", "1"}:
        raise ProtocolError(f"{name} of the host status is {text!r} instead of 0 or 1")
    return text == "1"


def encode_host_status(status: HostStatus) -> bytes:
    named = dict(zip(KINDS, astuple(status), strict=True))
    return b"".join(_encode_string(layout, named) for layout in LAYOUT)


def _encode_string(layout: tuple[tuple[str | None, int], ...], named: dict[str, bool | int | str]) -> bytes:
    texts = [_text(named[name] if name else 0, width) for name, width in layout]
    return b"\x02" + ",".join(texts).encode("latin-1") + b"\x03\r\n"


def _text(value: bool | int | str, width: int) -> str:  # noqa: FBT001 - a field of the answer
    return value if isinstance(value, str) else f"{int(value):0{width}}"


CONDITIONS: dict[str, PrinterCondition] = {
    "paper_out": PrinterCondition.PAPER_OUT,
    "ribbon_out": PrinterCondition.RIBBON_OUT,
    "head_open": PrinterCondition.HEAD_OPEN,
    "paused": PrinterCondition.PAUSED,
    "over_temperature": PrinterCondition.OVER_TEMPERATURE,
    "under_temperature": PrinterCondition.UNDER_TEMPERATURE,
    "buffer_full": PrinterCondition.BUFFER_FULL,
    "memory_lost": PrinterCondition.MEMORY_LOST,
    "partial_format": PrinterCondition.PARTIAL_FORMAT,
    "diagnostic_mode": PrinterCondition.DIAGNOSTIC_MODE,
    "label_waiting": PrinterCondition.LABEL_WAITING,
}


def status_of(found: HostStatus, raw: bytes) -> PrinterStatus:
    conditions = frozenset(
        condition for name, condition in CONDITIONS.items() if getattr(found, name) is True
    )
    return PrinterStatus(
        ready=conditions <= WARNINGS,
        conditions=conditions,
        formats_in_buffer=found.formats_in_buffer,
        labels_remaining=found.labels_remaining,
        raw=raw,
    )
