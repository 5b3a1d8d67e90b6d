"""The sheet of a label job, as it was issued."""

from io import BytesIO

from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.printing import rules
from service.printing.choosing import item_of
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
    query = select(_LABEL).where(_LABEL.c.label_job_id == job.label_job_id)
    labels = connection.execute(query.order_by(_LABEL.c.ordinal)).all()
    newest = max((label.sheet for label in labels if label.sheet is not None), default=None)
    of_issue = [label for label in labels if newest is not None and label.sheet == newest]
    if not of_issue:
        raise SheetUsedError(
            f"The sheet of {number} was not issued yet. There is nothing to download.",
            next_step="Issue it first: its labels count as sent from then on.",
        )
    used = [label.payload for label in of_issue if label.state is not LabelState.SENT]
    if used:
        raise SheetUsedError(
            f"{used[0]} of this sheet was scanned or spoiled, so the sheet is on paper. It is not given out again.",
            next_step="Spoil the labels that are no good, with a reason; they are planned anew.",
        )
    out = BytesIO()
    write_sheet(look_of(job), [item_of(label) for label in of_issue], out, title=f"Labels {number}")
    return out.getvalue()
