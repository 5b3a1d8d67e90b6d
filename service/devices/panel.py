"""What a job is doing at the library, as one picture: mail slots, and what the robot was told beside what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from service.db import table
from service.devices.models import Element, ElementKind, Job, JobKind, JobState, JobStep
from service.devices.outlook import Outlook, outlook
from service.devices.rules import MOVED
from service.devices.seen import place_name
from service.media.models import Medium

_ELEMENT = table(Element)
_MEDIUM = table(Medium)
SHOWN_MOVES = 8


class MailSlotState(StrEnum):
    EMPTY = "empty"
    NEXT = "next"  # a medium of this batch will come here
    ARRIVING = "arriving"  # the robot was told, nothing was seen yet
    EJECTED = "ejected"  # seen there, waits to be taken
    FOREIGN = "foreign"  # something lies there that this job did not put there
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class MailSlotPicture:
    """`source` is where the medium comes from, `at` when it was told (arriving) or seen (ejected)."""

    number: int
    state: MailSlotState
    barcode: str | None = None
    source: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToldAndSeen:
    """One command to the robot. `verdict` and `seen_at` are None while nothing was seen yet."""

    told_at: datetime
    barcode: str
    source: str
    destination: str
    verdict: str | None
    seen_at: datetime | None
    fence: int

    @property
    def moved(self) -> bool:
        return self.verdict in MOVED


@dataclass(frozen=True)
class EjectPanel:
    """`sentence`: what the job waits for or asks. `left`: (barcode, why it stays). `moves` newest first.

    `outlook`: what would happen after each decision, where one is asked for.
    """

    job_id: str
    device_id: str
    device_name: str
    state: JobState
    kind: JobKind
    batch: int
    batches: int
    sentence: str
    mail_slots: tuple[MailSlotPicture, ...]
    moves: tuple[ToldAndSeen, ...]
    left: tuple[tuple[str, str], ...]
    paused: bool = False
    outlook: Outlook | None = None

    @property
    def open_move(self) -> ToldAndSeen | None:
        return next((move for move in self.moves if move.verdict is None), None)

    @property
    def ejected(self) -> int:
        return sum(one.state is MailSlotState.EJECTED for one in self.mail_slots)


def panel_of(connection: Connection, found: Job, device_name: str, steps: Sequence[JobStep]) -> EjectPanel:
    """`steps` newest first."""
    progress: Any = found.progress
    moves = tuple(_told(step) for step in steps)
    return EjectPanel(
        job_id=found.job_id,
        device_id=found.resource,
        device_name=device_name,
        state=found.state,
        kind=found.kind,
        batch=int(progress.get("batch", 0)),
        batches=int(progress.get("batches", 0)),
        sentence=found.fault or "",
        mail_slots=tuple(_mail_slots(connection, found, moves)),
        moves=moves,
        left=tuple((one["barcode"], one["why"]) for one in progress.get("left", [])),
        paused=bool(progress.get("paused")),
        outlook=outlook_of(connection, found, steps),
    )


def outlook_of(connection: Connection, found: Job, steps: Sequence[JobStep]) -> Outlook | None:
    if found.state is not JobState.NEEDS_OPERATOR or found.progress.get("paused") or not steps:
        return None
    if found.kind is JobKind.PRINT:  # moves nothing; its label job says what each decision would do
        return None
    move, intent = _told(steps[0]), steps[0].intent
    rows = connection.execute(
        select(_ELEMENT.c.kind, _ELEMENT.c.number).where(
            _ELEMENT.c.device_id == found.resource,
            _ELEMENT.c.full,
            _ELEMENT.c.volume_tag == intent.get("tag"),
        )
    ).all()
    seen = place_name(rows[0].kind, rows[0].number) if len(rows) == 1 else None
    return outlook(found.kind, move.barcode, move.source, move.destination, move.verdict, seen)


def _told(step: JobStep) -> ToldAndSeen:
    intent: Any = step.intent
    return ToldAndSeen(
        told_at=step.intent_at,
        barcode=intent["barcode"],
        source=intent["source_name"],
        destination=intent["destination_name"],
        verdict=step.verdict,
        seen_at=step.outcome_at,
        fence=step.fence,
    )


def _mail_slots(connection: Connection, found: Job, moves: Sequence[ToldAndSeen]) -> list[MailSlotPicture]:
    progress: Any = found.progress
    out = {one["address"]: one["barcode"] for one in progress.get("out", [])}
    arriving = {move.destination: move for move in moves if move.verdict is None}
    came = {move.destination: move for move in reversed(moves) if move.moved}
    to_come = _to_come(connection, found, {move.barcode for move in arriving.values()} | set(out.values()))
    rows = connection.execute(
        select(_ELEMENT)
        .where(
            _ELEMENT.c.device_id == found.resource,
            _ELEMENT.c.kind == ElementKind.MAIL_SLOT,
            _ELEMENT.c.installed,
        )
        .order_by(_ELEMENT.c.number)
    )
    return [_mail_slot(row, out, arriving, came, to_come) for row in rows]


def _mail_slot(
    row: Row[Any],
    out: Mapping[int, str],
    arriving: Mapping[str, ToldAndSeen],
    came: Mapping[str, ToldAndSeen],
    to_come: list[tuple[str, str]],
) -> MailSlotPicture:
    name = place_name(ElementKind.MAIL_SLOT, row.number)
    move, done = arriving.get(name), came.get(name)
    if move is not None:
        return MailSlotPicture(row.number, MailSlotState.ARRIVING, move.barcode, move.source, move.told_at)
    if row.address in out:
        known = done if done is not None and done.barcode == out[row.address] else None
        source, at = (known.source, known.seen_at) if known else ("", None)
        return MailSlotPicture(row.number, MailSlotState.EJECTED, out[row.address], source, at)
    if row.full:
        state = MailSlotState.FOREIGN if row.volume_tag else MailSlotState.UNREAD
        return MailSlotPicture(row.number, state, row.volume_tag)
    if to_come:
        barcode, source = to_come.pop(0)
        return MailSlotPicture(row.number, MailSlotState.NEXT, barcode, source)
    return MailSlotPicture(row.number, MailSlotState.EMPTY)


def _to_come(connection: Connection, found: Job, there: set[str]) -> list[tuple[str, str]]:
    """(barcode, where it is) of the media of this batch that are still to be moved, in order."""
    if found.state is not JobState.RUNNING:
        return []
    progress: Any = found.progress
    filling: list[str] = progress.get("filling", [])
    query = (
        select(_MEDIUM.c.medium_id, _MEDIUM.c.barcode, _ELEMENT.c.kind, _ELEMENT.c.number)
        .join(
            _ELEMENT, (_ELEMENT.c.medium_id == _MEDIUM.c.medium_id) & (_ELEMENT.c.device_id == found.resource)
        )
        .where(_MEDIUM.c.medium_id.in_(filling))
    )
    rows = {row.medium_id: row for row in connection.execute(query)}
    return [
        (rows[one].barcode, place_name(rows[one].kind, rows[one].number))
        for one in filling
        if one in rows and rows[one].barcode not in there
    ]
