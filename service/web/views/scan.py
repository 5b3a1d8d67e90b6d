"""The scan page: one band, one field, two columns.

static/scan.js posts each scan to /api/v1/scans and draws the JSON answer: `outcome`, `tone`, `word`, `barcode`, `sentence`,
`detail`; `counts` {left, done}; `moved` {barcode, at, undo_href} and `unmoved` (a barcode), or whole `left` and `done` lists;
`commands` of {command, label, enabled, reason, shut}; `task` and `about` when the next scans are for another task; `href` to
leave for, `link` {label, href} to go to by hand. A scan answered by a problem (RFC 9457) is drawn red with its `detail` and `next_step`.
"""

from dataclasses import dataclass

from service.web.views.frame import Place
from service.web.views.parts import Act, Barcode, Rich, Tone, When


@dataclass(frozen=True, slots=True)
class Band:
    """The answer: word, identifier, one sentence, sign, full tone. `tone` neutral is "Ready"."""

    tone: Tone
    word: str
    big: str
    say: Rich
    more: Rich = ""


@dataclass(frozen=True, slots=True)
class ToScan:
    barcode: Barcode
    place: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """`undo_href` None: its step is closed."""

    barcode: Barcode
    at: When
    undo_href: str | None


@dataclass(frozen=True, slots=True)
class Command:
    """A command code: "SR-CLOSE". While `act` is not enabled it has no bars, only `shut` ("no code while 5 are missing")."""

    code: str
    act: Act
    shut: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """`ref` is what scans are posted with; `about` the line under the head; `expects` names what scanning does offline
    ("Pack into C-0117"); `as_of` when the lists were read.
    """

    ref: str
    title: str
    about: Rich
    expects: Rich
    leave: Act
    as_of: When


@dataclass(frozen=True, slots=True)
class TaskChoice:
    title: str
    about: Rich
    act: Act


@dataclass(frozen=True, slots=True)
class ScanView:
    """scan/scan.html. Without a task the field looks things up and `choices` lists what can be opened.

    `left_count` and `done_count` are the large numbers; `left` and `done` may be shorter than they are.
    """

    title: str
    place: Place | None
    task: Task | None
    band: Band
    left_count: int = 0
    done_count: int = 0
    left: tuple[ToScan, ...] = ()
    done: tuple[Scanned, ...] = ()
    set_aside: int = 0
    commands: tuple[Command, ...] = ()
    choices: tuple[TaskChoice, ...] = ()
    left_title: str = "Still to scan"
    done_title: str = "Scanned"
    sound: bool = True
