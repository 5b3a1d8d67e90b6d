"""A missing medium that turns up, over the API."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.media.filters import place_id
from service.media.listing import shapes
from service.media.queries import row_by_barcode
from service.media.schemas import MediumShape
from service.receipts.finding import LONGEST_REASON, find
from service.web.deps import Act, acting

router = APIRouter(prefix="/api/v1/media", tags=["media"])

MAX_CODE = 64


class FoundBody(BaseModel):
    """`location` is a place's id, code, path, or an end of its path that is its alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "location": "Vault › Shelf A-01",
                "reason": "It lay behind the drives after the last pick-up.",
            }
        },
    )

    location: str = Field(min_length=1, max_length=400)
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class FoundShape(BaseModel):
    """`resolved` are the discrepancies that this ended, `open` those that somebody else has to resolve."""

    medium: MediumShape
    resolved: list[str]
    open: list[str]


@router.post("/{barcode}/found", response_model=FoundShape)
def medium_found(
    barcode: Annotated[str, Path(max_length=MAX_CODE)],
    typed: FoundBody,
    act: Annotated[Act, acting(Permission.READ)],
) -> Response:
    """A missing medium is found: where, and why it was not where it had to be. Who takes media in may say so of our own places."""

    def work(unit: Unit) -> FoundShape:
        where = place_id(unit.connection, typed.location)
        done = find(unit, barcode, where, typed.reason, act.person)
        medium = shapes(unit.connection, [row_by_barcode(unit.connection, barcode)])[0]
        return FoundShape(medium=medium, resolved=list(done.resolved), open=list(done.open))

    return act(work)
