"""The hand-made pictures: what is drawn follows from the facts."""

import re
from itertools import pairwise

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from web_specimens.evidence import STEPS
from web_specimens.large_library import STRIP
from web_specimens.moment import NOW, ZONE, at
from web_specimens.today import DAY

from service.web.drawing.bars import HEIGHT, bars
from service.web.drawing.ladder import ladder
from service.web.drawing.scale import draw_scale
from service.web.drawing.strip import draw_strip
from service.web.templating import barcode_parts, marks
from service.web.views.parts import Tone
from service.web.views.run import Ticks
from service.web.views.scale import Scale, ScaleSpan


@pytest.mark.parametrize(
    ("text", "code"),
    [("SR-UNDO", "code128"), ("SR-CLOSE", "code128"), ("STR142L8", "code39"), ("CN-0411", "code39")],
)
def test_a_code_on_a_page_is_read_back_by_a_decoder(text: str, code: str) -> None:
    drawn = bars(text, code)
    picture = Image.new("L", (drawn.width * 2, HEIGHT * 2), 255)
    pen = ImageDraw.Draw(picture)
    for x, width in re.findall(r"M(\d+) 0h(\d+)v", drawn.path):
        pen.rectangle((int(x) * 2, 0, (int(x) + int(width)) * 2 - 1, HEIGHT * 2), fill=0)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]


def test_a_span_that_holds_now_is_solid_before_it_and_pale_after() -> None:
    drawing = draw_scale(DAY, NOW, ZONE, 1200, cut=False)
    transit = [box for box in drawing.boxes if box.y == drawing.boxes[0].y and box.tone == Tone.BLUE]
    assert [box.soft for box in transit] == [False, True]
    assert transit[0].x + transit[0].width == pytest.approx(drawing.now_x)
    assert drawing.now_text == "14:06"


def test_a_finished_span_is_pale() -> None:
    scale = Scale("done", at("06:00"), at("18:00"), (ScaleSpan(at("08:00"), at("09:00"), Tone.GREEN),))
    assert [box.soft for box in draw_scale(scale, NOW, ZONE, 1200, cut=False).boxes] == [True]


def test_labels_of_one_row_do_not_run_into_each_other() -> None:
    for width, cut in ((1200, False), (328, True)):
        drawing = draw_scale(DAY, NOW, ZONE, width, cut=cut)
        for y in {label.y for label in drawing.labels}:
            ends = sorted(_extent(label) for label in drawing.labels if label.y == y)
            assert all(left[1] <= right[0] + 1 for left, right in pairwise(ends)), ends


def _extent(label: object) -> tuple[float, float]:
    width = len(label.text) * 6.5 + len(label.ident) * 7.8  # type: ignore[attr-defined]
    x = label.x  # type: ignore[attr-defined]
    return (x - width, x) if label.anchor == "end" else (x, x + width)  # type: ignore[attr-defined]


def test_a_phone_shows_the_hours_around_now_only() -> None:
    texts = [tick.text for tick in draw_scale(DAY, NOW, ZONE, 328, cut=True).ticks if tick.text]
    assert texts == ["14", "15", "16"]


def test_the_strip_draws_every_slot_that_is_not_empty() -> None:
    drawing = draw_strip(STRIP)
    drawn = sum(int(length) for length in re.findall(r"h(\d+)", drawing.full))
    assert drawn == sum(len(frame.cells) - frame.cells.count("e") for frame in STRIP.frames) - 0


def test_a_frame_with_something_wrong_carries_its_sign() -> None:
    marked = {frame.name for frame in draw_strip(STRIP).frames if "stop" in frame.marks}
    assert marked == {"07", "14"}


def test_a_large_half_unreadable_library_still_draws_light() -> None:
    from dataclasses import replace

    unread = tuple(replace(frame, cells="fa" * 500) for frame in STRIP.frames)
    drawing = draw_strip(replace(STRIP, frames=unread))
    assert len(drawing.full) + sum(len(path) for _, path in drawing.toned) < 120_000


def test_the_ladder_leads_from_the_entry_to_the_root_with_one_rung_a_hash() -> None:
    drawn = ladder(STEPS)
    assert len(drawn.rungs) == len(STEPS)
    assert drawn.leaf[1] - drawn.root[1] == 20 * len(STEPS)
    assert all((rung.anchor == "end") == step.left for rung, step in zip(drawn.rungs, STEPS, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STR147L8", ("STR", "147", "L8")),
        ("CLN003CU", ("CLN", "003", "CU")),
        ("C-0117", ("", "C-0117", "")),
        ("000123L5", ("", "000123L5", "")),
        ("", ("", "", "")),
    ],
)
def test_the_part_of_a_barcode_that_differs_is_set_apart(text: str, expected: tuple[str, str, str]) -> None:
    assert barcode_parts(text) == expected


def test_many_things_are_drawn_as_twenty_marks_in_proportion() -> None:
    drawn = marks(Ticks(total=500, done=250, going=3))
    assert (drawn.count("on"), drawn.count("go"), len(drawn)) == (10, 1, 20)


def test_nothing_to_do_has_no_marks() -> None:
    assert marks(Ticks(0, 0)) == []
