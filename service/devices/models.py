"""Configured devices, what was last seen in them, and the jobs they do."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class Device(SQLModel, table=True):
    """A changer by its URL; `library_id` is the location it serves."""

    __tablename__ = "device"

    device_id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=120, unique=True)
    url: str = Field(max_length=500)
    library_id: str = Field(foreign_key="location.location_id", unique=True, max_length=26)
    topology_digest: str | None = Field(default=None, max_length=64)
    identity: dict[str, object] | None = Field(default=None, sa_type=JSON)
    enabled: bool = True
    inventory_at: datetime | None = Field(default=None, sa_type=UtcTime)
    fault: str | None = Field(default=None, max_length=500)


DEVICE = Projection("device", table(Device), "device_id", frozenset({"name", "url", "library_id", "enabled"}))


class ElementKind(StrEnum):
    TRANSPORT = "transport"
    SLOT = "slot"
    MAIL_SLOT = "mail_slot"
    DRIVE = "drive"


class TagReading(StrEnum):
    READ = "read"
    UNREADABLE = "unreadable"
    ABSENT = "absent"


class Element(SQLModel, table=True):
    """An element as last seen; evidence, not the record: the record is `medium.location_id`.

    `home_address`, of a full drive: the slot its medium came from, as the changer vouches or as it was seen to leave.
    """

    __tablename__ = "element"

    device_id: str = Field(primary_key=True, foreign_key="device.device_id", max_length=26)
    address: int = Field(primary_key=True)
    kind: ElementKind = Field(sa_type=EnumText(ElementKind))
    number: int
    location_id: str | None = Field(default=None, max_length=26)
    installed: bool = True
    full: bool = False
    accessible: bool | None = None
    reading: TagReading = Field(sa_type=EnumText(TagReading))
    volume_tag: str | None = Field(default=None, max_length=40)
    phantom_tag: str | None = Field(default=None, max_length=40)
    medium_id: str | None = Field(default=None, index=True, max_length=26)
    drive_serial: str | None = Field(default=None, max_length=64)
    home_address: int | None = None
    observed_at: datetime = Field(sa_type=UtcTime)


class JobKind(StrEnum):
    INVENTORY = "inventory"
    EJECT = "eject"
    LOAD = "load"
    MOVE = "move"
    PRINT = "print"  # of a printer; its labels are in service.printing


class JobState(StrEnum):
    """queued → running → done | failed; running ↔ waiting (for a person at the mail slots); needs_operator → queued | cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    NEEDS_OPERATOR = "needs_operator"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    """At most one job per resource is running or waiting; `fence` grows with every lease, so that an old owner is refused."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ux_job_one_running", "resource", unique=True,
            sqlite_where=text("state IN ('running', 'waiting')"), postgresql_where=text("state IN ('running', 'waiting')"),
        ),
        Index("ix_job_state", "state", "created_at"),
    )  # fmt: skip

    job_id: str = Field(primary_key=True, max_length=26)
    kind: JobKind = Field(sa_type=EnumText(JobKind))
    resource: str = Field(max_length=26)
    state: JobState = Field(sa_type=EnumText(JobState))
    payload: dict[str, object] = Field(sa_type=JSON)
    dedupe_key: str = Field(max_length=120, unique=True)
    run_id: str | None = Field(default=None, index=True, max_length=26)
    requested_by: str | None = Field(default=None, max_length=26)
    fence: int = 0
    owner: str | None = Field(default=None, max_length=120)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    progress: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    fault: str | None = Field(default=None, max_length=1000)
    created_at: datetime = Field(sa_type=UtcTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


JOB = Projection("job", table(Job), "job_id", frozenset({"kind", "resource", "state", "run_id"}))


class JobStep(SQLModel, table=True):
    """One command to the machine: the intent is committed before it leaves, the outcome after it was looked at."""

    __tablename__ = "job_step"
    __table_args__ = (UniqueConstraint("job_id", "ordinal"),)

    step_id: str = Field(primary_key=True, max_length=26)
    job_id: str = Field(foreign_key="job.job_id", max_length=26)
    ordinal: int
    fence: int
    intent: dict[str, object] = Field(sa_type=JSON)
    intent_at: datetime = Field(sa_type=UtcTime)
    outcome: dict[str, object] | None = Field(default=None, sa_type=JSON)
    outcome_at: datetime | None = Field(default=None, sa_type=UtcTime)
    verdict: str | None = Field(default=None, max_length=40)
