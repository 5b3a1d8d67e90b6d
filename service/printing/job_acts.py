"""What may be done with a label job now, or why not; and what its printer waits for."""

from dataclasses import replace

from service.devices.models import JobState
from service.devices.rules import ENDED
from service.handlers.rules import Permission
from service.printing.models import LabelJobState, LabelState, Output
from service.printing.queries import JobView
from service.printing.rules import UNPROVED
from service.printing.sheets import newest_issue, used_of
from service.web.page import Page
from service.web.views.parts import Act, Fault, Method, Tone

NOT_YOURS = "needs a media handler or the backup administrator"


def allowed(act: Act, reason: str) -> Act:
    """The act, or why it is not possible now."""
    return replace(act, enabled=False, reason=reason) if reason else act


def at_the_printer(page: Page, job: JobView) -> tuple[Fault, ...]:
    """What the printer's worker waits for, with what may be done about it."""
    if job.device_state is None or job.device_state in ENDED or job.state is not LabelJobState.OPEN:
        return ()
    reason = "" if page.person.may(Permission.PRINT_LABELS) else NOT_YOURS
    stop = allowed(Act("Pause", f"/jobs/{job.device_job_id}/pause", Method.POST), reason)
    cancel = allowed(Act("Stop printing", f"/jobs/{job.device_job_id}/cancel", Method.POST), reason)
    resume = allowed(Act("Resume", f"/labels/{job.number}/resume", first=True), reason)
    match job.device_state:
        case JobState.NEEDS_OPERATOR:
            fault = Fault(job.sentence or "It stands still.", tone=Tone.RED, acts=(resume, cancel))
        case JobState.WAITING:
            fault = Fault(job.sentence or "It waits.", tone=Tone.AMBER, acts=(stop, cancel))
        case JobState.QUEUED:
            fault = Fault(f"Waits for its turn at {job.printer}.", tone=Tone.NEUTRAL, acts=(cancel,))
        case _:
            left = job.count(LabelState.PLANNED)
            fault = Fault(f"{job.printer} is printing; {left:,} to come.", tone=Tone.BLUE, acts=(stop,))
    return (fault,)


def job_acts(page: Page, job: JobView) -> tuple[Act, ...]:
    base = f"/labels/{job.number}"
    if job.state is not LabelJobState.OPEN:
        return ()
    no = "" if page.person.may(Permission.PRINT_LABELS) else NOT_YOURS
    busy = no or _busy(job)
    unproved, planned = job.count(*UNPROVED), job.count(LabelState.PLANNED)
    on_paper = job.count(*UNPROVED, LabelState.PRINTED)
    verify = Act("Scan what was printed", f"{base}/verify", first=bool(unproved))
    return (
        allowed(Act("Spoil a label", f"{base}/spoil"), no or ("" if on_paper else "nothing is on paper")),
        _end(job, base, busy),
        *_output_acts(page, job, no, busy, planned),
        allowed(verify, no or ("" if unproved else "nothing was sent yet" if planned else "every label is scanned")),
    )  # fmt: skip


def _busy(job: JobView) -> str:
    if job.device_state is None or job.device_state in ENDED:
        return ""
    waits = job.device_state is JobState.NEEDS_OPERATOR
    return "it waits for you to look at the printer" if waits else "the printer is at work"


def _end(job: JobView, base: str, busy: str) -> Act:
    if job.count(LabelState.PLANNED) == job.labels:
        return allowed(Act("Cancel", f"{base}/cancel"), busy)
    doubt = "a label is in doubt" if job.count(LabelState.SENDING) else ""
    return allowed(Act("Close", f"{base}/close", Method.POST), busy or doubt)


def _output_acts(page: Page, job: JobView, no: str, busy: str, planned: int) -> tuple[Act, ...]:
    base = f"/labels/{job.number}"
    if job.output is Output.SHEET:
        again = job.count(LabelState.SENT) and not planned
        issue = Act("Issue the sheet", f"{base}/issue-sheet", first=True)
        if again:
            used = used_of(newest_issue(page.session.connection(), job.label_job_id))
            on_paper = "labels of it were scanned or spoiled" if used else ""
            return (
                allowed(Act("Print unscanned again", f"{base}/resume"), no),
                allowed(
                    Act("Download the sheet", f"{base}/sheet.pdf", note="PDF, print at 100 %"), no or on_paper
                ),
            )
        return (allowed(issue, no or ("" if planned else "nothing is left to print")),)
    if not busy and job.count(LabelState.SENDING):
        return (Act("Resume", f"{base}/resume", first=True),)
    if not busy and not planned and job.count(LabelState.SENT):
        return (Act("Print unscanned again", f"{base}/resume"),)
    send = Act(f"Send to {job.printer}", f"{base}/send", Method.POST, first=bool(planned))
    return (allowed(send, busy or ("" if planned else "everything was sent")),)
