"""Every fault of the list does what it says, seen through the ordinary driver."""

import itertools
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from drivers import errors as e
from drivers import registry
from drivers.changer.model import (
    DriveIdRead,
    ElementType,
    Freshness,
    MoveFlag,
    MoveVerdict,
    ProblemKind,
    TagState,
)
from drivers.errors import AttentionKind, NotReadyReason, ProtocolError
from drivers.scsi import commands
from drivers.scsi.element_status import parse_element_status
from drivers.scsi.sense import classify, error_of
from drivers.simulator.faults import FAULTS
from drivers.simulator.robot import PICKED_AT
from drivers.simulator.target import SimulatedLibrary
from drivers.simulator.transport import SimulatorTransport

TAG = "ABC001L8"


@pytest.fixture
def fault(bench):
    def switch_on(name: str, **parameters) -> None:
        bench.hands.set_fault(name, **parameters)

    return switch_on


@pytest.fixture
def drive(bench):
    with registry.open_drive(f"{bench.url}&drive=1") as drive:
        yield drive


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("offline", NotReadyReason.OFFLINE),
        ("sequential", NotReadyReason.SEQUENTIAL_MODE),
        ("robotics-disabled", NotReadyReason.ROBOTICS_DISABLED),
        ("init-required", NotReadyReason.INIT_REQUIRED),
    ],
)
def test_an_unready_library_says_why(bench, fault, name, reason):
    fault(name)
    with pytest.raises(e.NotReadyError) as caught:
        bench.look()
    assert caught.value.kind == reason
    bench.hands.clear_fault(name)
    assert bench.look().complete


def test_initialising_cures_a_library_that_needs_it(bench, fault):
    fault("init-required")
    snapshot = bench.changer.inventory(freshness=Freshness.ROBOT_VERIFIED, deadline_s=5)
    assert snapshot.complete


def test_an_open_door_stops_everything_and_closing_it_is_an_event(bench):
    bench.hands.open_door()
    with pytest.raises(e.NotReadyError) as caught:
        bench.look()
    assert caught.value.kind == NotReadyReason.DOOR_OPEN
    bench.hands.close_door(becoming_ready_s=0.3)
    ready = bench.changer.wait_ready(deadline_s=5)
    assert ready.waited_ms >= 200
    assert [classify(sense).kind for sense in ready.unit_attentions] == [
        AttentionKind.MEDIUM_MAY_HAVE_CHANGED
    ]


def test_waiting_ends_at_the_deadline(bench):
    bench.hands.open_door()
    bench.hands.close_door(becoming_ready_s=60)
    bench.changer.drain_attentions(deadline_s=5)
    start = time.monotonic()
    with pytest.raises(e.NotReadyError):
        bench.changer.wait_ready(deadline_s=0.3)
    assert time.monotonic() - start < 2


def test_an_open_mail_slot_counts_as_an_open_door(bench):
    bench.changer.open_mail_slot(bench.mail_slot(), deadline_s=5)
    with pytest.raises(e.NotReadyError):
        bench.look()
    bench.hands.close_mail_slot()
    assert [str(s) for s in bench.look().unit_attentions] == ["6/28/01"]


def test_a_locked_mail_slot_opens_for_nobody(bench):
    bench.changer.lock_mail_slot(prevent=True, deadline_s=5)
    with pytest.raises(e.MediaRemovalPreventedError):
        bench.changer.open_mail_slot(bench.mail_slot(), deadline_s=5)
    bench.changer.lock_mail_slot(prevent=False, deadline_s=5)
    bench.changer.open_mail_slot(bench.mail_slot(), deadline_s=5)
    bench.changer.drain_attentions(deadline_s=5)


@pytest.mark.parametrize(
    ("name", "error"), [("busy", e.DeviceBusyError), ("reserved", e.ReservationConflictError)]
)
def test_other_hosts_are_noticed_by_the_status(bench, fault, name, error):
    fault(name)
    with pytest.raises(error):
        bench.look()


