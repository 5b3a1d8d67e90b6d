"""One consignment, and what waits for a person in these rooms."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy.engine import Connection
from sqlmodel import Session

from service.consignments import rules
from service.consignments.listing import (
    NOT_CLOSED,
    ConsignmentRow,
    ConsignmentSelection,
    consignments,
    counts_by_state,
    manifest,
)
from service.consignments.models import ConsignmentState, Direction, LineState
from service.consignments.rules import Duty, End
from service.consignments.schemas import Need
from service.consignments.words import counted
from service.custody import queries as custody
from service.custody.queries import DiscrepancySelection, DiscrepancyView
from service.errors import NotFoundError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.media.barcodes import shown
from service.web.times import age
from service.web.views.parts import Ident, Tone

MOST = 200
URGENCY = (Tone.RED, Tone.AMBER, Tone.BLUE, Tone.NEUTRAL, Tone.GREEN)


def consignment(connection: Connection, person: Person, number: str) -> ConsignmentRow:
    """Raises NotFoundError, also for what the person may not see."""
    found = consignments(connection, person, ConsignmentSelection(number=number), limit=1)
    if not found:
        raise NotFoundError("consignment", shown(number))
    return found[0]


def frozen_manifest(connection: Connection, person: Person, number: str) -> tuple[bytes, str]:
    """(the exact bytes, their SHA-256). Raises NotReadyError while it is not frozen."""
    row = consignment(connection, person, number)
    found = manifest(connection, number)
    if found is None or row.manifest_sha256 is None:
        raise rules.NotReadyError(
            f"The manifest of {number} is not frozen yet. There is nothing to hand out.",
            next_step="Pack everything, then freeze it.",
        )
    return found, row.manifest_sha256


def party_of(row: ConsignmentRow, duty: Duty) -> tuple[str, str]:
    """(id, name) of the party whose step it is."""
    if rules.end_of(duty, row.direction) is End.FROM:
        return row.from_party_id, row.from_party
    return row.to_party_id, row.to_party


def may(row: ConsignmentRow, duty: Duty, person: Person) -> bool:
    allowed = person.may(rules.permission_for(duty, row.direction))
    return allowed and party_of(row, duty)[0] == person.party_id


def needs(session: Session, person: Person, now: datetime) -> list[Need]:
    """Most urgent first: by tone, then by deadline, then by age."""
    connection = session.connection()
    rows = consignments(connection, person, ConsignmentSelection(NOT_CLOSED), limit=MOST)
    found = [need for row in rows if (need := _need(connection, row, person, now)) is not None]
    if person.may(Permission.RESOLVE):
        found += _discrepancies(connection, person)
    last = max((need.due for need in found if need.due), default=now)
    return sorted(found, key=lambda need: (URGENCY.index(need.tone), need.due or last, need.since))


def _need(connection: Connection, row: ConsignmentRow, person: Person, now: datetime) -> Need | None:
    match row.state:
        case ConsignmentState.OPEN:
            return _to_pack(row) if may(row, Duty.PACK, person) else None
        case ConsignmentState.FROZEN:
            return _to_sign(row) if may(row, Duty.RELEASE, person) else None
        case ConsignmentState.IN_TRANSIT:
            return _on_the_road(row, person, now)
        case ConsignmentState.RECEIVED:
            return _received(connection, row, person)
        case _:
            return None


def ident(row: ConsignmentRow) -> Ident:
    return Ident(row.number, f"/consignments/{row.number}")


def _to_pack(row: ConsignmentRow) -> Need:
    sentence = (ident(row), f" to {row.to_party} is being packed: {row.step_done} of {row.step_total} media.")
    return Need(
        "pack", Tone.BLUE, sentence, row.purpose, row.created_at, None,
        "Pack", f"/scan?task=pack:{row.number}", rules.permission_for(Duty.PACK, row.direction),
    )  # fmt: skip


def _to_sign(row: ConsignmentRow) -> Need:
    sentence = (ident(row), f" is packed and waits for {row.carrier} to sign.")
    detail = f"{counted(row.media, 'medium')} in {counted(row.containers, 'container')} for {row.to_party}."
    return Need(
        "sign", Tone.AMBER, sentence, detail, row.frozen_at or row.created_at, None,
        "Courier signs", f"/consignments/{row.number}/sign", rules.permission_for(Duty.RELEASE, row.direction),
    )  # fmt: skip


def _on_the_road(row: ConsignmentRow, person: Person, now: datetime) -> Need | None:
    """The receiving end is told from the release on, everybody else at the ends only once it is late."""
    receives, late = may(row, Duty.RECEIVE, person), row.is_overdue(now)
    if not receives and not (late and may(row, Duty.CLOSE, person)):
        return None
    released = row.released_at or row.created_at
    told = (
        f" is {age(now - row.due_at)} overdue."
        if late and row.due_at
        else f" is on its way with {row.carrier}."
    )
    detail = f"{counted(row.media, 'medium')} in {counted(row.containers, 'container')} from {row.from_party} to {row.to_party}."
    act, href = ("Acknowledge", "/acknowledge") if receives else ("Open", "")
    return Need(
        "overdue" if late else "acknowledge", Tone.RED if late else Tone.AMBER, (ident(row), told), detail, released, row.due_at,
        act, f"/consignments/{row.number}{href}",
        rules.permission_for(Duty.RECEIVE, row.direction) if receives else Permission.READ,
    )  # fmt: skip


def _received(connection: Connection, row: ConsignmentRow, person: Person) -> Need | None:
    since = row.received_at or row.created_at
    packed = counts_by_state(connection, row.consignment_id).get(LineState.MATCHED, 0)
    if row.direction is Direction.HOME and packed:
        if not may(row, Duty.RECEIVE, person):
            return None
        sentence = (ident(row), f" is home; {packed} media are not unpacked.")
        return Need(
            "unpack", Tone.AMBER, sentence, f"From {row.from_party}.", since, None,
            "Unpack", f"/scan?task=unpack:{row.number}", Permission.RECEIVE,
        )  # fmt: skip
    if row.discrepancies or not may(row, Duty.CLOSE, person):
        return None
    sentence = (ident(row), f" was received by {row.to_party} and can be closed.")
    return Need(
        "close", Tone.BLUE, sentence, f"{row.media} media, no discrepancy is open.", since, None,
        "Close", f"/consignments/{row.number}/close", rules.permission_for(Duty.CLOSE, row.direction),
    )  # fmt: skip


def _discrepancies(connection: Connection, person: Person) -> Iterator[Need]:
    """Those of one consignment together, the others each alone."""
    found = custody.discrepancy_views(connection, person, DiscrepancySelection(), limit=MOST)
    found.sort(key=lambda one: (one.consignment, one.number))
    for number, group in groupby(found, key=lambda one: one.consignment):
        together = list(group)
        if number and len(together) > 1:
            yield _of_one_consignment(number, together)
        else:
            yield from (_alone(one) for one in together)


def _of_one_consignment(number: str, found: list[DiscrepancyView]) -> Need:
    sentence = (f"{len(found)} discrepancies of ", Ident(number, f"/consignments/{number}"), " are open.")
    return Need(
        "discrepancy", Tone.RED, sentence, found[0].sentence, min(one.opened_at for one in found), None,
        "Resolve", f"/discrepancies?consignment={number}", Permission.RESOLVE,
    )  # fmt: skip


def _alone(one: DiscrepancyView) -> Need:
    sentence = (Ident(one.number, f"/discrepancies/{one.number}"), f": {one.sentence}")
    return Need(
        "discrepancy", Tone.RED, sentence, "Nobody has said why yet.", one.opened_at, None,
        "Resolve", f"/discrepancies/{one.number}/resolve", Permission.RESOLVE,
    )  # fmt: skip
