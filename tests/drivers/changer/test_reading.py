"""Reading a changer whose answers are disturbed on the way: a transport in between changes them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drivers import errors as e
from drivers.changer.model import DriveIdRead, ElementType, ProblemKind
from drivers.changer.smc import SmcChanger
from drivers.lock import ProcessLock
from drivers.scsi import cdb
from drivers.scsi.exchange import RawExchange, Sense, Status
from drivers.scsi.sense import encode_fixed_sense
from drivers.simulator.target import SimulatedLibrary
from drivers.simulator.transport import SimulatorTransport

Change = Callable[[RawExchange, int], RawExchange]


class Disturbed(SimulatorTransport):
    """Passes every command on and lets `change` rewrite the answer; counts commands by operation code."""

    def __init__(self, library: SimulatedLibrary, change: Change) -> None:
        super().__init__(library, 0)
        self._change = change
        self.seen: list[int] = []

    def execute(self, command, *, timeout_s: float) -> RawExchange:
        self.seen.append(command.cdb[0])
        answer = super().execute(command, timeout_s=timeout_s)
        return self._change(answer, self.seen.count(command.cdb[0]))


@pytest.fixture
def disturbed(bench, tmp_path):
    opened: list[SmcChanger] = []

    def make(change: Change) -> tuple[SmcChanger, Disturbed]:
        transport = Disturbed(SimulatedLibrary(tmp_path / "library"), change)
        lock = ProcessLock(Path(tmp_path) / "library" / "changer.lock")
        changer = SmcChanger(transport, url="test://x", backend="test", lock=lock, sleep=lambda _: None)
        opened.append(changer)
        return changer, transport

    yield make
    for changer in opened:
        changer.close()


def refusal(answer: RawExchange, key: int, asc: int, ascq: int) -> RawExchange:
    sense = encode_fixed_sense(Sense(key, asc, ascq))
    return replace(answer, status=Status.CHECK_CONDITION, sense=sense, data_in=b"")


def is_command(answer: RawExchange, layout: cdb.Layout) -> bool:
    return answer.cdb[0] == layout.opcode


def test_a_changer_without_the_short_mode_sense_is_asked_by_the_long_one(disturbed):
    def change(answer, _):
        return refusal(answer, 5, 0x20, 0) if is_command(answer, cdb.MODE_SENSE_6) else answer

    changer, transport = disturbed(change)
    snapshot = changer.inventory(deadline_s=5)
    assert snapshot.complete
    assert snapshot.topology.moves is None
    assert cdb.MODE_SENSE_10.opcode in transport.seen


def test_an_event_in_the_middle_makes_the_whole_picture_be_taken_again(disturbed):
    def change(answer, number):
        strikes = is_command(answer, cdb.READ_ELEMENT_STATUS) and number == 3
        return refusal(answer, 6, 0x28, 1) if strikes else answer

    changer, transport = disturbed(change)
    snapshot = changer.inventory(deadline_s=5)
    assert snapshot.complete
    assert [str(s) for s in snapshot.unit_attentions] == ["6/28/01"]
    assert transport.seen.count(cdb.READ_ELEMENT_STATUS.opcode) > 8


def test_a_picture_that_never_comes_to_rest_is_not_complete(disturbed):
    def change(answer, number):
        strikes = is_command(answer, cdb.READ_ELEMENT_STATUS) and number % 2
        return refusal(answer, 6, 0x28, 1) if strikes else answer

    changer, _ = disturbed(change)
    snapshot = changer.inventory(deadline_s=5)
    assert not snapshot.complete
    assert ProblemKind.SENSE_DURING_READ in {p.kind for p in snapshot.problems}
    assert len(snapshot.unit_attentions) >= 6


def test_a_device_that_reports_events_without_end_is_given_up(disturbed):
    changer, transport = disturbed(lambda answer, _: refusal(answer, 6, 0x29, 0))
    with pytest.raises(e.UnitAttentionError):
        changer.inventory(deadline_s=5)
    assert len(transport.seen) == 16
    assert len(changer.drain_attentions(deadline_s=5)) >= 16


def test_an_optional_page_that_fails_for_another_reason_is_not_passed_over(disturbed):
    def change(answer, _):
        return refusal(answer, 2, 4, 0x12) if answer.cdb[:3] == b"\x12\x01\x80" else answer

    changer, _ = disturbed(change)
    with pytest.raises(e.NotReadyError):
        changer.identify(deadline_s=5)


def test_a_drive_identity_that_makes_no_sense_is_none_and_occupancy_stays(disturbed):
    def change(answer, _):
        asks_ids = is_command(answer, cdb.READ_ELEMENT_STATUS) and answer.cdb[6] & 1
        return replace(answer, data_in=b"\xff" * 40) if asks_ids else answer

    changer, _ = disturbed(change)
    snapshot = changer.inventory(deadline_s=5)
    assert {e.drive for e in snapshot.of_type(ElementType.DATA_TRANSFER)} == {None}
    assert changer.capabilities(deadline_s=5).drive_ids is DriveIdRead.NONE
    assert snapshot.complete


def test_data_that_came_with_a_refusal_are_never_read(disturbed):
    """A target was seen to send an older answer along with CHECK CONDITION."""

    def change(answer, _):
        if not is_command(answer, cdb.READ_ELEMENT_STATUS):
            return answer
        return replace(answer, status=Status.CHECK_CONDITION, sense=encode_fixed_sense(Sense(5, 0x20, 0)))

    changer, _ = disturbed(change)
    with pytest.raises(e.IllegalRequestError):
        changer.inventory(deadline_s=5)


def test_a_look_that_takes_too_long_is_a_timeout_and_not_an_answer(disturbed):
    changer, _ = disturbed(lambda answer, _: replace(answer, host_status=3, data_in=b""))
    with pytest.raises(e.CommandTimeoutError):
        changer.inventory(deadline_s=5)


def test_a_move_whose_second_look_fails_is_undecided(bench, disturbed):
    def change(answer, number):
        strikes = is_command(answer, cdb.READ_ELEMENT_STATUS) and number > 5
        return replace(answer, host_status=1, data_in=b"") if strikes else answer

    changer, transport = disturbed(change)
    outcome = changer.move(bench.request("ABC001L8", 0x1014))
    assert outcome.verdict == "indeterminate"
    assert outcome.after is None
    assert outcome.judgement.flags == {"no-snapshot"}
    assert transport.seen.count(cdb.MOVE_MEDIUM.opcode) == 1


def test_a_move_takes_the_look_it_is_given_and_reads_the_library_once_less(bench, disturbed):
    changer, transport = disturbed(lambda answer, _: answer)
    with changer.exclusive(deadline_s=5):
        before = changer.inventory(deadline_s=5)
        reads = transport.seen.count(cdb.READ_ELEMENT_STATUS.opcode)
        outcome = changer.move(bench.request("ABC001L8", 0x1014), before=before)
    assert outcome.is_done
    assert outcome.before is before
    assert transport.seen.count(cdb.READ_ELEMENT_STATUS.opcode) == 2 * reads
