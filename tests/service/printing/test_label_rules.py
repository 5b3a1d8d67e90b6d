"""What may become of a label: the table, and nothing beside it."""

from itertools import product

import pytest

from service.errors import InvalidInputError
from service.printing.models import LabelState, Language
from service.printing.rules import (
    LEFT,
    ON_PAPER,
    TRANSITIONS,
    WORDS,
    LabelStateError,
    batch_size,
    check_count,
    check_label,
)

PLANNED, SENDING, SENT, PRINTED, SPOILED, WITHDRAWN = LabelState
ALLOWED = {
    (PLANNED, SENDING), (PLANNED, SENT), (PLANNED, WITHDRAWN),
    (SENDING, SENT), (SENDING, PLANNED), (SENDING, PRINTED), (SENDING, SPOILED),
    (SENT, PRINTED), (SENT, SPOILED), (SENT, PLANNED),
    (PRINTED, SPOILED),
}  # fmt: skip


@pytest.mark.parametrize(("state", "wanted"), list(product(LabelState, LabelState)))
def test_a_label_becomes_only_what_the_table_says(state, wanted):
    if (state, wanted) in ALLOWED:
        check_label("ABC001L8", state, wanted)
        return
    with pytest.raises(LabelStateError, match=f"The label ABC001L8 is {WORDS[state]}"):
        check_label("ABC001L8", state, wanted)


def test_a_printed_label_is_never_planned_again_and_the_ends_are_ends():
    assert PLANNED not in TRANSITIONS[PRINTED]
    assert TRANSITIONS[SPOILED] == TRANSITIONS[WITHDRAWN] == frozenset()


def test_what_may_be_on_paper_and_what_is_left_to_prove_cover_every_open_state():
    assert set(ON_PAPER) | set(LEFT) == {PLANNED, SENDING, SENT, PRINTED}


def test_a_label_printer_gets_one_label_a_sheet_printer_a_sheet_and_a_roll_a_short_strip():
    assert batch_size(Language.ZPL, 1, roll=True) == 1
    assert batch_size(Language.PDF, 24, roll=False) == 24
    assert batch_size(Language.PDF, 1, roll=True) == 10


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_job_is_bounded(count):
    with pytest.raises(InvalidInputError, match="1 to 10,000 labels"):
        check_count(count)
