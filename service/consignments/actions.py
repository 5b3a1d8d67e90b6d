"""The life of a consignment: open, packed, frozen, dispatched, received, reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select, update

from service.bookkeeping import next_number
from service.consignments import rules
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
from service.containers import actions as containers
from service.containers.models import Container, Seal
from service.custody import actions as custody
from service.custody.actions import CustodyEvent
from service.custody.models import Discrepancy, Transfer
from service.custody.rules import Signature
from service.db import table
from service.errors import InvalidInputError, NotFoundError
from service.ledger.writer import Unit
from service.locations.models import LOCATION, Location, LocationKind
from service.media.models import Medium
from service.parties.models import Party

_CONSIGNMENT = table(Consignment)
_LINE = table(ManifestLine)
_BOX = table(ConsignmentContainer)
_CONTAINER = table(Container)
_SEAL = table(Seal)
_MEDIUM = table(Medium)
_LOCATION = table(Location)
_PARTY = table(Party)
_TRANSFER = table(Transfer)
_DISCREPANCY = table(Discrepancy)

TRANSIT = timedelta(hours=4)


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


def load(unit: Unit, number: str) -> Facts:
    row = unit.connection.execute(select(_CONSIGNMENT).where(_CONSIGNMENT.c.number == number)).one_or_none()
    if row is None:
        raise NotFoundError("consignment", number)
    return Facts(row, _party_of(unit, row.from_location_id), _party_of(unit, row.to_location_id))


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


def add_media(unit: Unit, consignment_id: str, medium_ids: Sequence[str]) -> None:
    """Want these media; a medium that another open consignment wants is refused."""
    if not medium_ids:
        return
    busy = (
        select(_MEDIUM.c.barcode, _CONSIGNMENT.c.number)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .join(_CONSIGNMENT, _CONSIGNMENT.c.consignment_id == _LINE.c.consignment_id)
        .where(
            _MEDIUM.c.medium_id.in_(list(medium_ids)[:1000]),
            _CONSIGNMENT.c.state.in_(
                [ConsignmentState.OPEN, ConsignmentState.FROZEN, ConsignmentState.IN_TRANSIT]
            ),
            _LINE.c.state != LineState.SKIPPED,
        )
    )
    taken = unit.connection.execute(busy).first()
    if taken is not None:
        raise rules.NotReadyError(f"{taken.barcode} is in {taken.number} already. Nothing was added.")
    rows = [new_line(consignment_id, medium_id, LineState.WANTED) for medium_id in medium_ids]
    unit.connection.execute(insert(_LINE), rows)
    row = _CONSIGNMENT.c.consignment_id == consignment_id
    total = _CONSIGNMENT.c.step_total + len(rows)
    unit.connection.execute(update(_CONSIGNMENT).where(row).values(step_total=total))


def begin_step(unit: Unit, consignment_id: str, total: int, done: int = 0) -> None:
    """Count anew for the step that begins: how many media it is about, how many it has seen."""
    row = _CONSIGNMENT.c.consignment_id == consignment_id
    unit.connection.execute(update(_CONSIGNMENT).where(row).values(step_total=total, step_done=done))


def new_line(consignment_id: str, medium_id: str, state: LineState) -> dict[str, object]:
    return {
        "consignment_id": consignment_id, "medium_id": medium_id, "line": None, "state": state, "container_id": None,
        "scanned_at": None, "packed_at": None, "packed_by": None, "packed_entry": None, "packed_from": None, "seen_at": None,
        "unpacked_at": None, "skip_reason": None,
    }  # fmt: skip


def set_line(unit: Unit, consignment_id: str, medium_id: str, **values: object) -> None:
    unit.connection.execute(
        update(_LINE)
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.medium_id == medium_id)
        .values(**values)
    )


def set_box(unit: Unit, consignment_id: str, container_id: str, **values: object) -> None:
    unit.connection.execute(
        update(_BOX)
        .where(_BOX.c.consignment_id == consignment_id, _BOX.c.container_id == container_id)
        .values(**values)
    )


def freeze(unit: Unit, number: str) -> str:
    """Freeze the manifest: numbered lines, canonical bytes, hash; opens both custody transfers. Returns the hash."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "frozen")
    lines = _packed_lines(unit, consignment.id)
    rules.check_packed(
        number,
        barcodes_in(unit, consignment.id, rules.STILL_TO_PACK),
        _unsealed(unit, consignment.id),
        len(lines),
    )
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


