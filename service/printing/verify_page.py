"""Scanning what was printed: the scan page's band, field and two columns, for the labels of one job."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from service.errors import StrongroomError
from service.printing import queries
from service.printing.api import proved
from service.printing.items import item_of
from service.printing.models import LabelState
from service.printing.queries import JobView
from service.printing.rules import UNPROVED
from service.web.errors import problem
from service.web.page import Page
from service.web.views import parts, scan
from service.web.views.frame import Place

SHOWN = 200


@dataclass(frozen=True, slots=True)
class VerifyView:
    """labels/verify.html. `api` takes the scans, `action` those of a browser without JavaScript."""

    title: str
    place: Place | None
    task: scan.Task
    band: scan.Band
    api: str
    action: str
    left_count: int
    done_count: int
    left: tuple[scan.ToScan, ...]
    done: tuple[scan.Scanned, ...]
    left_title: str = "Still to scan"
    done_title: str = "Printed"
    set_aside: int = 0
    commands: tuple[scan.Command, ...] = ()


def verify_answer(page: Page, number: str) -> dict[str, object]:
    """What the API would answer: the label that is proved, or the problem."""
    barcode = page.text("barcode")
    try:
        answer = page.act(lambda unit: proved(unit, number, barcode).model_dump(mode="json"))
    except StrongroomError as error:
        return {"barcode": barcode[:40], **problem(error)}
    return dict(answer)


def verify_view(page: Page, number: str, answer: dict[str, object] | None) -> VerifyView:
    connection = page.session.connection()
    job = queries.job(connection, number)
    left = queries.labels(connection, job.label_job_id, states=UNPROVED, limit=SHOWN)
    done = queries.newest_printed(connection, job.label_job_id, SHOWN)
    href = f"/labels/{number}"
    return VerifyView(
        title=f"Scan the labels of {number}",
        place=Place.MEDIA,
        task=scan.Task(
            number, "Scan what was printed", (parts.Ident(number, href), f", {job.asked[:80]}"), "A label of this job",
            parts.Act("Leave", href, slim=True), parts.When(page.now),
        ),
        band=_band(job, answer),
        api=f"/api/v1/label-jobs/{number}/verify",
        action=f"{href}/verify",
        left_count=job.count(*UNPROVED),
        done_count=job.count(LabelState.PRINTED),
        left=tuple(scan.ToScan(parts.Barcode(row.payload), _place(row)) for row in left),
        done=tuple(
            scan.Scanned(parts.Barcode(row.payload), parts.When(row.printed_at, parts.WhenStyle.SECOND), None)
            for row in done
        ),
    )  # fmt: skip


def _place(label: Row[Any]) -> str:
    """What the thing is called where its label says another number, and whether the label is in doubt."""
    name = item_of(label).name
    told = (
        "" if name == label.payload else name,
        "in doubt" if label.state is LabelState.SENDING else "",
    )
    return " · ".join(part for part in told if part)


def _band(job: JobView, answer: dict[str, object] | None) -> scan.Band:
    if answer is None:
        ready = "Scan each label as it came out" if job.count(*UNPROVED) else "Nothing is left to scan"
        return scan.Band(parts.Tone.NEUTRAL, "Ready", job.number, ready)
    if "type" in answer:  # a problem
        more = str(answer.get("next_step", ""))
        return scan.Band(parts.Tone.RED, "Stop", str(answer["barcode"]), str(answer["detail"]), more)
    return scan.Band(
        parts.Tone.GREEN,
        str(answer["word"]),
        str(answer["barcode"]),
        str(answer["sentence"]),
        str(answer["detail"]),
    )
