"""What has to be done before a run is closed, and what came of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment, ConsignmentState, LineState, ManifestLine
from service.db import table
from service.rotation.models import RunLine, Step
from service.rotation.rules import RunNotDoneError

_LINE = table(RunLine)
_CONSIGNMENT = table(Consignment)
_MANIFEST = table(ManifestLine)


def not_done(connection: Connection, run: Any) -> RunNotDoneError | None:
    """What still stands between the run and its close: an open consignment, media that are home and not loaded."""
    return _open_consignment(connection, run) or _not_loaded(connection, run)


def _open_consignment(connection: Connection, run: Any) -> RunNotDoneError | None:
    ids = [one for one in (run.out_consignment_id, run.home_consignment_id) if one]
    query = select(_CONSIGNMENT.c.number, _CONSIGNMENT.c.state).where(
        _CONSIGNMENT.c.consignment_id.in_(ids),
        _CONSIGNMENT.c.state.not_in([ConsignmentState.RECONCILED, ConsignmentState.CANCELLED]),
    )
    waiting = connection.execute(query.order_by(_CONSIGNMENT.c.number)).first()
    if waiting is None:
        return None
    return RunNotDoneError(
        f"{waiting.number} is {waiting.state.value.replace('_', ' ')}. Run {run.number} was not closed.",
        next_step=f"Finish {waiting.number}.",
    )


def _not_loaded(connection: Connection, run: Any) -> RunNotDoneError | None:
    if run.home_consignment_id is None:
        return None
    query = (
        select(func.count())
        .select_from(_LINE)
        .join(
            _MANIFEST,
            (_MANIFEST.c.medium_id == _LINE.c.medium_id)
            & (_MANIFEST.c.consignment_id == run.home_consignment_id),
        )
        .where(
            _LINE.c.run_id == run.run_id,
            _LINE.c.step == Step.PLANNED,
            _MANIFEST.c.state == LineState.UNPACKED,
        )
    )
    waiting = connection.execute(query).scalar_one()
    if not waiting:
        return None
    return RunNotDoneError(
        f"{waiting} media are home and not in the library. Run {run.number} was not closed.",
        next_step="Put them into the mail slots, or skip them with a reason.",
    )


def outcome(connection: Connection, run: Any) -> Mapping[str, object]:
    query = select(_LINE.c.direction, _LINE.c.step, func.count()).where(_LINE.c.run_id == run.run_id)
    rows = connection.execute(query.group_by(_LINE.c.direction, _LINE.c.step))
    return {f"{direction.value}_{step.value}": count for direction, step, count in rows}
