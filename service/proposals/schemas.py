"""Shapes of the API."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.handlers.models import Role
from service.handlers.schemas import NewHandler
from service.policies.schemas import NewPolicy
from service.proposals.models import Outcome, ProposalKind
from service.proposals.queries import ProposalView
from service.proposals.rules import MAX_REASON

_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"


class ProposalShape(BaseModel):
    """`content_sha256` is over the canonical JSON of `content`; the ledger has both. `outcome` is null while it waits."""

    proposal_id: str
    number: str
    kind: ProposalKind
    title: str
    content: dict[str, Any]
    content_sha256: str
    reason: str
    proposed_by: str
    proposer: str
    proposed_at: datetime
    outcome: Outcome | None
    decider: str
    decided_at: datetime | None

    @staticmethod
    def of(view: ProposalView) -> "ProposalShape":
        return ProposalShape.model_validate(
            view.proposal.model_dump() | {"proposer": view.proposer, "decider": view.decider}
        )


class ProposedRoles(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"handler_id": _ID, "roles": ["media_handler"], "reason": "Covers the night shift."}
        },
    )
    handler_id: str = Field(max_length=100)
    roles: list[Role]
    reason: str = Field(max_length=MAX_REASON)


class ProposedHandler(NewHandler):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "login": "handler-8", "name": "Handler 8", "party_id": _ID, "roles": ["media_handler"],
                "reason": "Covers the night shift.",
            }
        },
    )  # fmt: skip
    reason: str = Field(max_length=MAX_REASON)


class ProposedPolicy(NewPolicy):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Databases", "weekly_weekday": 3, "reason": "The contract allows eight weeks.",
                "tiers": [{"tier": "weekly", "keep": 8, "span": "weeks", "off_site": True}],
            }
        },
    )  # fmt: skip
    reason: str = Field(max_length=MAX_REASON)


class Refusal(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "Not agreed with the auditor."}}
    )
    reason: str = Field(max_length=MAX_REASON)
