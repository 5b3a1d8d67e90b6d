from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.locations.models import Location, LocationKind

LONGEST_TYPED = 500
_EXAMPLE_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"


class LocationShape(BaseModel):
    """`path` is the name for people; `code` is what a label on the place carries."""

    location_id: str
    kind: LocationKind
    name: str
    path: str
    code: str | None
    parent_id: str | None
    party_id: str
    number: int | None
    element_address: int | None
    time_zone: str | None
    active: bool

    @staticmethod
    def of(found: Location) -> "LocationShape":
        return LocationShape.model_validate(found.model_dump())


class OccupantsShape(BaseModel):
    noun: str
    count: int


class LocationPage(LocationShape):
    """`occupants` counts what stands here and anywhere under it."""

    occupants: list[OccupantsShape]


class NewLocation(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"kind": "shelf", "name": "B-04", "parent_id": _EXAMPLE_ID}},
    )

    kind: Literal[LocationKind.SITE, LocationKind.ROOM, LocationKind.VAULT, LocationKind.SHELF]
    name: str = Field(max_length=LONGEST_TYPED)
    parent_id: str | None = Field(default=None, max_length=LONGEST_TYPED)
    party_id: str | None = Field(
        default=None,
        max_length=LONGEST_TYPED,
        description="Who answers for what stands there; without it, who answers for its parent.",
    )
    code: str | None = Field(default=None, max_length=LONGEST_TYPED)
    time_zone: str | None = Field(default=None, max_length=LONGEST_TYPED)


class LocationEdit(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "B-05"}})

    name: str | None = Field(default=None, max_length=LONGEST_TYPED)
    code: str | None = Field(default=None, max_length=LONGEST_TYPED)


class LocationReason(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "The shelf was taken down."}}
    )

    reason: str = Field(min_length=1, max_length=LONGEST_TYPED)
