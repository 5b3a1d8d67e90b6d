"""The API's shapes of holds."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from service.holds.queries import HoldView

_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"


class HoldShape(BaseModel):
    """People are named; `released_at` is null while the hold is open."""

    number: str
    hold_id: str
    barcode: str
    reason: str
    owner: str
    approver: str
    placed_by: str
    placed_at: datetime
    review_on: date | None
    released_at: datetime | None
    released_by: str

    @staticmethod
    def of(found: HoldView) -> "HoldShape":
        return HoldShape(**{name: getattr(found, name) for name in HoldShape.model_fields})


class NewHold(BaseModel):
    """`owner_id` answers for the hold; without it, who places it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"barcode": "STR142L8", "reason": "payer dispute 2025 Q4", "review_on": "2027-03-03"}},
    )  # fmt: skip
    barcode: str = Field(max_length=200)
    reason: str
    owner_id: str | None = Field(default=None, max_length=26)
    approver_id: str | None = Field(default=None, max_length=26)
    review_on: date | None = None


class Release(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "dispute settled"}})
    reason: str
