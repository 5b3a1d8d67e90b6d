"""Policies and schedules."""

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col
from sqlmodel import select as select_models

from service.db import table
from service.errors import NotFoundError
from service.policies.models import Policy, Schedule
from service.policies.rules import PolicyFacts, Tier

_POLICY = table(Policy)


def schedules(session: Session) -> list[Schedule]:
    return list(session.exec(select_models(Schedule).order_by(Schedule.name)))


def schedule(session: Session, name: str) -> Schedule:
    found = session.exec(select_models(Schedule).where(Schedule.name == name)).one_or_none()
    if found is None:
        raise NotFoundError("schedule", name)
    return found


def policies(session: Session, *, active_only: bool = True) -> list[Policy]:
    query = select_models(Policy)
    if active_only:
        query = query.where(col(Policy.active))
    return list(session.exec(query.order_by(Policy.name, col(Policy.version).desc())))


def policy_facts(connection: Connection, name: str) -> PolicyFacts:
    row = connection.execute(select(_POLICY).where(_POLICY.c.name == name, _POLICY.c.active)).one_or_none()
    if row is None:
        raise NotFoundError("policy", name)
    return PolicyFacts(row.version, row.weekly_weekday, tuple(Tier.from_stored(tier) for tier in row.tiers))
