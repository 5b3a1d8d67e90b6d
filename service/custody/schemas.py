from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.custody.actions import LONGEST_RESOLUTION
from service.custody.models import DiscrepancyKind
from service.custody.queries import DiscrepancyView, TransferView
from service.custody.rules import SignatureMethod


class SignatureShape(BaseModel):
    """`handler_id` is the signed-in person; without one `checked_by` saw the identity.

    `evidence_sha256` names the drawing, `drawing` is its SVG path data in the box 0 0 600 168 where it was asked for.
    """

    name: str
    organisation: str
    badge: str
    meaning: str
    method: SignatureMethod
    handler_id: str | None
    checked_by: str | None
    at: datetime | None
    evidence_sha256: str | None = None
    drawing: str | None = None

    @staticmethod
    def of(
        record: dict[str, Any] | None, at: datetime | None, drawings: dict[str, str]
    ) -> "SignatureShape | None":
        if record is None:
            return None
        digest = record.get("evidence_sha256")
        return SignatureShape(
            **{name: record.get(name, "") for name in ("name", "organisation", "badge", "meaning", "method")},
            handler_id=record.get("handler"),
            checked_by=record.get("checked_by"),
            at=at,
            evidence_sha256=digest,
            drawing=drawings.get(digest) if digest else None,
        )


class TransferShape(BaseModel):
    """Responsibility going from one party to another; complete when both sides are there."""

    transfer_id: str
    consignment: str
    ordinal: int
    from_party: str
    to_party: str
    released: SignatureShape | None
    received: SignatureShape | None
    complete: bool

    @staticmethod
    def of(view: TransferView, drawings: dict[str, str] | None = None) -> "TransferShape":
        kept = drawings or {}
        return TransferShape(
            transfer_id=view.transfer_id,
            consignment=view.consignment,
            ordinal=view.ordinal,
            from_party=view.from_party,
            to_party=view.to_party,
            released=SignatureShape.of(view.released, view.released_at, kept),
            received=SignatureShape.of(view.received, view.received_at, kept),
            complete=view.complete,
        )


class DiscrepancyShape(BaseModel):
    """What was expected and what was found. The names are null where it is about no such thing."""

    discrepancy_id: str
    number: str
    kind: DiscrepancyKind
    sentence: str
    opened_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    medium: str | None
    container: str | None
    consignment: str | None
    run: str | None
    place: str | None

    @staticmethod
    def of(view: DiscrepancyView) -> "DiscrepancyShape":
        names = ("resolution", "medium", "container", "consignment", "run", "place")
        return DiscrepancyShape(
            discrepancy_id=view.discrepancy_id,
            number=view.number,
            kind=view.kind,
            sentence=view.sentence,
            opened_at=view.opened_at,
            resolved_at=view.resolved_at,
            **{name: getattr(view, name) or None for name in names},
        )


class Resolution(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"resolution": "Found in the courier's van and brought in."}},
    )

    resolution: str = Field(max_length=LONGEST_RESOLUTION, description="What was found and decided.")
