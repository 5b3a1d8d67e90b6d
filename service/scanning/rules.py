"""What a scan means: the task it belongs to, and the verdict over one medium. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import assert_never

import msgspec

from service.consignments.models import LineState
from service.errors import InvalidInputError
from service.locations.models import LocationKind

MAX_CODE = 64
TASKS_AT_WORK = 256  # a task is scanned for hundreds of times before the next one
PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class TaskKind(StrEnum):
    LOOK = "look"
    PACK = "pack"
    RECEIVE = "receive"
    UNPACK = "unpack"


class Command(StrEnum):
    UNDO = "SR-UNDO"
    CLOSE = "SR-CLOSE"
    FREEZE = "SR-FREEZE"
    BROKEN = "SR-BROKEN"


@dataclass(frozen=True, slots=True)
class Task:
    """`pack:CN-0412`, `pack:CN-0412:C-0117`, `pack:CN-0412:C-0117:seal`, `receive:CN-0411:C-0114`, `look`."""

    kind: TaskKind
    consignment: str = ""
    container: str = ""
    sealing: bool = False

    def __str__(self) -> str:
        return _task_text(self)


@lru_cache(TASKS_AT_WORK)
def _task_text(task: Task) -> str:
    parts = [task.kind.value, task.consignment, task.container, "seal" if task.sealing else ""]
    return ":".join(part for part in parts if part)


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    WARN = "warn"
    REPEAT = "repeat"
    COMMAND = "command"


class Tone(StrEnum):
    GREEN = "green"
    RED = "red"
    AMBER = "amber"
    BLUE = "blue"


class UnreadableScanError(InvalidInputError):
    title = "Not a barcode"

    def __init__(self, cause: str) -> None:
        super().__init__(f"This is not a barcode: {cause}. Nothing was recorded.", next_step="Scan it again.")


class UnknownTaskError(InvalidInputError):
    title = "Unknown scan task"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"There is no scan task {text[:60]!r}. Nothing was recorded.",
            next_step="Open the task again from the run or the consignment.",
        )


def read_code(text: str) -> str:
    """The code as it is looked up: upper case, no white space around it."""
    if len(text) > MAX_CODE * 4:
        raise UnreadableScanError(f"{len(text):,} characters")
    code = text.strip().upper()
    if not code:
        raise UnreadableScanError("it is empty")
    if len(code) > MAX_CODE:
        raise UnreadableScanError(f"{len(code)} characters, at most {MAX_CODE}")
    if not PRINTABLE.fullmatch(code):
        raise UnreadableScanError("it holds control or non-ASCII characters")
    return code


@lru_cache(TASKS_AT_WORK)
def parse_task(text: str) -> Task:
    parts = (text or TaskKind.LOOK.value).split(":")
    try:
        kind = TaskKind(parts[0])
    except ValueError:
        raise UnknownTaskError(text) from None
    consignment, container, seal = [*parts[1:], "", "", ""][:3]
    if len(parts) > 4 or seal not in {"", "seal"} or (kind is TaskKind.LOOK) != (not consignment):  # noqa: PLR2004 - four parts at most
        raise UnknownTaskError(text)
    return Task(kind, consignment.upper(), container.upper(), sealing=bool(seal))


class PackVerdict(StrEnum):
    PACK = "pack"
    SCAN_OUT = "scan_out"
    ALREADY = "already"
    ELSEWHERE = "elsewhere"
    NOT_WANTED = "not_wanted"
    SKIPPED = "skipped"
    ON_HOLD = "on_hold"
    STILL_IN_LIBRARY = "still_in_library"
    OTHER_CUSTODIAN = "other_custodian"
    CONTAINER_FULL = "container_full"
    IN_OTHER_CONTAINER = "in_other_container"
    MISSING = "missing"


class PackFacts(msgspec.Struct, frozen=True):
    """What the record says of a scanned medium and of the container it should go into (None: none chosen)."""

    line: LineState | None
    line_container: str | None
    medium_container: str | None
    with_us: bool
    on_hold: bool
    location_kind: LocationKind
    container_id: str | None
    room_left: int
    missing: bool = False


def judge_pack(facts: PackFacts) -> PackVerdict:  # noqa: PLR0911 - one return a rule, in the order in which they matter
    if facts.missing:
        return PackVerdict.MISSING
    if facts.line is None:
        return PackVerdict.NOT_WANTED
    if facts.line is LineState.SKIPPED:
        return PackVerdict.SKIPPED
    if facts.on_hold:
        return PackVerdict.ON_HOLD
    if facts.line is LineState.PACKED:
        same = facts.container_id in {None, facts.line_container}
        return PackVerdict.ALREADY if same else PackVerdict.ELSEWHERE
    if not facts.with_us:
        return PackVerdict.OTHER_CUSTODIAN
    if facts.location_kind in {LocationKind.SLOT, LocationKind.DRIVE}:
        return PackVerdict.STILL_IN_LIBRARY
    if facts.medium_container is not None:
        return PackVerdict.IN_OTHER_CONTAINER
    if facts.container_id is None:
        return PackVerdict.ALREADY if facts.line is LineState.SCANNED else PackVerdict.SCAN_OUT
    return PackVerdict.PACK if facts.room_left > 0 else PackVerdict.CONTAINER_FULL


def is_recorded(verdict: PackVerdict) -> bool:
    """Refusals of a medium that does not belong are recorded; repeats are not."""
    match verdict:
        case (
            PackVerdict.NOT_WANTED
            | PackVerdict.ON_HOLD
            | PackVerdict.STILL_IN_LIBRARY
            | PackVerdict.OTHER_CUSTODIAN
        ):
            return True
        case (
            PackVerdict.PACK | PackVerdict.SCAN_OUT | PackVerdict.ALREADY | PackVerdict.ELSEWHERE | PackVerdict.SKIPPED
            | PackVerdict.CONTAINER_FULL | PackVerdict.IN_OTHER_CONTAINER | PackVerdict.MISSING
        ):  # fmt: skip
            return False
        case _:
            assert_never(verdict)


class ReceiveVerdict(StrEnum):
    MATCHED = "matched"
    ALREADY = "already"
    EXTRA = "extra"


def judge_receipt(line: LineState | None) -> ReceiveVerdict:
    match line:
        case LineState.PACKED | LineState.MISSING:
            return ReceiveVerdict.MATCHED
        case LineState.MATCHED | LineState.EXTRA | LineState.UNPACKED:
            return ReceiveVerdict.ALREADY
        case None | LineState.WANTED | LineState.SCANNED | LineState.SKIPPED:
            return ReceiveVerdict.EXTRA
        case _:
            assert_never(line)


class UnpackVerdict(StrEnum):
    UNPACK = "unpack"
    ALREADY = "already"
    NOT_HERE = "not_here"
    MISSING = "missing"
    STILL_SEALED = "still_sealed"


def judge_unpack(line: LineState | None, *, sealed: bool) -> UnpackVerdict:
    match line:
        case LineState.UNPACKED:
            return UnpackVerdict.ALREADY
        case LineState.MATCHED | LineState.EXTRA:
            return UnpackVerdict.STILL_SEALED if sealed else UnpackVerdict.UNPACK
        case LineState.MISSING:
            return UnpackVerdict.MISSING
        case None | LineState.WANTED | LineState.SCANNED | LineState.PACKED | LineState.SKIPPED:
            return UnpackVerdict.NOT_HERE
        case _:
            assert_never(line)
