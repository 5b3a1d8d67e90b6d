"""Places as a changer script numbers them: slots from 1 with the mail slots after them, drives from 0."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from drivers.changer_listing import DRIVE, MAIL_SLOT, SLOT, Seat
from service.db import table
from service.devices.models import Element, ElementKind

_ELEMENT = table(Element)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A place by kind and by its 1-based number of that kind, as people count."""

    kind: ElementKind
    number: int


@dataclass(frozen=True, slots=True)
class SlotNumbering:
    storage_slots: int

    def at(self, number: int) -> Numbered:
        if number > self.storage_slots:
            return Numbered(ElementKind.MAIL_SLOT, number - self.storage_slots)
        return Numbered(ElementKind.SLOT, number)

    def of(self, kind: ElementKind, number: int) -> int:
        return number + self.storage_slots if kind is ElementKind.MAIL_SLOT else number


def slot_numbering(connection: Connection, device_id: str) -> SlotNumbering:
    count = select(func.count()).where(_ELEMENT.c.device_id == device_id, _ELEMENT.c.kind == ElementKind.SLOT)
    return SlotNumbering(connection.execute(count).scalar_one())


def drive_at(number: int) -> Numbered:
    return Numbered(ElementKind.DRIVE, number + 1)


LETTERS = {ElementKind.DRIVE: DRIVE, ElementKind.SLOT: SLOT, ElementKind.MAIL_SLOT: MAIL_SLOT}


def seats(connection: Connection, device_id: str) -> list[Seat]:
    """What was last seen where, by number."""
    columns = (
        _ELEMENT.c.address, _ELEMENT.c.kind, _ELEMENT.c.number, _ELEMENT.c.full, _ELEMENT.c.volume_tag,
        _ELEMENT.c.home_address,
    )  # fmt: skip
    rows = connection.execute(
        select(*columns)
        .where(_ELEMENT.c.device_id == device_id, _ELEMENT.c.kind.in_(LETTERS))
        .order_by(_ELEMENT.c.number)
    ).all()
    numbering = SlotNumbering(sum(row.kind is ElementKind.SLOT for row in rows))
    numbers = {
        row.address: row.number - 1 if row.kind is ElementKind.DRIVE else numbering.of(row.kind, row.number)
        for row in rows
    }
    return [
        Seat(
            LETTERS[row.kind],
            numbers[row.address],
            row.full,
            row.volume_tag or "",
            numbers.get(row.home_address, 0),
        )
        for row in rows
    ]
