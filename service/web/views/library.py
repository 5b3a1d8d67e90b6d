"""The library: a map of slots, drives and mail slots; the robot; what is not as recorded."""

from dataclasses import dataclass
from enum import StrEnum

from service.web.views.forms import Form
from service.web.views.frame import Place
from service.web.views.parts import Act, Barcode, Fault, Glyph, Head, Refresh, Rich, SideList, Tone
from service.web.views.run import Live
from service.web.views.tables import Table


class SlotLook(StrEnum):
    FILLED = "filled"  # holds a medium that moves, waits or is wrong: filled in its tone
    REST = "rest"  # holds a medium at rest: grey
    NEXT = "next"  # will be used by the job under way: edge only
    EMPTY = "empty"
    PHANTOM = "phantom"  # empty, but a volume tag was left


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell. `tail` is what differs ("147"), `suffix` its media id ("L8"); `label` says it all in words."""

    number: str
    label: str
    href: str
    look: SlotLook = SlotLook.EMPTY
    tone: Tone = Tone.NEUTRAL
    tail: str = ""
    suffix: str = ""
    word: str = ""
    glyphs: tuple[Glyph, ...] = ()
    pulse: bool = False


@dataclass(frozen=True, slots=True)
class Magazine:
    title: str
    slots: tuple[Slot, ...]
    columns: int = 4


@dataclass(frozen=True, slots=True)
class Robot:
    text: Rich
    detail: Rich = ""


@dataclass(frozen=True, slots=True)
class StripFrame:
    """`cells`: one character per slot from slot number `first` on: f full, e empty, b in motion or in the run,
    a needs a person, r wrong.
    """

    name: str
    first: int
    cells: str
    href: str


@dataclass(frozen=True, slots=True)
class Strip:
    """More than 500 slots: frames side by side, and a lens of at most 64 slots from `lens_first` on.

    `lens_href` is the fragment's address up to the slot number ("/libraries/2/strip?at=").
    """

    title: str
    label: str
    note: Rich
    frames: tuple[StripFrame, ...]
    columns: int
    lens_first: int
    lens: tuple[Slot, ...]
    lens_href: str
    table_href: str


@dataclass(frozen=True, slots=True)
class DoorSlot:
    """A mail slot as the person at the simulated library's door sees it."""

    number: str
    barcode: Barcode | None
    take_out: Act | None


@dataclass(frozen=True, slots=True)
class Simulator:
    """Shown only for simulated libraries: what a person at the door can do with their hands.

    The slots and acts keep themselves current (library/_door.html); the forms do not, so that nothing typed is lost.
    """

    note: Rich
    slots: tuple[DoorSlot, ...]
    put_in: Form | None
    slots_note: str = ""
    acts: tuple[Act, ...] = ()
    mishap: Form | None = None
    refresh: Refresh | None = None


@dataclass(frozen=True, slots=True)
class LibraryMap:
    """The part that refreshes: library/_map.html.

    Of many drives or mail slots some are drawn; the notes say of the others, such as "119 more are empty".
    """

    label: str
    magazines: tuple[Magazine, ...]
    drives: tuple[Slot, ...]
    mail_slots: tuple[Slot, ...]
    robot: Robot
    refresh: Refresh | None = None
    drives_note: str = ""
    mail_slots_note: str = ""


@dataclass(frozen=True, slots=True)
class LibraryView:
    """library/library.html. A small library has `map` alone; a large one `map` without magazines and a `strip`.

    `live` is the job under way, drawn as on the run's page.
    """

    title: str
    place: Place | None
    head: Head
    map: LibraryMap
    faults: tuple[Fault, ...]
    air_gap: Table
    drives: Table
    table_href: str
    table_note: str = ""
    strip: Strip | None = None
    simulator: Simulator | None = None
    live: Live | None = None
    side: SideList | None = None


@dataclass(frozen=True, slots=True)
class LibraryTableView:
    """library/table.html: the same facts as the map, as a table."""

    title: str
    place: Place | None
    head: Head
    table: Table
    map_href: str
