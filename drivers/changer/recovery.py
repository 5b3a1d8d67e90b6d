"""Where is the medium? The verdict on a move, from two looks and nothing else. Pure.

The table of rules stands in docs/hardware.md. What the device answered to MOVE MEDIUM plays no
part in it: GOOD does not mean moved, and an error does not mean that nothing moved.
"""

from drivers.changer.model import (
    ElementState,
    ElementType,
    Judgement,
    MoveFlag,
    MoveRequest,
    MoveVerdict,
    Snapshot,
    SourceAuthority,
    TagState,
)

IDENTIFIED = frozenset({TagState.READ})
UNKNOWN = Judgement(MoveVerdict.INDETERMINATE)


def judge(
    request: MoveRequest, before: Snapshot, after: Snapshot, *, export_is_immediate: bool = False
) -> Judgement:
    """The verdict; INDETERMINATE wherever the two looks allow more than one story."""
    src, dst = after.by_address.get(request.src), after.by_address.get(request.dst)
    if src is None or dst is None or not after.complete:
        return UNKNOWN
    tag = wanted_tag(request, before)
    if tag is None:
        return _judge_unlabelled(request, before, after, src, dst)
    seen = after.by_tag.get(tag, ())
    if len(seen) > 1:
        return Judgement(MoveVerdict.INDETERMINATE, flags=frozenset({MoveFlag.TAG_SEEN_TWICE}))
    if seen:
        return _judge_seen(seen[0], src, dst)
    return _judge_unseen(request, before, after, export_is_immediate=export_is_immediate)


def wanted_tag(request: MoveRequest, before: Snapshot) -> str | None:
    if request.expect_tag is not None:
        return request.expect_tag
    start = before.by_address.get(request.src)
    return start.tag_text if start else None


def _judge_seen(at: ElementState, src: ElementState, dst: ElementState) -> Judgement:
    if at.address == dst.address:
        flags = {MoveFlag.SOURCE_REFILLED} if src.full else set()
        return Judgement(MoveVerdict.MOVED, at.address, frozenset(flags))
    if at.address == src.address:
        flags = {MoveFlag.DESTINATION_TAKEN} if dst.full else set()
        return Judgement(MoveVerdict.NOT_MOVED, at.address, frozenset(flags))
    if at.type is ElementType.TRANSPORT:
        return Judgement(MoveVerdict.IN_TRANSPORT, at.address)
    return Judgement(MoveVerdict.ELSEWHERE, at.address)


def _judge_unseen(
    request: MoveRequest, before: Snapshot, after: Snapshot, *, export_is_immediate: bool
) -> Judgement:
    """The tag is known but nowhere to be read."""
    src, dst = after.by_address[request.src], after.by_address[request.dst]
    newly = newly_unidentified(before, after)
    if newly:
        return _judge_by_source(request, before, src, dst, newly)
    if src.full and src.tag_state not in IDENTIFIED:
        return UNKNOWN
    if has_hidden_places(before, after):
        return Judgement(MoveVerdict.INDETERMINATE, flags=frozenset({MoveFlag.HIDDEN_PLACES}))
    if export_is_immediate and dst.type is ElementType.IMPORT_EXPORT and not src.full and not dst.full:
        return Judgement(MoveVerdict.EXPORTED_UNVERIFIABLE)
    return Judgement(MoveVerdict.LOST)


def newly_unidentified(before: Snapshot, after: Snapshot) -> tuple[ElementState, ...]:
    """Elements that now hold something unreadable and did not before: one of them may be it."""
    return tuple(
        e
        for e in after.elements
        if e.full and e.tag_state not in IDENTIFIED and not _was_unidentified(before, e.address)
    )


def _was_unidentified(before: Snapshot, address: int) -> bool:
    state = before.by_address.get(address)
    return state is not None and state.full and state.tag_state not in IDENTIFIED


def has_hidden_places(before: Snapshot, after: Snapshot) -> bool:
    """The hand cannot be seen, or an element known before is missing, not installed or out of reach."""
    if not any(hand.installed for hand in after.of_type(ElementType.TRANSPORT)):
        return True
    return any(_is_hidden(after.by_address.get(e.address)) for e in before.elements if e.installed)


def _is_hidden(state: ElementState | None) -> bool:
    if state is None or not state.installed:
        return True
    return state.access is False and state.exception is not None


def _judge_by_source(
    request: MoveRequest,
    before: Snapshot,
    src: ElementState,
    dst: ElementState,
    newly: tuple[ElementState, ...],
) -> Judgement:
    """An unreadable medium counts as ours only where the changer itself remembers its source."""
    if len(newly) != 1 or src.full:
        return UNKNOWN
    only = newly[0]
    unreadable = frozenset({MoveFlag.TAG_UNREADABLE})
    if only.type is ElementType.TRANSPORT and not dst.full:
        return Judgement(MoveVerdict.IN_TRANSPORT, only.address, unreadable)
    if only.address != dst.address or not came_from(dst, request.src):
        return UNKNOWN
    was = before.by_address.get(request.dst)
    if was is None or was.full:
        return UNKNOWN
    return Judgement(MoveVerdict.MOVED, dst.address, unreadable)


def came_from(state: ElementState, address: int) -> bool:
    return state.source.authority is SourceAuthority.SVALID and state.source.address == address


def _judge_unlabelled(
    request: MoveRequest, before: Snapshot, after: Snapshot, src: ElementState, dst: ElementState
) -> Judgement:
    """No tag to go by: only an unchanged picture or the changer's own memory decides."""
    newly = newly_unidentified(before, after)
    if newly:
        return _judge_by_source(request, before, src, dst, newly)
    if _was_unidentified(before, request.src) and _is_unidentified(src) and not dst.full:
        return Judgement(MoveVerdict.NOT_MOVED, src.address, frozenset({MoveFlag.TAG_UNREADABLE}))
    if src.full or dst.full or not _was_unidentified(before, request.src):
        return UNKNOWN
    if has_hidden_places(before, after) or dst.type is ElementType.IMPORT_EXPORT:
        return UNKNOWN
    return Judgement(MoveVerdict.LOST)


def _is_unidentified(state: ElementState) -> bool:
    return state.full and state.tag_state not in IDENTIFIED
