"""Media from files: every rejected line with its number and reason, then all or nothing."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_site import make_site, register, replay_agrees, row

from service.devices.library_files import read
from service.errors import InvalidInputError
from service.ledger import store
from service.ledger.writer import SYSTEM
from service.media import export, importing, listing
from service.media.csv_lines import MAX_LINES, ImportFileError, parse_csv
from service.media.import_files import Upload, carried_out, keep, kept, planned
from service.media.importing import ImportRefusedError
from service.media.models import Content, MediaType

HEAD = "barcode,type,content,where"
MTX = """  Storage Changer /dev/sg5:2 Drives, 12 Slots ( 4 Import/Export )
Data Transfer Element 0:Full (Storage Element 3 Loaded):VolumeTag = STR103L8
Data Transfer Element 1:Empty
      Storage Element 1:Full :VolumeTag=STR101L8
      Storage Element 2:Full :VolumeTag=CLN001L1
      Storage Element 3:Empty
      Storage Element 4:Full
      Storage Element 5:Full :VolumeTag=STR105L8
      Storage Element 6:Empty
      Storage Element 7:Empty
      Storage Element 8:Empty
      Storage Element 9 IMPORT/EXPORT:Empty
      Storage Element 10 IMPORT/EXPORT:Empty
      Storage Element 11 IMPORT/EXPORT:Empty
      Storage Element 12 IMPORT/EXPORT:Empty
