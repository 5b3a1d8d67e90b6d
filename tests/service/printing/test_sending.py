"""Labels on a printer: intent before the bytes, outcome after, nothing printed twice unknowingly."""

from dataclasses import replace

import pytest
from database_away import DatabaseAway

from drivers.printer.model import PrinterCondition
from service.devices import actions as devices
from service.devices import engine
from service.devices.actions import Resume, Stop
from service.devices.models import JobState
from service.errors import InvalidInputError
from service.media.models import ReservationState
from service.printing import actions, resuming, verifying
from service.printing.models import LabelJobState, LabelState, Language
from service.printing.resuming import From
from service.printing.rules import LabelJobStateError

PLANNED, SENDING, SENT, PRINTED, SPOILED = (
    LabelState.PLANNED, LabelState.SENDING, LabelState.SENT, LabelState.PRINTED, LabelState.SPOILED,
)  # fmt: skip


def titles(number, *barcodes):
    return [f"{number} {barcode}" for barcode in barcodes]


def all_of(first, last):
    return [f"ABC{n:03}L8" for n in range(first, last + 1)]


def resume(room, number, where=From.FIRST_UNPROVED, reason="Looked; what lay there is destroyed."):
    return room.run(lambda unit: resuming.resume(unit, number, where, reason))


def test_labels_are_sent_one_by_one_in_order_and_stay_sent_until_they_are_scanned(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    assert set(room.reserved().values()) == {ReservationState.RESERVED}
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, *all_of(1, 6))
    assert room.labels(number, SENT) == all_of(1, 6)
    assert set(room.reserved().values()) == {ReservationState.ISSUED}
    steps = room.steps(job_id)
    assert [step.intent["barcode"] for step in steps] == all_of(1, 6)
    assert {step.verdict for step in steps} == {"sent"}
    assert room.view(number).state is LabelJobState.OPEN
    room.check_ledger()


