"""A consignment: deadline, custody transfers, containers and seals, manifest; signing and acknowledging it."""

from dataclasses import dataclass

from service.web.views.forms import Form
from service.web.views.frame import Place
from service.web.views.parts import Act, Chip, Fault, Head, Ident, Rich, SideList, Signature
from service.web.views.scale import Scale
from service.web.views.sections import Section
from service.web.views.tables import Table


@dataclass(frozen=True, slots=True)
class TransferSide:
    """`who` in bold, `at_place` after it; `below` says when and how. Without a signature nothing is drawn but a dashed line."""

    who: str
    at_place: str
    below: Rich
    signature: Signature | None = None
    recorded: bool = False
    unsigned: str = "not yet signed"


@dataclass(frozen=True, slots=True)
class Transfer:
    title: str
    chip: Chip
    released: TransferSide
    received: TransferSide
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A container with its seal. `lines` are the quiet lines under it; `chip` where something is to say."""

    name: Ident
    count: str
    seal: Rich
    lines: tuple[Rich, ...] = ()
    chip: Chip | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsignmentView:
    """consignments/consignment.html; prints on A4 with `printed` under the head."""

    title: str
    place: Place | None
    head: Head
    printed: Rich
    deadline: Scale | None
    transfers: tuple[Transfer, ...]
    transfers_note: Rich
    boxes: tuple[Box, ...]
    boxes_note: Rich
    manifest: Table
    manifest_title: Rich
    manifest_note: Rich
    downloads: tuple[Act, ...] = ()
    faults: tuple[Fault, ...] = ()
    more: tuple[Section, ...] = ()
    side: SideList | None = None


@dataclass(frozen=True, slots=True)
class SigningView:
    """consignments/sign.html: the courier signs on the glass. The form's signature field posts
    `signature` (path data in the box 0 0 600 168: only M, L and whole numbers) and `signature_typed`.
    """

    title: str
    place: Place | None
    head: Head
    statement: Rich
    boxes: tuple[Box, ...]
    transfer: Transfer
    form: Form


@dataclass(frozen=True, slots=True)
class ArrivedBox:
    """One container at the vendor's dock. `form` records seal and count; `chip` what is recorded so far."""

    name: Ident
    expected: Rich
    seal: Rich
    chip: Chip
    form: Form | None = None
    note: Rich = ""


@dataclass(frozen=True, slots=True)
class AcknowledgeView:
    """consignments/acknowledge.html: container by container, or every medium by scan (`scan`).

    `problems` are what is missing, extra or broken-sealed so far; `finish` closes it.
    """

    title: str
    place: Place | None
    head: Head
    transfer: Transfer
    tally: Rich
    boxes: tuple[ArrivedBox, ...]
    scan: Act
    problems: tuple[Fault, ...]
    lines: Table | None
    finish: Form
