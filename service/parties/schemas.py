from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from service.parties.models import Party, PartyKind

LONGEST_TYPED = 1000


class PartyShape(BaseModel):
    """`gs1_prefix` is our organisation's GS1 company prefix; null where there is none."""

    party_id: str
    kind: PartyKind
    name: str
    contact: str
    active: bool
    gs1_prefix: str | None

    @staticmethod
    def of(found: Party) -> "PartyShape":
        return PartyShape.model_validate(found.model_dump())


class NewParty(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"kind": "courier", "name": "Carrier 2", "contact": "Dispatch desk, day and night"}
        },
    )

    kind: PartyKind
    name: str = Field(max_length=LONGEST_TYPED)
    contact: str = Field(default="", max_length=LONGEST_TYPED)


class PartyEdit(BaseModel):
    """What is left out stays; an empty `gs1_prefix` takes it away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"contact": "Dispatch desk, by day"}}
    )

    name: str | None = Field(default=None, max_length=LONGEST_TYPED)
    contact: str | None = Field(default=None, max_length=LONGEST_TYPED)
    gs1_prefix: str | None = Field(
        default=None,
        max_length=LONGEST_TYPED,
        description="Our organisation's GS1 company prefix, 4 to 12 digits; containers get an SSCC under it.",
    )


class NewLogo(BaseModel):
    """A PNG picture, in base64."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
            }
        },
    )

    png: Base64Bytes = Field(max_length=1_000_000)


class PartyReason(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "The contract ended."}}
    )

    reason: str = Field(min_length=1, max_length=LONGEST_TYPED)
