"""Sending the labels of one job: intent, bytes, a look, outcome. What is in doubt waits for a person."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Row, select

from service.db import table
from service.devices import engine
from service.devices.duty import Duty
from service.devices.models import JobStep
from service.devices.printer_port import (
    Handed,
    PrinterInDoubtError,
    PrinterNotReadyFaultError,
    PrinterPort,
    PrinterSaid,
)
from service.errors import FaultError
from service.ledger.writer import Unit
from service.printing.actions import LabelEvent, become, issue_barcodes
from service.printing.items import item_of
from service.printing.models import Label, LabelState, Language
from service.printing.queries import job_row, labels
from service.printing.rendering import Look, look_of, printable
from service.printing.rules import batch_size

_STEP = table(JobStep)
_LABEL = table(Label)
LOOK_S = 10.0
SEND_S = 60.0
DRAIN_S = 120.0
SENT, NOT_SENT, IN_DOUBT = "sent", "not-sent", "in-doubt"


@dataclass
class Sending:
    """A label job in the hands of its printer's worker."""

    duty: Duty
    port: PrinterPort
    job: Row[Any]
    look: Look

    @property
    def number(self) -> str:
        return str(self.job.number)


def print_labels(duty: Duty, port: PrinterPort) -> None:
    """Every planned label of the job, in order. Raises HandedOverError where a person has to look first."""
    with duty.runtime.database.reader.connect() as connection:
        job = job_row(connection, str(duty.job.payload["label_job"]))
    sending = Sending(duty, port, job, look_of(job))
    _settle_doubt(sending)
    start_at = int(duty.progress.get("start_at") or duty.job.payload.get("start_at") or sending.look.start_at)
    while batch := _next_batch(sending, start_at):
        duty.check()
        _wait_until_ready(sending)
        duty.go_on()
        if not _send(sending, batch, start_at):
            continue
        start_at = _place_after(sending.look, start_at, len(batch))
        duty.note(start_at=start_at)
    duty.finish()


def _place_after(look: Look, start_at: int, count: int) -> int:
    return (start_at - 1 + count) % look.paper.per_page + 1


def _next_batch(sending: Sending, start_at: int) -> list[Row[Any]]:
    paper = sending.look.paper
    size = batch_size(sending.look.language, paper.per_page, roll=paper.roll)
    if not paper.roll:
        size = paper.per_page - (start_at - 1)
    with sending.duty.runtime.database.reader.connect() as connection:
        return labels(connection, sending.job.label_job_id, states=[LabelState.PLANNED], limit=size)


def _settle_doubt(sending: Sending) -> None:
    """A worker that died, or a person who went on without looking: what may have come out is named, not sent again."""
    with sending.duty.runtime.database.reader.connect() as connection:
        doubtful = labels(connection, sending.job.label_job_id, states=[LabelState.SENDING])
    if not doubtful:
        return
    _conclude_open_step(sending)
    sending.duty.ask(_doubt(doubtful, "The printing was interrupted"))


def _conclude_open_step(sending: Sending) -> None:
    duty = sending.duty
    with duty.runtime.database.reader.connect() as connection:
        query = select(_STEP.c.step_id).where(_STEP.c.job_id == duty.job.job_id, _STEP.c.outcome_at.is_(None))
        step_id = connection.execute(query).scalar_one_or_none()
    if step_id is not None:
        told = {"told": "the worker ended before the printer had answered"}
        duty.write(lambda unit: engine.conclude(unit, str(step_id), duty.job.fence, told, IN_DOUBT))


def _doubt(doubtful: Sequence[Any], happened: str) -> str:
    first, last = doubtful[0].payload, doubtful[-1].payload
    which = first if len(doubtful) == 1 else f"{first} to {last}"
    look = f"Look at the printer whether {which} came out, and scan what did."
    return f"{happened.rstrip('.')}. {look} Nothing is printed again before that."


def _wait_until_ready(sending: Sending) -> None:
    """Nothing has left yet: the job waits by itself until the printer is ready."""
    duty = sending.duty
    while True:
        try:
            seen = sending.port.look(LOOK_S)
        except PrinterNotReadyFaultError as error:
            duty.wait(f"{error.message} {error.next_step}", seconds=duty.timing.retry_s)
            continue
        if seen.ready is not False:
            return
        duty.wait(_not_ready(duty.library_name, seen), seconds=duty.timing.retry_s)


def _not_ready(printer: str, seen: PrinterSaid) -> str:
    why = seen.words or "it does not say why"
    return f"{printer} is not ready: {why}. {seen.to_do or 'Look at its panel'}; printing goes on by itself."


