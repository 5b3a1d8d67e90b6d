"""Shapes of the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from labels.designs import Colours, Reading
from labels.stock import Stock
from service.devices.models import JobState
from service.printing.models import LabelJobState, LabelState, Output, What
from service.printing.planning import Plan, Wish
from service.printing.queries import JobView
from service.printing.resuming import From

_LONGEST = 1100  # longer than what is allowed, so that the rule words the refusal
_NAME = 200


class StockShape(BaseModel):
    """Millimetres. `cartridges`: how a cartridge label comes out on it; null where it does not fit."""

    name: str
    title: str
    label_width: float
    label_height: float
    page_width: float
    page_height: float
    per_page: int
    roll: bool
    cartridges: Literal["in specification", "hand scanner only"] | None

    @staticmethod
    def of(found: Stock, in_specification: bool | None) -> "StockShape":  # noqa: FBT001 - three answers of one question
        fits: Mapping[bool | None, Any] = {True: "in specification", False: "hand scanner only", None: None}
        return StockShape(
            name=found.name, title=found.title, label_width=found.label.width, label_height=found.label.height,
            page_width=found.page.width, page_height=found.page.height, per_page=found.per_page, roll=found.roll,
            cartridges=fits[in_specification],
        )  # fmt: skip


class StockList(BaseModel):
    items: list[StockShape]


class LabelWish(BaseModel):
    """`wanted`: a series for `series` and `reprint`; barcodes, seal numbers, places or logins for the others."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"what": "series", "wanted": "ABC001L8..ABC400L8", "stock": "lto-79x17-a4"}
        },
    )
    what: What
    wanted: str = Field(max_length=_LONGEST)
    stock: str = Field(default="", max_length=_NAME, description="Empty: what is loaded in the printer.")
    reading: Reading = Reading.HORIZONTAL
    colours: Colours = Colours.DIGITS
    output: Output = Output.SHEET
    printer: str = Field(
        default="", max_length=_NAME, description="Where it is sent, or whose calibration the sheet gets."
    )
    start_at: int = Field(
        default=1, ge=-(10**6), le=10**6, description="Label of a used sheet to begin with."
    )
    reason: str = Field(default="", max_length=_LONGEST, description="Wanted for a reprint.")

    def wish(self) -> Wish:
        return Wish(**self.model_dump())


class PlanShape(BaseModel):
    """What would be printed; nothing was reserved. `previews` are the first labels as SVG at true scale."""

    labels: int
    pages: int
    in_specification: bool
    first: str
    last: str
    previews: list[str]

    @staticmethod
    def of(plan: Plan, previews: list[str]) -> "PlanShape":
        return PlanShape(
            labels=len(plan.items), pages=plan.pages, in_specification=plan.in_specification,
            first=plan.items[0].payload, last=plan.items[-1].payload, previews=previews,
        )  # fmt: skip


class LabelJobShape(BaseModel):
    """`device_state` and `sentence` are of the printer's worker, null before anything was sent.

    `printed` counts what a scan has proved; `sent` is on its way or on paper unproved; `in_doubt` waits for a person.
    """

    number: str
    what: What
    asked: str
    output: Output
    stock: str
    reading: str
    colours: str
    printer: str | None
    series: str | None
    start_at: int
    state: LabelJobState
    labels: int
    planned: int
    in_doubt: int
    sent: int
    printed: int
    spoiled: int
    withdrawn: int
    device_job_id: str | None
    device_state: JobState | None
    sentence: str | None
    created_at: datetime

    @staticmethod
    def of(found: JobView) -> "LabelJobShape":
        return LabelJobShape(
            number=found.number, what=found.what, asked=found.asked, output=found.output, stock=found.stock,
            reading=found.reading, colours=found.colours, printer=found.printer or None, series=found.series or None,
            start_at=found.start_at, state=found.state, labels=found.labels, planned=found.count(LabelState.PLANNED),
            in_doubt=found.count(LabelState.SENDING), sent=found.count(LabelState.SENT),
            printed=found.count(LabelState.PRINTED), spoiled=found.count(LabelState.SPOILED),
            withdrawn=found.count(LabelState.WITHDRAWN), device_job_id=found.device_job_id,
            device_state=found.device_state, sentence=found.sentence, created_at=found.created_at,
        )  # fmt: skip


class LabelJobPage(BaseModel):
    """`next` is the number to continue after, null at the end."""

    items: list[LabelJobShape]
    next: str | None


class LabelShape(BaseModel):
    ordinal: int
    payload: str
    state: LabelState
    copies: int
    sent_at: datetime | None
    printed_at: datetime | None

    @staticmethod
    def of(row: Row[Any]) -> "LabelShape":
        return LabelShape(
            ordinal=row.ordinal, payload=row.payload, state=row.state, copies=row.copies, sent_at=row.sent_at,
            printed_at=row.printed_at,
        )  # fmt: skip


class LabelPage(BaseModel):
    """`next` is the ordinal to continue after, null at the end."""

    items: list[LabelShape]
    next: int | None


class SheetWish(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"start_at": 1}})
    start_at: int | None = Field(
        default=None, ge=-(10**6), le=10**6, description="Another label of a used sheet to begin with."
    )


class LabelScan(BaseModel):
    """What the scan page posts; `barcode` alone is enough."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"barcode": "ABC001L8"}})
    barcode: str = Field(max_length=_NAME)
    client_id: str | None = Field(default=None, max_length=_NAME)
    task: str | None = Field(default=None, max_length=_NAME)
    scanned_at: datetime | None = None


class ScanCounts(BaseModel):
    left: int
    done: int


class ScannedLabel(BaseModel):
    barcode: str
    at: datetime
    undo_href: None = None


class LabelProved(BaseModel):
    """The label is printed. `counts.left`: labels that left and are still to be scanned. `closed`: it was the last one."""

    outcome: Literal["right"] = "right"
    tone: Literal["green"] = "green"
    word: str = "Printed"
    barcode: str
    sentence: str
    detail: str
    counts: ScanCounts
    moved: ScannedLabel
    closed: bool


class Resumption(BaseModel):
    """`from`: first_unproved prints again whatever was sent and not scanned; next only what was not sent yet."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={
            "example": {"from": "first_unproved", "reason": "Ribbon tore; the torn label is destroyed."}
        },
    )
    from_: From = Field(alias="from")
    reason: str = Field(max_length=_LONGEST)
    start_at: int = Field(default=1, ge=1, le=10**6, description="Label of the sheet that is loaded now.")


class Spoiling(BaseModel):
    """`replace` plans another label with the same number."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"barcode": "ABC001L8", "reason": "Smeared.", "replace": True}},
    )
    barcode: str = Field(max_length=_NAME)
    reason: str = Field(max_length=_LONGEST)
    replace: bool = True


class WhyLabels(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "Wrong media id."}})
    reason: str = Field(max_length=_LONGEST)
