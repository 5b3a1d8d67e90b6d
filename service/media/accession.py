"""Deciding whether a medium may be taken in, given what is registered and where places are. Pure; learns as it admits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.errors import InvalidInputError
from service.locations.models import ELEMENT_KINDS, LocationKind
from service.media import rules
from service.media.barcodes import parse_barcode, parse_serial_number
from service.media.schemas import NewMedium
from service.parties.models import PartyKind


@dataclass(frozen=True, slots=True)
class Place:
    location_id: str
    kind: LocationKind
    path: str
    party_id: str
    active: bool


@dataclass(slots=True)
class Known:
    """`barcodes` are taken; `serials` and `occupants` give the barcode of the medium that has the number or the place."""

    places: Mapping[str, Place]
    parties: Mapping[str, PartyKind]
    barcodes: set[str] = field(default_factory=set)
    serials: dict[str, str] = field(default_factory=dict)
    occupants: dict[str, str] = field(default_factory=dict)


def admit(known: Known, new: NewMedium, medium_id: str, now: datetime) -> dict[str, object]:
    """The row of the medium; `known` counts it from now on. Raises InvalidInputError or RefusedError."""
    barcode = parse_barcode(new.barcode, new.media_type)
    serial_number = parse_serial_number(new.serial_number)
    rules.check_first_content(barcode.media_type, new.content)
    rules.check_dates(new.written_on, new.expires_on)
    rules.check_dataset(new.dataset)
    rules.check_tier(new.tier)
    _check_new(known, barcode.text, serial_number)
    place = _open_place(known, new.location_id)
    custodian_id = new.custodian_id or place.party_id
    custody = rules.custody_of(
        place.kind, known.parties[custodian_id], sealed=False, missing=False, gone=False
    )
    _take(known, barcode.text, serial_number, place)
    return {
        "medium_id": medium_id, "barcode": barcode.text, "serial_number": serial_number, "media_type": barcode.media_type,
        "generation": barcode.generation, "content": new.content, "custody": custody, "custodian_id": custodian_id,
        "location_id": place.location_id, "container_id": None, "missing": False, "encrypted": new.encrypted,
        "dataset": new.dataset, "written_on": new.written_on, "tier": new.tier, "period_key": None, "policy_version": None,
        "expires_on": new.expires_on, "held_since": None, "registered_at": now, "seen_at": now,
    }  # fmt: skip


def _check_new(known: Known, barcode: str, serial_number: str | None) -> None:
    if barcode in known.barcodes:
        raise rules.BarcodeTakenError(barcode, barcode)
    if serial_number is not None and serial_number in known.serials:
        raise rules.BarcodeTakenError(f"Serial number {serial_number}", known.serials[serial_number])


def _open_place(known: Known, location_id: str) -> Place:
    place = known.places.get(location_id)
    if place is None or place.kind is LocationKind.CONSIGNMENT or not place.active:
        text = f"{place.path if place else 'This place'} does not take media."
        raise InvalidInputError(f"{text} Nothing was recorded.", fields={"location": text})
    taken = known.occupants.get(location_id)
    if place.kind in ELEMENT_KINDS and taken is not None:
        raise rules.PlaceTakenError(place.path, taken)
    return place


def _take(known: Known, barcode: str, serial_number: str | None, place: Place) -> None:
    known.barcodes.add(barcode)
    if serial_number is not None:
        known.serials[serial_number] = barcode
    if place.kind in ELEMENT_KINDS:
        known.occupants[place.location_id] = barcode
