"""Moves, custody transfers and discrepancies: the only code that changes where a medium is and who answers for it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import insert, select

from service.bookkeeping import next_number
from service.custody.models import (
    DISCREPANCY,
    TRANSFER,
    Discrepancy,
    DiscrepancyKind,
    Evidence,
)
from service.custody.rules import Signature, check_signature, check_two_people, is_number, written
from service.db import table
from service.errors import NotFoundError, StateError
from service.ledger.writer import Unit
from service.locations.models import Location, LocationKind
from service.media.barcodes import shown
from service.media.models import MEDIUM, Medium
from service.media.rules import custody_of
from service.parties.models import Party, PartyKind

_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
_DISCREPANCY = table(Discrepancy)
LONGEST_RESOLUTION = 1000


class CustodyEvent(StrEnum):
    MOVED = "medium:moved"
    OBSERVED = "medium:observed"
    EJECTED = "medium:ejected"
    TAKEN_OUT = "medium:taken_out"
    LOADED = "medium:loaded"
    SCANNED_OUT = "medium:scanned_out"
    PACKED = "medium:packed"
    UNPACKED = "medium:unpacked"
    PACKING_UNDONE = "medium:packing_undone"
    RELEASED = "medium:released"
    RECEIVED = "medium:received"
    MISSING = "medium:missing"
    FOUND = "medium:found"
    REFUSED = "medium:refused"
    STEP_SKIPPED = "medium:step_skipped"


class TransferEvent(StrEnum):
    OPENED = "transfer:opened"
    RELEASED = "transfer:released"
    RECEIVED = "transfer:received"


class DiscrepancyEvent(StrEnum):
    OPENED = "discrepancy:opened"
    RESOLVED = "discrepancy:resolved"


def path_of(unit: Unit, location_id: str) -> str:
    found = unit.connection.execute(
        select(_LOCATION.c.path).where(_LOCATION.c.location_id == location_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("location", location_id)
    return str(found)


def place(
    unit: Unit,
    medium_ids: Sequence[str],
    event: StrEnum,
    *,
    location_id: str,
    custodian_id: str,
    container_id: str | None,
    facts: Mapping[str, object] | None = None,
    corrects: int | None = None,
    reason: str | None = None,
) -> None:
    """Put media at a place, with a custodian, in a container or in none; one entry a medium."""
    location_kind = unit.connection.execute(
        select(_LOCATION.c.kind).where(_LOCATION.c.location_id == location_id)
    ).scalar_one()
    party_kind = unit.connection.execute(
        select(_PARTY.c.kind).where(_PARTY.c.party_id == custodian_id)
    ).scalar_one()
    custody = custody_of(
        location_kind, party_kind, sealed=container_id is not None, missing=False, gone=False
    )
    values = {
        "location_id": location_id,
        "custodian_id": custodian_id,
        "container_id": container_id,
        "custody": custody,
        "missing": False,
        "seen_at": unit.now,
    }
    unit.change_many(MEDIUM, medium_ids, values, event, facts=facts, corrects=corrects, reason=reason)


def move(
    unit: Unit,
    medium_id: str,
    location_id: str,
    event: StrEnum = CustodyEvent.MOVED,
    *,
    facts: Mapping[str, object] | None = None,
    reason: str | None = None,
    corrects: int | None = None,
) -> None:
    """Change the place only; the custodian stays, the medium leaves its container."""
    row = unit.connection.execute(
        select(_MEDIUM.c.location_id, _MEDIUM.c.custodian_id).where(_MEDIUM.c.medium_id == medium_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("medium", medium_id)
    told = {"from": path_of(unit, row.location_id), "to": path_of(unit, location_id), **(facts or {})}
    place(
        unit, [medium_id], event, location_id=location_id, custodian_id=row.custodian_id, container_id=None,
        facts=told, reason=reason, corrects=corrects,
    )  # fmt: skip


def observe(
    unit: Unit, medium_id: str, location_id: str, *, facts: Mapping[str, object] | None = None
) -> None:
    """A machine or a person saw the medium at another place of the same custodian than recorded."""
    move(unit, medium_id, location_id, CustodyEvent.OBSERVED, facts=facts)


def mark_missing(unit: Unit, medium_ids: Sequence[str], facts: Mapping[str, object]) -> None:
    """Not where it must be; place and custodian stay as the last ones that are proved."""
    custody = custody_of(LocationKind.SLOT, PartyKind.ORGANISATION, sealed=False, missing=True, gone=False)
    unit.change_many(
        MEDIUM, medium_ids, {"missing": True, "custody": custody}, CustodyEvent.MISSING, facts=facts
    )


def open_discrepancy(
    unit: Unit,
    kind: DiscrepancyKind,
    sentence: str,
    *,
    medium_id: str | None = None,
    container_id: str | None = None,
    consignment_id: str | None = None,
    run_id: str | None = None,
    location_id: str | None = None,
) -> str | None:
    """Its number (D-0001), or None when one of this kind about the same things is open already."""
    about = {
        "medium_id": medium_id,
        "container_id": container_id,
        "consignment_id": consignment_id,
        "location_id": location_id,
    }
    same = [
        _DISCREPANCY.c[name].is_(value) if value is None else _DISCREPANCY.c[name] == value
        for name, value in about.items()
    ]
    query = select(_DISCREPANCY.c.number).where(
        _DISCREPANCY.c.kind == kind, _DISCREPANCY.c.resolved_at.is_(None), *same
    )
    if kind is not DiscrepancyKind.UNKNOWN_BARCODE and unit.connection.execute(query.limit(1)).first():
        return None
    number = next_number(unit, "D")
    values = {
        "discrepancy_id": unit.new_id(), "number": number, "kind": kind, "sentence": sentence[:500], "run_id": run_id,
        "opened_at": unit.now, "resolved_at": None, "resolution": None, **about,
    }  # fmt: skip
    unit.create(DISCREPANCY, values, DiscrepancyEvent.OPENED)
    return number


def resolve_discrepancy(unit: Unit, number: str, resolution: str) -> None:
    """Close it with a reason in writing; the discrepancy stays visible."""
    query = select(_DISCREPANCY.c.discrepancy_id, _DISCREPANCY.c.resolved_at)
    row = (
        unit.connection.execute(query.where(_DISCREPANCY.c.number == number)).one_or_none()
        if is_number(number)
        else None
    )
    if row is None:
        raise NotFoundError("discrepancy", shown(number))
    if row.resolved_at is not None:
        raise StateError(f"Discrepancy {number} is resolved already. Nothing was changed.")
    text = written(resolution, "resolution", "Write what was found and decided.", LONGEST_RESOLUTION)
    values = {"resolved_at": unit.now, "resolution": text}
    unit.change(DISCREPANCY, row.discrepancy_id, values, DiscrepancyEvent.RESOLVED, reason=text)


def open_transfer(unit: Unit, consignment_id: str, ordinal: int, from_party_id: str, to_party_id: str) -> str:
    transfer_id = unit.new_id()
    values = {
        "transfer_id": transfer_id, "consignment_id": consignment_id, "ordinal": ordinal, "from_party_id": from_party_id,
        "to_party_id": to_party_id, "released": None, "released_at": None, "received": None, "received_at": None,
    }  # fmt: skip
    unit.create(TRANSFER, values, TransferEvent.OPENED)
    return transfer_id


def sign_transfer(unit: Unit, transfer_id: str, released: Signature, received: Signature) -> None:
    """Both sides sign; each is its own entry. Raises InvalidInputError or SamePersonError."""
    check_signature(released)
    check_signature(received)
    check_two_people(released, received)
    for side, event, signature in (
        ("released", TransferEvent.RELEASED, released),
        ("received", TransferEvent.RECEIVED, received),
    ):
        values = {side: signed(unit, signature), f"{side}_at": unit.now}
        unit.change(TRANSFER, transfer_id, values, event)


def signed(unit: Unit, signature: Signature) -> dict[str, object]:
    """The signature as it is recorded; a drawing is kept as evidence and named by its SHA-256."""
    record: dict[str, object] = {
        "name": signature.name.strip(),
        "organisation": signature.organisation.strip(),
        "badge": signature.badge.strip(),
        "meaning": signature.meaning,
        "method": signature.method.value,
        "handler": signature.handler_id,
        "checked_by": signature.checked_by,
    }
    if signature.drawing:
        content = signature.drawing.encode()
        record["evidence_sha256"] = sha256(content).hexdigest()
        row = {
            "evidence_id": unit.new_id(), "sha256": record["evidence_sha256"], "content_type": "text/x-svg-path",
            "content": content, "created_at": unit.now,
        }  # fmt: skip
        unit.connection.execute(insert(table(Evidence)), [row])
    return record
