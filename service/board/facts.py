"""What the board of one run shows, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from service.consignments.models import Direction
from service.custody.models import Discrepancy
from service.custody.queries import discrepancies
from service.devices.models import JobKind
from service.devices.panel import EjectPanel
from service.devices.queries import device_of_library, eject_panel, job_panel, jobs_under_way
from service.handlers.queries import names_of
from service.ledger import store
from service.rotation import queries
from service.rotation.closing import not_done
from service.rotation.legs import Leg, leg
from service.rotation.listing import RunRow, run_row
from service.rotation.models import RUN, Run, RunState
from service.rotation.queries import Progress


@dataclass(frozen=True)
class BoardFacts:
    """`why_open` says why an approved run cannot be closed yet, empty when it can. `loading` is the job for what came home."""

    row: RunRow
    run: Run
    now: datetime
    out: Progress
    home: Progress
    leg_out: Leg
    leg_home: Leg
    ejecting: EjectPanel | None
    loading: EjectPanel | None
    has_device: bool
    approver: str
    left_out: tuple[str, ...]
    discrepancies: Sequence[Discrepancy]
    why_open: str

    @property
    def is_planned(self) -> bool:
        return self.row.state is RunState.PLANNED

    @property
    def is_approved(self) -> bool:
        return self.row.state is RunState.APPROVED


def board_facts(session: Session, number: str, now: datetime) -> BoardFacts:
    row, run = run_row(session, number), queries.run_by_number(session, number)
    connection = session.connection()
    names = names_of(session, [run.approved_by]) if run.approved_by else {}
    device = device_of_library(session, run.library_id)
    obstacle = not_done(connection, run) if run.state is RunState.APPROVED else None
    ids = [found for found in (run.out_consignment_id, run.home_consignment_id) if found]
    return BoardFacts(
        row=row,
        run=run,
        now=now,
        out=queries.progress(session, run, Direction.OUT),
        home=queries.progress(session, run, Direction.HOME),
        leg_out=leg(connection, run.run_id, Direction.OUT, run.out_consignment_id),
        leg_home=leg(connection, run.run_id, Direction.HOME, run.home_consignment_id),
        ejecting=eject_panel(session, run.run_id),
        loading=_loading(session, device.device_id) if device and run.state is RunState.APPROVED else None,
        has_device=device is not None and device.enabled,
        approver=names.get(run.approved_by or "", ""),
        left_out=_left_out(session, run.run_id),
        discrepancies=_discrepancies(session, run.run_id, ids),
        why_open=obstacle.message if obstacle else "",
    )


def _loading(session: Session, device_id: str) -> EjectPanel | None:
    """The library's job for what came home, while it is under way."""
    job = next((one for one in jobs_under_way(session, device_id) if one.kind is JobKind.LOAD), None)
    return None if job is None else job_panel(session, job)


def _discrepancies(session: Session, run_id: str, consignment_ids: Sequence[str]) -> list[Discrepancy]:
    """The open ones of the run and of its consignments, oldest first."""
    found = discrepancies(session, run_id=run_id)
    for consignment_id in consignment_ids:
        found += discrepancies(session, consignment_id=consignment_id)
    return sorted({one.number: one for one in found}.values(), key=lambda one: one.opened_at)


def _left_out(session: Session, run_id: str) -> tuple[str, ...]:
    """What the plan left out and why, as its entry says it."""
    entries = store.entries_of(session.connection(), RUN.subject(run_id), limit=20)
    planned = next((entry for entry in entries if entry.event == "run:planned"), None)
    return tuple(planned.facts.get("left_out", ())) if planned else ()