def test_a_printers_worker_outlives_a_database_that_was_away(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    away = DatabaseAway(room.runtime.writer, failures=5)
    worker = room.worker(printer_id, paper, runtime=replace(room.runtime, writer=away))
    room.wait_for_state(job_id, JobState.DONE)
    assert away.left == 0
    assert worker.alive
    assert paper.paper == titles(number, *all_of(1, 6))


def test_scanning_every_label_proves_them_and_closes_the_job(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job("ABC001L8..ABC002L8")
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.DONE)
    assert not room.scan(number, "ABC002L8").closed
    assert room.scan(number, "abc001l8 ").closed
    assert room.view(number).state is LabelJobState.CLOSED
    assert room.labels(number, PRINTED) == all_of(1, 2)
    room.check_ledger()


def test_a_printer_out_of_paper_makes_the_job_wait_in_words_and_go_on_by_itself(room, paper, out_of_paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.conditions = out_of_paper
    room.worker(printer_id, paper)
    waiting = room.wait_for_state(job_id, JobState.WAITING)
    assert "Zebra 1 is not ready: out of labels. Load labels" in waiting.fault
    assert paper.paper == []
    assert room.labels(number, PLANNED) == all_of(1, 6)
    paper.conditions = frozenset()
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, *all_of(1, 6))


def test_a_printer_that_dies_in_a_label_stops_the_job_which_names_that_label(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.gone_after = 2
    room.worker(printer_id, paper)
    asked = room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    assert "ABC003L8" in asked.fault
    assert paper.paper == titles(number, "ABC001L8", "ABC002L8")
    assert room.labels(number, SENDING) == ["ABC003L8"]
    assert room.labels(number, PLANNED) == all_of(4, 6)
    assert [step.verdict for step in room.steps(job_id)] == ["sent", "sent", "in-doubt"]
    room.check_ledger()


def test_it_resumes_at_the_first_label_that_no_scan_has_proved(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.gone_after = 2
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    room.scan(number, "ABC001L8")  # ABC002L8 was torn, ABC003L8 never came out
    paper.gone_after = None
    assert resume(room, number) == 2
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, "ABC001L8", "ABC002L8", *all_of(2, 6))
    assert room.labels(number, SENT) == all_of(2, 6)
    assert room.labels(number, PRINTED) == ["ABC001L8"]
    room.check_ledger()


def test_a_label_that_came_out_though_the_printer_died_is_scanned_and_not_printed_again(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.gone_after, paper.prints_when_gone = 2, True
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    for barcode in all_of(1, 3):
        room.scan(number, barcode)
    paper.gone_after = None
    assert resume(room, number) == 0
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, *all_of(1, 6))


def test_a_person_may_say_that_the_doubtful_label_came_out_without_scanning_it(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.gone_after, paper.prints_when_gone = 2, True
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    paper.gone_after = None
    resume(room, number, From.NEXT, "It lies in the tray.")
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, *all_of(1, 6))
    assert room.labels(number, SENT) == all_of(1, 6)


def test_going_on_without_looking_prints_nothing_and_asks_again(room, paper):
    """Through the general job page, where nobody said what became of the label."""
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.gone_after = 2
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    paper.gone_after = None
    fence = room.device_job(job_id).fence
    room.run(lambda unit: devices.resume(unit, job_id, Resume.GO_ON))
    room.wait_for(
        lambda: (
            room.device_job(job_id).fence > fence and room.device_job(job_id).state is JobState.NEEDS_OPERATOR
        )
    )
    assert paper.paper == titles(number, "ABC001L8", "ABC002L8")
    assert room.labels(number, SENDING) == ["ABC003L8"]


def test_a_worker_that_was_killed_between_intent_and_outcome_leaves_a_question_not_a_second_label(
    room, paper
):
    printer_id = room.printer()
    number, job_id = room.print_job()

    def die(unit):
        leased = engine.lease(unit, printer_id, "worker-dead", 0.0)
        engine.intend(unit, job_id, leased.fence, {"barcode": "ABC001L8", "labels": 1})
        label = actions.labels_in(unit, room.view(number).label_job_id, PLANNED)[0]
        actions.become(unit, [label], SENDING, actions.LabelEvent.SENDING)

    room.run(die)
    paper.paper.append(f"{number} ABC001L8")  # it did come out
    room.worker(printer_id, paper)
    asked = room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    assert "ABC001L8" in asked.fault
    assert paper.paper == titles(number, "ABC001L8")
    assert room.steps(job_id)[0].verdict == "in-doubt"
    room.scan(number, "ABC001L8")
    resume(room, number)
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, *all_of(1, 6))
    room.check_ledger()


def test_resuming_wants_a_reason_and_a_printer_that_is_not_at_work(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    with pytest.raises(LabelJobStateError, match="at work"):
        resume(room, number)
    paper.gone_after = 0
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    with pytest.raises(InvalidInputError, match="Write why"):
        resume(room, number, reason=" ")
    assert room.labels(number, SENDING) == ["ABC001L8"]


def test_a_stopped_job_is_sent_again_from_where_it_stood(room, paper, out_of_paper):
    printer_id = room.printer()
    number, job_id = room.print_job()
    paper.conditions = out_of_paper
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.WAITING)
    room.run(lambda unit: devices.request_stop(unit, job_id, Stop.CANCEL, "Handler"))
    room.wait_for_state(job_id, JobState.CANCELLED)
    paper.conditions = frozenset()
    again = room.run(lambda unit: resuming.ask_to_send(unit, number))
    room.wait_for_state(again, JobState.DONE)
    assert paper.paper == titles(number, *all_of(1, 6))


def test_the_same_labels_are_not_queued_twice(room):
    room.printer()
    number, _ = room.print_job()
    with pytest.raises(LabelJobStateError, match="with its printer already"):
        room.run(lambda unit: resuming.ask_to_send(unit, number))


def test_a_pdf_printer_gets_a_sheet_at_a_time(room, paper):
    printer_id = room.printer("Office", language=Language.PDF, dpi=None, stock="lto-79x17-a4")
    number, job_id = room.print_job("ABC001L8..ABC060L8", printer="Office", start_at=20)
    room.worker(printer_id, paper, name="Office")
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == [
        f"{number} ABC001L8 to ABC005L8", f"{number} ABC006L8 to ABC029L8", f"{number} ABC030L8 to ABC053L8",
        f"{number} ABC054L8 to ABC060L8",
    ]  # fmt: skip
    assert len(room.labels(number, SENT)) == 60


def test_a_spoiled_label_is_printed_anew_with_its_reason_on_record(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job("ABC001L8..ABC002L8")
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.DONE)
    room.run(lambda unit: verifying.spoil(unit, number, "ABC001L8", "Smeared.", replace=True))
    again = room.run(lambda unit: resuming.ask_to_send(unit, number))
    room.wait_for_state(again, JobState.DONE)
    assert paper.paper == titles(number, "ABC001L8", "ABC002L8", "ABC001L8")
    room.scan(number, "ABC001L8")
    assert room.scan(number, "ABC002L8").closed
    room.check_ledger()


def test_a_printer_that_cannot_be_reached_says_so_and_the_job_waits(room):
    printer_id = room.printer()
    _, job_id = room.print_job()

    class Unreachable:
        url = "fake://nobody"

    from drivers.printer.errors import PrinterUnreachableError
    from service.devices.printer_port import PrinterPort
    from service.printing.worker import Post, PrinterWorker

    def nobody(url):
        raise PrinterUnreachableError(url, "connection refused")

    worker = PrinterWorker(
        room.runtime, Post(printer_id, "Zebra 1", "fake://nobody"), timing=_fast(room),
        port_of=lambda url, name: PrinterPort(url, name, nobody), owner="worker-a",
    )  # fmt: skip
    room.workers.append(worker)
    worker.start()
    waiting = room.wait_for_state(job_id, JobState.WAITING)
    assert "cannot be reached (connection refused). Nothing was sent." in waiting.fault


def _fast(room):
    from service.devices.duty import Timing

    return Timing(lease_s=30, poll_s=0.01, observe_s=3600, retry_s=0.02, stop_s=5)


def test_the_worker_notes_what_the_printer_says_while_it_is_idle(room, paper):
    printer_id = room.printer()
    paper.conditions = frozenset({PrinterCondition.HEAD_OPEN})
    room.worker(printer_id, paper)
    from service.printing.models import Printer
    from service.printing.printers import state_words

    seen = room.wait_for(lambda: (row := room.rows(Printer)[0]).state and row)
    assert state_words(seen) == "head or cover open"


def test_a_sheet_in_doubt_is_scanned_and_only_the_rest_of_it_is_printed_on_the_next_sheet(room, paper):
    printer_id = room.printer("Office", language=Language.PDF, dpi=None, stock="lto-79x17-a4")
    number, job_id = room.print_job("ABC001L8..ABC030L8", printer="Office")
    paper.gone_after, paper.prints_when_gone = 0, True
    room.worker(printer_id, paper, name="Office")
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    assert room.labels(number, SENDING) == all_of(1, 24)
    for barcode in all_of(1, 20):
        room.scan(number, barcode)
    paper.gone_after = None
    again = room.run(
        lambda unit: resuming.resume(unit, number, From.FIRST_UNPROVED, "Its end was torn.", start_at=21)
    )
    assert again == 4
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == [
        f"{number} ABC001L8 to ABC024L8",
        f"{number} ABC021L8 to ABC024L8",
        f"{number} ABC025L8 to ABC030L8",
    ]
    room.check_ledger()


def test_scanning_the_last_label_that_was_in_doubt_answers_the_printer_s_question(room, paper):
    printer_id = room.printer()
    number, job_id = room.print_job("ABC001L8")
    paper.gone_after, paper.prints_when_gone = 0, True
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    assert room.scan(number, "ABC001L8").closed
    room.wait_for_state(job_id, JobState.DONE)
    assert paper.paper == titles(number, "ABC001L8")
    assert room.view(number).state is LabelJobState.CLOSED
