"""What a run can choose from: media in its library, expired ones at the vendor.

Plans are made in the writer's thread, so each list is one statement over an index, and one more says what is busy.
"""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment, ConsignmentState, Direction, LineState, ManifestLine
from service.db import table
from service.locations.models import Location, LocationKind
from service.media.models import Custody, Medium
from service.policies.rules import TierName
from service.rotation.models import Run, RunLine, Step
from service.rotation.queries import OPEN_RUNS
from service.rotation.rules import MediumFacts

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_LINE = table(RunLine)
_RUN = table(Run)
_MANIFEST = table(ManifestLine)
_CONSIGNMENT = table(Consignment)

OPEN_CONSIGNMENTS = (ConsignmentState.OPEN, ConsignmentState.FROZEN, ConsignmentState.IN_TRANSIT)
_TIERS = {tier.value: tier for tier in TierName}
_MEDIA = select(
    _MEDIUM.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.content, _MEDIUM.c.custody, _MEDIUM.c.held_since, _MEDIUM.c.encrypted,
    _MEDIUM.c.written_on, _MEDIUM.c.tier, _MEDIUM.c.period_key, _MEDIUM.c.expires_on,
).order_by(_MEDIUM.c.barcode)  # fmt: skip


def media_in_library(connection: Connection, library_id: str) -> list[MediumFacts]:
    """Media recorded in the library's slots.

    Whatever their content: named beside the place, it leads SQLite to walk every full medium there is.
    """
    places = select(_LOCATION.c.location_id).where(
        _LOCATION.c.parent_id == library_id, _LOCATION.c.kind == LocationKind.SLOT
    )
    return _facts(connection, _MEDIA.where(_MEDIUM.c.location_id.in_(places)))


def planned_media(connection: Connection, run_id: str, direction: Direction) -> list[MediumFacts]:
    """The lines of a planned run that are not left out; busy with anything but this run."""
    lines = select(_LINE.c.medium_id).where(
        _LINE.c.run_id == run_id, _LINE.c.direction == direction, _LINE.c.step == Step.PLANNED
    )
    return _facts(connection, _MEDIA.where(_MEDIUM.c.medium_id.in_(lines)), of_run=run_id)


def media_due_home(connection: Connection, vendor_id: str, today: date) -> list[MediumFacts]:
    """Media in the vendor's custody that expired by today."""
    return _facts(
        connection,
        _MEDIA.where(
            _MEDIUM.c.custody == Custody.VAULTED,
            _MEDIUM.c.custodian_id == vendor_id,
            _MEDIUM.c.expires_on <= today,
        ),
    )


def busy_media(connection: Connection, of_run: str | None = None) -> dict[str, str]:
    """The number of the open consignment or run that has a medium, by medium id; `of_run` itself does not count."""
    in_runs = (
        select(_LINE.c.medium_id, _RUN.c.number)
        .join(_RUN, _RUN.c.run_id == _LINE.c.run_id)
        .where(_RUN.c.state.in_(OPEN_RUNS), _LINE.c.step == Step.PLANNED, _RUN.c.run_id != (of_run or ""))
    )
    in_consignments = (
        select(_MANIFEST.c.medium_id, _CONSIGNMENT.c.number)
        .join(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == _MANIFEST.c.consignment_id)
        .where(_CONSIGNMENT.c.state.in_(OPEN_CONSIGNMENTS), _MANIFEST.c.state != LineState.SKIPPED)
    )
    return {row[0]: row[1] for query in (in_runs, in_consignments) for row in connection.execute(query)}


def _facts(connection: Connection, query: Select[Any], of_run: str | None = None) -> list[MediumFacts]:
    busy = busy_media(connection, of_run)
    return [
        MediumFacts(
            medium_id, barcode, content, custody, held_since is not None, busy.get(medium_id, ""), encrypted, written_on,
            _TIERS[tier] if tier else None, period_key, expires_on,
        )
        for medium_id, barcode, content, custody, held_since, encrypted, written_on, tier, period_key, expires_on
        in connection.execute(query)
    ]  # fmt: skip
