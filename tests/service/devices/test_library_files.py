"""Files that users bring: mtx text, mhvtl, CSV; and the demonstration's own."""

import pytest

from drivers.library_files import Place
from service.devices.demo_media import demo_definition, demo_lines, written_on
from service.devices.library_files import (
    LibraryFileRefusedError,
    csv_definition,
    csv_library_name,
    read,
    read_path,
)
from service.errors import StartError
from service.media.schemas import SlotKind

MTX = b"""  Storage Changer /dev/sg3:1 Drives, 4 Slots ( 1 Import/Export )
Data Transfer Element 0:Full (Storage Element 2 Loaded):VolumeTag = STR002L8
      Storage Element 1:Full :VolumeTag=STR001L8
      Storage Element 2:Empty
      Storage Element 3:Full
      Storage Element 4 IMPORT/EXPORT:Full :VolumeTag=CLN001CU
"""
CONF = b"""VERSION: 5
Library: 10 CHANNEL: 00 TARGET: 00 LUN: 00
 Vendor identification: STK
 Product identification: L700
 Unit serial number: XYZZY_A

Drive: 11 CHANNEL: 00 TARGET: 01 LUN: 00
 Library ID: 10 Slot: 01
 Vendor identification: IBM
 Product identification: ULT3580-TD8
 Unit serial number: XYZZY_A1
"""
CONTENTS = b"""VERSION: 2
Drive 1: XYZZY_A1
Picker 1:
MAP 1:
Slot 1: STR001L8
Slot 2: CLN001CU
Slot 3:
"""
CSV = """barcode,type,content,where
STR001L8,lto,full,Site 1 › Library 7 › slot 3
STR002L8,lto,scratch,Library 7 › slot 30
STR003L8,lto,active,Library 7 › drive 1
STR004L8,lto,active,Shelf A-02
"""


def seen(file):
    return [(one.barcode, one.kind, one.number, one.readable, one.cleaning) for one in file.cartridges]


def test_mtx_text_gives_slots_drives_mail_slots_and_an_unread_label():
    file = read("mtx", {"status.txt": MTX})
    assert (file.slots, file.drives, file.mail_slots) == (3, 1, 1)
    assert sorted(seen(file), key=str) == sorted(
        [
            ("STR001L8", SlotKind.SLOT, 1, True, False),
            ("", SlotKind.SLOT, 3, False, False),
            ("CLN001CU", SlotKind.MAIL_SLOT, 1, True, True),
            ("STR002L8", SlotKind.DRIVE, 1, True, False),
        ],
        key=str,
    )


def test_mhvtl_needs_both_files_and_takes_the_library_of_the_contents_number():
    file = read("mhvtl", {"device.conf": CONF, "library_contents.10": CONTENTS})
    assert (file.name, file.slots, file.drives, file.mail_slots) == ("L700", 3, 1, 1)
    assert seen(file) == [
        ("STR001L8", SlotKind.SLOT, 1, True, False),
        ("CLN001CU", SlotKind.SLOT, 2, True, True),
    ]
    with pytest.raises(LibraryFileRefusedError, match="needed together"):
        read("mhvtl", {"device.conf": CONF})


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("mtx", {"a": b"", "b": b""}),
        ("mtx", {"a": b"nothing of the kind"}),
        ("mhvtl", {"device.conf": b"Slot 1: X", "library_contents.10": CONTENTS}),
        ("mhvtl", {"device.conf": CONF, "library_contents.10": b"Slot 0: X"}),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_name(kind, texts):
    with pytest.raises(LibraryFileRefusedError, match="Nothing was imported"):
        read(kind, texts)


def test_a_csv_makes_a_library_big_enough_for_the_slots_it_names():
    definition = csv_definition(CSV.encode())
    assert csv_library_name(CSV.encode()) == "Library 7"
    assert (definition.storage_slots, len(definition.drives), definition.mail_slots) == (30, 2, 4)
    places = {one.barcode: (one.place, one.slot) for one in definition.cartridges}
    assert places == {
        "STR001L8": (Place.STORAGE, 3),
        "STR002L8": (Place.STORAGE, 30),
        "STR003L8": (Place.DRIVE, 1),
    }


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace("slot 30", "slot 3"),
        CSV.replace("Library 7 › slot 30", "Library 8 › slot 30"),
        "barcode,type,content,where\nSTR001L8,lto,full,Shelf A-02\n",
        CSV.replace("slot 30", "slot 0"),
    ],
)
def test_a_csv_that_is_not_one_library_is_refused(text):
    with pytest.raises(LibraryFileRefusedError):
        csv_definition(text.encode())


def test_a_path_says_by_its_name_what_it_is(tmp_path):
    (tmp_path / "device.conf").write_bytes(CONF)
    (tmp_path / "library_contents.10").write_bytes(CONTENTS)
    (tmp_path / "status.txt").write_bytes(MTX)
    (tmp_path / "media.csv").write_text(CSV, "utf-8")
    assert read_path(tmp_path / "device.conf").product == "L700"
    assert read_path(tmp_path / "status.txt").storage_slots == 3
    assert read_path(tmp_path / "media.csv").storage_slots == 30
    for wrong in ("missing.txt", "."):
        with pytest.raises(StartError):
            read_path(tmp_path / wrong)


def test_the_demonstration_has_24_slots_2_drives_4_mail_slots_a_cleaning_cartridge_and_an_unread_label():
    definition = demo_definition()
    assert (definition.storage_slots, len(definition.drives), definition.mail_slots) == (24, 2, 4)
    assert {drive.generation for drive in definition.drives} == {8}
    assert sum(one.cleaning for one in definition.cartridges) == 1
    assert [one.slot for one in definition.cartridges if not one.readable] == [9]


def test_the_demonstrations_media_stand_where_its_library_has_them():
    words = {Place.STORAGE: "slot", Place.DRIVE: "drive"}
    library = {f"{words[one.place]} {one.slot}": one.barcode for one in demo_definition().cartridges}
    lines = {line.where: line.barcode for line in demo_lines() if not line.is_at_vendor}
    assert lines.pop("slot 9") == "STR145L8"
    assert library.pop("slot 9") == ""
    assert lines == library


def test_the_demonstrations_days_are_relative_to_today():
    from datetime import date

    lines = {line.barcode: line for line in demo_lines()}
    assert written_on(lines["STR164L8"], date(2026, 11, 19)) == date(2026, 11, 19)
    assert written_on(lines["STR164L8"], date(2026, 11, 20)) == date(2026, 11, 19)
    assert written_on(lines["STR158L8"], date(2026, 11, 18)) == date(2026, 10, 29)
    assert written_on(lines["STR157L8"], date(2026, 11, 18)) is None
