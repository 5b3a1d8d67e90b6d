"""The engine's rules as tables: transitions, takeover, whose turn it is, what a verdict means, batches."""

import itertools
import os
from datetime import UTC, datetime, timedelta

import pytest

from drivers import errors as driver_errors
from drivers.changer.model import MoveVerdict
from service.devices import owners
from service.devices.batches import Batch, MoveNext, Out, ToEject, WaitFor, left_behind, plan_ejection
from service.devices.faults import (
    LibraryBusyError,
    LibraryFaultError,
    LibraryNotReadyError,
    LibraryUnreachableError,
    MoveRefusedFaultError,
    translate,
)
from service.devices.models import JobKind, JobState
from service.devices.rules import (
    ENDED,
    HOLDING,
    SEEN,
    JobStateError,
    Judgement,
    OutrunError,
    Queued,
    after_move,
    check_fence,
    check_transition,
    gives_way,
    may_take_over,
    next_job,
    what_was_seen,
)

NOW = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)
ALLOWED = {
    "queued": "running needs_operator cancelled",
    "running": "waiting needs_operator queued done failed cancelled",
    "waiting": "running needs_operator queued done failed cancelled",
    "needs_operator": "queued cancelled",
    "done": "",
    "failed": "",
    "cancelled": "",
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(JobState, JobState)))
def test_a_job_changes_state_only_as_the_table_says(before, after):
    if after.value in ALLOWED[before.value].split():
        check_transition("job", before, after)
    else:
        with pytest.raises(JobStateError):
            check_transition("job", before, after)


@pytest.mark.parametrize("state", list(JobState))
def test_a_fence_counts_only_for_a_job_that_is_held(state):
    if state in HOLDING:
        check_fence("job", state, 3, 3)
        with pytest.raises(OutrunError):
            check_fence("job", state, 4, 3)
    else:
        with pytest.raises(OutrunError):
            check_fence("job", state, 3, 3)


def test_what_has_ended_is_never_held():
    assert not ENDED & HOLDING


@pytest.mark.parametrize(
    ("until", "gone", "expected"),
    [(-1, False, True), (0, False, True), (1, False, False), (1, True, True), (None, False, True)],
)
def test_a_held_job_changes_hands_when_its_lease_ran_out_or_its_owner_is_dead(until, gone, expected):
    lease_until = None if until is None else NOW + timedelta(seconds=until)
    assert may_take_over(lease_until, NOW, owner_gone=gone) is expected


def queued(name, kind, minute=0, *, resumed=False):
    return Queued(name, kind, f"2026-11-19T19:{minute:02d}:00+00:00", resumed)


def test_resumed_jobs_go_first_then_short_ones_then_the_oldest():
    eject, load = queued("eject", JobKind.EJECT, 1), queued("load", JobKind.LOAD, 0)
    look, again = queued("look", JobKind.INVENTORY, 3), queued("again", JobKind.EJECT, 9, resumed=True)
    assert next_job([eject, load], open_question=False) == load
    assert next_job([eject, load, look], open_question=False) == look
    assert next_job([eject, load, look, again], open_question=False) == again
    assert next_job([], open_question=False) is None


def test_while_a_question_is_open_only_looks_and_what_was_resumed_run():
    eject, move, look = queued("e", JobKind.EJECT), queued("m", JobKind.MOVE), queued("l", JobKind.INVENTORY)
    assert next_job([eject, move], open_question=True) is None
    assert next_job([eject, move, look], open_question=True) == look
    resumed = queued("r", JobKind.EJECT, resumed=True)
    assert next_job([eject, resumed], open_question=True) == resumed


@pytest.mark.parametrize(
    ("waiting", "behind", "has_work", "expected"),
    [
        (JobKind.EJECT, JobKind.INVENTORY, True, True),
        (JobKind.EJECT, JobKind.MOVE, True, True),
        (JobKind.EJECT, JobKind.LOAD, True, False),
        (JobKind.LOAD, JobKind.EJECT, False, True),
        (JobKind.LOAD, JobKind.EJECT, True, False),
        (JobKind.LOAD, JobKind.LOAD, False, False),
    ],
)
def test_who_waits_for_a_person_lets_short_jobs_pass_and_loading_lets_ejecting_pass(
    waiting, behind, has_work, expected
):
    assert gives_way(waiting, [behind], has_work=has_work) is expected


@pytest.mark.parametrize("verdict", [*(one.value for one in MoveVerdict), "refused"])
@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize("tries", [1, 2])
def test_only_a_medium_seen_at_its_source_is_moved_again_and_only_once(verdict, safe, tries):
    judged = after_move(verdict, safe_to_repeat=safe, tries=tries)
    if verdict in {"moved", "already-there"}:
        assert judged is Judgement.DONE
    elif tries == 1 and (verdict == "refused" or (verdict == "not-moved" and safe)):
        assert judged is Judgement.AGAIN
    else:
        assert judged is Judgement.ASK


