"""Today as its page shows it."""

from datetime import date, datetime
from typing import assert_never

from service.consignments.listing import ConsignmentRow
from service.consignments.models import ConsignmentState, Direction
from service.consignments.schemas import Need as Waiting
from service.devices.models import Job, JobKind
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.rotation.listing import RunRow
from service.rotation.models import RunState
from service.today.activity import Activity
from service.today.day import day_rule
from service.today.holders import Holders
from service.today.needs import run_ident
from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Head,
    Ident,
    Part,
    Refresh,
    Rich,
    Shape,
    Strong,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.today import Done, Motion, Need, TodayView

EVERY_S = 15
MOST_DONE = 12
MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WHO = {
    Permission.APPROVE_RUN: "needs a backup administrator or security officer",
    Permission.PLAN_RUN: "needs a backup administrator",
}


def today_view(
    site: str, today: date, person: Person, waiting: list[Waiting], seen: Activity, held: Holders | None
) -> TodayView:
    moving = motions(seen)
    return TodayView(
        title="Today",
        place=Place.TODAY,
        head=_head(site, today, len(waiting), len(moving), seen),
        day=day_rule(seen),
        needs=tuple(_needs(waiting, person, seen.now)),
        nothing_needed=_nothing(seen),
        moving=moving,
        holders=held.rows if held else (),
        holders_total=held.total if held else 0,
        done=tuple(_done(seen)),
        refresh=Refresh("/today", EVERY_S),
    )


def _head(site: str, today: date, needs: int, moving: int, seen: Activity) -> Head:
    name = f"{WEEKDAYS[today.weekday()]} {today.day} {MONTHS[today.month]}"
    need: tuple[Part, ...] = (
        Strong(f"{needs} {'thing' if needs == 1 else 'things'}"),
        f" {'needs' if needs == 1 else 'need'} a person",
    )
    told = f", {moving} {'is' if moving == 1 else 'are'} in motion" if moving else ", nothing is in motion"
    were = "act was" if seen.acts == 1 else "acts were"
    acts = f", {seen.acts:,} {were} recorded today." if seen.acts else "."
    where: tuple[Part, ...] = (*(need if needs else ("Nothing needs a person",)), told + acts)
    return Head(f"{site} · week {today.isocalendar().week}", name, where)


def _needs(waiting: list[Waiting], person: Person, now: datetime) -> list[Need]:
    """The first act that the person may do is the one that stands out."""
    found: list[Need] = []
    for one in waiting:
        may = person.may(one.permission)
        first = may and one.tone in {Tone.RED, Tone.AMBER} and not any(need.act.first for need in found)
        reason = "" if may else WHO.get(one.permission, "needs another role")
        act = Act(one.act_label, one.act_href, enabled=may, reason=reason, first=first)
        found.append(
            Need(one.tone, one.sentence, one.detail, When(one.since, WhenStyle.AGE), _due(one, now), act)
        )
    return found


def _due(one: Waiting, now: datetime) -> Rich:
    if one.due is None:
        return "now" if one.tone is Tone.RED else ""
    return "now" if one.due <= now else When(one.due, WhenStyle.SHORT)


def _nothing(seen: Activity) -> EmptyState:
    text = "Scans to make, signatures to give and discrepancies to resolve appear here, most urgent first."
    if not seen.coming:
        return EmptyState("Nothing waits for you.", text)
    name, at = min(seen.coming, key=lambda one: one[1])
    told: tuple[Part, ...] = (text, f" {name} plans the next run ", When(at, WhenStyle.STAMP), ".")
    return EmptyState("Nothing waits for a person.", told, (Act("Open the runs", "/runs"),))


def bare(word: str, tone: Tone) -> Chip:
    return Chip(word, tone, Shape.BARE)


def consignment(row: ConsignmentRow) -> Ident:
    return Ident(row.number, f"/consignments/{row.number}")


