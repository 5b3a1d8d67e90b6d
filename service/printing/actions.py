"""Making label jobs, issuing their sheets, ending them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select

from service.bookkeeping import next_number
from service.db import table
from service.devices.rules import ENDED
from service.ledger.writer import Unit
from service.media import reservations
from service.media.rules import check_reason
from service.printing import rules
from service.printing.choosing import badge_number
from service.printing.container_labels import numbered
from service.printing.items import Item
from service.printing.models import (
    CARTRIDGES,
    LABEL,
    LABEL_JOB,
    Label,
    LabelJob,
    LabelJobState,
    LabelState,
    Output,
    What,
)
from service.printing.planning import Plan, Wish, check_free, plan
from service.printing.queries import device_job, job_row
from service.printing.rendering import check_look, kept_calibration, look_of

_LABEL = table(Label)
_JOB = table(LabelJob)


class LabelEvent(StrEnum):
    JOB_MADE = "label_job:made"
    SHEET_ISSUED = "label_job:sheet_issued"
    SENDING_ASKED = "label_job:sending_asked"
    RESUMED = "label_job:resumed"
    CLOSED = "label_job:closed"
    CANCELLED = "label_job:cancelled"
    PLANNED = "label:planned"
    SENDING = "label:sending"
    NOT_SENT = "label:not_sent"
    SENT = "label:sent"
    SENT_AGAIN = "label:sent_again"
    SEEN = "label:seen"
    PRINTED = "label:printed"
    SPOILED = "label:spoiled"
    REPLACED = "label:replaced"
    WITHDRAWN = "label:withdrawn"


@dataclass(frozen=True, slots=True)
class Made:
    label_job_id: str
    number: str


def make_job(unit: Unit, wish: Wish) -> Made:
    """Reserve what is new and plan every label, or nothing of it."""
    unit.flush()
    return _make(unit, plan(unit.connection, wish, lambda: badge_number(unit.new_id())))


def make_planned(unit: Unit, planned: Plan) -> Made:
    """The same from a plan that was made before, if it still stands."""
    unit.flush()
    check_free(unit.connection, planned.wish, planned.items)
    return _make(unit, planned)


def _make(unit: Unit, planned: Plan) -> Made:
    wish, look = planned.wish, planned.look
    reserved = None
    if wish.what is What.SERIES:
        reserved = reservations.reserve(unit, wish.wanted.strip(), [item.payload for item in planned.items])
    made = Made(unit.new_id(), next_number(unit, "LP"))
    values = {
        "label_job_id": made.label_job_id, "number": made.number, "what": wish.what, "asked": wish.wanted.strip(),
        "output": wish.output, "stock": look.stock, "reading": look.reading.value, "colours": look.colours.value,
        "language": look.language, "dpi": look.dpi, "start_at": look.start_at,
        "calibration": kept_calibration(look.calibration), "printer_id": planned.printer_id,
        "series_id": reserved.series_id if reserved else None, "state": LabelJobState.OPEN, "device_job_id": None,
        "created_at": unit.now, "created_by": unit.actor.handler_id,
    }  # fmt: skip
    facts = {"labels": len(planned.items)} | ({"series": reserved.number} if reserved else {})
    unit.create(LABEL_JOB, values, LabelEvent.JOB_MADE, facts=facts, reason=wish.reason.strip() or None)
    items = numbered(unit, planned.items) if wish.what is What.CONTAINER else planned.items
    _plan_labels(unit, made, items, wish.reason)
    return made


def _plan_labels(unit: Unit, made: Made, items: Sequence[Item], reason: str) -> None:
    rows = [
        {
            "label_id": unit.new_id(), "label_job_id": made.label_job_id, "ordinal": ordinal, "payload": item.payload,
            "thing_id": item.thing_id, "texts": dict(item.texts), "state": LabelState.PLANNED, "copies": 0,
            "replaces_id": None, "sheet": None, "sent_at": None, "printed_at": None,
        }
        for ordinal, item in enumerate(items, 1)
    ]  # fmt: skip
    unit.connection.execute(insert(_LABEL), rows)
    for row in rows:
        unit.append(
            LABEL.subject(str(row["label_id"])), LabelEvent.PLANNED, changes=LABEL.logged(row),
            facts={"job": made.number}, reason=reason.strip() or None,
        )  # fmt: skip


def labels_in(unit: Unit, label_job_id: str, *states: LabelState) -> list[Row[Any]]:
    """In print order."""
    query = select(_LABEL).where(_LABEL.c.label_job_id == label_job_id, _LABEL.c.state.in_(states))
    return list(unit.connection.execute(query.order_by(_LABEL.c.ordinal)))


def become(
    unit: Unit,
    labels: Sequence[Row[Any]],
    state: LabelState,
    event: LabelEvent,
    *,
    values: Mapping[str, object] | None = None,
    facts: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Raises LabelStateError for the first that cannot."""
    for label in labels:
        rules.check_label(label.payload, label.state, state)
    by_copies: dict[int, list[str]] = {}
    for label in labels:
        by_copies.setdefault(_copies(label, state, event), []).append(label.label_id)
    for copies, ids in by_copies.items():
        changed = {"state": state, "copies": copies, **(values or {})}
        unit.change_many(LABEL, ids, changed, event, facts=facts, reason=reason)


