"""The weekly run and its lines."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.consignments.models import Direction
from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class RunState(StrEnum):
    """planned → approved → closed, or planned → cancelled. What is under way after the approval is in the lines."""

    PLANNED = "planned"
    APPROVED = "approved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Run(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("schedule_id", "slot"),)

    run_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    schedule_id: str = Field(foreign_key="schedule.schedule_id", max_length=26)
    slot: str = Field(max_length=20)
    state: RunState = Field(sa_type=EnumText(RunState), index=True)
    library_id: str = Field(foreign_key="location.location_id", max_length=26)
    vault_id: str = Field(foreign_key="location.location_id", max_length=26)
    carrier_id: str = Field(foreign_key="party.party_id", max_length=26)
    planned_at: datetime = Field(sa_type=UtcTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    approved_by: str | None = Field(default=None, max_length=26)
    out_consignment_id: str | None = Field(default=None, max_length=26)
    home_consignment_id: str | None = Field(default=None, max_length=26)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


RUN = Projection(
    "run",
    table(Run),
    "run_id",
    frozenset({
        "number", "schedule_id", "slot", "state", "library_id", "vault_id", "carrier_id", "approved_at", "approved_by",
        "out_consignment_id", "home_consignment_id", "closed_at",
    }),
)  # fmt: skip


class Step(StrEnum):
    """What the library did for a line; packing, signing and receipt are the consignment's and stand there."""

    PLANNED = "planned"
    EJECTED = "ejected"
    LOADED = "loaded"
    SKIPPED = "skipped"


class RunLine(SQLModel, table=True):
    """One medium of a run; the times are when a step was seen to be done."""

    __tablename__ = "run_line"
    __table_args__ = (Index("ix_run_line_step", "run_id", "direction", "step"),)

    run_id: str = Field(primary_key=True, foreign_key="run.run_id", max_length=26)
    medium_id: str = Field(primary_key=True, foreign_key="medium.medium_id", index=True, max_length=26)
    direction: Direction = Field(sa_type=EnumText(Direction))
    step: Step = Field(sa_type=EnumText(Step))
    why: str = Field(max_length=200)
    source_number: int | None = None
    batch: int | None = None
    ejected_at: datetime | None = Field(default=None, sa_type=UtcTime)
    emptied_at: datetime | None = Field(default=None, sa_type=UtcTime)
    loaded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    skip_reason: str | None = Field(default=None, max_length=500)
