"""What changed between two looks at one changer. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.changer.model import ElementState, ElementType, Snapshot


class ChangeKind(StrEnum):
    MOVED = "moved"
    APPEARED = "appeared"
    DISAPPEARED = "disappeared"
    RELABELLED = "relabelled"
    LABEL_LOST = "label-lost"
    ELEMENT_GONE = "element-gone"
    ELEMENT_NEW = "element-new"
    DRIVE_REPLACED = "drive-replaced"
    TOPOLOGY = "topology"


@dataclass(frozen=True, slots=True)
class Change:
    """`tag` is what is concerned; `was` and `now` are element addresses (None: not in the library).

    RELABELLED has the new tag in `tag` and the old one in `detail`; DRIVE_REPLACED the same with
    serial numbers. LABEL_LOST: a full element whose tag could be read before and cannot now.
    """

    kind: ChangeKind
    tag: str | None
    was: int | None
    now: int | None
    detail: str = ""


def differences(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """All changes, media first; empty when nothing that custody cares about has changed."""
    changes = [
        *_tag_changes(before, after),
        *_unlabelled_changes(before, after),
        *_place_changes(before, after),
    ]
    if before.topology.digest != after.topology.digest:
        changes.append(Change(ChangeKind.TOPOLOGY, None, None, None))
    return tuple(changes)


def _tag_changes(before: Snapshot, after: Snapshot) -> list[Change]:
    changes = [change for tag in after.by_tag for change in _arrivals(tag, before, after)]
    return changes + [_departure(tag, place, after) for tag, place in _vanished(before, after)]


def _arrivals(tag: str, before: Snapshot, after: Snapshot) -> list[Change]:
    was = {e.address for e in before.by_tag.get(tag, ())}
    now = {e.address for e in after.by_tag[tag]}
    left, come = sorted(was - now), sorted(now - was)
    return [_arrival(tag, left[n] if n < len(left) else None, place) for n, place in enumerate(come)]


def _arrival(tag: str, was: int | None, now: int) -> Change:
    return Change(ChangeKind.APPEARED if was is None else ChangeKind.MOVED, tag, was, now)


def _vanished(before: Snapshot, after: Snapshot) -> list[tuple[str, ElementState]]:
    return [(tag, e) for tag, places in before.by_tag.items() if tag not in after.by_tag for e in places]


def _departure(tag: str, was: ElementState, after: Snapshot) -> Change:
    now = after.by_address.get(was.address)
    if now is not None and now.full and now.tag is None:
        return Change(ChangeKind.LABEL_LOST, tag, was.address, was.address, now.tag_state)
    return Change(ChangeKind.DISAPPEARED, tag, was.address, None)


def _unlabelled_changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """Full elements without a tag that came or went."""
    changes = []
    for now in after.elements:
        was = before.by_address.get(now.address)
        if was is None:
            continue
        if now.full and now.tag is None and not was.full:
            changes.append(Change(ChangeKind.APPEARED, None, None, now.address, now.tag_state))
        if was.full and was.tag is None and not now.full:
            changes.append(Change(ChangeKind.DISAPPEARED, None, was.address, None, was.tag_state))
        if was.full and was.tag is None and now.tag is not None:
            changes.append(Change(ChangeKind.RELABELLED, now.tag.text, now.address, now.address))
    return changes


def _place_changes(before: Snapshot, after: Snapshot) -> list[Change]:
    changes = []
    for address in sorted(before.by_address.keys() | after.by_address.keys()):
        was, now = before.by_address.get(address), after.by_address.get(address)
        if _stands(was) and not _stands(now):
            changes.append(Change(ChangeKind.ELEMENT_GONE, None, address, None))
        elif _stands(now) and not _stands(was):
            changes.append(Change(ChangeKind.ELEMENT_NEW, None, None, address))
        elif was and now and _is_replaced(was, now):
            changes.append(_replacement(was, now))
    return changes


def _stands(state: ElementState | None) -> bool:
    return state is not None and state.installed


def _is_replaced(was: ElementState, now: ElementState) -> bool:
    known = now.type is ElementType.DATA_TRANSFER and was.drive is not None and now.drive is not None
    return known and _serial(was) != _serial(now)


def _serial(state: ElementState) -> str:
    return state.drive.serial if state.drive else ""


def _replacement(was: ElementState, now: ElementState) -> Change:
    return Change(ChangeKind.DRIVE_REPLACED, _serial(now), was.address, now.address, _serial(was))
