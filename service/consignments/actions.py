"""The life of a consignment: open, packed, frozen, dispatched, received, reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, select

from service.bookkeeping import next_number
from service.consignments import rules
from service.consignments.lines import add_media, barcodes_in, begin_step, box_ids, set_line
from service.consignments.manifest import manifest_bytes
from service.consignments.models import (
    CONSIGNMENT,
    Consignment,
    ConsignmentContainer,
    ConsignmentState,
    Direction,
    LineState,
    ManifestLine,
)
from service.consignments.packed import check_may_leave, packed_lines, unsealed
from service.containers import actions as containers
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import Transfer
from service.custody.rules import Signature, is_number, written
from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.ledger.writer import Unit
from service.locations.models import LOCATION, Location, LocationKind
from service.media.barcodes import shown
from service.media.models import Medium
from service.parties.models import Party
from service.statements import Query

_CONSIGNMENT = table(Consignment)
_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
_TRANSFER = table(Transfer)

TRANSIT = timedelta(hours=4)
LONGEST_REASON = 500


class ConsignmentEvent(StrEnum):
    OPENED = "consignment:opened"
    FROZEN = "consignment:frozen"
    DISPATCHED = "consignment:dispatched"
    CONTAINER_SEEN = "consignment:container_seen"
    RECEIVED = "consignment:received"
    RECONCILED = "consignment:reconciled"
    CANCELLED = "consignment:cancelled"
    MEDIUM_ADDED = "consignment:medium_added"


class PlaceEvent(StrEnum):
    CREATED = "location:created"


@dataclass(frozen=True, slots=True)
class Facts:
    """A consignment and its ends, as the actions need them."""

    row: Any
    from_party: str
    to_party: str

    @property
    def id(self) -> str:
        return str(self.row.consignment_id)

    @property
    def number(self) -> str:
        return str(self.row.number)

    def told(self) -> dict[str, object]:
        return {"consignment": self.number}


_FROM, _TO = _LOCATION.alias("from_place"), _LOCATION.alias("to_place")
_LOAD = Query(  # the scan route loads a consignment with every batch
    select(_CONSIGNMENT, _FROM.c.party_id.label("from_party"), _TO.c.party_id.label("to_party"))
    .join(_FROM, _FROM.c.location_id == _CONSIGNMENT.c.from_location_id)
    .join(_TO, _TO.c.location_id == _CONSIGNMENT.c.to_location_id)
    .where(_CONSIGNMENT.c.number == bindparam("number"))
)


def load(unit: Unit, number: str) -> Facts:
    found = _LOAD(unit.connection, number=number) if is_number(number) else []
    if not found:
        raise NotFoundError("consignment", shown(number))
    return Facts(found[0], found[0].from_party, found[0].to_party)


def _party_of(unit: Unit, location_id: str) -> str:
    found = unit.connection.execute(
        select(_LOCATION.c.party_id).where(_LOCATION.c.location_id == location_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("location", location_id)
    return str(found)


def party_name(unit: Unit, party_id: str) -> str:
    return str(
        unit.connection.execute(select(_PARTY.c.name).where(_PARTY.c.party_id == party_id)).scalar_one()
    )


def check_party(unit: Unit, consignment: Facts, expected: str, party_id: str) -> None:
    """The step belongs to one party; its people alone may do it."""
    if party_id != expected:
        raise rules.OtherPartyError(consignment.number, party_name(unit, expected))


def open_consignment(
    unit: Unit,
    *,
    direction: Direction,
    from_location_id: str,
    to_location_id: str,
    carrier_id: str,
    purpose: str,
    medium_ids: Sequence[str] = (),
    run_id: str | None = None,
) -> str:
    """A new consignment that wants these media; returns its number. It is a place of its own (its location)."""
    if from_location_id == to_location_id:
        raise InvalidInputError(
            "A consignment goes from one place to another. Nothing was opened.",
            fields={"to": "Choose another place."},
        )
    _party_of(unit, from_location_id)
    _party_of(unit, to_location_id)
    number = next_number(unit, "CN")
    location_id = _as_place(unit, number, carrier_id)
    values = {
        "consignment_id": unit.new_id(), "number": number, "direction": direction, "state": ConsignmentState.OPEN,
        "purpose": purpose, "run_id": run_id, "from_location_id": from_location_id, "to_location_id": to_location_id,
        "carrier_id": carrier_id, "location_id": location_id, "created_at": unit.now, "due_at": None, "frozen_at": None,
        "released_at": None, "received_at": None, "closed_at": None, "step_total": 0, "step_done": 0, "manifest": None, "manifest_sha256": None,
    }  # fmt: skip
    unit.create(CONSIGNMENT, values, ConsignmentEvent.OPENED, facts={"media": len(medium_ids)})
    add_media(unit, str(values["consignment_id"]), medium_ids)
    return number


def _as_place(unit: Unit, number: str, carrier_id: str) -> str:
    location_id = unit.new_id()
    values = {
        "location_id": location_id, "kind": LocationKind.CONSIGNMENT, "name": number, "path": f"Consignment {number}",
        "code": None, "parent_id": None, "party_id": carrier_id, "number": None, "element_address": None,
        "time_zone": None, "active": True,
    }  # fmt: skip
    unit.create(LOCATION, values, PlaceEvent.CREATED)
    return location_id


def freeze(unit: Unit, number: str) -> str:
    """Freeze the manifest: numbered lines, canonical bytes, hash; opens both custody transfers. Returns the hash."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "frozen")
    lines = packed_lines(unit, consignment.id)
    rules.check_packed(
        number,
        barcodes_in(unit, consignment.id, rules.STILL_TO_PACK),
        unsealed(unit, consignment.id),
        len(lines),
    )
    check_may_leave(unit, number, consignment.id)
    for index, line in enumerate(lines, 1):
        set_line(unit, consignment.id, line["medium_id"], line=index)
    _drop_empty_boxes(unit, consignment.id)
    manifest = manifest_bytes(unit, consignment, lines)
    digest = sha256(manifest).hexdigest()
    values = {
        "state": ConsignmentState.FROZEN,
        "frozen_at": unit.now,
        "manifest": manifest,
        "manifest_sha256": digest,
    }
    unit.change(CONSIGNMENT, consignment.id, values, ConsignmentEvent.FROZEN, facts={"media": len(lines)})
    carrier = consignment.row.carrier_id
    custody.open_transfer(unit, consignment.id, 1, consignment.from_party, carrier)
    custody.open_transfer(unit, consignment.id, 2, carrier, consignment.to_party)
    unit.keep_checkpoint = True
    return digest


