"""Values that cross this room's edge: what is to be registered, what a library file says, and the API's shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from service.media.models import Content, Custody, MediaType

MAX_BARCODE_INPUT = 200  # longer than any label, so that the barcode's own rule words the refusal


@dataclass(frozen=True, slots=True)
class NewMedium:
    """A medium to register. `media_type` None: the tape type that the label names.

    `custodian_id` None: the party that answers for the place. `line` is where it stood in a file, else 0.
    """

    barcode: str
    location_id: str
    content: Content = Content.SCRATCH
    media_type: MediaType | None = None
    custodian_id: str | None = None
    serial_number: str | None = None
    dataset: str = ""
    written_on: date | None = None
    expires_on: date | None = None
    encrypted: bool | None = None
    tier: str | None = None
    line: int = 0


class SlotKind(StrEnum):
    SLOT = "slot"
    DRIVE = "drive"
    MAIL_SLOT = "mail_slot"


@dataclass(frozen=True, slots=True)
class SeenCartridge:
    """A cartridge in a library file; `number` is 1-based among its kind. An unreadable label may leave `barcode` empty."""

    barcode: str
    kind: SlotKind
    number: int
    readable: bool = True
    cleaning: bool = False


class LibrarySeen(Protocol):
    """What `service.devices.library_files.read` gives back."""

    @property
    def name(self) -> str: ...
    @property
    def slots(self) -> int: ...
    @property
    def drives(self) -> int: ...
    @property
    def mail_slots(self) -> int: ...
    @property
    def cartridges(self) -> "tuple[SeenCartridge, ...] | list[SeenCartridge]": ...


class Named(BaseModel):
    id: str
    name: str


class MediumShape(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "medium_id": "06fpx0h5m9c0e8q2v4k7s1t3yz",
                "barcode": "STR142L8",
                "serial_number": "HM7X0K1142",
                "media_type": "lto",
                "generation": "LTO-8",
                "content": "full",
                "custody": "in_library",
                "custodian": {"id": "06fpx0h5m9c0e8q2v4k7s1t3ya", "name": "Our organisation"},
                "location": {"id": "06fpx0h5m9c0e8q2v4k7s1t3yb", "name": "Site 1 › Library 1 › slot 3"},
                "container_id": None,
                "missing": False,
                "encrypted": True,
                "dataset": "billing-db",
                "written_on": "2025-12-09",
                "tier": "monthly",
                "expires_on": "2027-12-09",
                "held_since": None,
                "registered_at": "2025-08-14T14:02:11Z",
                "seen_at": "2026-11-19T18:58:00Z",
            }
        }
    )
    medium_id: str
    barcode: str
    serial_number: str | None
    media_type: MediaType
    generation: str
    content: Content
    custody: Custody
    custodian: Named
    location: Named
    container_id: str | None
    missing: bool
    encrypted: bool | None
    dataset: str
    written_on: date | None
    tier: str | None
    expires_on: date | None
    held_since: datetime | None
    registered_at: datetime
    seen_at: datetime | None


Text = Annotated[str, Field(max_length=MAX_BARCODE_INPUT)]


class NewMediumBody(BaseModel):
    """`location` is a place's id, code, or its path such as "Library 1 › slot 5"."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "barcode": "STR142L8",
                "location": "Site 1",
                "content": "scratch",
                "serial_number": "HM7X0K1142",
            }
        },
    )
    barcode: Text
    location: Annotated[str, Field(max_length=400)]
    content: Content = Content.SCRATCH
    media_type: MediaType | None = None
    serial_number: Text | None = None
    dataset: Text = ""
    written_on: date | None = None
    expires_on: date | None = None
    encrypted: bool | None = None
    tier: str | None = None


class EditBody(BaseModel):
    """Only what is named is changed; `reason` is wanted for an earlier expiry and for another serial number."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"dataset": "billing-db", "expires_on": "2027-12-09"}}
    )
    serial_number: Text | None = None
    dataset: Text = ""
    written_on: date | None = None
    expires_on: date | None = None
    encrypted: bool | None = None
    tier: str | None = None
    reason: str = ""

    def named(self) -> Mapping[str, object]:
        return self.model_dump(include=self.model_fields_set - {"reason"})


class ContentBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"to": "quarantined", "reason": "label damaged"}},
    )
    to: Content
    reason: str = ""


class EntryShape(BaseModel):
    """One entry of the ledger about this medium; `by` is the handler's name, null for the system."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "position": 38114,
                "at": "2026-02-26T16:02:00Z",
                "event": "medium:moved",
                "sentence": "Moved from shelf A-02 to Library 1, slot 3.",
                "by": "Handler 2",
                "changes": {"location_id": "06fpx0h5m9c0e8q2v4k7s1t3yb"},
                "facts": {},
                "reason": None,
            }
        }
    )
    position: int
    at: datetime
    event: str
    sentence: str
    by: str | None
    changes: dict[str, Any]
    facts: dict[str, Any]
    reason: str | None


class RejectedShape(BaseModel):
    line: int
    text: str
    reason: str


ImportSource: TypeAlias = Literal["csv", "mtx", "mhvtl"]


class ImportBody(BaseModel):
    """`text` is the file's content; `library` names the library that an mtx or mhvtl file describes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "source": "csv",
                "text": "barcode,type,content,where\nSTR142L8,lto,full,Site 1\n",
                "dry_run": True,
            }
        },
    )
    source: ImportSource = "csv"
    text: str = ""
    files: dict[str, str] = {}
    library: str = ""
    content: Content = Content.ACTIVE
    dry_run: bool = False


class ImportShape(BaseModel):
    """`imported` is 0 in a dry run; `left_out` lines do not stop an import, `rejected` ones do."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"dry_run": True, "acceptable": 1, "imported": 0, "rejected": [], "left_out": []}
        }
    )
    dry_run: bool
    acceptable: int
    imported: int
    rejected: list[RejectedShape]
    left_out: list[RejectedShape]
