"""Scans in, answers out. Answers are msgspec structs, because a thousand a second are written."""

from datetime import datetime

import msgspec

from service.answers import RequestKey
from service.handlers.queries import Person
from service.ledger.writer import Actor
from service.scanning.rules import Outcome, Task, Tone


class ScanIn(msgspec.Struct, frozen=True):
    """One scan. `scanned_at` is what the device claims; `client_id` names the scan on the device."""

    barcode: str
    task: str = "look"
    client_id: str = ""
    scanned_at: datetime | None = None


class Counts(msgspec.Struct, frozen=True):
    left: int
    done: int


class Moved(msgspec.Struct, frozen=True):
    """The line that this scan moved from “still to scan” to “scanned”."""

    barcode: str
    at: str
    undo_href: str | None = None


class NextCommand(msgspec.Struct, frozen=True):
    """A command code the page offers; `enabled` draws its bars."""

    command: str
    label: str
    enabled: bool
    reason: str = ""


class ScanLink(msgspec.Struct, frozen=True):
    """Where a person goes on who has time for it; the band does not leave by itself."""

    label: str
    href: str


class ScanOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """The band's answer. `task` is the task of the next scan when this one changed it; `href` leads away."""

    outcome: Outcome
    tone: Tone
    word: str
    barcode: str
    sentence: str
    detail: str = ""
    counts: Counts | None = None
    task: str | None = None
    moved: Moved | None = None
    unmoved: str | None = None
    commands: list[NextCommand] | None = None
    about: str | None = None
    href: str | None = None
    link: ScanLink | None = None


class Scan(msgspec.Struct, frozen=True):
    """A scan on its way to the writer, with who made it."""

    code: str
    task: Task
    person: Person
    actor: Actor
    key: RequestKey | None
    scanned_at: datetime | None