MOVE_FAULTS = [
    ("jam", {"phase": "before-pick"}, MoveVerdict.NOT_MOVED, e.MediaLoadFailedError),
    ("jam", {"phase": "in-gripper"}, MoveVerdict.IN_TRANSPORT, e.MediaLoadFailedError),
    ("put-back", {}, MoveVerdict.NOT_MOVED, e.MediaLoadFailedError),
    ("wrong-place", {"address": 0x1010}, MoveVerdict.ELSEWHERE, None),
    ("timeout", {"phase": "placed"}, MoveVerdict.MOVED, e.CommandTimeoutError),
    ("lost-status", {"phase": "placed"}, MoveVerdict.MOVED, e.TransportError),
    ("attention-on-move", {}, MoveVerdict.NOT_MOVED, e.UnitAttentionError),
    ("attention-after-move", {}, MoveVerdict.MOVED, None),
    ("removal-prevented", {}, MoveVerdict.NOT_MOVED, e.MediaRemovalPreventedError),
    ("foreign-partition", {"address": 0x1000}, MoveVerdict.NOT_MOVED, e.ElementNotAccessibleError),
]


@pytest.mark.parametrize(("name", "parameters", "verdict", "error"), MOVE_FAULTS)
def test_a_move_under_a_fault_is_judged_by_what_is_seen(bench, fault, name, parameters, verdict, error):
    request = bench.request(TAG, 0x1014)
    fault(name, **parameters)
    outcome = bench.changer.move(request)
    assert outcome.verdict is verdict
    assert type(outcome.refusal) is (error or type(None))


def test_an_event_met_by_a_move_is_handed_over_and_not_lost(bench, fault):
    fault("attention-on-move", asc=0x28, ascq=0x01)
    outcome = bench.move(TAG, 0x1014)
    assert outcome.safe_to_repeat
    assert [str(s) for s in outcome.unit_attentions] == ["6/28/01"]


def test_a_robot_that_may_still_be_moving_is_never_called_safe(bench, fault):
    fault("timeout", phase="before-pick", finishes_after_s=0.5)
    outcome = bench.move(TAG, 0x1014)
    assert outcome.verdict is MoveVerdict.NOT_MOVED
    assert MoveFlag.MAY_STILL_MOVE in outcome.judgement.flags
    assert not outcome.safe_to_repeat
    time.sleep(0.5)
    assert bench.place_of(TAG) == 0x1014


def test_a_host_gives_up_at_its_deadline_and_the_robot_goes_on(bench, fault):
    request = bench.request(TAG, 0x1014)
    fault("slow-motion", seconds=1.5)
    before = bench.look()
    start = time.monotonic()
    outcome = bench.changer.move(replace(request, deadline_s=0.4))
    assert time.monotonic() - start < 1.4
    assert type(outcome.refusal) is e.CommandTimeoutError
    assert not outcome.safe_to_repeat
    time.sleep(1.2)
    assert bench.changer.recover(request, before).verdict is MoveVerdict.MOVED


def test_a_drive_that_does_not_let_go_keeps_the_medium(bench, fault, drive):
    bench.move(TAG, bench.drive())
    for sense, error in (
        ("2/3A/00", e.NoMediumError),
        ("5/3B/90", e.CartridgeInDriveError),
        ("5/53/03", e.MediaRemovalPreventedError),
    ):
        fault("eject-required", sense=sense)
        outcome = bench.move(TAG, 0x1014)
        assert outcome.verdict is MoveVerdict.NOT_MOVED
        assert type(outcome.refusal) is error
    drive.eject(deadline_s=5)
    assert bench.move(TAG, 0x1014).verdict is MoveVerdict.MOVED


def test_a_load_that_fails_leaves_the_medium_in_the_drive(bench, fault, drive):
    fault("load-fails")
    outcome = bench.move(TAG, bench.drive())
    assert outcome.verdict is MoveVerdict.MOVED
    assert type(outcome.refusal) is e.MediaLoadFailedError
    assert drive.medium(deadline_s=5).error is not None


def test_a_virtual_mail_slot_makes_the_medium_vanish(bench, fault, tmp_path):
    fault("export-immediate")
    assert bench.move(TAG, bench.mail_slot()).verdict is MoveVerdict.LOST
    with registry.open_changer(f"{bench.url}&export_is_immediate=1") as changer:
        request = bench.request("ABC002L8", bench.mail_slot())
        assert changer.move(request).verdict is MoveVerdict.EXPORTED_UNVERIFIABLE


