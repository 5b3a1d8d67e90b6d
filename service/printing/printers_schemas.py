"""Shapes of the API of printers."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from service.printing.models import Language
from service.printing.printers import Measured, NewPrinter, state_words

_LONGEST = 1100
_NAME = 200


class PrinterShape(BaseModel):
    """`ready` is null where nothing can tell; `says` is that in words. The calibration is in millimetres and factors."""

    printer_id: str
    name: str
    url: str
    language: Language
    dpi: int | None
    stock: str | None
    offset_x_mm: float
    offset_y_mm: float
    scale_x: float
    scale_y: float
    enabled: bool
    ready: bool | None
    conditions: list[str]
    says: str

    @staticmethod
    def of(row: Row[Any]) -> "PrinterShape":
        state = row.state or {}
        return PrinterShape(
            printer_id=row.printer_id, name=row.name, url=row.url, language=row.language, dpi=row.dpi, stock=row.stock,
            offset_x_mm=row.offset_x_um / 1000, offset_y_mm=row.offset_y_um / 1000, scale_x=row.scale_x_ppm / 1_000_000,
            scale_y=row.scale_y_ppm / 1_000_000, enabled=row.enabled, ready=None if row.fault else state.get("ready"),
            conditions=list(state.get("conditions", [])), says=state_words(row),
        )  # fmt: skip


class PrinterBody(BaseModel):
    """Without `url`: people print downloaded sheets on it, and only its calibration is known here."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "Office printer", "language": "pdf"}}
    )
    name: str = Field(max_length=_NAME)
    url: str = Field(default="", max_length=_LONGEST)
    language: Language = Language.PDF
    dpi: int | None = Field(default=None, ge=1, le=10_000)
    stock: str = Field(default="", max_length=_NAME)

    def new(self) -> NewPrinter:
        return NewPrinter(**self.model_dump())


class PrinterEdit(BaseModel):
    """Only what is named is changed. `stock`: what is loaded; null for nothing in particular."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"stock": "lto-79x17-a4"}})
    stock: str | None = Field(default=None, max_length=_NAME)


class MeasuredLengths(BaseModel):
    """On the calibration page, in millimetres: A, B, C and D."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"left_mm": 50.4, "top_mm": 49.8, "across_mm": 100.2, "down_mm": 99.9}},
    )
    left_mm: float = Field(ge=0, le=1000, allow_inf_nan=False)
    top_mm: float = Field(ge=0, le=1000, allow_inf_nan=False)
    across_mm: float = Field(gt=0, le=1000, allow_inf_nan=False)
    down_mm: float = Field(gt=0, le=1000, allow_inf_nan=False)

    def measured(self) -> Measured:
        return Measured(**self.model_dump())
