"""Each document as a file: PDF/A-3b by an allowlist validator, embedded facts, embedded faces, the same bytes again."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from document_samples import NOW, ORGANISATION, every_document, issue, logo, manifest, pick_list
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Name, pdfa

from labels.documents import LANGUAGES, Attachment, Paper, Party, canonical_json, render
from labels.errors import LogoError, NaiveTimeError, StrokeError

DOCUMENTS = every_document()


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_pdf_a_3b(name, language):
    report = pdfa.check(opened(render(DOCUMENTS[name], language=language).pdf), "3b")
    assert report.findings == []


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1"])
def test_a_document_with_a_logo_of_any_kind_is_pdf_a_3b(mode):
    document = replace(
        manifest(3), issue=replace(issue("CN-1"), organisation=replace(ORGANISATION, logo=logo(mode)))
    )
    pdf = opened(render(document).pdf)
    assert pdfa.check(pdf, "3b").findings == []
    images = [x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == Name.Image]
    assert len(images) == 1
    assert Name.SMask not in images[0]


def test_text_no_face_can_draw_does_not_break_the_archive():
    document = replace(manifest(3), purpose="月次 \u0007 \u202e מדיה 🗄", vehicle="Škoda, Œuvre, Ελλάδα, Київ")
    rendered = render(document)
    assert pdfa.check(opened(rendered.pdf), "3b").findings == []
    assert json.loads(rendered.facts)["purpose"] == document.purpose


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=30))
def test_whatever_people_type_is_printed_and_stays_pdf_a(purpose, note, barcode):
    document = manifest(2)
    line = replace(document.lines[0], barcode=barcode, note=note, dataset=purpose)
    sender = Party(note, purpose, barcode, note)
    rendered = render(replace(document, purpose=purpose, sender=sender, lines=(line, document.lines[1])))
    assert pdfa.check(opened(rendered.pdf), "3b").findings == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_document_gives_the_same_bytes(name):
    assert render(DOCUMENTS[name]).pdf == render(every_document()[name]).pdf


def test_the_same_document_gives_the_same_bytes_in_another_process():
    code = "import document_samples as d, hashlib, labels.documents as l; print(hashlib.sha256(l.render(d.manifest()).pdf).hexdigest())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == hashlib.sha256(render(manifest()).pdf).hexdigest()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_facts_are_embedded_as_associated_data_and_their_hash_is_told(name):
    document = DOCUMENTS[name]
    rendered = render(document)
    pdf = opened(rendered.pdf)
    (spec,) = pdf.Root.AF
    assert spec.AFRelationship == Name.Data
    assert pdf.attachments[f"{document.issue.number}.json"].get_file().read_bytes() == rendered.facts
    assert rendered.facts == canonical_json(document)
    assert rendered.facts_sha256 == hashlib.sha256(rendered.facts).hexdigest()


def test_the_callers_own_record_and_proof_are_embedded_instead():
    record = b'{"entry":51640}'
    proof = Attachment("CN-0411.tlog-proof", b"c2sp.org/tlog-proof@v1\n", "text/plain", "Supplement")
    rendered = render(manifest(), facts=record, attachments=(proof,))
    pdf = opened(rendered.pdf)
    assert rendered.facts_sha256 == hashlib.sha256(record).hexdigest()
    assert [str(spec.AFRelationship) for spec in pdf.Root.AF] == ["/Data", "/Supplement"]
    assert pdf.attachments["CN-0411.tlog-proof"].get_file().read_bytes() == proof.content
    assert pdfa.check(pdf, "3b").findings == []


def test_every_face_is_embedded_and_none_is_built_in():
    pdf = opened(render(manifest()).pdf)
    faces = [font for page in pdf.pages for font in page.Resources.Font.values()]
    assert faces
    for face in faces:
        assert "+Strongroom" in str(face.BaseFont)
        assert Name.FontFile2 in face.FontDescriptor


def test_times_of_the_file_are_the_documents_and_not_the_clocks():
    pdf = opened(render(manifest()).pdf)
    assert str(pdf.docinfo[Name.CreationDate]) == "D:20261119155410Z"
    with pdf.open_metadata() as meta:
        assert meta["xmp:CreateDate"] == "2026-11-19T15:54:10Z"


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (595.28, 841.89)), (Paper.LETTER, (612, 792))])
def test_pages_have_the_papers_size(paper, size):
    pdf = opened(render(manifest(), paper=paper).pdf)
    box = pdf.pages[0].mediabox
    assert [float(box[2]), float(box[3])] == pytest.approx(size, abs=0.02)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", b"x" * 2_000_001])
def test_what_is_no_usable_logo_is_refused_in_a_sentence(content):
    document = replace(
        manifest(1), issue=replace(issue("CN-1"), organisation=replace(ORGANISATION, logo=content or b"?"))
    )
    with pytest.raises(LogoError, match="logo cannot be printed"):
        render(document)


def test_canonical_json_is_sorted_compact_and_without_fractions_or_logo():
    document = replace(
        manifest(2), issue=replace(issue("CN-1"), organisation=replace(ORGANISATION, logo=logo()))
    )
    text = canonical_json(document).decode()
    value = json.loads(text, parse_float=lambda _: pytest.fail("a fraction"))
    assert text == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert value["document"] == "manifest"
    assert value["frozen_at"] == "2026-11-19T15:41:10Z"
    assert "logo" not in value["issue"]["organisation"]


def test_documents_made_at_the_same_time_do_not_mix():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda name: (name, render(DOCUMENTS[name]).pdf), [*DOCUMENTS, *DOCUMENTS]))
    assert all(pdf == render(DOCUMENTS[name]).pdf for name, pdf in made)


def test_documents_saved_at_the_same_time_get_their_own_glyphs():
    """Letters that are made of others are looked up while a file is saved; threads that change hands often show a mix."""
    letters = "".join(map(chr, [*range(0xC0, 0x180), *range(0x386, 0x3CE), *range(0x410, 0x450)]))
    document, often = pick_list(), sys.getswitchinterval()
    notes = (letters[at : at + 40] for at in range(0, len(letters), 40))
    document = replace(document, lines=tuple(replace(document.lines[0], note=note) for note in notes))
    alone = render(document).pdf
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: render(document).pdf, range(80)))
    finally:
        sys.setswitchinterval(often)
    assert all(pdf == alone for pdf in made)


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "word " * 200_000, "\n" * 100_000], ids=["one word", "words", "lines"]
)
def test_far_too_much_text_is_cut_and_does_not_stop_the_printing(text):
    document = manifest(2)
    made = render(
        replace(document, purpose=text, lines=(replace(document.lines[0], note=text), document.lines[1])),
        facts=b"{}",
    )
    assert len(opened(made.pdf).pages) <= 3


def test_a_time_without_zone_is_refused():
    with pytest.raises(NaiveTimeError, match="has no time zone"):
        render(replace(manifest(1), frozen_at=NOW.replace(tzinfo=None)))
    with pytest.raises(NaiveTimeError):
        render(replace(manifest(1), frozen_at=NOW.replace(tzinfo=None)), facts=b"{}")


@pytest.mark.parametrize(
    "strokes",
    [
        ((),),
        (((0.5, 1.5),),),
        (((-0.1, 0.5),),),
        (((float("nan"), 0.5),),),
        (((float("inf"), 0.5),),),
        (((0.5, 0.5),) * 20_001,),
    ],
    ids=["empty", "below", "left", "nan", "infinite", "endless"],
)
def test_a_drawing_that_is_none_is_refused(strokes):
    with pytest.raises(StrokeError, match="drawn signature cannot be printed"):
        replace(manifest(1).released, strokes=strokes)


def test_a_signature_of_one_dot_is_drawn():
    released = replace(manifest(1).released, strokes=(((0.5, 0.5),),))
    assert pdfa.check(opened(render(replace(manifest(1), released=released)).pdf), "3b").findings == []


def test_the_name_of_the_attachment_cannot_leave_its_folder():
    document = replace(manifest(1), issue=issue("../../etc/CN 1"))
    assert list(opened(render(document).pdf).attachments) == ["-etc-CN-1.json"]