def _packed_lines(unit: Unit, consignment_id: str) -> list[dict[str, Any]]:
    query = (
        select(_LINE.c.medium_id, _MEDIUM.c.barcode, _MEDIUM.c.serial_number, _MEDIUM.c.media_type, _MEDIUM.c.encrypted, _MEDIUM.c.dataset, _MEDIUM.c.expires_on, _CONTAINER.c.barcode.label("container"))
        .join(_MEDIUM, _MEDIUM.c.medium_id == _LINE.c.medium_id)
        .join(_CONTAINER, _CONTAINER.c.container_id == _LINE.c.container_id)
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state == LineState.PACKED)
        .order_by(_CONTAINER.c.barcode, _MEDIUM.c.barcode)
    )  # fmt: skip
    return [dict(row) for row in unit.connection.execute(query).mappings()]


def barcodes_in(unit: Unit, consignment_id: str, states: frozenset[LineState]) -> list[str]:
    query = (
        select(_MEDIUM.c.barcode)
        .join(_LINE, _LINE.c.medium_id == _MEDIUM.c.medium_id)
        .where(_LINE.c.consignment_id == consignment_id, _LINE.c.state.in_(states))
    )
    return list(unit.connection.execute(query.order_by(_MEDIUM.c.barcode)).scalars())


def _unsealed(unit: Unit, consignment_id: str) -> list[str]:
    """Containers of the consignment that hold something and have no seal."""
    query = (
        select(_CONTAINER.c.barcode)
        .join(_BOX, _BOX.c.container_id == _CONTAINER.c.container_id)
        .where(
            _BOX.c.consignment_id == consignment_id,
            _BOX.c.seal_number.is_(None),
            select(_MEDIUM.c.medium_id).where(_MEDIUM.c.container_id == _CONTAINER.c.container_id).exists(),
        )
    )
    return list(unit.connection.execute(query).scalars())


def _drop_empty_boxes(unit: Unit, consignment_id: str) -> None:
    query = select(_BOX.c.container_id).where(
        _BOX.c.consignment_id == consignment_id, _BOX.c.seal_number.is_(None)
    )
    for container_id in list(unit.connection.execute(query).scalars()):
        containers.assign(unit, container_id, None)
        unit.connection.execute(
            _BOX.delete().where(_BOX.c.consignment_id == consignment_id, _BOX.c.container_id == container_id)
        )


def box_ids(unit: Unit, consignment_id: str) -> list[str]:
    return list(
        unit.connection.execute(
            select(_BOX.c.container_id).where(_BOX.c.consignment_id == consignment_id)
        ).scalars()
    )


def dispatch(
    unit: Unit, number: str, released: Signature, received: Signature, due_at: datetime | None = None
) -> None:
    """Our side releases and the courier signs: custody goes to the carrier, the place is the consignment."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "dispatched")
    custody.sign_transfer(unit, transfer_id(unit, consignment.id, 1), released, received)
    due = due_at or unit.now + TRANSIT
    if due <= unit.now:
        raise InvalidInputError(
            "The deadline is in the past. Nothing was dispatched.", fields={"due_at": "Choose a later time."}
        )
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
    """Give up a consignment that has not left; what is packed must be taken out first."""
    consignment = load(unit, number)
    rules.check_act(number, consignment.row.state, "cancelled")
    if not reason.strip():
        raise InvalidInputError(
            "Cancelling needs a reason. Nothing was cancelled.", fields={"reason": "Write why."}
        )
    packed = barcodes_in(unit, consignment.id, frozenset({LineState.PACKED}))
    if packed:
        raise rules.NotReadyError(
            f"{len(packed)} media are packed for {number}. It was not cancelled.",
            next_step="Undo their packing first.",
        )
    for container_id in box_ids(unit, consignment.id):
        containers.assign(unit, container_id, None)
    values = {"state": ConsignmentState.CANCELLED, "closed_at": unit.now}
    unit.change(CONSIGNMENT, consignment.id, values, ConsignmentEvent.CANCELLED, reason=reason.strip())
