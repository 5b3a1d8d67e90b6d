"""Placing and releasing holds. The medium's own history tells it too."""

from datetime import date
from enum import StrEnum

from service.bookkeeping import next_number
from service.errors import InvalidInputError
from service.holds import queries, rules
from service.holds.models import HOLD
from service.ledger.writer import Unit
from service.media.models import MEDIUM
from service.media.queries import row_of

NUMBERS = "H"


class HoldEvent(StrEnum):
    """Each stands on the hold and on its medium."""

    PLACED = "hold:placed"
    RELEASED = "hold:released"


def place(
    unit: Unit,
    medium_id: str,
    reason: str,
    *,
    owner_id: str,
    approver_id: str | None = None,
    review_on: date | None = None,
) -> str:
    """Returns the hold's number (H-0001)."""
    unit.flush()
    medium = row_of(unit.connection, medium_id)
    placer = unit.actor.handler_id
    rules.check_place(
        medium.barcode, medium.custody, reason,
        placer=placer, approver=approver_id, review_on=review_on, today=unit.now.date(),
    )  # fmt: skip
    people = {"owner": _person(unit, owner_id, "owner"), "approver": _person(unit, approver_id, "approver")}
    number, hold_id, text = next_number(unit, NUMBERS), unit.new_id(), reason.strip()
    values = {
        "hold_id": hold_id, "number": number, "medium_id": medium_id, "reason": text, "owner_id": owner_id,
        "approver_id": approver_id, "review_on": review_on, "placed_at": unit.now, "placed_by": placer,
        "released_at": None, "released_by": None,
    }  # fmt: skip
    unit.create(HOLD, values, HoldEvent.PLACED, facts={"barcode": medium.barcode, **people}, reason=text)
    facts = {"hold": number, "review_on": review_on, **people}
    since = {"held_since": medium.held_since or unit.now}
    unit.change(MEDIUM, medium_id, since, HoldEvent.PLACED, facts=facts, reason=text)
    return number


def _person(unit: Unit, handler_id: str | None, field: str) -> str | None:
    if handler_id is None:
        return None
    name = queries.handler_name(unit.connection, handler_id)
    if name is None:
        text = f"The {field} is nobody who is active here."
        raise InvalidInputError(f"{text} Nothing was changed.", fields={field: text})
    return name


def release(unit: Unit, number: str, reason: str) -> None:
    """Raises HoldReleasedError, or SecondPersonError for the person who placed it."""
    unit.flush()
    found = queries.row_by_number(unit.connection, number)
    if found.released_at is not None:
        raise rules.HoldReleasedError(number)
    releaser = unit.actor.handler_id
    rules.check_release(number, reason, placer=found.placed_by, releaser=releaser)
    values = {"released_at": unit.now, "released_by": releaser}
    unit.change(HOLD, found.hold_id, values, HoldEvent.RELEASED, reason=reason.strip())
    since = queries.oldest_open(unit.connection, found.medium_id)
    unit.change(
        MEDIUM, found.medium_id, {"held_since": since}, HoldEvent.RELEASED, facts={"hold": number}, reason=reason.strip()
    )  # fmt: skip
