import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.changer.difference import Change, ChangeKind, differences
from drivers.changer.tags import TagForm, TagRule, guess_rule
from drivers.changer.wire import snapshot_from_json, snapshot_to_json
from drivers.errors import ProtocolError


def test_nothing_happened_is_no_change(bench):
    assert differences(bench.look(), bench.look()) == ()


def test_a_move_by_somebody_else_is_noticed(bench):
    before, src = bench.look(), bench.place_of("ABC001L8")
    bench.hands.swap(src, src + 20)
    assert differences(before, bench.look()) == (Change(ChangeKind.MOVED, "ABC001L8", src, src + 20),)


def test_a_medium_taken_and_one_brought_are_noticed(bench):
    before, src, mail = bench.look(), bench.place_of("ABC001L8"), bench.mail_slot()
    bench.hands.take(src)
    bench.hands.put_in_mail_slot(mail, "NEW777L8")
    assert set(differences(before, bench.look())) == {
        Change(ChangeKind.APPEARED, "NEW777L8", None, mail),
        Change(ChangeKind.DISAPPEARED, "ABC001L8", src, None),
    }


def test_a_label_that_can_no_longer_be_read_is_not_a_medium_that_left(bench):
    before, src = bench.look(), bench.place_of("ABC001L8")
    bench.hands.set_fault("unreadable-labels", addresses=[src])
    assert [c.kind for c in differences(before, bench.look())] == [ChangeKind.LABEL_LOST]


def test_media_without_a_label_come_and_go(bench):
    before = bench.look()
    unlabelled = next(e.address for e in before.elements if e.full and e.tag is None)
    bench.hands.take(unlabelled)
    bench.hands.put_in_mail_slot(bench.mail_slot(), "QQQ000L8", readable=False)
    kinds = {(c.kind, c.tag) for c in differences(before, bench.look())}
    assert kinds == {(ChangeKind.DISAPPEARED, None), (ChangeKind.APPEARED, None)}


def test_another_drive_at_the_same_address_is_noticed(bench):
    before, drive = bench.look(), bench.drive(2)
    bench.hands.replace_drive(drive, "DRV0000099")
    assert differences(before, bench.look()) == (
        Change(ChangeKind.DRIVE_REPLACED, "DRV0000099", drive, drive, "DRV0000002"),
    )


def test_another_mail_slot_mode_changes_the_topology(bench):
    before = bench.look()
    bench.hands.set_mail_slots(6)
    changes = differences(before, bench.look())
    assert {c.kind for c in changes} == {ChangeKind.TOPOLOGY, ChangeKind.ELEMENT_NEW, ChangeKind.ELEMENT_GONE}


def test_a_snapshot_survives_json(bench):
    snapshot = bench.look()
    stored = snapshot_from_json(json.loads(json.dumps(snapshot_to_json(snapshot))))
    assert stored.digest == snapshot.digest
    assert stored.elements == snapshot.elements
    assert stored.topology == snapshot.topology
    assert stored.problems == snapshot.problems


@pytest.mark.parametrize("broken", [{}, {"changer": 1}, {"changer": {}, "ranges": [], "moves": None}])
def test_something_else_is_not_a_snapshot(broken):
    with pytest.raises(ProtocolError):
        snapshot_from_json(broken)


@pytest.mark.parametrize(
    ("form", "reported"),
    [
        (TagForm.AS_LABELLED, "ABC123L8"),
        (TagForm.FIRST_SIX, "ABC123"),
        (TagForm.LAST_SIX, "C123L8"),
        (TagForm.MEDIA_ID_FIRST, "L8ABC123"),
    ],
)
def test_a_library_reports_labels_in_its_own_form(form, reported):
    assert TagRule(form).reported("ABC123L8") == reported
    assert guess_rule([("ABC123L8", reported)]) == TagRule(form)


def test_an_ambiguous_six_character_match_gives_both_labels():
    found = TagRule(TagForm.FIRST_SIX).find("ABC123", ["ABC123L8", "ABC123L9", "XYZ000L8"])
    assert found == ("ABC123L8", "ABC123L9")


@given(st.sampled_from(TagForm), st.text("ABCL0123456789", min_size=8, max_size=8))
def test_a_label_is_always_found_by_what_the_library_reports_for_it(form, label):
    rule = TagRule(form)
    assert label in rule.find(rule.reported(label), [label])


def test_contradicting_pairs_give_no_rule():
    assert guess_rule([("ABC123L8", "ABC123"), ("XYZ000L8", "Z000L8")]) is None
