"""Policies and schedules; whom a new version would concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col
from sqlmodel import select as select_models

from service.db import table
from service.errors import NotFoundError
from service.ids import is_id
from service.media.barcodes import shown
from service.media.models import Content, Medium
from service.policies.models import Policy, Schedule
from service.policies.rules import PolicyFacts, Tier, assign, shorter_tiers
from service.policies.slots import Timing

_POLICY = table(Policy)
_MEDIUM = table(Medium)
MOST_LOOKED_AT = 5000  # media without a tier that the preview of a new version goes through


def policies(
    session: Session, *, after: str | None = None, limit: int = 200, name: str | None = None
) -> list[Policy]:
    """The versions in force, by id; with a name all versions of that policy, newest first."""
    query = select_models(Policy)
    if name is not None and not name.isprintable():
        return []
    if name is not None:
        return list(
            session.exec(query.where(Policy.name == name).order_by(col(Policy.version).desc()).limit(limit))
        )
    if after is not None:
        query = query.where(col(Policy.policy_id) > after)
    return list(session.exec(query.where(col(Policy.active)).order_by(col(Policy.policy_id)).limit(limit)))


def policy(session: Session, policy_id: str) -> Policy:
    found = session.get(Policy, policy_id) if is_id(policy_id) else None
    if found is None:
        raise NotFoundError("policy", policy_id)
    return found


def policy_facts(connection: Connection, name: str) -> PolicyFacts:
    """The version in force."""
    row = _in_force(connection, name)
    if row is None:
        raise NotFoundError("policy", shown(name))
    return facts_of(row)


def in_force(connection: Connection, name: str) -> PolicyFacts | None:
    row = _in_force(connection, name)
    return None if row is None else facts_of(row)


def _in_force(connection: Connection, name: str) -> Any:
    query = select(_POLICY).where(_POLICY.c.name == name, _POLICY.c.active)
    return connection.execute(query).one_or_none() if name.isprintable() else None


def facts_of(row: Any) -> PolicyFacts:
    return PolicyFacts(row.version, row.weekly_weekday, tuple(Tier.from_stored(tier) for tier in row.tiers))


def schedules(session: Session, *, after: str | None = None, limit: int = 200) -> list[Schedule]:
    """By id: about the order in which they were made."""
    query = select_models(Schedule).order_by(col(Schedule.schedule_id)).limit(limit)
    if after is not None:
        query = query.where(col(Schedule.schedule_id) > after)
    return list(session.exec(query))


def schedule(session: Session, schedule_id: str) -> Schedule:
    found = session.get(Schedule, schedule_id) if is_id(schedule_id) else None
    if found is None:
        raise NotFoundError("schedule", schedule_id)
    return found


def timing_of(row: Any) -> Timing:
    """From a schedule or its row."""
    return Timing(row.weekday, row.hour, row.minute, ZoneInfo(row.time_zone), row.catch_up)


def since_of(row: Any) -> datetime:
    """Slots up to this moment were dealt with."""
    created: datetime = row.created_at
    if row.last_slot is None:
        return created
    return max(created, timing_of(row).moment(date.fromisoformat(row.last_slot)))


@dataclass(frozen=True, slots=True)
class Changed:
    """A medium that has no tier yet, and until when each version would keep it (None: no tier for its day)."""

    barcode: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing would change. `kept` media have their date already and keep it; `more` were not looked at."""

    shorter: tuple[str, ...]
    media: tuple[Changed, ...]
    kept: int
    more: int


def effect_of(connection: Connection, name: str, new: PolicyFacts) -> Effect:
    """Compared with the version in force; nothing is shorter where there is none."""
    row = _in_force(connection, name)
    old = facts_of(row) if row is not None else None
    shorter = tuple(shorter_tiers(old, new)) if old is not None else ()
    without_tier, more = _without_tier(connection)
    changed = (_changed(barcode, day, old, new) for barcode, day in without_tier)
    kept = connection.execute(
        select(func.count())
        .select_from(_MEDIUM)
        .where(_MEDIUM.c.content == Content.FULL, _MEDIUM.c.tier.is_not(None))
    ).scalar_one()
    return Effect(shorter, tuple(one for one in changed if one.before != one.after), kept, more)


def _without_tier(connection: Connection) -> tuple[Sequence[tuple[str, date]], int]:
    condition = (
        (_MEDIUM.c.content == Content.FULL) & _MEDIUM.c.tier.is_(None) & _MEDIUM.c.written_on.is_not(None)
    )
    query = select(_MEDIUM.c.barcode, _MEDIUM.c.written_on).where(condition).order_by(_MEDIUM.c.barcode)
    rows = connection.execute(query.limit(MOST_LOOKED_AT)).all()
    if len(rows) < MOST_LOOKED_AT:
        return rows, 0
    total = connection.execute(select(func.count()).select_from(_MEDIUM).where(condition)).scalar_one()
    return rows, total - len(rows)


def _changed(barcode: str, day: date, old: PolicyFacts | None, new: PolicyFacts) -> Changed:
    before = assign(old, day) if old is not None else None
    after = assign(new, day)
    return Changed(barcode, before.expires_on if before else None, after.expires_on if after else None)
