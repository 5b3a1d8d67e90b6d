from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from service.containers.models import ContainerState, SealState
from service.containers.queries import ContainerView, SealView
from service.containers.rules import MAX_REASON

LONGEST_TYPED = 200
_EXAMPLE_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"


class ContainerShape(BaseModel):
    """`seal`, `consignment` and `sscc` are null where there is none; `pieces` counts the media inside."""

    container_id: str
    barcode: str
    capacity: int
    state: ContainerState
    custodian_id: str
    custodian: str
    place: str
    consignment: str | None
    seal: str | None
    sealed_at: datetime | None
    pieces: int
    sscc: str | None

    @staticmethod
    def of(view: ContainerView) -> "ContainerShape":
        values = {name: getattr(view, name) for name in ContainerView.__dataclass_fields__}
        return ContainerShape(
            **values | {name: getattr(view, name) or None for name in ("seal", "consignment", "sscc")}
        )


class SealShape(BaseModel):
    number: str
    state: SealState
    applied_at: datetime
    removed_at: datetime | None

    @staticmethod
    def of(view: SealView) -> "SealShape":
        return SealShape(
            number=view.number, state=view.state, applied_at=view.applied_at, removed_at=view.removed_at
        )


class ContainerPage(ContainerShape):
    """With the barcodes of what is inside."""

    media: list[str]


class NewContainer(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"barcode": "C-0117", "capacity": 20, "location_id": _EXAMPLE_ID}},
    )

    barcode: str = Field(max_length=LONGEST_TYPED, description="2 to 32 characters: A–Z, 0–9 and hyphens.")
    capacity: int = Field(description="How many media it takes.")
    location_id: str = Field(max_length=LONGEST_TYPED)


class SealNumber(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"seal": "004711"}})

    seal: str = Field(max_length=LONGEST_TYPED, description="A number that was never used.")


class Opening(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"reason": "A restore needs STR142L8.", "intact": True}},
    )

    reason: str = Field(max_length=MAX_REASON)
    intact: bool = Field(default=True, description="Whether the seal was whole before it was cut.")
