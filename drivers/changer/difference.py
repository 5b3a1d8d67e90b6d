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
    was, now = before.by_tag.get(tag, ()), after.by_tag[tag]
    if len(was) == len(now) == 1 and was[0].address == now[0].address:
        return []
    old, new = {e.address for e in was}, {e.address for e in now}
    left, come = sorted(old - new), sorted(new - old)
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
        if was is None or (now.tag is not None and was.tag is not None) or not (now.full or was.full):
            continue
        if now.full and now.tag is None and not was.full:
            changes.append(Change(ChangeKind.APPEARED, None, None, now.address, now.tag_state))
        if was.full and was.tag is None and not now.full:
            changes.append(Change(ChangeKind.DISAPPEARED, None, was.address, None, was.tag_state))
        if was.full and was.tag is None and now.tag is not None:
            changes.append(Change(ChangeKind.RELABELLED, now.tag.text, now.address, now.address))
    return changes


def _place_changes(before: Snapshot, after: Snapshot) -> list[Change]:
    old, new = before.by_address, after.by_address
    gone = [
        Change(ChangeKind.ELEMENT_GONE, None, a, None)
        for a, e in old.items()
        if _stands(e) and not _stands(new.get(a))
    ]
    come = [
        Change(ChangeKind.ELEMENT_NEW, None, None, a)
        for a, e in new.items()
        if _stands(e) and not _stands(old.get(a))
    ]
    pairs = ((old[e.address], e) for e in after.of_type(ElementType.DATA_TRANSFER) if e.address in old)
    return gone + come + [_replacement(was, now) for was, now in pairs if _is_replaced(was, now)]


def _stands(state: ElementState | None) -> bool:
    return state is not None and state.installed


def _is_replaced(was: ElementState, now: ElementState) -> bool:
    return was.drive is not None and now.drive is not None and _serial(was) != _serial(now)


def _serial(state: ElementState) -> str:
    return state.drive.serial if state.drive else ""


def _replacement(was: ElementState, now: ElementState) -> Change:
    return Change(ChangeKind.DRIVE_REPLACED, _serial(now), was.address, now.address, _serial(was))
