"""What waits for a person, from every room, most urgent first."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import quote

from sqlmodel import Session

from service.consignments import queries as consignments
from service.consignments.models import ConsignmentState
from service.consignments.schemas import Need
from service.custody.sight import is_outsider
from service.devices.models import Device, Job, JobKind, JobState
from service.devices.queries import devices, questions
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.policies.queries import schedules, since_of, timing_of
from service.policies.slots import passed_slots
from service.proposals.queries import waiting_for
from service.rotation.closing import not_done
from service.rotation.listing import RunRow, open_rows
from service.rotation.models import Run, RunState
from service.rotation.queries import numbers_of
from service.web.times import MONTHS, WEEKDAYS
from service.web.views.parts import Ident, Link, Tone

LATE = timedelta(minutes=2)  # the scheduler looks twice a minute; what is later has not been planned
OVER = frozenset({None, ConsignmentState.RECONCILED, ConsignmentState.CANCELLED})


def needs(session: Session, person: Person, now: datetime) -> list[Need]:
    """An outsider is told of the consignments of their own party alone."""
    found = consignments.needs(session, person, now)
    if not is_outsider(person):
        library = devices(session)
        found += [*_jobs(session, library), *_faults(library, now)]
        found += [*_runs(session, library), *_overdue(session, now), *_proposals(session, person)]
    last = max((need.due for need in found if need.due), default=now)
    return sorted(
        found, key=lambda need: (consignments.URGENCY.index(need.tone), need.due or last, need.since)
    )


def _proposals(session: Session, person: Person) -> Iterator[Need]:
    for one in waiting_for(session.connection(), person):
        href = f"/proposals/{one.number}"
        yield Need(
            "proposal", Tone.AMBER, ("Proposal ", Ident(one.number, href), f" waits for a second person: {one.title}."), one.reason,
            one.proposed_at, None, "Look at it", href, Permission.READ,
        )  # fmt: skip


def run_ident(number: str) -> Ident:
    return Ident(number, f"/runs/{number}")


def day_words(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month]}"


def _runs(session: Session, library: Sequence[Device]) -> Iterator[Need]:
    with_device = {one.library_id for one in library if one.enabled}
    for row in open_rows(session):
        if row.state is RunState.PLANNED:
            yield _to_approve(row)
        elif row.out_state in OVER and row.home_state in OVER | {ConsignmentState.RECEIVED}:
            found = _to_close(session, row, has_device=row.library_id in with_device)
            if found is not None:
                yield found


def _to_approve(row: RunRow) -> Need:
    empty = not (row.out or row.home)
    sentence = ("Run ", run_ident(row.number), f" waits for approval: {row.out} media out, {row.home} home.")
    nothing = ("Run ", run_ident(row.number), " has nothing left to carry.")
    detail = f"{row.schedule}, {day_words(date.fromisoformat(row.slot))}. {row.library} → {row.vendor}, {row.vault}."
    label, verb, permission = (
        ("Cancel", "cancel", Permission.PLAN_RUN) if empty else ("Approve", "approve", Permission.APPROVE_RUN)
    )
    return Need(
        verb, Tone.AMBER, nothing if empty else sentence, detail, row.planned_at, None, label,
        f"/runs/{row.number}/{verb}", permission,
    )  # fmt: skip


def _to_close(session: Session, row: RunRow, *, has_device: bool) -> Need | None:
    """What came home is asked for by the library's own job where it has one."""
    run = session.get(Run, row.run_id)
    obstacle = not_done(session.connection(), run)
    since = row.approved_at or row.planned_at
    if obstacle is None:
        sentence = ("Run ", run_ident(row.number), " is carried; it can be closed.")
        detail = f"{row.out} media out, {row.home} home, nothing is open."
        return Need(
            "close",
            Tone.AMBER,
            sentence,
            detail,
            since,
            None,
            "Close",
            f"/runs/{row.number}",
            Permission.PLAN_RUN,
        )
    if has_device or row.home_state is ConsignmentState.RECEIVED:
        return None
    sentence = ("Run ", run_ident(row.number), f": {obstacle.message}")
    return Need(
        "load", Tone.AMBER, sentence, obstacle.next_step, since, None, "Open", f"/runs/{row.number}?leg=home", Permission.READ
    )  # fmt: skip


def _overdue(session: Session, now: datetime) -> Iterator[Need]:
    """Slots that passed without a run: the scheduler stands still, or the plan cannot be made."""
    for one in schedules(session):
        timing = timing_of(one)
        passed = passed_slots(timing, since=since_of(one), now=now - LATE) if one.enabled else []
        if passed:
            at = timing.moment(passed[0])
            sentence = (
                "Schedule ",
                Link(one.name, f"/schedules/{one.schedule_id}"),
                f" has not planned the run of {day_words(passed[0])}.",
            )
            detail = "Look at its policy, library and vault, and whether the scheduler runs; or plan the run by hand."
            href = f"/runs/new?schedule_id={one.schedule_id}&slot={passed[0].isoformat()}"
            yield Need(
                "overdue_run", Tone.RED, sentence, detail, at, at, "Plan it", href, Permission.PLAN_RUN
            )


DOING = {
    JobKind.EJECT: "ejecting",
    JobKind.LOAD: "loading what came home",
    JobKind.INVENTORY: "inventory",
    JobKind.MOVE: "a move",
    JobKind.PRINT: "printing labels",
}


def _jobs(session: Session, library: Sequence[Device]) -> Iterator[Need]:
    found = questions(session)
    numbers = numbers_of(session, [one.run_id for one in found if one.run_id])
    names = {one.device_id: one.name for one in library}
    for job in found:
        number = numbers.get(job.run_id or "", "")
        yield _job(job, number, names.get(job.resource, ""))


def _job(job: Job, number: str, library: str) -> Need:
    if job.kind is JobKind.PRINT:
        return _print_job(job)
    paused = bool(job.progress.get("paused"))
    asks = job.state is JobState.NEEDS_OPERATOR and not paused
    sentence = job.fault or "The library waits for a person."
    detail = (f"{library}, {DOING[job.kind]}", *((" for run ", run_ident(number)) if number else ()), ".")
    href, label = (
        (f"/runs/{number}", "Open the run")
        if number
        else (f"/libraries/{quote(library)}", "Open the library")
    )
    return Need(
        "decide" if asks else "library", Tone.RED if asks else Tone.AMBER, sentence, detail, job.started_at or job.created_at,
        None, label, href, Permission.READ,
    )  # fmt: skip


def _print_job(job: Job) -> Need:
    number, asks = str(job.payload.get("label_job", "")), job.state is JobState.NEEDS_OPERATOR
    detail = (
        f"{job.payload.get('printer', 'The printer')}, {DOING[job.kind]} for ",
        Ident(number, f"/labels/{number}"),
        ".",
    )
    return Need(
        "decide" if asks else "library", Tone.RED if asks else Tone.AMBER, job.fault or "The printer waits for a person.",
        detail, job.started_at or job.created_at, None, "Open the label job", f"/labels/{number}", Permission.READ,
    )  # fmt: skip


def _faults(library: Sequence[Device], now: datetime) -> Iterator[Need]:
    for one in library:
        if one.enabled and one.fault:
            href = f"/libraries/{quote(one.name)}"
            yield Need(
                "fault", Tone.RED, one.fault, (Link(one.name, href), ", as it was last tried."), one.inventory_at or now, None,
                "Open the library", href, Permission.READ,
            )  # fmt: skip
