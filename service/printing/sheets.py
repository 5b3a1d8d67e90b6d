"""The sheet of a label job, as it was issued."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from service.db import table
from service.printing import rules
from service.printing.items import item_of
from service.printing.models import Label, LabelState
from service.printing.queries import job_row
from service.printing.rendering import look_of, write_sheet

_LABEL = table(Label)


class SheetUsedError(rules.LabelJobStateError):
    title = "The sheet was used"


def sheet(connection: Connection, number: str) -> bytes:
    """The labels of the newest issue, byte for byte the same each time, while none of them is known to be on paper.

    Raises SheetUsedError once one was scanned or spoiled: printing the sheet again would make it twice.
    """
    job = job_row(connection, number)
    of_issue = newest_issue(connection, job.label_job_id)
    if not of_issue:
        raise SheetUsedError(
            f"The sheet of {number} was not issued yet. There is nothing to download.",
            next_step="Issue it first: its labels count as sent from then on.",
        )
    used = used_of(of_issue)
    if used:
        raise SheetUsedError(
            f"{used[0]} of this sheet was scanned or spoiled, so the sheet is on paper. It is not given out again.",
            next_step="Spoil the labels that are no good, with a reason; they are planned anew.",
        )
    out = BytesIO()
    write_sheet(look_of(job), [item_of(label) for label in of_issue], out, title=f"Labels {number}")
    return out.getvalue()


def newest_issue(connection: Connection, label_job_id: str) -> list[Row[Any]]:
    """The labels on the sheet that was issued last, in print order."""
    newest = select(func.max(_LABEL.c.sheet)).where(_LABEL.c.label_job_id == label_job_id).scalar_subquery()
    query = select(_LABEL).where(_LABEL.c.label_job_id == label_job_id, _LABEL.c.sheet == newest)
    return list(connection.execute(query.order_by(_LABEL.c.ordinal)))


def used_of(labels: Sequence[Row[Any]]) -> list[str]:
    """Those of an issued sheet that prove it to be on paper."""
    return [label.payload for label in labels if label.state is not LabelState.SENT]