def motions(seen: Activity) -> tuple[Motion, ...]:
    jobs = (_working(job, seen) for job in seen.working)
    roads = (
        Motion(
            bare("late", Tone.RED) if row.is_overdue(seen.now) else bare("in transit", Tone.BLUE),
            (consignment(row), f" {row.carrier}"),
            f"{row.media:,}",
        )
        for row in seen.consignments
        if row.state is ConsignmentState.IN_TRANSIT
    )
    return (*jobs, *roads)


WORDS = {
    JobKind.EJECT: "ejecting",
    JobKind.LOAD: "loading",
    JobKind.INVENTORY: "inventory",
    JobKind.MOVE: "moving",
    JobKind.PRINT: "printing",
}


def _working(job: Job, seen: Activity) -> Motion:
    printer = str(job.payload.get("printer") or "Library")
    name = next((one.name for one in seen.devices if one.device_id == job.resource), printer)
    number, barcode = seen.number_of(job), str(job.payload.get("barcode") or "")
    what: tuple[Part, ...] = (f"{name} · ", Barcode(barcode, f"/media/{barcode}")) if barcode else (name,)
    if number:
        what = (run_ident(number),)
    batch, batches = int(str(job.progress.get("batch", 0))), int(str(job.progress.get("batches", 0)))
    return Motion(
        bare(WORDS[job.kind], Tone.BLUE), what, f"batch {batch} / {max(batch, batches)}" if batch else ""
    )


def _done(seen: Activity) -> list[Done]:
    """Newest first."""
    found: list[tuple[datetime, Rich]] = []
    for row in seen.consignments:
        found += _of_consignment(row, seen)
    for run in seen.runs:
        found += _of_run(run, seen)
    found += [
        (box.at, (Ident(box.container, f"/containers/{box.container}"), " sealed with ", Ident(box.seal)))
        for box in seen.sealed
    ]
    found += [
        (job.ended_at, _of_job(job, seen))
        for job in seen.worked
        if job.ended_at and job.kind is not JobKind.INVENTORY
    ]
    if seen.is_today(seen.signed_at) and seen.signed_at is not None:
        found.append((seen.signed_at, f"Checkpoint {seen.ledger_size:,} signed"))
    newest = sorted(found, key=lambda one: one[0], reverse=True)[:MOST_DONE]
    return [Done(When(at, WhenStyle.CLOCK), text) for at, text in newest]


def _of_consignment(row: ConsignmentRow, seen: Activity) -> list[tuple[datetime, Rich]]:
    name, home = consignment(row), row.direction is Direction.HOME
    told: list[tuple[datetime | None, Rich]] = [
        (row.frozen_at, (name, f" packed, {row.media:,} media")),
        (row.released_at, (name, f" released to {row.carrier}")),
        (row.received_at, (name, " is home" if home else f" received by {row.to_party}")),
        (row.closed_at, (name, " reconciled")),
    ]
    return [(at, text) for at, text in told if at is not None and seen.is_today(at)]


def _of_run(run: RunRow, seen: Activity) -> list[tuple[datetime, Rich]]:
    ended = "cancelled" if run.state is RunState.CANCELLED else "closed"
    told = [(run.planned_at, "planned"), (run.approved_at, "approved"), (run.closed_at, ended)]
    return [
        (at, ("Run ", run_ident(run.number), f" {word}"))
        for at, word in told
        if at is not None and seen.is_today(at)
    ]


def _of_job(job: Job, seen: Activity) -> Rich:
    number = seen.number_of(job)
    match job.kind:
        case JobKind.EJECT:
            return ("Ejected for run ", run_ident(number)) if number else "Ejected"
        case JobKind.LOAD:
            return "What came home is loaded"
        case JobKind.MOVE:
            return f"Moved {job.payload.get('barcode') or 'one medium'}"
        case JobKind.INVENTORY:
            return "Inventory taken"
        case JobKind.PRINT:
            number = str(job.payload.get("label_job", ""))
            return ("Labels of ", Ident(number, f"/labels/{number}"), " sent")
        case _:
            assert_never(job.kind)
