from dataclasses import asdict
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from service.consignments.models import ConsignmentState, Direction, LineState
from service.media.models import Content, Custody
from service.rotation.listing import RunRow
from service.rotation.models import RunState, Step
from service.rotation.planning import Plan
from service.rotation.queries import Progress, SheetLine
from service.rotation.rules import Picked

LONGEST_TYPED = 1000
_EXAMPLE_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"


class RunShape(BaseModel):
    """`slot` is the local date it was planned for; `out` and `home` count the lines that are not left out."""

    model_config = ConfigDict(json_schema_extra={
        "example": {
            "run_id": _EXAMPLE_ID, "number": "2026-W47", "slot": "2026-11-19", "state": "planned",
            "planned_at": "2026-11-19T12:00:04Z", "approved_at": None, "approved_by": None, "closed_at": None,
            "schedule_id": _EXAMPLE_ID, "schedule": "Weekly", "library_id": _EXAMPLE_ID, "library": "Library 1",
            "vault_id": _EXAMPLE_ID, "vault": "Vault 2", "vendor": "Vault vendor", "carrier": "Carrier", "out_number": None,
            "out_state": None, "home_number": None, "home_state": None, "out": 14, "home": 9,
        }
    })  # fmt: skip

    run_id: str
    number: str
    slot: date
    state: RunState
    planned_at: datetime
    approved_at: datetime | None
    approved_by: str | None
    closed_at: datetime | None
    schedule_id: str
    schedule: str
    library_id: str
    library: str
    vault_id: str
    vault: str
    vendor: str
    carrier: str
    out_number: str | None
    out_state: ConsignmentState | None
    home_number: str | None
    home_state: ConsignmentState | None
    out: int
    home: int

    @staticmethod
    def of(found: RunRow) -> "RunShape":
        return RunShape.model_validate(asdict(found))


class ProgressShape(BaseModel):
    """How many lines of a direction have done which step; `wanted` is the total without the skipped."""

    total: int
    skipped: int
    wanted: int
    ejected: int
    emptied: int
    scanned: int
    packed: int
    sealed: int
    released: int
    seen: int
    missing: int
    received: int
    unpacked: int
    loaded: int

    @staticmethod
    def of(found: Progress) -> "ProgressShape":
        return ProgressShape(wanted=found.wanted, **asdict(found))


class RunPage(RunShape):
    progress_out: ProgressShape
    progress_home: ProgressShape


class LineShape(BaseModel):
    """One medium of the run; every time is when it was seen, not when it was told."""

    medium_id: str
    barcode: str
    direction: Direction
    step: Step
    why: str
    source_number: int | None
    batch: int | None
    ejected_at: datetime | None
    emptied_at: datetime | None
    loaded_at: datetime | None
    skip_reason: str | None
    line: LineState | None
    container: str | None
    scanned_at: datetime | None
    packed_at: datetime | None
    sealed_at: datetime | None
    released_at: datetime | None
    seen_at: datetime | None
    unpacked_at: datetime | None
    received_at: datetime | None
    custody: Custody
    content: Content

    @staticmethod
    def of(found: SheetLine) -> "LineShape":
        return LineShape.model_validate(asdict(found))


class PickedShape(BaseModel):
    """`tier` and `expires_on` are recorded with the plan where the medium had none."""

    barcode: str
    why: str
    tier: str | None
    expires_on: date | None

    @staticmethod
    def of(found: Picked) -> "PickedShape":
        assigned = found.assignment
        tier, expires = (assigned.tier.value, assigned.expires_on) if assigned else (None, None)
        return PickedShape(barcode=found.barcode, why=found.why, tier=tier, expires_on=expires)


class LeftOutShape(BaseModel):
    barcode: str
    why: str


class PlanShape(BaseModel):
    """A dry run: what would leave, what would come home, what one would expect to and why it stays."""

    policy_version: int
    out: list[PickedShape]
    home: list[PickedShape]
    left_out: list[LeftOutShape]

    @staticmethod
    def of(found: Plan) -> "PlanShape":
        return PlanShape(
            policy_version=found.policy_version,
            out=[PickedShape.of(one) for one in found.out],
            home=[PickedShape.of(one) for one in found.home],
            left_out=[LeftOutShape(barcode=one.barcode, why=one.why) for one in found.left_out],
        )


class PlanWish(BaseModel):
    """Without a slot it is today, in the schedule's zone."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"schedule_id": _EXAMPLE_ID, "slot": "2026-11-19"}}
    )

    schedule_id: str = Field(max_length=LONGEST_TYPED)
    slot: date | None = None


class LineReason(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"barcode": "STR142L8", "reason": "A restore needs it this week."}},
    )

    barcode: str = Field(max_length=LONGEST_TYPED)
    reason: str = Field(max_length=LONGEST_TYPED)


class RunReason(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "The carrier does not come this week."}}
    )

    reason: str = Field(max_length=LONGEST_TYPED)
