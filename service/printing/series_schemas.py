"""Shapes of the API of label series."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from service.media.models import ReservationState
from service.printing.queries import SeriesView

_LONGEST = 1100


class SeriesShape(BaseModel):
    """`reserved` numbers were never printed, `issued` may be on paper, `used` are on media, `verified` were scanned."""

    number: str
    text: str
    size: int
    reserved: int
    issued: int
    used: int
    released: int
    verified: int
    label_job: str | None
    reserved_at: datetime

    @staticmethod
    def of(found: SeriesView) -> "SeriesShape":
        counts = {state.value: found.count(state) for state in ReservationState}
        return SeriesShape(
            number=found.number, text=found.text, size=found.size, verified=found.verified, label_job=found.job or None,
            reserved_at=found.reserved_at, **counts,
        )  # fmt: skip


class SeriesPage(BaseModel):
    """`next` is the number to continue after, null at the end."""

    items: list[SeriesShape]
    next: str | None


class NextSeries(BaseModel):
    series: str


class Release(BaseModel):
    """`series`: which of them, written as a series; empty for all that were never printed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"series": "ABC390L8..ABC400L8", "reason": "Ten were too many."}},
    )
    series: str = Field(default="", max_length=_LONGEST)
    reason: str = Field(max_length=_LONGEST)


class ReservationShape(BaseModel):
    barcode: str
    state: ReservationState
    issued_at: datetime | None
    verified_at: datetime | None

    @staticmethod
    def of(row: Row[Any]) -> "ReservationShape":
        return ReservationShape(
            barcode=row.barcode, state=row.state, issued_at=row.issued_at, verified_at=row.verified_at
        )


class ReservationPage(BaseModel):
    """`next` is the barcode to continue after, null at the end."""

    items: list[ReservationShape]
    next: str | None