def test_a_slow_move_shows_the_medium_in_the_hand_to_everybody_else(bench, fault):
    request = bench.request(TAG, 0x1014)
    fault("slow-motion", seconds=0.9)
    script = (
        "import sys; from drivers import registry; from drivers.changer.model import MoveRequest as R;"
        f"registry.open_changer(sys.argv[1]).move(R({request.src}, {request.dst}, {TAG!r}, 'm', 20.0))"
    )
    mover = subprocess.Popen([sys.executable, "-c", script, bench.url])
    seen = set()
    while mover.poll() is None:
        places = bench.look().by_tag.get(TAG, ())
        seen |= {place.type for place in places}
    assert ElementType.TRANSPORT in seen
    assert bench.place_of(TAG) == 0x1014


def test_a_blocked_move_goes_on_when_the_fault_is_cleared(bench, fault):
    request = bench.request(TAG, 0x1014)
    fault("block-process", phase="in-gripper")
    script = (
        "import sys; from drivers import registry; from drivers.changer.model import MoveRequest as R;"
        f"registry.open_changer(sys.argv[1]).move(R({request.src}, {request.dst}, {TAG!r}, 'm', 20.0))"
    )
    mover = subprocess.Popen([sys.executable, "-c", script, bench.url])
    end = time.monotonic() + 10
    while bench.hands.dump()["motion"] is None:
        assert time.monotonic() < end
    time.sleep(0.2)
    assert mover.poll() is None
    bench.hands.clear_fault("block-process")
    assert mover.wait(10) == 0
    assert bench.place_of(TAG) == 0x1014


@pytest.mark.parametrize(
    ("name", "parameters", "shown"),
    [
        ("six-characters", {}, "ABC001"),
        ("six-characters", {"align": "right"}, "C001L8"),
        ("lower-case", {}, "abc001l8"),
        ("long-tags", {"suffix": "99"}, "ABC001L899"),
        ("media-id-first", {}, "L8ABC001"),
    ],
)
def test_tags_come_as_this_library_shows_them(bench, fault, name, parameters, shown):
    fault(name, **parameters)
    assert bench.look().by_address[0x1000].tag_text == shown


def test_an_unreadable_label_leaves_the_element_full_without_a_tag(bench, fault):
    fault("unreadable-labels", addresses=[0x1000])
    state = bench.look().by_address[0x1000]
    assert (state.full, state.tag, state.tag_state) == (True, None, TagState.UNREADABLE)


def test_a_phantom_tag_is_a_problem_and_not_a_place(bench, fault):
    fault("phantom-tags")
    outcome = bench.move(TAG, bench.drive())
    assert outcome.verdict is MoveVerdict.MOVED
    assert outcome.after is not None
    assert ProblemKind.PHANTOM_TAG in {p.kind for p in outcome.after.problems}


def test_spaces_in_empty_elements_are_no_tags(bench, fault):
    fault("padded-empty-tags")
    snapshot = bench.look()
    assert snapshot.problems == ()
    assert all(state.phantom_tag is None for state in snapshot.elements)


def test_a_tag_seen_twice_stops_the_move(bench, fault):
    fault("duplicate-tag", address=0x1002, tag=TAG)
    assert {p.kind for p in bench.look().problems} == {ProblemKind.DUPLICATE_TAG}
    with pytest.raises(e.DuplicateTagError):
        bench.changer.move(bench.request(TAG, 0x1014, src=0x1000))


def test_without_volume_tags_no_picture_is_complete(bench, fault):
    fault("no-tags")
    snapshot = bench.look()
    assert not snapshot.complete
    assert {state.tag_state for state in snapshot.of_type(ElementType.STORAGE) if state.full} == {
        TagState.SUPPRESSED
    }