"""


@pytest.fixture
def site(runtime):
    return make_site(runtime)


def plan(runtime, text, **more):
    content = text if isinstance(text, bytes) else text.encode()
    with runtime.database.reader.connect() as connection:
        return planned(connection, Upload("csv", {"media.csv": content}, **more), runtime.clock())


def take_in(runtime, upload):
    return runtime.writer.run(SYSTEM, lambda unit: carried_out(unit, upload))


def csv(*lines, head=HEAD, end="\n"):
    return end.join([head, *lines]) + end


def test_a_good_file_is_taken_in_with_its_hash_and_line_numbers(runtime, site):
    text = csv(
        "STR142L8,lto,full,Library 1 › slot 5,HM7X0K1142,billing-db,2025-12-09,2027-12-09,yes,monthly",
        "STR143L8,LTO-8,active,Vault 2 › Shelf B-04,,,,,no,",
        "VD-0007,disk,scratch,a-02,,,,,,",
        head=f"{HEAD},serial_number,dataset,written_on,expires_on,encrypted,tier",
    )
    upload = Upload("csv", {"media.csv": text.encode()})
    assert take_in(runtime, upload).imported == 3
    found = row(runtime, "STR142L8")
    assert (found.content, found.location_id, found.encrypted) == (Content.FULL, site.slots[4], True)
    assert row(runtime, "STR143L8").location_id == site.vault
    assert row(runtime, "VD-0007").media_type is MediaType.DISK
    with runtime.database.reader.connect() as connection:
        entry = store.entries_of(connection, f"medium:{found.medium_id}")[0]
    assert entry.facts["file_sha256"] == upload.sha256
    assert entry.facts["line"] == 2
    assert entry.fields["by"]["via"] == "import"
    assert replay_agrees(runtime)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("str142L8,lto,full,A-02", "lower-case letter s"),
        ("STR142,lto,full,A-02", "8 characters"),
        ("STR142X9,lto,full,A-02", "no known media id"),
        ("STR1\x0742L,lto,full,A-02", "control character U+0007"),
        ("STR142L8,tape,full,A-02", "is none of lto"),
        ("STR142L8,LTO-9,full,A-02", "The type says LTO-9, the label LTO-8"),
        ("STR142L8,lto,empty,A-02", "is none of scratch"),
        ("STR142L8,lto,destroyed,A-02", "its own proof"),
        ("CLN001L1,cleaning,scratch,A-02", "never scratch"),
        ("CLN001L1,lto,active,A-02", "is the label of a cleaning cartridge"),
        ("STR142L8,lto,full,", "does not say where"),
        ("STR142L8,lto,full,Shelf Z-99", "no place here"),
        ("STR142L8,lto,full,CN-0001", "does not take media"),
        ("STR142L8,lto,full", "3 values"),
        ("STR142L8,lto,full,A-02,more", "5 values"),
        ('"STR142L8,lto,full,A-02', "quotation mark"),
        ("STR142L8,lto,full," + "x" * 5000, "characters; 4,000 are allowed"),
        ("STR999L8,lto,full,A-02", "registered already"),
        ("STR142L8,lto,full,Library 1/slot 1", "holds STR999L8 already"),
    ],
)
def test_a_rejected_line_says_its_number_and_why(runtime, site, line, reason):
    register(runtime, site, "STR999L8", site.slots[0])
    found = plan(runtime, csv("STR141L8,lto,full,A-02", line))
    (rejected,) = found.rejected
    assert rejected.line == 3
    assert reason in rejected.reason
    assert len(rejected.text) < 100
    assert [one.barcode for one in found.accepted] == ["STR141L8"]


def test_every_fault_of_a_line_is_told_at_once(runtime, site):
    head = f"{HEAD},written_on,encrypted,tier"
    (rejected,) = plan(runtime, csv("STR142L8,lto,gone,A-02,yesterday,maybe,hourly", head=head)).rejected
    for word in ("“gone”", "“yesterday”", "“maybe”", "A tier is one of"):
        assert word in rejected.reason


def test_a_barcode_slot_or_serial_that_stands_twice_is_rejected_the_second_time(runtime, site):
    text = csv(
        "STR142L8,lto,full,Library 1 › slot 1,SN1",
        "STR142L8,lto,full,A-02,SN2",
        "STR143L8,lto,full,Library 1 › slot 1,SN3",
        "STR144L8,lto,full,A-02,SN1",
        head=f"{HEAD},serial_number",
    )
    rejected = {one.line: one.reason for one in plan(runtime, text).rejected}
    assert set(rejected) == {3, 4, 5}
    assert "stands in line 2 already" in rejected[3]
    assert "holds STR142L8 already" in rejected[4]
    assert "SN1" in rejected[5]


def test_one_rejected_line_stops_the_whole_import(runtime, site):
    text = csv("STR141L8,lto,full,A-02", "str142L8,lto,full,A-02")
    with pytest.raises(ImportRefusedError, match=r"line 3: .*lower-case") as refused:
        take_in(runtime, Upload("csv", {"media.csv": text.encode()}))
    assert refused.value.facts["rejected"][0]["line"] == 3
    with runtime.database.reader.connect() as connection:
        assert listing.count(connection, listing.Selection()) == 0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_line_ends_byte_order_marks_and_delimiters_do_not_matter(end, mark, delimiter):
    text = csv(
        "STR142L8,lto,full,A-02", "", "STR143L8,lto,full,A-02", head="Where,BARCODE,type,content", end=end
    )
    text = text.replace("STR142L8,lto,full,A-02", "A-02,STR142L8,lto,full").replace(
        "STR143L8,lto,full,A-02", "A-02,STR143L8,lto,full"
    )
    parsed = parse_csv(mark + text.replace(",", delimiter).encode())
    assert not parsed.rejected
    assert [(one.number, one.medium.barcode) for one in parsed.lines] == [(2, "STR142L8"), (4, "STR143L8")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (csv("STR142L8,lto,full,A-02").encode("utf-16"), "UTF-16"),
        (csv("STR142L8,lto,full,A-02").encode("utf-16-le"), "UTF-16"),
        (csv("STR142L8,lto,full,Büro").encode("latin-1"), "line 2 has the byte FC"),
        (b"", "“barcode” is missing"),
        (b"\n\n", "“barcode” is missing"),
        (b"barcode,type,content\nSTR142L8,lto,full\n", "the column “where” is missing"),
        (b"barcode,type,content,where,colour\n", "“colour” is no column of an import"),
        (b"barcode,type,content,where,where\n", "column “where” stands twice"),
        (b"STR142L8,lto,full,A-02\n", "“barcode” is missing"),
        (b"x" * 10_000_000, "characters; 4,000 are allowed"),
        (b"\n" * (MAX_LINES + 1), "one import takes 100,000"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(content, said):
    with pytest.raises(ImportFileError, match=said):
        parse_csv(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_lines_or_a_refusal(content):
    for head in (b"", f"{HEAD}\n".encode()):
        try:
            parsed = parse_csv(head + content)
        except ImportFileError as refused:
            assert "file" in refused.fields  # noqa: PT017 - either outcome is checked
        else:
            assert all(one.reason for one in parsed.rejected)


def test_an_ambiguous_place_asks_for_its_whole_path(runtime, site):
    (rejected,) = plan(runtime, csv("STR142L8,lto,full,nowhere / at all")).rejected
    assert "no place here" in rejected.reason
    with runtime.database.reader.connect() as connection:
        places = importing.Places.load(connection)
    places.by_name["shelf"] = None
    with pytest.raises(InvalidInputError, match="several places"):
        places.find("Shelf")


@pytest.mark.parametrize(
    "where",
    [
        "Library 1 › slot 5",
        "library 1/SLOT 5",
        "Library 1 > slot 5",
        "Site 1 › Library 1 › slot 5",
        " LIB-1-S5 ",
    ],
)
def test_a_place_is_named_in_the_ways_people_write_it(runtime, site, where):
    with runtime.database.reader.connect() as connection:
        assert importing.Places.load(connection).find(where) == site.slots[4]


def test_an_export_can_be_imported_again_by_its_import_columns(runtime, site):
    take_in(runtime, Upload("csv", {"a": csv("STR142L8,lto,full,Library 1 › slot 5").encode()}))
    import csv as reader

    text = b"".join(export.csv_of(runtime.database, listing.Selection())).decode("utf-8-sig")
    (line,) = reader.DictReader(io.StringIO(text))
    again = csv(",".join(line[name] for name in ("barcode", "type", "content", "where")))
    (rejected,) = plan(runtime, again).rejected
    assert "registered already" in rejected.reason


def test_the_text_of_mtx_fills_the_named_library(runtime, site):
    upload = Upload("mtx", {"status.txt": MTX.encode()}, "Library 1")
    answer = take_in(runtime, upload)
    assert answer.imported == 4
    assert [one.text for one in answer.left_out] == ["no label, slot 4"]
    assert row(runtime, "STR101L8").location_id == site.slots[0]
    assert row(runtime, "STR103L8").location_id == site.drive
    assert row(runtime, "STR105L8").content is Content.ACTIVE
    assert row(runtime, "CLN001L1").media_type is MediaType.CLEANING
    again = take_in(runtime, upload)
    assert again.imported == 0
    assert sum("registered already" in one.reason for one in again.left_out) == 4
    assert replay_agrees(runtime)


def test_what_mtx_describes_is_scratch_only_when_somebody_says_so(runtime, site):
    take_in(runtime, Upload("mtx", {"status.txt": MTX.encode()}, "LIB-1", Content.SCRATCH))
    assert row(runtime, "STR101L8").content is Content.SCRATCH
    assert row(runtime, "CLN001L1").content is Content.ACTIVE


def test_a_library_that_is_too_small_rejects_what_does_not_fit(runtime, site):
    seen = read(
        "mtx", {"status.txt": MTX.replace("Element 8:Empty", "Element 8:Full :VolumeTag=STR108L8").encode()}
    )
    with runtime.database.reader.connect() as connection:
        small = importing.plan_library(connection, seen, "Library 1", Content.ACTIVE, runtime.clock())
        assert not small.rejected
        with pytest.raises(InvalidInputError, match="no library Library 9"):
            importing.plan_library(connection, seen, "Library 9", Content.ACTIVE, runtime.clock())


def test_mhvtl_s_two_files_make_one_import(runtime, site):
    conf = (
        "VERSION: 5\n\nLibrary: 10 CHANNEL: 00 TARGET: 00 LUN: 00\n Vendor identification: STK\n Product identification: L700\n"
        " Unit serial number: XYZZY_A\n\nDrive: 11 CHANNEL: 00 TARGET: 01 LUN: 00\n Library ID: 10 Slot: 01\n"
        " Vendor identification: IBM\n Product identification: ULT3580-TD8\n Unit serial number: XYZZY_A1\n"
    )
    contents = (
        "VERSION: 2\n\nDrive 1:\n\nPicker 1:\n\nMAP 1:\n\nSlot 1: STR101L8\nSlot 2: CLN001L1\nSlot 3:\n"
    )
    files = {"device.conf": conf.encode(), "library_contents.10": contents.encode()}
    assert take_in(runtime, Upload("mhvtl", files, "Library 1")).imported == 2
    assert row(runtime, "STR101L8").location_id == site.slots[0]


def test_the_file_that_was_shown_is_the_one_that_is_imported(runtime, site):
    files = {"media.csv": csv("STR142L8,lto,full,A-02").encode()}
    digests = runtime.writer.run(SYSTEM, lambda unit: keep(unit, files))
    with runtime.database.reader.connect() as connection:
        assert kept(connection, digests) == files
        with pytest.raises(InvalidInputError, match="kept no longer"):
            kept(connection, {"media.csv": "0" * 64})


def test_ten_thousand_lines_take_seconds(runtime, site):
    import time

    text = csv(*(f"A{number:05d}L8,lto,scratch,A-02" for number in range(10_000)))
    started = time.perf_counter()
    assert take_in(runtime, Upload("csv", {"media.csv": text.encode()})).imported == 10_000
    assert time.perf_counter() - started < 30
