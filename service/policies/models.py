"""Policies (which tier, how long, off site or not) and the schedules that make runs by them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class Policy(SQLModel, table=True):
    """One version of a grandfather-father-son policy; versions are never edited.

    `tiers`: [{tier: daily|weekly|monthly|yearly, keep: {days|weeks|months|years: n}, off_site: bool}], eldest last.
    """

    __tablename__ = "policy"

    policy_id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=120, index=True)
    version: int
    weekly_weekday: int
    tiers: list[dict[str, object]] = Field(sa_type=JSON)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcTime)


POLICY = Projection(
    "policy", table(Policy), "policy_id", frozenset({"name", "version", "weekly_weekday", "tiers", "active"})
)


class CatchUp(StrEnum):
    """What to do with the slots that passed while the server was down."""

    ALL = "all"
    LATEST = "latest"
    SKIP = "skip"


class Schedule(SQLModel, table=True):
    """`weekday` 0 = Monday; `hour` and `minute` in `time_zone`; slots up to `last_slot` were dealt with."""

    __tablename__ = "schedule"

    schedule_id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=120, unique=True)
    policy_name: str = Field(max_length=120)
    library_id: str = Field(foreign_key="location.location_id", max_length=26)
    vault_id: str = Field(foreign_key="location.location_id", max_length=26)
    carrier_id: str = Field(foreign_key="party.party_id", max_length=26)
    weekday: int
    hour: int
    minute: int
    time_zone: str = Field(max_length=60)
    catch_up: CatchUp = Field(sa_type=EnumText(CatchUp))
    enabled: bool = True
    last_slot: str | None = Field(default=None, max_length=20)
    created_at: datetime = Field(sa_type=UtcTime)


SCHEDULE = Projection(
    "schedule",
    table(Schedule),
    "schedule_id",
    frozenset({
        "name", "policy_name", "library_id", "vault_id", "carrier_id", "weekday", "hour", "minute", "time_zone",
        "catch_up", "enabled",
    }),
)  # fmt: skip
