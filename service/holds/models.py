"""Holds: an overlay on a medium, many at once, each with a reason, an owner and an approver."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from service.db import UtcTime, table
from service.ledger.projection import Projection


class Hold(SQLModel, table=True):
    """`placed_by` and `released_by` are the handlers who did it; None stands for the system."""

    __tablename__ = "hold"

    hold_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    medium_id: str = Field(foreign_key="medium.medium_id", index=True, max_length=26)
    reason: str = Field(max_length=500)
    owner_id: str = Field(foreign_key="handler.handler_id", max_length=26)
    approver_id: str | None = Field(default=None, foreign_key="handler.handler_id", max_length=26)
    review_on: date | None = None
    placed_at: datetime = Field(sa_type=UtcTime)
    placed_by: str | None = Field(default=None, foreign_key="handler.handler_id", max_length=26)
    released_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    released_by: str | None = Field(default=None, foreign_key="handler.handler_id", max_length=26)


HOLD = Projection(
    "hold",
    table(Hold),
    "hold_id",
    frozenset({
        "number", "medium_id", "reason", "owner_id", "approver_id", "review_on", "placed_at", "placed_by", "released_at",
        "released_by",
    }),
)  # fmt: skip