@pytest.mark.parametrize(
    ("mode", "serial", "how"),
    [
        ("full", "DRV0000001", DriveIdRead.SEPARATE),
        ("serial", "DRV0000001", DriveIdRead.SEPARATE),
        ("long", "DRV0000001", DriveIdRead.SEPARATE),
        ("ibm", "DRV0000001", DriveIdRead.SEPARATE),
        ("needs-tags", "DRV0000001", DriveIdRead.NEEDS_TAGS),
        ("none", None, DriveIdRead.NONE),
        ("rejects", None, DriveIdRead.NONE),
    ],
)
def test_drives_are_named_in_every_known_way_and_occupancy_never_comes_from_there(
    bench, fault, mode, serial, how
):
    bench.move(TAG, bench.drive())
    fault("drive-ids", mode=mode)
    with registry.open_changer(bench.url) as fresh:
        state = fresh.inventory(deadline_s=5).by_address[bench.drive()]
        assert (state.drive.serial if state.drive else None) == serial
        assert (state.full, state.tag_text) == (True, TAG)
        assert fresh.capabilities(deadline_s=5).drive_ids is how


def test_a_drive_that_is_not_there_keeps_its_address(bench, fault):
    fault("missing-drive", address=0x101)
    state = bench.look().by_address[0x101]
    assert not state.installed
    with pytest.raises(e.ElementAddressInvalidError):
        bench.move(TAG, 0x101)


def test_elements_that_are_announced_and_never_reported_are_gaps(bench, fault):
    fault("unreported-elements", first=0x1008, last=0x100F)
    snapshot = bench.look()
    assert snapshot.complete
    assert {e.address for e in snapshot.elements if not e.installed} == set(range(0x1008, 0x1010))
    assert bench.move(TAG, 0x1014).verdict is MoveVerdict.MOVED


def test_a_medium_that_went_into_a_gap_is_not_called_lost(bench, fault):
    request = bench.request(TAG, 0x1014)
    before = bench.look()
    bench.hands.swap(0x1000, 0x1016)
    fault("unreported-elements", first=0x1016, last=0x1017)
    outcome = bench.changer.recover(request, before)
    assert outcome.verdict is MoveVerdict.INDETERMINATE
    assert MoveFlag.HIDDEN_PLACES in outcome.judgement.flags


def test_drives_out_of_order_are_all_found(bench, fault):
    fault("drives-reversed")
    snapshot = bench.look()
    assert snapshot.complete
    assert {s.address: s.drive.serial for s in snapshot.of_type(ElementType.DATA_TRANSFER)} == {
        0x100: "DRV0000001",
        0x101: "DRV0000002",
    }


def test_a_magazine_pulled_out_hides_its_slots(bench, fault):
    fault("magazine-removed", first=0x1000, last=0x1007)
    state = bench.look().by_address[0x1000]
    assert state.access is False
    assert state.exception is not None
    assert type(bench.move(TAG, 0x1014).refusal) is e.ElementNotAccessibleError


def test_a_magazine_of_another_maker_counts_as_not_installed(bench, fault):
    fault("magazine-removed", first=0x1010, last=0x1017, code="83/02")
    gone = {state.address for state in bench.look().elements if not state.installed}
    assert gone == set(range(0x1010, 0x1018))


@pytest.mark.parametrize(("sense", "kind"), [("5/3B/81", "partition"), ("2/74/71", "partition")])
def test_a_medium_of_another_partition_stays_where_it_is(bench, fault, sense, kind):
    fault("foreign-partition", address=0x1000, sense=sense)
    outcome = bench.move(TAG, 0x1014)
    assert (outcome.verdict, type(outcome.refusal)) == (MoveVerdict.NOT_MOVED, e.ElementNotAccessibleError)
    assert outcome.refusal.kind == kind


def test_a_partition_of_the_library_shows_its_own_elements_and_moves_to_no_others(bench, fault):
    whole = bench.look()
    fault("logical-library", storage=[0x1000, 0x1009], drives=[0x101, 0x101], mail_slots=[0x303, 0x304])
    own = bench.look()
    assert own.complete
    assert {e.address for e in own.elements} == {1, 0x101, 0x303, 0x304, *range(0x1000, 0x100A)}
    assert own.topology.digest != whole.topology.digest
    assert own.by_address[0x101].drive.serial == "DRV0000002"
    for outside in (0x100, 0x301, 0x1014):
        with pytest.raises(e.ElementAddressInvalidError):
            bench.changer.move(bench.request(TAG, outside))
    assert bench.move(TAG, 0x101).verdict is MoveVerdict.MOVED
    bench.hands.clear_fault("logical-library")
    assert bench.place_of(TAG) == 0x101


