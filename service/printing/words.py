"""Words and tones of labels, for the pages."""

from collections.abc import Mapping

from service.printing.models import LabelJobState, LabelState, Output, What
from service.printing.queries import JobView
from service.printing.rules import WORDS
from service.web.views.parts import Chip, Shape, Tone

WHAT_WORDS: Mapping[What, str] = {
    What.SERIES: "cartridges, new numbers",
    What.REPRINT: "cartridges, labels again",
    What.CONTAINER: "containers",
    What.DISK: "disks",
    What.SEAL: "seals",
    What.PLACE: "shelves and slots",
    What.BADGE: "handler badges",
}
WANTED_HELP: Mapping[What, str] = {
    What.SERIES: "ABC001L8..ABC400L8, with gaps after “except”: ABC001L8..ABC400L8 except ABC013L8.",
    What.REPRINT: "A series or single barcodes that have their number already.",
    What.CONTAINER: "Barcodes or a range: C-0117..C-0120.",
    What.DISK: "Barcodes of registered disks.",
    What.SEAL: "Numbers that were never used: 004711..004760.",
    What.PLACE: "Codes or paths, one a line; “Library 1 › *” for everything directly in it.",
    What.BADGE: "Logins of handlers.",
}
TONES: Mapping[LabelState, Tone] = {
    LabelState.PLANNED: Tone.NEUTRAL,
    LabelState.SENDING: Tone.RED,
    LabelState.SENT: Tone.BLUE,
    LabelState.PRINTED: Tone.GREEN,
    LabelState.SPOILED: Tone.AMBER,
    LabelState.WITHDRAWN: Tone.NEUTRAL,
}
JOB_TONES: Mapping[LabelJobState, Tone] = {
    LabelJobState.OPEN: Tone.BLUE,
    LabelJobState.CLOSED: Tone.GREEN,
    LabelJobState.CANCELLED: Tone.NEUTRAL,
}
HAND_ONLY = (
    "Hand scanner only: this stock squeezes the bars below specification; a library may not read them."
)


def label_chip(state: LabelState) -> Chip:
    return Chip(WORDS[state], TONES[state], Shape.BARE)


def job_chip(job: JobView, shape: Shape = Shape.CUSTODY) -> Chip:
    """Printed only when every label that is not spoiled or withdrawn was scanned."""
    if job.state is LabelJobState.CLOSED:
        unproved = job.count(LabelState.SENT)
        return (
            Chip("closed, not all scanned", Tone.NEUTRAL, shape)
            if unproved
            else Chip("printed", Tone.GREEN, shape)
        )
    if job.state is LabelJobState.CANCELLED:
        return Chip("cancelled", Tone.NEUTRAL, shape)
    if job.count(LabelState.SENDING):
        return Chip("in doubt", Tone.RED, shape)
    if job.count(LabelState.PLANNED) == job.labels:
        return Chip("planned", Tone.NEUTRAL, shape)
    return Chip("to be scanned" if not job.count(LabelState.PLANNED) else "printing", Tone.BLUE, shape)


def progress(job: JobView) -> str:
    """`17 of 400 printed`, spoiled and withdrawn ones aside."""
    wanted = job.labels - job.count(LabelState.SPOILED, LabelState.WITHDRAWN)
    return f"{job.count(LabelState.PRINTED):,} of {wanted:,}"


def where_it_goes(job: JobView) -> str:
    if job.output is Output.PRINTER:
        return job.printer
    return f"sheet, for {job.printer}" if job.printer else "sheet"
