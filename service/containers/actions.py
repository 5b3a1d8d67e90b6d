"""Making, packing, sealing and opening containers."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select

from service.containers import rules
from service.containers.models import CONTAINER, SEAL, Container, ContainerState, Seal, SealState
from service.custody.actions import CustodyEvent, path_of, place
from service.db import table
from service.errors import InvalidInputError, NotFoundError, StateError
from service.ledger.writer import Unit
from service.media.barcodes import shown
from service.media.models import Medium

_CONTAINER = table(Container)
_SEAL = table(Seal)
_MEDIUM = table(Medium)


class ContainerEvent(StrEnum):
    REGISTERED = "container:registered"
    SEALED = "container:sealed"
    OPENED = "container:opened"
    RELEASED = "container:released"
    RECEIVED = "container:received"
    ASSIGNED = "container:assigned"
    UNASSIGNED = "container:unassigned"
    RETIRED = "container:retired"
    SSCC_GIVEN = "container:sscc_given"


class SealEvent(StrEnum):
    APPLIED = "seal:applied"
    REMOVED = "seal:removed"


def by_barcode(unit: Unit, barcode: str) -> Row[tuple[object, ...]]:
    query = select(_CONTAINER).where(_CONTAINER.c.barcode == barcode)
    found = (
        unit.connection.execute(query).one_or_none() if rules.CONTAINER_BARCODE.fullmatch(barcode) else None
    )
    if found is None:
        raise NotFoundError("container", shown(barcode))
    return found


def by_id(unit: Unit, container_id: str) -> Row[tuple[object, ...]]:
    return unit.connection.execute(select(_CONTAINER).where(_CONTAINER.c.container_id == container_id)).one()


def register(unit: Unit, barcode: str, capacity: int, location_id: str, custodian_id: str) -> str:
    """A new, open, empty container; its barcode is new."""
    code = barcode.strip().upper()
    rules.check_new(code, capacity)
    taken = unit.connection.execute(
        select(_CONTAINER.c.container_id).where(_CONTAINER.c.barcode == code)
    ).first()
    if taken:
        raise InvalidInputError(
            f"There is a container {code} already. Nothing was saved.",
            fields={"barcode": "Take a new barcode."},
        )
    container_id = unit.new_id()
    values = {
        "container_id": container_id, "barcode": code, "capacity": capacity, "state": ContainerState.OPEN,
        "custodian_id": custodian_id, "location_id": location_id, "consignment_id": None, "seal_id": None,
    }  # fmt: skip
    unit.create(CONTAINER, values, ContainerEvent.REGISTERED)
    return container_id


def give_sscc(unit: Unit, container_id: str, sscc: str) -> None:
    """Once and for good. Raises SsccGivenError for a container that has one."""
    container: Any = by_id(unit, container_id)
    rules.check_has_no_sscc(container.barcode, container.sscc)
    unit.change(CONTAINER, container_id, {"sscc": sscc}, ContainerEvent.SSCC_GIVEN)


def media_in(unit: Unit, container_id: str) -> list[str]:
    query = select(_MEDIUM.c.medium_id).where(_MEDIUM.c.container_id == container_id)
    return list(unit.connection.execute(query.order_by(_MEDIUM.c.barcode)).scalars())


def count_in(unit: Unit, container_id: str) -> int:
    return unit.connection.execute(
        select(func.count()).select_from(_MEDIUM).where(_MEDIUM.c.container_id == container_id)
    ).scalar_one()


def assign(unit: Unit, container_id: str, consignment_id: str | None) -> None:
    """Reserve the container for a consignment, or give it free."""
    event = ContainerEvent.ASSIGNED if consignment_id else ContainerEvent.UNASSIGNED
    unit.change(CONTAINER, container_id, {"consignment_id": consignment_id}, event)


def seal(unit: Unit, barcode: str, number: str) -> str:
    """Close the container with a seal number that was never used; returns the number as recorded."""
    container = by_barcode(unit, barcode)
    rules.check_open(barcode, container.state)
    number = rules.check_seal_number(number)
    if count_in(unit, container.container_id) == 0:
        raise rules.ContainerEmptyError(barcode)
    _check_unused(unit, number)
    seal_id = unit.new_id()
    values = {
        "seal_id": seal_id, "number": number, "state": SealState.APPLIED, "container_id": container.container_id,
        "applied_at": unit.now, "removed_at": None,
    }  # fmt: skip
    unit.create(SEAL, values, SealEvent.APPLIED, facts={"container": barcode})
    pieces = count_in(unit, container.container_id)
    unit.change(
        CONTAINER, container.container_id, {"state": ContainerState.SEALED, "seal_id": seal_id}, ContainerEvent.SEALED,
        facts={"seal": number, "pieces": pieces},
    )  # fmt: skip
    return number


def _check_unused(unit: Unit, number: str) -> None:
    query = (
        select(_CONTAINER.c.barcode)
        .join(_SEAL, _SEAL.c.container_id == _CONTAINER.c.container_id)
        .where(_SEAL.c.number == number)
    )
    used_on = unit.connection.execute(query).scalar_one_or_none()
    if used_on is not None:
        raise rules.SealUsedError(number, str(used_on))


def open_container(unit: Unit, barcode: str, *, intact: bool, reason: str | None = None) -> None:
    """Take the seal off; a broken one is recorded as broken."""
    container = by_barcode(unit, barcode)
    if container.state is not ContainerState.SEALED or container.seal_id is None:
        raise StateError(f"{barcode} is not sealed. Nothing was opened.")
    number = unit.connection.execute(
        select(_SEAL.c.number).where(_SEAL.c.seal_id == container.seal_id)
    ).scalar_one()
    values = {"state": rules.seal_state_after(intact=intact), "removed_at": unit.now}
    unit.change(
        SEAL, str(container.seal_id), values, SealEvent.REMOVED, facts={"container": barcode}, reason=reason
    )
    unit.change(
        CONTAINER, container.container_id, {"state": ContainerState.OPEN, "seal_id": None}, ContainerEvent.OPENED,
        facts={"seal": number, "intact": intact}, reason=reason,
    )  # fmt: skip


def empty(unit: Unit, barcode: str) -> int:
    """Everything inside stands beside the open container from now on; returns how many media that were."""
    container = by_barcode(unit, barcode)
    rules.check_open(barcode, container.state)
    inside = media_in(unit, container.container_id)
    if not inside:
        raise StateError(f"{barcode} is empty already. Nothing was changed.")
    place(
        unit, inside, CustodyEvent.UNPACKED, location_id=container.location_id, custodian_id=container.custodian_id,
        container_id=None, facts={"container": barcode, "to": path_of(unit, container.location_id)},
    )  # fmt: skip
    return len(inside)


def hand_over(
    unit: Unit,
    container_ids: Sequence[str],
    *,
    location_id: str,
    custodian_id: str,
    container_event: ContainerEvent,
    medium_event: CustodyEvent,
    facts: Mapping[str, object],
) -> None:
    """Containers and everything in them go to a place and a custodian; each medium gets an entry that names its container and seal."""
    for container_id in container_ids:
        container = by_id(unit, container_id)
        seal_number = unit.connection.execute(
            select(_SEAL.c.number).where(_SEAL.c.seal_id == container.seal_id)
        ).scalar_one_or_none()
        unit.change(
            CONTAINER, container_id, {"location_id": location_id, "custodian_id": custodian_id}, container_event, facts=facts
        )  # fmt: skip
        told = {**facts, "container": container.barcode, "seal": seal_number}
        place(
            unit, media_in(unit, container_id), medium_event,
            location_id=location_id, custodian_id=custodian_id, container_id=container_id, facts=told,
        )  # fmt: skip
