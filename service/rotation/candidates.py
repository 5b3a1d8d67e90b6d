"""What a run can choose from: full media in its library, expired ones at the vendor."""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment, ConsignmentState, Direction, LineState, ManifestLine
from service.db import table
from service.holds.models import Hold
from service.locations.models import Location, LocationKind
from service.media.models import Content, Custody, Medium
from service.policies.rules import TierName
from service.rotation.models import Run, RunLine, Step
from service.rotation.queries import OPEN_RUNS
from service.rotation.rules import MediumFacts

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_LINE = table(RunLine)
_RUN = table(Run)
_HOLD = table(Hold)
_MANIFEST = table(ManifestLine)
_CONSIGNMENT = table(Consignment)

OPEN_CONSIGNMENTS = (ConsignmentState.OPEN, ConsignmentState.FROZEN, ConsignmentState.IN_TRANSIT)


def media_in_library(connection: Connection, library_id: str) -> list[MediumFacts]:
    """Full media recorded in the library's slots."""
    places = select(_LOCATION.c.location_id).where(
        _LOCATION.c.parent_id == library_id, _LOCATION.c.kind == LocationKind.SLOT
    )
    return _facts(
        connection, _candidates().where(_MEDIUM.c.location_id.in_(places), _MEDIUM.c.content == Content.FULL)
    )


def planned_media(connection: Connection, run_id: str, direction: Direction) -> list[MediumFacts]:
    """The lines of a planned run that are not left out; busy with anything but this run."""
    lines = select(_LINE.c.medium_id).where(
        _LINE.c.run_id == run_id, _LINE.c.direction == direction, _LINE.c.step == Step.PLANNED
    )
    return _facts(connection, _candidates(of_run=run_id).where(_MEDIUM.c.medium_id.in_(lines)))


def media_due_home(connection: Connection, vendor_id: str, today: date) -> list[MediumFacts]:
    """Media in the vendor's custody that expired by today."""
    return _facts(
        connection,
        _candidates().where(
            _MEDIUM.c.custody == Custody.VAULTED,
            _MEDIUM.c.custodian_id == vendor_id,
            _MEDIUM.c.expires_on <= today,
        ),
    )


def _candidates(of_run: str | None = None) -> Select[Any]:
    held = (
        select(_HOLD.c.hold_id)
        .where(_HOLD.c.medium_id == _MEDIUM.c.medium_id, _HOLD.c.released_at.is_(None))
        .exists()
    )
    in_consignment = (
        select(func.min(_CONSIGNMENT.c.number))
        .join(_MANIFEST, _CONSIGNMENT.c.consignment_id == _MANIFEST.c.consignment_id)
        .where(
            _MANIFEST.c.medium_id == _MEDIUM.c.medium_id,
            _MANIFEST.c.state != LineState.SKIPPED,
            _CONSIGNMENT.c.state.in_(OPEN_CONSIGNMENTS),
        )
        .scalar_subquery()
    )
    in_run = (
        select(func.min(_RUN.c.number))
        .join(_LINE, _RUN.c.run_id == _LINE.c.run_id)
        .where(
            _LINE.c.medium_id == _MEDIUM.c.medium_id,
            _LINE.c.step == Step.PLANNED,
            _RUN.c.state.in_(OPEN_RUNS),
            _RUN.c.run_id != (of_run or ""),
        )
        .scalar_subquery()
    )
    return select(
        _MEDIUM.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.content, _MEDIUM.c.custody, held.label("held"),
        func.coalesce(in_consignment, in_run, "").label("busy"), _MEDIUM.c.encrypted, _MEDIUM.c.written_on, _MEDIUM.c.tier,
        _MEDIUM.c.period_key, _MEDIUM.c.expires_on,
    ).order_by(_MEDIUM.c.barcode)  # fmt: skip


def _facts(connection: Connection, query: Select[Any]) -> list[MediumFacts]:
    return [
        MediumFacts(
            row.medium_id, row.barcode, row.content, row.custody, bool(row.held), row.busy, row.encrypted,
            row.written_on, TierName(row.tier) if row.tier else None, row.period_key, row.expires_on,
        )
        for row in connection.execute(query)
    ]  # fmt: skip
