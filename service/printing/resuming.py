"""Handing labels to a printer's worker, and going on after a person has looked."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select

from service.db import table
from service.devices import actions as devices
from service.devices.engine import job_row as device_job_row
from service.devices.engine import merge
from service.devices.models import JobKind, JobState
from service.devices.rules import ENDED
from service.ledger.writer import Unit
from service.media.rules import check_reason
from service.printing import rules
from service.printing.actions import LabelEvent, become, labels_in
from service.printing.models import LABEL_JOB, LabelState, Output, Printer
from service.printing.queries import device_job, job_row

_PRINTER = table(Printer)


class From(StrEnum):
    """Where printing goes on. What was scanned is never printed again."""

    FIRST_UNPROVED = "first_unproved"  # what was sent and not scanned is printed again
    NEXT = "next"  # what is in doubt came out: only what was not sent yet is printed


def ask_to_send(unit: Unit, number: str) -> str:
    """Queue the planned labels for the job's printer; the id of the printer's job."""
    job = job_row(unit.connection, number)
    rules.check_open(number, job.state)
    _check_nobody_at_work(unit, job)
    if job.output is not Output.PRINTER:
        raise rules.LabelJobStateError(
            f"{number} is printed from a sheet. Nothing was queued.", next_step="Download the sheet."
        )
    if labels_in(unit, job.label_job_id, LabelState.SENDING):
        raise rules.LabelJobStateError(
            f"A label of {number} is in doubt. Nothing was queued.",
            next_step="Look at the printer, then scan the label or resume.",
        )
    if not labels_in(unit, job.label_job_id, LabelState.PLANNED):
        raise rules.LabelJobStateError(f"Nothing of {number} is left to print. Nothing was queued.")
    return _enqueue(unit, job, job.start_at)


def _check_nobody_at_work(unit: Unit, job: Row[Any]) -> None:
    at_work = device_job(unit.connection, job)
    if at_work is not None and at_work.state not in ENDED:
        raise rules.LabelJobStateError(
            f"{job.number} is with its printer already. Nothing was queued.",
            next_step="Look at the label job's page.",
        )


def _enqueue(unit: Unit, job: Row[Any], start_at: int) -> str:
    printer = unit.connection.execute(select(_PRINTER).where(_PRINTER.c.printer_id == job.printer_id)).one()
    if not printer.enabled:
        raise rules.LabelJobStateError(
            f"{printer.name} is switched off. Nothing was queued.", next_step="Switch it on in its page."
        )
    payload = {"label_job": job.number, "printer": printer.name, "start_at": start_at}
    key = f"print:{job.label_job_id}:{unit.new_id()}"
    device_job_id = devices.enqueue(unit, JobKind.PRINT, job.printer_id, payload, dedupe_key=key)
    unit.change(LABEL_JOB, job.label_job_id, {"device_job_id": device_job_id}, LabelEvent.SENDING_ASKED)
    return device_job_id


def resume(unit: Unit, number: str, where: From, reason: str, *, start_at: int = 1) -> int:
    """A person has looked at the printer. How many labels are printed again. `start_at` is of the sheet now loaded."""
    job = job_row(unit.connection, number)
    rules.check_open(number, job.state)
    check_reason(reason)
    at_work = device_job(unit.connection, job)
    if at_work is not None and at_work.state not in {*ENDED, JobState.NEEDS_OPERATOR}:
        raise rules.LabelJobStateError(
            f"The printer is at work on {number}. Nothing was changed.", next_step="Pause it first."
        )
    again = _settled(unit, job, where, reason.strip())
    facts = {"from": where.value, "again": again, "start_at": start_at}
    changes = {"start_at": start_at}
    unit.change(LABEL_JOB, job.label_job_id, changes, LabelEvent.RESUMED, facts=facts, reason=reason.strip())
    if job.output is Output.PRINTER:
        _go_on(unit, job, at_work, start_at)
    return again


def _settled(unit: Unit, job: Row[Any], where: From, reason: str) -> int:
    if where is From.NEXT:
        doubtful = labels_in(unit, job.label_job_id, LabelState.SENDING)
        seen_at = {"sent_at": unit.now}
        become(unit, doubtful, LabelState.SENT, LabelEvent.SEEN, values=seen_at, reason=reason)
        return 0
    unproved = labels_in(unit, job.label_job_id, *rules.UNPROVED)
    not_sent = {"sent_at": None}
    become(unit, unproved, LabelState.PLANNED, LabelEvent.SENT_AGAIN, values=not_sent, reason=reason)
    return len(unproved)


def _go_on(unit: Unit, job: Row[Any], at_work: Row[Any] | None, start_at: int) -> None:
    if at_work is not None and at_work.state is JobState.NEEDS_OPERATOR:
        merge(unit, device_job_row(unit, at_work.job_id), {"start_at": start_at})
        devices.resume(unit, at_work.job_id, devices.Resume.GO_ON)
    elif labels_in(unit, job.label_job_id, LabelState.PLANNED):
        _enqueue(unit, job, start_at)