def _copies(label: Row[Any], state: LabelState, event: LabelEvent) -> int:
    """How often it left for paper, once this has happened."""
    leaves = label.state is LabelState.PLANNED and state in rules.ON_PAPER
    returns = event is LabelEvent.NOT_SENT
    return int(label.copies) + leaves - returns


def issue_barcodes(unit: Unit, what: What, labels: Sequence[Row[Any]]) -> None:
    if what in CARTRIDGES:
        reservations.issue(unit, [label.payload for label in labels])


def issue_sheet(unit: Unit, number: str, start_at: int | None = None) -> int:
    """The sheet is handed out: its labels may be on paper from now on. How many that are.

    `start_at`: the label of a used sheet to begin with, when it is another than the job's.
    """
    job = job_row(unit.connection, number)
    rules.check_open(number, job.state)
    if job.output is not Output.SHEET:
        raise rules.LabelJobStateError(
            f"{number} is sent to a printer; it has no sheet to download. Nothing was issued."
        )
    planned = labels_in(unit, job.label_job_id, LabelState.PLANNED)
    if not planned:
        raise rules.LabelJobStateError(
            f"The sheet of {number} was issued before. Nothing was issued again.",
            next_step="Download it again, or spoil single labels and print them anew.",
        )
    look = look_of(job)
    begin = look.start_at if start_at is None else start_at
    check_look(replace(look, start_at=begin))
    issue_barcodes(unit, job.what, planned)
    values = {"sent_at": unit.now, "sheet": _next_sheet(unit, job.label_job_id)}
    become(unit, planned, LabelState.SENT, LabelEvent.SENT, values=values, facts={"job": number})
    facts = {"labels": len(planned)}
    unit.change(LABEL_JOB, job.label_job_id, {"start_at": begin}, LabelEvent.SHEET_ISSUED, facts=facts)
    return len(planned)


def _next_sheet(unit: Unit, label_job_id: str) -> int:
    query = select(func.max(_LABEL.c.sheet)).where(_LABEL.c.label_job_id == label_job_id)
    return (unit.connection.execute(query).scalar_one() or 0) + 1


def check_idle(unit: Unit, job: Row[Any]) -> None:
    """Open, and no printer is at work on it. Raises LabelJobStateError."""
    rules.check_open(job.number, job.state)
    if device_is_at_work(unit, job):
        raise rules.LabelJobStateError(
            f"The printer is at work on {job.number}. Nothing was changed.",
            next_step="Stop the printing first.",
        )


def device_is_at_work(unit: Unit, job: Row[Any]) -> bool:
    at_work = device_job(unit.connection, job)
    return at_work is not None and at_work.state not in ENDED


def cancel(unit: Unit, number: str, reason: str) -> None:
    """Nothing of it was printed, and nothing will be; its numbers stay reserved until they are released."""
    job = job_row(unit.connection, number)
    check_idle(unit, job)
    check_reason(reason)
    if labels_in(unit, job.label_job_id, *rules.ON_PAPER, LabelState.SPOILED):
        raise rules.LabelJobStateError(
            f"Labels of {number} are on paper or may be. Nothing was cancelled.",
            next_step="Close it instead; labels that were not scanned stay “sent”.",
        )
    planned = labels_in(unit, job.label_job_id, LabelState.PLANNED)
    become(unit, planned, LabelState.WITHDRAWN, LabelEvent.WITHDRAWN, reason=reason.strip())
    values = {"state": LabelJobState.CANCELLED}
    unit.change(LABEL_JOB, job.label_job_id, values, LabelEvent.CANCELLED, reason=reason.strip())


def close(unit: Unit, number: str) -> None:
    """What is not on paper is withdrawn; what was not scanned stays “sent”."""
    job = job_row(unit.connection, number)
    check_idle(unit, job)
    if labels_in(unit, job.label_job_id, LabelState.SENDING):
        raise rules.LabelJobStateError(
            f"A label of {number} is in doubt. Nothing was closed.",
            next_step="Look at the printer, then scan the label or resume.",
        )
    planned = labels_in(unit, job.label_job_id, LabelState.PLANNED)
    become(unit, planned, LabelState.WITHDRAWN, LabelEvent.WITHDRAWN)
    end(unit, job)


def end(unit: Unit, job: Row[Any]) -> None:
    unit.change(LABEL_JOB, job.label_job_id, {"state": LabelJobState.CLOSED}, LabelEvent.CLOSED)
