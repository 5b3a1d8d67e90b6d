"""Registering media, correcting what is known about them, and changing what may be done with them."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import insert

from service.ledger.writer import Actor, Unit
from service.media import queries, reservations, rules
from service.media.accession import admit
from service.media.barcodes import parse_serial_number
from service.media.models import MEDIUM, Content, Custody
from service.media.schemas import NewMedium


class MediumEvent(StrEnum):
    REGISTERED = "medium:registered"
    EDITED = "medium:edited"
    CONTENT_CHANGED = "medium:content_changed"


# What was written is no longer there once a medium is scratch.
_EMPTIED: Mapping[str, object] = {
    "dataset": "", "written_on": None, "expires_on": None, "tier": None, "period_key": None, "policy_version": None,
    "encrypted": None,
}  # fmt: skip


def register(unit: Unit, new: NewMedium) -> str:
    """Accession of one medium; returns its id."""
    return register_many(unit, [new])[0]


def register_many(
    unit: Unit,
    media: Sequence[NewMedium],
    *,
    facts: Mapping[str, object] | None = None,
    actor: Actor | None = None,
) -> list[str]:
    """All of them or, with the first one's error, none; `facts` go into every entry."""
    unit.flush()
    known = queries.known_for(unit.connection, media)
    rows = [admit(known, new, unit.new_id(), unit.now) for new in media]
    if rows:
        unit.connection.execute(insert(MEDIUM.table), rows)
    labelled = reservations.use(unit, {str(row["barcode"]): str(row["medium_id"]) for row in rows})
    for row, new in zip(rows, media, strict=True):
        told = {"to": known.places[new.location_id].path, **(facts or {})}
        if (label := labelled.get(str(row["barcode"]))) is not None:
            told["series"] = label.number
        unit.append(
            MEDIUM.subject(str(row["medium_id"])), MediumEvent.REGISTERED, changes=MEDIUM.logged(row),
            facts=told | ({"line": new.line} if new.line else {}), actor=actor,
        )  # fmt: skip
    return [str(row["medium_id"]) for row in rows]


def edit(unit: Unit, medium_id: str, changes: Mapping[str, Any], *, reason: str = "") -> None:
    """Correct serial_number, dataset, written_on, expires_on, encrypted or tier; what is not named stays."""
    unit.flush()
    row = queries.row_of(unit.connection, medium_id)
    values = _checked(row, changes)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return
    if "expires_on" in changed:
        rules.check_expiry_change(queries.standing(row), changed["expires_on"], reason)
    if changed.get("serial_number") is not None:
        queries.check_serial_is_free(unit.connection, changed["serial_number"])
    if "serial_number" in changed and row.serial_number is not None:
        rules.check_reason(reason)
    unit.change(MEDIUM, medium_id, changed, MediumEvent.EDITED, reason=reason.strip() or None)


def _checked(row: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "serial_number" in values:
        values["serial_number"] = parse_serial_number(values["serial_number"])
    if "tier" in values:
        values["tier"] = values["tier"] or None
    merged = queries.values_of(row) | values
    rules.check_dataset(merged["dataset"])
    rules.check_tier(merged["tier"])
    rules.check_dates(merged["written_on"], merged["expires_on"])
    return values


def change_content(
    unit: Unit, medium_id: str, to: Content, reason: str = "", *, today: date | None = None
) -> None:
    """Raises ContentError, HeldError, RetentionError or InvalidInputError; `today` is the site's date, else UTC's."""
    change_contents(unit, [medium_id], to, reason, today=today)


def change_contents(
    unit: Unit, medium_ids: Sequence[str], to: Content, reason: str = "", *, today: date | None = None
) -> None:
    """All of them or none."""
    unit.flush()
    rows = queries.rows_of(unit.connection, medium_ids)
    for row in rows:
        rules.check_content_change(queries.standing(row), to, reason, today or unit.now.date())
    values: dict[str, object] = {"content": to}
    if to is Content.SCRATCH:
        values |= _EMPTIED
    if to is Content.DESTROYED:
        values["custody"] = Custody.GONE
    by_content: dict[Content, list[str]] = {}
    for row in rows:
        by_content.setdefault(row.content, []).append(row.medium_id)
    for before, ids in by_content.items():
        unit.change_many(
            MEDIUM, ids, values, MediumEvent.CONTENT_CHANGED,
            facts={"content_from": before.value}, reason=reason.strip() or None,
        )  # fmt: skip