def _drop_empty_boxes(unit: Unit, consignment_id: str) -> None:
    query = select(_BOX.c.container_id).where(
        _BOX.c.consignment_id == consignment_id, _BOX.c.seal_number.is_(None)
    )
    for container_id in list(unit.connection.execute(query).scalars()):
        containers.assign(unit, container_id, None)
        unit.connection.execute(
            _BOX.delete().where(_BOX.c.consignment_id == consignment_id, _BOX.c.container_id == container_id)
        )


def dispatch(
    unit: Unit, number: str, released: Signature, received: Signature, due_at: datetime | None = None
) -> None:
    """Our side releases and the courier signs: custody goes to the carrier, the place is the consignment."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "dispatched")
    check_may_leave(unit, number, consignment.id)
    custody.sign_transfer(unit, transfer_id(unit, consignment.id, 1), released, received)
    due = due_at or unit.now + TRANSIT
    rules.check_due(due, unit.now)
    facts = {
        **consignment.told(),
        "released_by": released.name,
        "received_by": received.name,
        "manifest_sha256": consignment.row.manifest_sha256,
    }
    containers.hand_over(
        unit, box_ids(unit, consignment.id), location_id=consignment.row.location_id, custodian_id=consignment.row.carrier_id,
        container_event=containers.ContainerEvent.RELEASED, medium_event=CustodyEvent.RELEASED, facts=facts,
    )  # fmt: skip
    values = {"state": ConsignmentState.IN_TRANSIT, "released_at": unit.now, "due_at": due}
    unit.change(CONSIGNMENT, consignment.id, values, ConsignmentEvent.DISPATCHED, facts=facts)
    begin_step(unit, consignment.id, len(barcodes_in(unit, consignment.id, frozenset({LineState.PACKED}))))
    unit.keep_checkpoint = True


def transfer_id(unit: Unit, consignment_id: str, ordinal: int) -> str:
    return str(
        unit.connection.execute(
            select(_TRANSFER.c.transfer_id).where(
                _TRANSFER.c.consignment_id == consignment_id, _TRANSFER.c.ordinal == ordinal
            )
        ).scalar_one()
    )


def cancel(unit: Unit, number: str, reason: str) -> None:
    """Give up a consignment that has not left. An open one is unpacked first; a frozen one leaves its containers
    sealed as they are, free to be opened and emptied.
    """
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "cancelled")
    text = written(reason, "reason", "Write why it is cancelled.", LONGEST_REASON)
    packed = barcodes_in(unit, consignment.id, frozenset({LineState.PACKED}))
    if packed and consignment.row.state is ConsignmentState.OPEN:
        raise rules.NotReadyError(
            f"{len(packed)} media are packed for {number}. It was not cancelled.",
            next_step="Undo their packing first.",
        )
    for container_id in box_ids(unit, consignment.id):
        containers.assign(unit, container_id, None)
    values = {"state": ConsignmentState.CANCELLED, "closed_at": unit.now}
    unit.change(CONSIGNMENT, consignment.id, values, ConsignmentEvent.CANCELLED, reason=text)
