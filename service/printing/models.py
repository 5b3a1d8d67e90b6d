"""Printers, label jobs and their labels."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from service.db import EnumText, UtcTime, identifier, table
from service.ledger.projection import Projection


class Language(StrEnum):
    """What a printer is sent: ZPL label by label, or PDF sheet by sheet."""

    ZPL = "zpl"
    PDF = "pdf"


class Printer(SQLModel, table=True):
    """A printer by its URL; without one, a printer that people print downloaded sheets on.

    `stock` is what is loaded. The calibration is in thousandths of a millimetre and millionths. `state` is what it said last.
    """

    __tablename__ = "printer"

    printer_id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=120, unique=True)
    url: str = Field(default="", max_length=500)
    language: Language = Field(sa_type=EnumText(Language))
    dpi: int | None = None
    stock: str | None = Field(default=None, max_length=60)
    offset_x_um: int = 0
    offset_y_um: int = 0
    scale_x_ppm: int = 1_000_000
    scale_y_ppm: int = 1_000_000
    enabled: bool = True
    state: dict[str, object] | None = Field(default=None, sa_type=JSON)
    fault: str | None = Field(default=None, max_length=500)


PRINTER = Projection(
    "printer",
    table(Printer),
    "printer_id",
    frozenset({
        "name", "url", "language", "dpi", "stock", "offset_x_um", "offset_y_um", "scale_x_ppm", "scale_y_ppm", "enabled",
    }),
)  # fmt: skip


class What(StrEnum):
    """What the labels of a job are for."""

    SERIES = "series"  # new numbers for cartridges
    REPRINT = "reprint"  # cartridges that have their number already
    CONTAINER = "container"
    DISK = "disk"
    SEAL = "seal"
    PLACE = "place"
    BADGE = "badge"


CARTRIDGES = frozenset({What.SERIES, What.REPRINT})


class Output(StrEnum):
    SHEET = "sheet"  # a PDF that people print
    PRINTER = "printer"  # sent by Strongroom


class LabelJobState(StrEnum):
    """open → closed (nothing is left to print) | cancelled (nothing was printed)."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LabelJob(SQLModel, table=True):
    """Labels that are printed together. `calibration` and `dpi` are those of the printer when the job was made.

    `device_job_id` is the newest job of the printer's worker for it, None before anything was sent.
    """

    __tablename__ = "label_job"

    label_job_id: str = Field(primary_key=True, max_length=26)
    number: str = Field(max_length=20, unique=True)
    what: What = Field(sa_type=EnumText(What))
    asked: str = Field(max_length=1000)
    output: Output = Field(sa_type=EnumText(Output))
    stock: str = Field(max_length=60)
    reading: str = Field(max_length=20)
    colours: str = Field(max_length=20)
    language: Language = Field(sa_type=EnumText(Language))
    dpi: int | None = None
    start_at: int = 1
    calibration: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    printer_id: str | None = Field(default=None, foreign_key="printer.printer_id", index=True, max_length=26)
    series_id: str | None = Field(default=None, foreign_key="label_series.series_id", max_length=26)
    state: LabelJobState = Field(sa_type=EnumText(LabelJobState))
    device_job_id: str | None = Field(default=None, max_length=26)
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: str | None = Field(default=None, max_length=26)


LABEL_JOB = Projection(
    "label_job",
    table(LabelJob),
    "label_job_id",
    frozenset({
        "number", "what", "asked", "output", "stock", "reading", "colours", "language", "dpi", "start_at", "calibration",
        "printer_id", "series_id", "state", "device_job_id",
    }),
)  # fmt: skip


class LabelState(StrEnum):
    """What is known of a label; `rules.TRANSITIONS` says what may follow. Printed is what a scan has proved."""

    PLANNED = "planned"
    SENDING = "sending"  # the intent is on record; whether it came out is not known yet
    SENT = "sent"
    PRINTED = "printed"
    SPOILED = "spoiled"
    WITHDRAWN = "withdrawn"


class Label(SQLModel, table=True):
    """`payload` is what a scanner reads; of a container with an SSCC `00` and the SSCC. `texts` are names for people's eyes, which stand in no entry.

    `copies`: how often it left for paper. `replaces_id`: the spoiled label it stands for. `sheet`: the issue it is on.
    """

    __tablename__ = "label"
    __table_args__ = (
        Index("ix_label_job", "label_job_id", "ordinal", unique=True),
        Index("ix_label_payload", "payload"),
        Index("ix_label_state", "label_job_id", "state", "ordinal"),
    )

    label_id: str = Field(primary_key=True, max_length=26)
    label_job_id: str = Field(foreign_key="label_job.label_job_id", max_length=26)
    ordinal: int
    payload: str = Field(sa_type=identifier(40))
    thing_id: str | None = Field(default=None, index=True, max_length=26)
    texts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    state: LabelState = Field(sa_type=EnumText(LabelState))
    copies: int = 0
    replaces_id: str | None = Field(default=None, max_length=26)
    sheet: int | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    printed_at: datetime | None = Field(default=None, sa_type=UtcTime)


LABEL = Projection(
    "label",
    table(Label),
    "label_id",
    frozenset({
        "label_job_id", "ordinal", "payload", "thing_id", "state", "copies", "replaces_id", "sheet", "sent_at", "printed_at",
    }),
)  # fmt: skip