def test_every_verdict_that_asks_has_a_sentence():
    asking = {one.value for one in MoveVerdict} - {"moved", "already-there"} | {"refused"}
    assert asking == set(SEEN)
    for verdict in asking:
        text = what_was_seen(
            verdict, "STR1", source="slot 1", destination="mail slot 2", found="slot 7", told="4/15/01."
        )
        assert text.startswith("STR1 ")
        assert "The library said: 4/15/01." in text
        assert text.endswith("It is not moved again before somebody has looked.")


def line(number, *, place="slot", in_slot=True, frozen=False):
    return ToEject(f"m{number}", f"STR{number}", f"{place} {number}" if place else None, in_slot, frozen)


def out(number):
    return Out(f"m{number}", f"STR{number}", f"STR{number}", 0x300 + number, number)


def test_a_batch_is_as_large_as_the_free_mail_slots():
    plan = plan_ejection([line(n) for n in range(7)], Batch(), free_mail_slots=4, mail_slots=4)
    assert isinstance(plan, MoveNext)
    assert plan.line.medium_id == "m0"
    assert (plan.batch.number, plan.batch.of, plan.batch.filling) == (1, 2, ("m0", "m1", "m2", "m3"))


def test_a_batch_under_way_is_finished_before_another_begins():
    under_way = Batch(1, 2, ("m0", "m1"), (out(0),))
    plan = plan_ejection([line(1), line(2)], under_way, free_mail_slots=3, mail_slots=4)
    assert isinstance(plan, MoveNext)
    assert (plan.line.medium_id, plan.batch.number) == ("m1", 1)


def test_nothing_new_goes_out_while_a_medium_of_the_batch_lies_in_a_mail_slot():
    plan = plan_ejection([line(5)], Batch(1, 2, (), (out(1), out(2))), free_mail_slots=2, mail_slots=4)
    assert plan == WaitFor("Take 2 media out of mail slots 1, 2. Then batch 2 of 2 comes.")


def test_the_last_batch_promises_no_other():
    plan = plan_ejection([], Batch(2, 2, (), (out(1),)), free_mail_slots=3, mail_slots=4)
    assert plan == WaitFor("Take 1 medium out of mail slot 1.")


def test_without_a_free_mail_slot_the_job_waits_and_without_any_it_says_so():
    assert plan_ejection([line(1)], Batch(), free_mail_slots=0, mail_slots=4) == WaitFor(
        "All 4 mail slots are taken. Empty them; 1 medium waits to go out."
    )
    assert plan_ejection([line(1)], Batch(), free_mail_slots=0, mail_slots=0) == WaitFor(
        "The library shows no mail slot. Nothing can go out."
    )


def test_what_may_not_go_is_left_with_its_reason():
    lines = [line(1, place="drive", in_slot=False), line(2, place=""), line(3, frozen=True)]
    assert plan_ejection(lines, Batch(), free_mail_slots=4, mail_slots=4) is None
    assert [left.why for left in left_behind(lines)] == [
        "in drive 1; it goes out once it is back in a slot",
        "not seen in the library",
        "kept out of every job until its discrepancy is resolved",
    ]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (driver_errors.BackendUnavailableError("no node"), LibraryUnreachableError),
        (driver_errors.CommandTimeoutError(), LibraryUnreachableError),
        (driver_errors.TransportError(), LibraryUnreachableError),
        (driver_errors.NotReadyError(kind="door-open"), LibraryNotReadyError),
        (driver_errors.DeviceBusyError(), LibraryBusyError),
        (driver_errors.ReservationConflictError(), LibraryBusyError),
        (driver_errors.ElementFullError("element 7"), MoveRefusedFaultError),
        (driver_errors.UnexpectedMediumError(7, "A", "B"), MoveRefusedFaultError),
        (driver_errors.HardwareError(), LibraryFaultError),
        (driver_errors.ProtocolError("short"), LibraryFaultError),
    ],
)
def test_driver_errors_become_faults_that_say_what_was_not_done(error, kind):
    fault = translate(error, "Library 1")
    assert type(fault) is kind
    assert fault.message.startswith("Library 1")
    assert fault.message.endswith("Nothing was moved.")
    assert fault.next_step


def test_a_process_is_gone_only_when_that_is_certain():
    me = owners.owner_name()
    node = owners.node()
    assert not owners.is_gone(me)
    assert owners.is_gone(f"{node}/{os.getpid()}/another-life")
    assert owners.is_gone(f"{node}/{2**22 - 1}/x")
    assert not owners.is_gone(f"{node}/1/x")
    assert not owners.is_gone(f"another-boot/{2**22 - 1}/x")
    assert not owners.is_gone("")
    assert not owners.is_gone("worker-a")
