"""The verdict table: two looks in, one verdict out."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from drivers.changer.model import (
    ChangerIdentity,
    ElementState,
    ElementType,
    Judgement,
    MoveFlag,
    MoveRequest,
    MoveVerdict,
    Snapshot,
    SourceAuthority,
    SourceRef,
    TagState,
    Topology,
    VolumeTag,
)
from drivers.changer.recovery import judge
from drivers.scsi.exchange import Sense
from drivers.scsi.mode import ElementAddresses, ElementRange

HAND, SRC, DST, OTHER, SLOT = 1, 1001, 501, 1002, 1003
TYPES = {
    HAND: ElementType.TRANSPORT,
    DST: ElementType.IMPORT_EXPORT,
    SRC: ElementType.STORAGE,
    OTHER: ElementType.STORAGE,
    SLOT: ElementType.STORAGE,
}
TAG = "ABC001L8"
UNREADABLE = "?"


def element(address: int, content: str | None, source: int | None = None, **changes) -> ElementState:
    readable = content not in (None, UNREADABLE)
    ref = SourceRef(source, SourceAuthority.SVALID) if source else SourceRef()
    state = TagState.READ if readable else TagState.UNREADABLE if content else TagState.ABSENT
    fields = {
        "type": TYPES[address],
        "address": address,
        "full": content is not None,
        "access": True,
        "tag": VolumeTag(content.encode(), content) if readable and content else None,
        "tag_state": state,
        "source": ref,
    }
    return ElementState(**fields | changes)


def picture(contents: dict[int, str | None], *, complete: bool = True, **special: ElementState) -> Snapshot:
    elements = {address: element(address, contents.get(address)) for address in TYPES}
    elements |= {state.address: state for state in special.values()}
    ranges = (ElementRange(HAND, 1), ElementRange(SRC, 3), ElementRange(DST, 1), ElementRange(0, 0))
    return Snapshot(
        changer=ChangerIdentity("V", "P", "1", "S", (), "test", "test://"),
        topology=Topology(ElementAddresses(*ranges), None),
        elements=tuple(elements.values()),
        taken_at=datetime(2026, 3, 3, tzinfo=UTC),
        duration_ms=1,
        complete=complete,
    )


def verdict(
    after: Snapshot, before: Snapshot | None = None, *, tag: str | None = TAG, immediate: bool = False
) -> Judgement:
    request = MoveRequest(SRC, DST, tag, "m", 1.0)
    start = before or picture({SRC: tag or UNREADABLE})
    return judge(request, start, after, export_is_immediate=immediate)


BY_TAG = [
    ("at the destination, source empty", {DST: TAG}, MoveVerdict.MOVED, DST, set()),
    (
        "at the destination, source refilled",
        {DST: TAG, SRC: "NEW001L8"},
        MoveVerdict.MOVED,
        DST,
        {MoveFlag.SOURCE_REFILLED},
    ),
    (
        "at the destination, source refilled by something unreadable",
        {DST: TAG, SRC: UNREADABLE},
        MoveVerdict.MOVED,
        DST,
        {MoveFlag.SOURCE_REFILLED},
    ),
    ("still at the source", {SRC: TAG}, MoveVerdict.NOT_MOVED, SRC, set()),
    (
        "still at the source, destination taken",
        {SRC: TAG, DST: "NEW001L8"},
        MoveVerdict.NOT_MOVED,
        SRC,
        {MoveFlag.DESTINATION_TAKEN},
    ),
    ("in the hand", {HAND: TAG}, MoveVerdict.IN_TRANSPORT, HAND, set()),
    ("somewhere else", {OTHER: TAG}, MoveVerdict.ELSEWHERE, OTHER, set()),
    (
        "somewhere else, another medium at the destination",
        {OTHER: TAG, DST: "NEW001L8"},
        MoveVerdict.ELSEWHERE,
        OTHER,
        set(),
    ),
    ("nowhere", {}, MoveVerdict.LOST, None, set()),
    ("nowhere, another medium at the destination", {DST: "NEW001L8"}, MoveVerdict.LOST, None, set()),
    ("nowhere, another medium at the source", {SRC: "NEW001L8"}, MoveVerdict.LOST, None, set()),
    (
        "seen at source and destination",
        {SRC: TAG, DST: TAG},
        MoveVerdict.INDETERMINATE,
        None,
        {MoveFlag.TAG_SEEN_TWICE},
    ),
    (
        "seen at two other places",
        {OTHER: TAG, SLOT: TAG},
        MoveVerdict.INDETERMINATE,
        None,
        {MoveFlag.TAG_SEEN_TWICE},
    ),
    (
        "unreadable at the destination without a source",
        {DST: UNREADABLE},
        MoveVerdict.INDETERMINATE,
        None,
        set(),
    ),
    ("unreadable at the source", {SRC: UNREADABLE}, MoveVerdict.INDETERMINATE, None, set()),
    ("unreadable at another place", {OTHER: UNREADABLE}, MoveVerdict.INDETERMINATE, None, set()),
    ("unreadable in the hand", {HAND: UNREADABLE}, MoveVerdict.IN_TRANSPORT, HAND, {MoveFlag.TAG_UNREADABLE}),
    (
        "unreadable at source and destination",
        {SRC: UNREADABLE, DST: UNREADABLE},
        MoveVerdict.INDETERMINATE,
        None,
        set(),
    ),
]


@pytest.mark.parametrize(
    ("story", "after", "expected", "found", "flags"), BY_TAG, ids=[row[0] for row in BY_TAG]
)
def test_a_labelled_medium_is_judged_by_where_its_tag_is(story, after, expected, found, flags):
    judged = verdict(picture(after))
    assert (judged.verdict, judged.found_at, judged.flags) == (expected, found, frozenset(flags))


def test_an_unreadable_medium_at_the_destination_counts_when_the_changer_remembers_its_source():
    judged = verdict(picture({}, dst=element(DST, UNREADABLE, SRC)))
    assert judged == Judgement(MoveVerdict.MOVED, DST, frozenset({MoveFlag.TAG_UNREADABLE}))


def test_a_source_derived_by_mtx_is_no_evidence():
    guessed = replace(element(DST, UNREADABLE), source=SourceRef(SRC, SourceAuthority.MTX_DERIVED))
    assert verdict(picture({}, dst=guessed)).verdict is MoveVerdict.INDETERMINATE


def test_the_source_of_another_element_is_no_evidence():
    assert verdict(picture({}, dst=element(DST, UNREADABLE, OTHER))).verdict is MoveVerdict.INDETERMINATE


def test_an_unreadable_medium_that_was_already_there_proves_nothing():
    before = picture({SRC: TAG, DST: UNREADABLE})
    after = picture({}, dst=element(DST, UNREADABLE, SRC))
    assert verdict(after, before).verdict is MoveVerdict.LOST


def test_a_virtual_mail_slot_swallows_the_medium_unverifiably():
    assert verdict(picture({}), immediate=True).verdict is MoveVerdict.EXPORTED_UNVERIFIABLE


def test_only_a_mail_slot_can_export():
    request = MoveRequest(SRC, OTHER, TAG, "m", 1.0)
    judged = judge(request, picture({SRC: TAG}), picture({}), export_is_immediate=True)
    assert judged.verdict is MoveVerdict.LOST


def test_a_medium_is_not_lost_while_a_magazine_is_out():
    gone = replace(element(OTHER, None), access=False, exception=Sense(0, 0x3B, 0x12))
    judged = verdict(picture({}, other=gone))
    assert judged == Judgement(MoveVerdict.INDETERMINATE, None, frozenset({MoveFlag.HIDDEN_PLACES}))


def test_an_element_that_is_no_longer_reported_hides_what_it_may_hold():
    after = picture({})
    without = replace(after, elements=tuple(e for e in after.elements if e.address != OTHER))
    assert verdict(without).flags == {MoveFlag.HIDDEN_PLACES}


@pytest.mark.parametrize("missing", [SRC, DST])
def test_without_source_or_destination_in_the_picture_nothing_is_decided(missing):
    after = picture({DST: TAG})
    cut = replace(after, elements=tuple(e for e in after.elements if e.address != missing))
    assert verdict(cut).verdict is MoveVerdict.INDETERMINATE


def test_an_incomplete_look_decides_nothing():
    assert verdict(picture({DST: TAG}, complete=False)).verdict is MoveVerdict.INDETERMINATE


WITHOUT_TAG = [
    ("unchanged", {SRC: UNREADABLE}, MoveVerdict.NOT_MOVED, SRC),
    ("in the hand", {HAND: UNREADABLE}, MoveVerdict.IN_TRANSPORT, HAND),
    ("at the destination without a source", {DST: UNREADABLE}, MoveVerdict.INDETERMINATE, None),
    ("at the destination with a readable tag", {DST: "NEW001L8"}, MoveVerdict.INDETERMINATE, None),
    ("nowhere", {}, MoveVerdict.INDETERMINATE, None),
    ("source and destination both full", {SRC: UNREADABLE, DST: "NEW001L8"}, MoveVerdict.INDETERMINATE, None),
]


@pytest.mark.parametrize(
    ("story", "after", "expected", "found"), WITHOUT_TAG, ids=[row[0] for row in WITHOUT_TAG]
)
def test_a_medium_without_a_readable_label_is_judged_with_care(story, after, expected, found):
    judged = verdict(picture(after), tag=None)
    assert (judged.verdict, judged.found_at) == (expected, found)


def test_a_medium_without_a_readable_label_moved_when_the_changer_vouches_for_its_source():
    judged = verdict(picture({}, dst=element(DST, UNREADABLE, SRC)), tag=None)
    assert (judged.verdict, judged.flags) == (MoveVerdict.MOVED, {MoveFlag.TAG_UNREADABLE})


def test_the_tag_seen_before_is_used_when_the_request_names_none():
    judged = verdict(picture({DST: TAG}), picture({SRC: TAG}), tag=None)
    assert judged.verdict is MoveVerdict.MOVED
