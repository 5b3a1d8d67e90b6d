"""Shapes of the API that differ from the tables."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from service.devices.door import DoorState
from service.devices.models import Device, Element, ElementKind, Job, JobKind, JobState, JobStep, TagReading
from service.media.models import Content

_ID = "06fpx0h5m9c0e8q2v4k7s1t3yz"
_LONGEST = 500


class DeviceShape(BaseModel):
    """`url` is shown without anything before an @; `fault` is what is wrong now, null when nothing is."""

    model_config = ConfigDict(json_schema_extra={
        "example": {
            "device_id": _ID, "name": "Library 1", "url": "sim:///srv/strongroom/simulators/library-1", "library_id": _ID,
            "vendor": "SIMULATE", "product": "FROM MTX STATUS", "serial": "SIM0000000", "enabled": True, "simulated": True,
            "inventory_at": "2026-11-19T18:58:00Z", "fault": None,
        }
    })  # fmt: skip
    device_id: str
    name: str
    url: str
    library_id: str
    vendor: str
    product: str
    serial: str
    enabled: bool
    simulated: bool
    inventory_at: datetime | None
    fault: str | None

    @staticmethod
    def of(found: Device) -> "DeviceShape":
        identity = found.identity or {}
        return DeviceShape(
            device_id=found.device_id, name=found.name, url=shown_url(found.url), library_id=found.library_id,
            vendor=str(identity.get("vendor", "")), product=str(identity.get("product", "")),
            serial=str(identity.get("serial", "")), enabled=found.enabled, simulated=found.url.startswith("sim://"),
            inventory_at=found.inventory_at, fault=found.fault,
        )  # fmt: skip


def shown_url(url: str) -> str:
    """Without a name and password, should a URL carry them."""
    parts = urlsplit(url)
    return url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1) if "@" in parts.netloc else url


class ElementShape(BaseModel):
    """One place of the changer as last seen: evidence. The record of where a medium is stands with the medium."""

    address: int
    kind: ElementKind
    number: int
    location_id: str | None
    installed: bool
    full: bool
    reading: TagReading
    volume_tag: str | None
    phantom_tag: str | None
    medium_id: str | None
    drive_serial: str | None
    observed_at: datetime

    @staticmethod
    def of(found: Element) -> "ElementShape":
        return ElementShape.model_validate(found.model_dump())


class ElementList(BaseModel):
    """`next` is the address to continue after, null at the end."""

    items: list[ElementShape]
    next: int | None


class StepShape(BaseModel):
    """One command: what was told, and what was seen after it (null while nothing was seen)."""

    ordinal: int
    fence: int
    intent: dict[str, Any]
    told_at: datetime
    outcome: dict[str, Any] | None
    seen_at: datetime | None
    verdict: str | None

    @staticmethod
    def of(found: JobStep) -> "StepShape":
        intent = {name: value for name, value in found.intent.items() if name != "before"}
        return StepShape(
            ordinal=found.ordinal, fence=found.fence, intent=intent, told_at=found.intent_at, outcome=found.outcome,
            seen_at=found.outcome_at, verdict=found.verdict,
        )  # fmt: skip


class JobShape(BaseModel):
    """`sentence` says what the job waits for or what went wrong."""

    model_config = ConfigDict(json_schema_extra={
        "example": {
            "job_id": _ID, "kind": "eject", "device_id": _ID, "run_id": _ID, "state": "waiting", "fence": 1,
            "sentence": "Take 4 media out of mail slots 1, 2, 3, 4. Then batch 2 of 2 comes.",
            "progress": {"batch": 1, "batches": 2}, "created_at": "2026-11-19T18:58:00Z",
            "started_at": "2026-11-19T18:58:01Z", "ended_at": None,
        }
    })  # fmt: skip
    job_id: str
    kind: JobKind
    device_id: str
    run_id: str | None
    state: JobState
    fence: int
    sentence: str | None
    progress: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def of(found: Job) -> "JobShape":
        return JobShape(
            job_id=found.job_id, kind=found.kind, device_id=found.resource, run_id=found.run_id, state=found.state,
            fence=found.fence, sentence=found.fault, progress=found.progress, created_at=found.created_at,
            started_at=found.started_at, ended_at=found.ended_at,
        )  # fmt: skip


class OutlookShape(BaseModel):
    look_again: str
    go_on: str
    give_up: str


class JobPage(JobShape):
    """`steps` oldest first. `outlook`: what would happen after each decision, where one is asked for."""

    steps: list[StepShape]
    outlook: OutlookShape | None


class NewDevice(BaseModel):
    """`take_in` registers every medium found with this content; without it they are compared only."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "Library 2", "url": "sg:///dev/tape/by-id/scsi-changer"}},
    )
    name: str = Field(max_length=_LONGEST)
    url: str = Field(max_length=_LONGEST)
    parent_id: str | None = Field(default=None, max_length=_LONGEST, description="The room it stands in.")
    take_in: Literal[Content.SCRATCH, Content.ACTIVE, Content.FULL] | None = None


class InventoryWish(BaseModel):
    """`robot`: the robot looks at every label itself, which takes minutes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"robot": False}})
    robot: bool = False


class MoveWish(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"barcode": "STR157L8", "to": "slot", "number": 4}}
    )
    barcode: str = Field(max_length=_LONGEST)
    to: Literal[ElementKind.SLOT, ElementKind.MAIL_SLOT, ElementKind.DRIVE]
    number: int = Field(ge=1, le=65535)


class Reasoned(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "wrong run"}})
    reason: str = Field(default="", max_length=_LONGEST)


class DoorShape(BaseModel):
    """What a person sees who stands in front of a simulated library: `mail_slots` by number, empty where nothing lies."""

    mail_slots: list[str]
    outside: list[str]
    is_open: bool
    faults: list[str]

    @staticmethod
    def of(state: DoorState) -> "DoorShape":
        return DoorShape(
            mail_slots=list(state.mail_slots.values()), outside=list(state.outside), is_open=state.is_open,
            faults=list(state.faults),
        )  # fmt: skip


class TakeOut(BaseModel):
    """Without a mail slot all are emptied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"mail_slot": None}})
    mail_slot: int | None = Field(default=None, ge=1, le=65535)


class PutIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"mail_slot": 1, "barcode": "NEW001L8"}}
    )
    mail_slot: int = Field(ge=1, le=65535)
    barcode: str = Field(max_length=_LONGEST)


class MishapWish(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"mishap": "phantom"}})
    mishap: str = Field(max_length=_LONGEST, description="One that the library's page offers.")
