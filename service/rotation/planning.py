"""What a run picks, and the rows it writes for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from service.consignments.models import Direction
from service.db import table
from service.ledger.writer import Unit
from service.locations.models import Location
from service.policies.queries import policy_facts
from service.policies.rules import week_key
from service.rotation import rules
from service.rotation.candidates import media_due_home, media_in_library, planned_media
from service.rotation.models import Run, RunLine, Step
from service.rotation.rules import LeftOut, Picked
from service.statements import Bulk

_RUN = table(Run)
_LINE = table(RunLine)
_LOCATION = table(Location)
_INSERT_LINE = Bulk(insert(_LINE))
MOST_TOLD = 200  # media left out that the entry of the plan names


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaves, what comes home, and what one would expect to and why it stays; tiers are by this policy version."""

    policy_version: int
    out: tuple[Picked, ...]
    home: tuple[Picked, ...]
    left_out: tuple[LeftOut, ...]

    def told(self) -> dict[str, object]:
        left = [f"{one.barcode}: {one.why}" for one in self.left_out[:MOST_TOLD]]
        return {
            "out": len(self.out),
            "home": len(self.home),
            "left_out": left,
            "left_out_count": len(self.left_out),
        }


def plan(connection: Connection, schedule: Any, today: date) -> Plan:
    """Decides and writes nothing. `schedule` has the columns of a schedule's row; `today` is the slot's local date."""
    policy = policy_facts(connection, schedule.policy_name)
    vendor = connection.execute(
        select(_LOCATION.c.party_id).where(_LOCATION.c.location_id == schedule.vault_id)
    ).scalar_one()
    here = media_in_library(connection, schedule.library_id)
    there = media_due_home(connection, vendor, today)
    out = [rules.pick_out(policy, medium, today) for medium in here]
    home = [rules.pick_home(medium, today) for medium in there]
    return Plan(
        policy.version,
        tuple(found for found in out if isinstance(found, Picked)),
        tuple(found for found in home if isinstance(found, Picked)),
        tuple(found for found in (*out, *home) if isinstance(found, LeftOut)),
    )


def free_number(connection: Connection, slot: date) -> str:
    """2026-W47, then 2026-W47-2 for another run of the same week."""
    key = week_key(slot)
    taken = connection.execute(
        select(func.count())
        .select_from(_RUN)
        .where((_RUN.c.number == key) | _RUN.c.number.startswith(f"{key}-"))
    ).scalar_one()
    return key if not taken else f"{key}-{taken + 1}"


def obstacles_to(connection: Connection, run: Any, now: datetime) -> list[LeftOut]:
    """Lines of a planned run that cannot go as planned any more, and why."""
    today = max(date.fromisoformat(run.slot), now.date())
    return [
        LeftOut(medium.barcode, why)
        for direction in Direction
        for medium in planned_media(connection, run.run_id, direction)
        if (why := rules.obstacle_to(direction, medium, today))
    ]


def is_empty(connection: Connection, number: str) -> bool:
    """Nothing goes out, nothing comes home."""
    lines = (
        select(_LINE.c.medium_id).join(_RUN, _RUN.c.run_id == _LINE.c.run_id).where(_RUN.c.number == number)
    )
    return connection.execute(lines.limit(1)).first() is None


def add_lines(unit: Unit, run_id: str, direction: Direction, picked: Sequence[Picked]) -> None:
    rows = [
        {
            "run_id": run_id, "medium_id": one.medium_id, "direction": direction, "step": Step.PLANNED, "why": one.why,
            "source_number": None, "batch": None, "ejected_at": None, "emptied_at": None, "loaded_at": None, "skip_reason": None,
        }
        for one in picked
    ]  # fmt: skip
    _INSERT_LINE(unit.connection, rows)
