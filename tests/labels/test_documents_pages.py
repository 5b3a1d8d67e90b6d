"""What a person and a scanner find on the paper."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from document_samples import (
    CHECKPOINT,
    every_document,
    issue,
    logo,
    manifest,
    pick_list,
    series_sheet,
    stocktake_certificate,
    unsigned,
)
from label_readers import blurred, faded, read_by_both, rendered, turned

from labels.documents import LANGUAGES, ListKind, Party, SignedAs, Site, render

DOCUMENTS = every_document()


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            document[n].get_textpage().get_text_range().replace("\r\n", "\n") for n in range(len(document))
        ]
    finally:
        document.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_number_and_the_hash_of_the_facts_are_read_from_the_first_page(name):
    made = render(DOCUMENTS[name])
    wanted = {DOCUMENTS[name].issue.number}
    if DOCUMENTS[name].issue.checkpoint:
        wanted |= {f"sha256:{made.facts_sha256}", CHECKPOINT.note}
    by_zxing, by_zbar = read_by_both(rendered(made.pdf, 200))
    assert (by_zxing, by_zbar) == (wanted, wanted)


@pytest.mark.parametrize("dpi", [200, 300])
def test_the_couriers_copy_is_read_however_it_was_carried(dpi):
    made = render(DOCUMENTS["manifest-courier"])
    wanted = {"CN-0411-C", f"sha256:{made.facts_sha256}", CHECKPOINT.note}
    page = rendered(made.pdf, dpi)
    for how in (page, turned(page, 5), turned(page, -5), blurred(page, dpi / 300), faded(page, 0.15)):
        assert read_by_both(how) == (wanted, wanted)


def test_the_evidence_is_read_from_a_fine_scan_of_its_part_of_the_page():
    made = render(DOCUMENTS["manifest-courier"])
    wanted = {f"sha256:{made.facts_sha256}", CHECKPOINT.note}
    page = rendered(made.pdf, 600)
    part = page.crop((0, page.height * 6 // 10, page.width, page.height * 9 // 10))
    assert read_by_both(part) == (wanted, wanted)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_page_counts_itself_and_says_whose_it_is(name, language):
    document = DOCUMENTS[name]
    made = render(document, language=language)
    pages = texts(made.pdf)
    word = {"en": "page {} of {}", "de": "Seite {} von {}"}[language]
    for number, text in enumerate(pages, start=1):
        assert word.format(number, len(pages)) in text
        assert document.issue.number in text
        assert document.issue.organisation.name in text
        assert made.facts_sha256[:16] in text


def test_five_thousand_lines_are_all_there_with_a_head_on_every_page():
    document = manifest(5000)
    started = time.perf_counter()
    pages = texts(render(document).pdf)
    took = time.perf_counter() - started
    # pdfium splits a barcode where its weight changes.
    joined = re.sub(r"\s", "", "".join(pages))
    assert all(line.barcode in joined for line in document.lines)
    listed = [text for text in pages if "LTO-8" in text and "K-2026-10" in text]
    assert len(listed) > 80
    assert all("Serial number" in text for text in listed)
    assert "5,000 lines, the list ends here" in pages[-1]
    assert took < 20, "the bench measures 5 s; this only catches a quadratic"


def test_no_line_of_a_table_runs_into_the_foot_of_its_page():
    for page in pypdfium2.PdfDocument(render(manifest(400)).pdf):
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
        foot = min(top for _, bottom, _, top in boxes if bottom < 30)
        body = [bottom for _, bottom, _, top in boxes if top > foot + 20]
        assert min(body) > foot + 8


def test_site_time_stands_first_and_utc_beside_it():
    (text,) = texts(render(DOCUMENTS["custody-transfer"]).pdf)
    assert "Released 19 Nov 2026 10:50:10 EST (15:50:10 UTC)" in text
    assert "times in America/New_York, UTC beside them" in text


def test_the_utc_day_is_told_where_it_is_another_one():
    late = replace(issue("CN-1"), issued_at=datetime(2026, 11, 20, 3, 30, tzinfo=UTC))
    (text, *_) = texts(render(replace(manifest(1), issue=late)).pdf)
    assert "19 Nov 2026 22:30:00 EST (20 Nov 2026 03:30:00 UTC)" in text


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "16:54:10 CET (15:54:10 UTC)"),
        ("UTC", "15:54:10 UTC by"),
        ("Asia/Kathmandu", "21:39:10 UTC+05:45 (15:54:10 UTC)"),
    ],
)
def test_every_zone_has_a_name_and_utc_needs_no_second_one(zone, shown):
    (text, *_) = texts(
        render(replace(manifest(1), issue=replace(issue("CN-1"), site=Site("Site 1", zone)))).pdf
    )
    assert shown in text


def test_the_couriers_copy_names_no_medium():
    (text,) = texts(render(DOCUMENTS["manifest-courier"]).pdf)
    assert "containers and seals only" in text
    assert "STR" not in text
    assert "billing-db" not in text


def test_a_manifest_without_receipt_says_so_and_leaves_the_line_open():
    document = manifest(3)
    open_side = replace(document, received=unsigned(SignedAs.RECEIVED, "", ""))
    (text, *_) = texts(render(open_side).pdf)
    assert "released, receipt missing" in text
    assert "date and time:" in text
    (text, *_) = texts(render(replace(open_side, released=unsigned(SignedAs.RELEASED, "", ""))).pdf)
    assert "ready for release" in text


def test_a_broken_seal_and_a_wrong_count_make_the_receipt_one_with_differences():
    (text,) = texts(render(DOCUMENTS["custody-transfer"]).pdf)
    assert "complete, with differences" in text
    assert "BROKEN" in text
    assert "1 thing differs" in text


def test_the_halves_of_an_errand_name_each_other():
    (pick,), (distribution,) = (
        texts(render(pick_list()).pdf),
        texts(render(pick_list(ListKind.DISTRIBUTION)).pdf),
    )
    assert "DL-0411" in pick
    assert "PL-0411" in distribution


def test_a_stocktake_says_what_it_does_not_prove_and_never_promises_a_report_that_is_not_there():
    (clean,) = texts(render(stocktake_certificate()).pdf)
    assert "Everything expected was seen" in clean
    assert "It does not say what is written on the media" in " ".join(clean.split())
    (reported,) = texts(render(stocktake_certificate(3)).pdf)
    assert "has a report" in reported
    (unreported,) = texts(render(replace(stocktake_certificate(3), discrepancies=())).pdf)
    assert "no report has been written yet" in unreported


def test_a_series_sheet_ticks_what_was_scanned_and_lists_every_number_once():
    document = series_sheet(250)
    text = re.sub(r"\s", "", "".join(texts(render(document).pdf)))
    assert all(text.count(label.barcode) == 1 for label in document.labels[1:-1])
    assert text.count("✓") == 72
    assert text.count("□") == 250 - 72


def test_long_words_and_many_lines_stay_in_their_cells():
    sender = Party("W" * 200, "x " * 300, "line\nline\nline")
    pages = pypdfium2.PdfDocument(render(replace(manifest(2), sender=sender)).pdf)
    for page in pages:
        text, width = page.get_textpage(), page.get_width()
        rights = [text.get_charbox(at)[2] for at in range(text.count_chars())]
        assert max(rights) < width - 30


def test_a_long_legal_name_is_whole_on_the_first_page_and_overlaps_nothing():
    name = "Gemeinschaftspraxis für Abrechnung und medizinische Dokumentation Nordhessen mbH & Co. KG"
    long = replace(issue("CN-1"), organisation=replace(issue("CN-1").organisation, name=name, logo=logo()))
    pdf = pypdfium2.PdfDocument(render(replace(manifest(80), issue=long)).pdf)
    assert name in " ".join(pdf[0].get_textpage().get_text_range().split())
    for page in pdf:
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
        head = sorted(box for box in boxes if box[1] > 770 and box[2] > box[0])
        for one in head:
            overlaps = [
                o
                for o in head
                if o is not one
                and o[0] < one[2] - 1
                and one[0] < o[2] - 1
                and o[1] < one[3] - 1
                and one[1] < o[3] - 1
            ]
            assert not overlaps


@pytest.mark.parametrize("number", ["CN-2026-000411-INTER-SITE-7", "CN-" + "2026-000411-" * 6])
def test_a_long_number_is_still_read_by_both_readers(number):
    page = rendered(render(replace(manifest(1), issue=replace(issue(number), checkpoint=None))).pdf, 300)
    by_zxing, by_zbar = read_by_both(page)
    assert number in by_zxing & by_zbar
