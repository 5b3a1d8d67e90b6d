"""What a person may do with a consignment now, and what not, with the reason."""

from collections.abc import Sequence
from dataclasses import replace

from service.consignments import queries, rules
from service.consignments.listing import BoxRow, ConsignmentRow
from service.consignments.models import ConsignmentState, Direction, LineState
from service.consignments.rules import Duty
from service.consignments.words import counted
from service.handlers.queries import Person
from service.web.views.parts import Act

_DOES = {
    Duty.ARRANGE: "arrange it", Duty.PACK: "pack it", Duty.SKIP: "skip media", Duty.RELEASE: "release it",
    Duty.RECEIVE: "receive it", Duty.CLOSE: "close it",
}  # fmt: skip


def why_not(row: ConsignmentRow, duty: Duty, person: Person) -> str:
    """Empty when the person may."""
    party_id, party = queries.party_of(row, duty)
    if person.party_id != party_id:
        return f"people of {party} {_DOES[duty]}"
    permission = rules.permission_for(duty, row.direction)
    return "" if person.may(permission) else f"needs the permission “{permission.value.replace('_', ' ')}”"


def acts_of(
    row: ConsignmentRow, boxes: Sequence[BoxRow], counts: dict[LineState, int], person: Person
) -> tuple[Act, ...]:
    """The act that takes it further comes last and first in weight."""
    match row.state:
        case ConsignmentState.OPEN:
            found = _open_acts(row, boxes, counts)
        case ConsignmentState.FROZEN:
            found = (
                (Duty.ARRANGE, Act("Cancel", _href(row, "cancel"))),
                (Duty.RELEASE, Act("Courier signs", _href(row, "sign"), first=True)),
            )
        case ConsignmentState.IN_TRANSIT:
            found = ((Duty.RECEIVE, Act("Acknowledge", _href(row, "acknowledge"), first=True)),)
        case ConsignmentState.RECEIVED:
            found = _received_acts(row, counts)
        case _:
            found = ()
    return tuple(_allowed(act, row, duty, person) for duty, act in found)


def _href(row: ConsignmentRow, verb: str) -> str:
    return f"/consignments/{row.number}/{verb}"


def _allowed(act: Act, row: ConsignmentRow, duty: Duty, person: Person) -> Act:
    """Who may not at all is told so before what is not ready."""
    reason = why_not(row, duty, person)
    return replace(act, enabled=False, reason=reason) if reason else act


def _unless(act: Act, reason: str) -> Act:
    return replace(act, enabled=False, reason=reason) if reason else act


def _open_acts(
    row: ConsignmentRow, boxes: Sequence[BoxRow], counts: dict[LineState, int]
) -> tuple[tuple[Duty, Act], ...]:
    packed = counts.get(LineState.PACKED, 0)
    left = sum(counts.get(state, 0) for state in rules.STILL_TO_PACK)
    hindrance = freezing_hindrance(boxes, left, packed)
    return (
        (Duty.PACK, _unless(Act("Freeze", _href(row, "freeze"), first=True), hindrance)),
        (Duty.PACK, Act("Scan and pack", f"/scan?task=pack:{row.number}", first=left > 0)),
    )


def arranging_acts(row: ConsignmentRow, counts: dict[LineState, int], person: Person) -> tuple[Act, ...]:
    if row.state is not ConsignmentState.OPEN:
        return ()
    packed = counts.get(LineState.PACKED, 0)
    cancel = Act("Cancel", _href(row, "cancel"))
    found = (
        (Duty.PACK, Act("Choose a container", _href(row, "containers"))),
        (Duty.ARRANGE, Act("Add media", _href(row, "add"))),
        (
            Duty.ARRANGE,
            _unless(cancel, f"{counted(packed, 'medium')} packed; undo that first" if packed else ""),
        ),
    )
    return tuple(_allowed(act, row, duty, person) for duty, act in found)


def freezing_hindrance(boxes: Sequence[BoxRow], left: int, packed: int) -> str:
    open_boxes = [box.barcode for box in boxes if box.inside and box.seal_number is None]
    if left:
        return f"{counted(left, 'medium')} not packed"
    if open_boxes:
        return f"{', '.join(open_boxes)} is not sealed"
    return "" if packed else "nothing is packed"


def _received_acts(row: ConsignmentRow, counts: dict[LineState, int]) -> tuple[tuple[Duty, Act], ...]:
    inside = counts.get(LineState.MATCHED, 0)
    unpack = Act("Scan and unpack", f"/scan?task=unpack:{row.number}", first=inside > 0)
    return (
        (Duty.CLOSE, _unless(Act("Close", _href(row, "close"), first=True), closing_hindrance(row, inside))),
        (Duty.RECEIVE, _unless(unpack, "" if inside else "everything is unpacked")),
    )


def closing_hindrance(row: ConsignmentRow, inside: int) -> str:
    if row.discrepancies:
        return f"{counted(row.discrepancies, 'discrepancy')} open"
    if row.direction is Direction.HOME and inside:
        return f"{counted(inside, 'medium')} not unpacked"
    return ""
