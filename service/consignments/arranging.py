"""Consignments opened by hand, and more media for one that is open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from service.consignments import rules
from service.consignments.actions import ConsignmentEvent, Facts, open_consignment
from service.consignments.duties import check_duty, check_permission
from service.consignments.lines import add_media
from service.consignments.models import CONSIGNMENT, Direction
from service.consignments.rules import Duty
from service.custody.rules import written
from service.db import table
from service.errors import InvalidInputError
from service.handlers.queries import Person
from service.holds.queries import held
from service.ids import is_id
from service.ledger.writer import Unit
from service.locations.actions import existing
from service.locations.models import Location, LocationKind
from service.media.barcodes import shown
from service.media.models import Custody, Medium
from service.media.queries import chunks
from service.parties.models import Party, PartyKind

_MEDIUM = table(Medium)
_PARTY = table(Party)
MOST_MEDIA = 500  # by hand, at once
LONGEST_PURPOSE = 300
LONGEST_BARCODE = 64
ENDS = frozenset({LocationKind.SITE, LocationKind.ROOM, LocationKind.VAULT, LocationKind.SHELF})


def open_by_hand(
    unit: Unit,
    person: Person,
    *,
    from_location_id: str,
    to_location_id: str,
    carrier_id: str,
    purpose: str,
    barcodes: Sequence[str],
) -> str:
    """A consignment without a run; its direction follows from the parties of its ends. Returns its number."""
    giver = _end(unit, from_location_id, "from_location_id")
    taker = _end(unit, to_location_id, "to_location_id")
    direction = rules.direction_of(_kind(unit, giver.party_id), _kind(unit, taker.party_id))
    ours = giver.party_id if direction is Direction.OUT else taker.party_id
    if person.party_id != ours:
        raise rules.OtherPartyError("a new consignment")
    check_permission(person, Duty.ARRANGE, direction, "a new consignment")
    _check_carrier(unit, carrier_id)
    text = written(purpose, "purpose", "Write what it is for.", LONGEST_PURPOSE)
    media = _media(unit, barcodes, giver.party_id)
    return open_consignment(
        unit, direction=direction, from_location_id=from_location_id, to_location_id=to_location_id,
        carrier_id=carrier_id, purpose=text, medium_ids=media,
    )  # fmt: skip


def _end(unit: Unit, location_id: str, field: str) -> Location:
    if not is_id(location_id):
        raise InvalidInputError("A place is missing. Nothing was opened.", fields={field: "Choose a place."})
    place = existing(unit, location_id)
    if place.kind not in ENDS or not place.active:
        raise InvalidInputError(
            f"A consignment neither starts nor ends at {place.path}. Nothing was opened.",
            fields={field: "Choose a site, room, vault or shelf in use."},
        )
    return place


def _kind(unit: Unit, party_id: str) -> PartyKind:
    kind: PartyKind = unit.connection.execute(
        select(_PARTY.c.kind).where(_PARTY.c.party_id == party_id)
    ).scalar_one()
    return kind


def _check_carrier(unit: Unit, carrier_id: str) -> None:
    query = select(_PARTY.c.party_id).where(
        _PARTY.c.party_id == carrier_id, _PARTY.c.kind == PartyKind.COURIER, _PARTY.c.active
    )
    if not is_id(carrier_id) or unit.connection.execute(query).first() is None:
        raise InvalidInputError(
            "The carrier is not a courier in use. Nothing was opened.",
            fields={"carrier_id": "Choose a courier."},
        )


def add_by_hand(unit: Unit, number: str, barcodes: Sequence[str], person: Person) -> int:
    """Want more media; returns how many were added."""
    consignment = check_duty(unit, number, Duty.ARRANGE, person)
    rules.check_act(number, consignment.row.state, "packed")
    media = _media(unit, barcodes, consignment.from_party)
    if not media:
        raise InvalidInputError(
            "No barcode was given. Nothing was added.", fields={"barcodes": "Type or scan at least one."}
        )
    add_media(unit, consignment.id, media)
    _record(unit, consignment, barcodes)
    return len(media)


def _record(unit: Unit, consignment: Facts, barcodes: Sequence[str]) -> None:
    facts = {**consignment.told(), "media": sorted(set(barcodes))}
    unit.append(CONSIGNMENT.subject(consignment.id), ConsignmentEvent.MEDIUM_ADDED, facts=facts)


def _media(unit: Unit, barcodes: Sequence[str], custodian_id: str) -> list[str]:
    """Ids of media that the giving party has and may give."""
    wanted = list(dict.fromkeys(barcodes))
    if len(wanted) > MOST_MEDIA:
        raise _refused(f"At most {MOST_MEDIA} media at once; these are {len(wanted):,}.")
    odd = [code for code in wanted if not code.isprintable() or len(code) > LONGEST_BARCODE]
    known = {} if odd else _rows(unit, wanted)
    unknown = odd or [code for code in wanted if code not in known]
    if unknown:
        raise _refused(f"No medium has the barcode {shown(unknown[0])}.")
    elsewhere = [code for code in wanted if not _is_with(known[code], custodian_id)]
    if elsewhere:
        raise _refused(f"{elsewhere[0]} is not with the party that sends this consignment.")
    ids = [str(known[code].medium_id) for code in wanted]
    on_hold = held(unit.connection, ids)
    if on_hold:
        code = next(code for code in wanted if known[code].medium_id in on_hold)
        raise _refused(f"A hold forbids the release of {code}.")
    return ids


def _refused(told: str) -> InvalidInputError:
    return InvalidInputError(f"{told} Nothing was added.", fields={"barcodes": told})


def _rows(unit: Unit, barcodes: Sequence[str]) -> dict[str, Any]:
    columns = (_MEDIUM.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.custodian_id, _MEDIUM.c.custody)
    return {
        row.barcode: row
        for part in chunks(barcodes)
        for row in unit.connection.execute(select(*columns).where(_MEDIUM.c.barcode.in_(part)))
    }


def _is_with(row: Any, custodian_id: str) -> bool:
    return row.custodian_id == custodian_id and row.custody not in {Custody.MISSING, Custody.GONE}