def test_the_library_itself_refuses_an_element_of_another_partition(bench, fault, tmp_path):
    fault("logical-library", storage=[0x1000, 0x1009])
    transport = SimulatorTransport(SimulatedLibrary(tmp_path / "library"), 0)
    answer = error_of(transport.execute(commands.move_medium(0, 0x1000, 0x1014), timeout_s=5))
    assert type(answer) is e.ElementAddressInvalidError
    assert bench.hands.dump()["moves_done"] == 0


def test_a_robot_that_is_asked_late_never_waits_a_negative_time(bench, fault, tmp_path):
    """On a busy machine the end of a phase is past before anybody waits for it: here an hour goes by at every look at the clock."""
    fault("slow-motion", seconds=1.5 * 3600 / PICKED_AT)
    clock, waits = itertools.count(time.time(), 3600), []
    late = SimulatedLibrary(tmp_path / "library", now=lambda: next(clock), sleep=waits.append)
    late.execute("host", 0, commands.move_medium(0, 0x1000, 0x101).cdb, timeout_s=60)
    assert waits[0] == 0
    assert all(wait >= 0 for wait in waits)


def test_status_that_ends_early_is_noted_and_still_read(bench, fault):
    fault("short-status")
    snapshot = bench.look()
    assert ProblemKind.SHORT_DATA in {p.kind for p in snapshot.problems}
    assert snapshot.by_tag[TAG][0].address == 0x1000


def test_all_types_at_once_can_be_unusable(bench, fault, tmp_path):
    fault("overlapping-types")
    reply = SimulatedLibrary(tmp_path / "library").execute(
        "host", 0, commands.read_element_status(0, 0, 99, tags=True).cdb
    )
    with pytest.raises(ProtocolError):
        parse_element_status(reply.data)
    assert bench.look().complete


@pytest.mark.parametrize(("name", "error"), [("read-error", e.MediumError), ("write-error", e.MediumError)])
def test_tape_errors_are_medium_errors(bench, fault, drive, name, error):
    bench.move(TAG, bench.drive())
    drive.medium(deadline_s=5)
    fault(name)
    with pytest.raises(error):
        drive.write_block(b"x", deadline_s=5) if name == "write-error" else drive.read_block(deadline_s=5)
    drive.write_block(b"x", deadline_s=5)


def test_a_dead_memory_chip_raises_its_alert(bench, drive):
    bench.hands.kill_memory_chip(TAG)
    bench.move(TAG, bench.drive())
    drive.medium(deadline_s=5)
    assert drive.alerts(deadline_s=5).flags == (15,)
    with pytest.raises(e.HardwareError):
        drive.cartridge_memory(deadline_s=5)


def test_a_power_cycle_forgets_sources_and_tells_everybody(bench, drive):
    bench.move(TAG, bench.drive())
    bench.hands.power_cycle()
    snapshot = bench.look()
    assert snapshot.by_tag[TAG][0].source.address is None
    assert "6/29/00" in [str(s) for s in snapshot.unit_attentions]


def test_the_librarys_own_alerts_are_read_apart_from_the_drives(bench):
    bench.hands.raise_alert(0, 5)
    diagnostics = bench.changer.diagnostics(deadline_s=5)
    assert diagnostics.flags == (5,)
    assert len(diagnostics.raw.data_in) == 324


def test_every_initiator_has_its_own_queue_of_events(bench, tmp_path):
    library = SimulatedLibrary(tmp_path / "library")
    library.execute("other", 0, commands.test_unit_ready().cdb)
    bench.hands.raise_attention(0x28, 0x01)
    for name in ("host", "other"):
        transport = SimulatorTransport(library, 0, initiator=name)
        answers = [error_of(transport.execute(commands.test_unit_ready(), timeout_s=1)) for _ in range(2)]
        assert [type(a) for a in answers] == [e.UnitAttentionError, type(None)]


@pytest.mark.parametrize(
    ("name", "parameters"), [("nonsense", {}), ("jam", {"colour": "red"}), ("jam", {"phase": "sideways"})]
)
def test_an_unknown_fault_is_refused(bench, name, parameters):
    with pytest.raises(ProtocolError):
        bench.hands.set_fault(name, **parameters)


def test_no_fault_of_the_list_is_without_a_test():
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py")
    )
    assert [name for name in FAULTS if f'"{name}"' not in sources] == []
