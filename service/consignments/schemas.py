from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from service.consignments.arranging import LONGEST_BARCODE, LONGEST_PURPOSE, MOST_MEDIA
from service.consignments.listing import BoxRow, ConsignmentRow, LineRow
from service.consignments.models import ConsignmentState, Direction, LineState, SealOutcome
from service.consignments.signing import LONGEST_BADGE, LONGEST_NAME, Courier
from service.containers.models import ContainerState
from service.custody.rules import MAX_PATH
from service.handlers.rules import Permission
from service.media.models import MediaType
from service.web.views.parts import Rich, Tone

LONGEST_TYPED = 200
LONGEST_REASON = 500
_EXAMPLE_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"
_DRAWING = "M40 120L80 60L120 118L160 70"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person, with the one act that takes it on. `due` is None where nothing presses."""

    kind: str
    tone: Tone
    sentence: Rich
    detail: Rich
    since: datetime
    due: datetime | None
    act_label: str
    act_href: str
    permission: Permission


class ConsignmentShape(BaseModel):
    """`media` counts the lines that are not skipped; `step_done` of `step_total` are through the step under way."""

    consignment_id: str
    number: str
    direction: Direction
    state: ConsignmentState
    overdue: bool
    purpose: str
    run: str | None
    from_place: str
    from_party: str
    to_place: str
    to_party: str
    carrier: str
    created_at: datetime
    due_at: datetime | None
    frozen_at: datetime | None
    released_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    manifest_sha256: str | None
    step_total: int
    step_done: int
    media: int
    containers: int
    discrepancies: int

    @staticmethod
    def of(row: ConsignmentRow, now: datetime) -> "ConsignmentShape":
        names = ConsignmentShape.model_fields.keys() - {"overdue", "run"}
        values = {name: getattr(row, name) for name in names}
        return ConsignmentShape(**values, run=row.run or None, overdue=row.is_overdue(now))


class BoxShape(BaseModel):
    """`seal` and `pieces` as it left, `seal_outcome` as it arrived."""

    barcode: str
    state: ContainerState
    pieces: int
    inside: int
    seal: str | None
    sealed_at: datetime | None
    seal_outcome: SealOutcome
    seen_at: datetime | None

    @staticmethod
    def of(row: BoxRow) -> "BoxShape":
        names = BoxShape.model_fields.keys() - {"seal"}
        return BoxShape(**{name: getattr(row, name) for name in names}, seal=row.seal_number)


class ConsignmentPage(ConsignmentShape):
    boxes: list[BoxShape]
    lines: dict[LineState, int] = Field(description="How many media are in which state.")


class LineShape(BaseModel):
    line: int | None
    barcode: str
    serial_number: str | None
    media_type: MediaType
    generation: str
    dataset: str
    encrypted: bool | None
    expires_on: date | None
    state: LineState
    container: str | None
    skip_reason: str | None

    @staticmethod
    def of(row: LineRow) -> "LineShape":
        return LineShape(**{name: getattr(row, name) for name in LineShape.model_fields})


class LinePage(BaseModel):
    items: list[LineShape]
    next: str | None


class _Typed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Barcodes(_Typed):
    model_config = ConfigDict(json_schema_extra={"example": {"barcodes": ["STR141L8", "STR142L8"]}})

    barcodes: list[str] = Field(max_length=MOST_MEDIA)


class NewConsignment(_Typed):
    """Its direction follows from who answers for the two places."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from_location_id": _EXAMPLE_ID, "to_location_id": _EXAMPLE_ID, "carrier_id": _EXAMPLE_ID,
                "purpose": "monthly set October", "barcodes": ["STR141L8"],
            }
        }
    )  # fmt: skip

    from_location_id: str = Field(max_length=LONGEST_TYPED)
    to_location_id: str = Field(max_length=LONGEST_TYPED)
    carrier_id: str = Field(max_length=LONGEST_TYPED)
    purpose: str = Field(max_length=LONGEST_PURPOSE)
    barcodes: list[str] = Field(default=[], max_length=MOST_MEDIA)


class Reason(_Typed):
    model_config = ConfigDict(json_schema_extra={"example": {"reason": "The vault is closed this week."}})

    reason: str = Field(max_length=LONGEST_REASON)


class Skipping(Reason):
    model_config = ConfigDict(
        json_schema_extra={"example": {"barcode": "STR142L8", "reason": "A restore reads it tonight."}}
    )

    barcode: str = Field(max_length=LONGEST_BARCODE)


class BoxChoice(_Typed):
    model_config = ConfigDict(json_schema_extra={"example": {"barcode": "C-0117"}})

    barcode: str = Field(max_length=LONGEST_BARCODE)


class BoxSealing(BoxChoice):
    model_config = ConfigDict(json_schema_extra={"example": {"barcode": "C-0117", "seal": "004711"}})

    seal: str = Field(max_length=LONGEST_TYPED)


class BoxOpening(BoxChoice, Reason):
    model_config = ConfigDict(
        json_schema_extra={"example": {"barcode": "C-0117", "reason": "STR142L8 has to stay."}}
    )


class BoxSeen(BoxChoice):
    """The seal as it was read, or that it was broken; without either it was not looked at."""

    model_config = ConfigDict(json_schema_extra={"example": {"barcode": "C-0117", "seal": "004711"}})

    seal: str | None = Field(default=None, max_length=LONGEST_TYPED)
    broken: bool = False


class CourierTyped(_Typed):
    """The courier signs by a drawing, or by typing the full name again."""

    name: str = Field(max_length=LONGEST_NAME)
    organisation: str = Field(max_length=LONGEST_NAME)
    badge: str = Field(max_length=LONGEST_BADGE)
    drawing: str = Field(default="", max_length=MAX_PATH, description="SVG path data in the box 0 0 600 168.")
    typed: str = Field(default="", max_length=LONGEST_NAME)
    identity_checked: bool = Field(description="The signed-in person saw the badge or document.")

    def courier(self) -> Courier:
        return Courier(
            self.name.strip(), self.organisation.strip(), self.badge.strip(), self.drawing, self.typed,
            self.identity_checked,
        )  # fmt: skip


_COURIER_EXAMPLE: JsonDict = {
    "name": "Driver 3", "organisation": "Carrier", "badge": "40118", "drawing": _DRAWING, "identity_checked": True,
}  # fmt: skip


class Dispatching(_Typed):
    """The signed-in person releases, the courier receives. Without `due_at` it is due in four hours."""

    model_config = ConfigDict(json_schema_extra={"example": {"courier": _COURIER_EXAMPLE}})

    courier: CourierTyped
    own_drawing: str = Field(default="", max_length=MAX_PATH)
    due_at: datetime | None = None


class Receiving(_Typed):
    """The courier delivers, the signed-in person receives."""

    model_config = ConfigDict(json_schema_extra={"example": {"courier": _COURIER_EXAMPLE}})

    courier: CourierTyped
    own_drawing: str = Field(default="", max_length=MAX_PATH)


class Reckoning(BaseModel):
    """How many lines ended in each state, and the consignment as it is now."""

    counts: dict[LineState, int]
    consignment: ConsignmentShape
