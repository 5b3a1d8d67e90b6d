"""What one person proposes and another decides."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, table
from service.ledger.projection import Projection


class ProposalKind(StrEnum):
    ROLES = "roles"
    HANDLER = "handler"
    RETENTION = "retention"


class Outcome(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Proposal(SQLModel, table=True):
    """`content` is what is carried out when it is approved, and `content_sha256` the hash of its canonical JSON."""

    __tablename__ = "proposal"

    proposal_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    kind: ProposalKind = Field(sa_type=EnumText(ProposalKind))
    title: str = Field(max_length=500)
    content: dict[str, Any] = Field(sa_type=JSON)
    content_sha256: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    proposed_by: str = Field(foreign_key="handler.handler_id", max_length=26)
    proposed_at: datetime = Field(sa_type=UtcTime)
    outcome: Outcome | None = Field(default=None, sa_type=EnumText(Outcome), index=True)
    decided_by: str | None = Field(default=None, foreign_key="handler.handler_id", max_length=26)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


PROPOSAL = Projection(
    "proposal",
    table(Proposal),
    "proposal_id",
    frozenset({
        "number", "kind", "title", "content", "content_sha256", "reason", "proposed_by", "proposed_at", "outcome", "decided_by",
        "decided_at",
    }),
)  # fmt: skip
