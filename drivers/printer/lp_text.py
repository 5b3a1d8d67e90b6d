"""What CUPS' `lp` and `lpstat` print in the C locale. Pure."""

import re

from drivers.errors import ProtocolError
from drivers.printer.model import PrinterCondition, PrinterStatus, StatusSource
from drivers.printer.state_reasons import condition_of, hinders

REQUEST = re.compile(rb"^request id is (\S+) \(\d+ file\(s\)\)", re.MULTILINE)
STATE = re.compile(r"^printer (\S+) (is idle|now printing|disabled)\b", re.MULTILINE)
ACCEPTING = re.compile(r"^(\S+) (not )?accepting requests\b", re.MULTILINE)
ALERTS = re.compile(r"^\tAlerts:(.*)$", re.MULTILINE)


def job_of(stdout: bytes) -> str:
    """The name `lp` gave the job, such as `zebra-17`."""
    found = REQUEST.search(stdout)
    if found is None:
        raise ProtocolError("lp named no request")
    return found.group(1).decode("utf-8", "replace")


def status_of(stdout: bytes) -> PrinterStatus:
    """The answer to `lpstat -l -p QUEUE -a QUEUE`: what the queue believes of its printer."""
    text = stdout.decode("utf-8", "replace")
    state, accepting = STATE.search(text), ACCEPTING.search(text)
    if state is None or accepting is None:
        raise ProtocolError("lpstat tells of no printer, or not whether it accepts jobs")
    reasons = [reason for line in ALERTS.findall(text) for reason in re.split(r"[,\s]+", line) if reason]
    conditions = {condition for reason in reasons if (condition := condition_of(reason))}
    if state.group(2) == "disabled":
        conditions.add(PrinterCondition.PAUSED)
    if accepting.group(2):
        conditions.add(PrinterCondition.REJECTING_JOBS)
    stopped = {PrinterCondition.PAUSED, PrinterCondition.REJECTING_JOBS} & conditions
    return PrinterStatus(
        ready=not stopped and not any(map(hinders, reasons)),
        conditions=frozenset(conditions),
        formats_in_buffer=None,
        labels_remaining=None,
        raw=stdout,
        source=StatusSource.QUEUE,
    )