def _send(sending: Sending, batch: Sequence[Row[Any]], start_at: int) -> bool:
    """Whether the batch left; False when nothing of it did, and it is tried again."""
    duty = sending.duty
    data = printable(
        sending.look, [item_of(label) for label in batch], title=sending.number, start_at=start_at
    )
    step_id = duty.write(lambda unit: _intend(unit, sending, batch, len(data)))
    if step_id is None:
        return False
    try:
        handed = sending.port.send(data, _title(sending, batch), SEND_S)
    except PrinterNotReadyFaultError as error:
        told = {"told": error.message}
        duty.write(lambda unit: _take_back(unit, sending, step_id, batch, told))
        duty.wait(f"{error.message} {error.next_step}", seconds=duty.timing.retry_s)
        return False
    except PrinterInDoubtError as error:
        _in_doubt(sending, step_id, batch, error)
    try:
        _drain(sending)
    except PrinterNotReadyFaultError as error:
        _in_doubt(sending, step_id, batch, error)
    duty.write(lambda unit: _sent(unit, sending, step_id, batch, handed))
    return True


def _title(sending: Sending, batch: Sequence[Row[Any]]) -> str:
    first, last = batch[0].payload, batch[-1].payload
    return f"{sending.number} {first}" + (f" to {last}" if len(batch) > 1 else "")


def _fresh(unit: Unit, batch: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The labels as they are now: a scan may have come in between."""
    ids = [label.label_id for label in batch]
    query = select(_LABEL).where(_LABEL.c.label_id.in_(ids))
    return list(unit.connection.execute(query.order_by(_LABEL.c.ordinal)))


def _intend(unit: Unit, sending: Sending, batch: Sequence[Row[Any]], size: int) -> str | None:
    """The step's id; None where a label was withdrawn since the batch was read, so that it is put together anew."""
    fresh = _fresh(unit, batch)
    if any(label.state is not LabelState.PLANNED for label in fresh):
        return None
    intent = {
        "barcode": batch[0].payload, "last": batch[-1].payload, "labels": len(batch), "label_job": sending.number,
        "first_ordinal": batch[0].ordinal, "bytes": size,
    }  # fmt: skip
    step_id = engine.intend(unit, sending.duty.job.job_id, sending.duty.job.fence, intent)
    facts = {"job": sending.number, "printer": sending.duty.library_name}
    become(unit, fresh, LabelState.SENDING, LabelEvent.SENDING, facts=facts)
    issue_barcodes(unit, sending.job.what, batch)
    return step_id


def _take_back(
    unit: Unit, sending: Sending, step_id: str, batch: Sequence[Row[Any]], told: dict[str, str]
) -> None:
    engine.conclude(unit, step_id, sending.duty.job.fence, told, NOT_SENT)
    become(unit, _fresh(unit, batch), LabelState.PLANNED, LabelEvent.NOT_SENT)


def _in_doubt(sending: Sending, step_id: str, batch: Sequence[Row[Any]], error: FaultError) -> NoReturn:
    duty = sending.duty
    told = {"told": error.message}
    duty.write(lambda unit: engine.conclude(unit, step_id, duty.job.fence, told, IN_DOUBT))
    duty.ask(_doubt(batch, error.message))


def _sent(unit: Unit, sending: Sending, step_id: str, batch: Sequence[Row[Any]], handed: Handed) -> None:
    outcome = {"bytes": handed.bytes_sent, "job_name": handed.job_name}
    engine.conclude(unit, step_id, sending.duty.job.fence, outcome, SENT)
    now = [label for label in _fresh(unit, batch) if label.state is LabelState.SENDING]
    become(unit, now, LabelState.SENT, LabelEvent.SENT, values={"sent_at": unit.now})


def _drain(sending: Sending) -> None:
    """Until the printer has nothing of it left to print, where it can tell. Raises PrinterNotReadyFaultError.

    Paper may run out in the label: the printer finishes it by itself once somebody has seen to it.
    """
    if sending.look.language is not Language.ZPL:
        return
    duty, end = sending.duty, time.monotonic() + DRAIN_S
    while (seen := _heard(sending, end)) is None or seen.in_buffer:
        if seen is not None and seen.ready is False and seen.to_do:
            duty.wait(_not_ready(duty.library_name, seen), seconds=duty.timing.retry_s)
            end = time.monotonic() + DRAIN_S
        elif time.monotonic() > end:
            raise PrinterNotReadyFaultError(
                f"{duty.library_name} keeps a label in its buffer and does not print it.",
                next_step="Look at its panel.",
            )
        elif duty.stopping.wait(duty.timing.poll_s):
            return


def _heard(sending: Sending, end: float) -> PrinterSaid | None:
    """None while it does not answer, as printers do when they are open or out of paper; after `end` that is a fault."""
    try:
        return sending.port.look(LOOK_S)
    except PrinterNotReadyFaultError as error:
        if time.monotonic() > end or not error.facts.get("may_answer"):
            raise
        sending.duty.wait(f"{error.message} {error.next_step}", seconds=sending.duty.timing.retry_s)
        return None
