import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import LibraryFileError
from drivers.library_files import Place, read_mhvtl, read_mtx_status

SAMPLE_A = """\
  Storage Changer /dev/sg25:2 Drives, 24 Slots ( 1 Import/Export )
Data Transfer Element 0:Full (Storage Element 8 Loaded):VolumeTag = 042142L9
Data Transfer Element 1:Full (Storage Element 8 Loaded):VolumeTag = HER002L9
      Storage Element 1:Full :VolumeTag=HER006L9
      Storage Element 8:Empty
      Storage Element 12:Full :VolumeTag=CLN003L1
      Storage Element 24 IMPORT/EXPORT:Full :VolumeTag=HER003L9
"""
DEVICE_CONF = """\
VERSION: 5

Library: 10 CHANNEL: 00 TARGET: 00 LUN: 00
 Vendor identification: STK
 Product identification: L80
 Unit serial number: XYZZY_B
 NAA: 30:22:33:44:ab:00:00:00
 Home directory: /opt/mhvtl
 PERSIST: False

Drive: 12 CHANNEL: 00 TARGET: 02 LUN: 00
 Library ID: 10 Slot: 02
 Vendor identification: IBM
 Product identification: ULT3580-TD6
 Unit serial number: XYZZY_B2
Drive: 11 CHANNEL: 00 TARGET: 01 LUN: 00
 Library ID: 10 Slot: 01
 Vendor identification: HP
 Product identification: Ultrium 6-SCSI
 Unit serial number: XYZZY_B1
 Compression: factor 1 enabled 1
"""
CONTENTS = """\
VERSION: 2

Drive 1: XYZZY_B1
Drive 2: XYZZY_B2

Picker 1:

MAP 1:
MAP 2: ABC777L6

# slots
Slot 1: ABC001L6
Slot 2:
Slot 3: CLN101L6
Slot 4: DG 001L6
"""


def test_the_text_of_mtx_status_becomes_a_library():
    library = read_mtx_status(SAMPLE_A)
    assert (library.storage_slots, library.mail_slots, len(library.drives)) == (3, 1, 2)
    assert {drive.generation for drive in library.drives} == {9}
    assert {(c.place, c.slot, c.barcode) for c in library.cartridges} == {
        (Place.DRIVE, 1, "042142L9"),
        (Place.DRIVE, 2, "HER002L9"),
        (Place.STORAGE, 1, "HER006L9"),
        (Place.STORAGE, 3, "CLN003L1"),
        (Place.MAIL_SLOT, 1, "HER003L9"),
    }
    assert [c.barcode for c in library.cartridges if c.cleaning] == ["CLN003L1"]


def test_a_full_slot_without_a_tag_is_a_medium_whose_label_cannot_be_read():
    text = SAMPLE_A.replace("HER006L9", "").replace(":VolumeTag=\n", "\n")
    assert [(c.slot, c.readable) for c in read_mtx_status(text).cartridges if not c.barcode] == [(1, False)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("nonsense\n", 1),
        (SAMPLE_A + "      Storage Elephant 9:Empty\n", 8),
        (SAMPLE_A + "      Storage Element 8:Empty\n", 8),
    ],
)
def test_a_wrong_line_of_mtx_status_is_named(text, line):
    with pytest.raises(LibraryFileError) as caught:
        read_mtx_status(text)
    assert caught.value.line == line


def test_mhvtls_two_files_become_a_library():
    library = read_mhvtl(DEVICE_CONF, CONTENTS)
    assert (library.vendor, library.product, library.serial) == ("STK", "L80", "XYZZY_B")
    assert (library.storage_slots, library.mail_slots) == (4, 2)
    assert [(d.serial, d.generation) for d in library.drives] == [("XYZZY_B1", 6), ("XYZZY_B2", 6)]
    assert {(c.place, c.slot, c.barcode, c.cleaning) for c in library.cartridges} == {
        (Place.MAIL_SLOT, 2, "ABC777L6", False),
        (Place.STORAGE, 1, "ABC001L6", False),
        (Place.STORAGE, 3, "CLN101L6", True),
        (Place.STORAGE, 4, "DG 001L6", False),
    }


def test_one_of_several_libraries_is_chosen_by_its_number():
    second = (
        DEVICE_CONF.replace("Library: 10", "Library: 30")
        .replace("XYZZY_B\n", "OTHER\n")
        .replace("ID: 10", "ID: 30")
    )
    both = DEVICE_CONF + second.replace("VERSION: 5", "")
    assert read_mhvtl(both, CONTENTS, library_id=30).serial == "OTHER"
    with pytest.raises(LibraryFileError, match="2 found"):
        read_mhvtl(both, CONTENTS)
    with pytest.raises(LibraryFileError, match="0 found"):
        read_mhvtl(both, CONTENTS, library_id=99)


@pytest.mark.parametrize(
    ("contents", "line", "detail"),
    [
        (CONTENTS + "Slat 9: X\n", 16, "cannot be read"),
        (CONTENTS + "Slot 4: ABC999L6\n", 16, "appears twice"),
        (CONTENTS + "Slot 5: ABC001L6\n", 16, "ABC001L6 appears twice"),
        (CONTENTS + "Slot 0: ABC009L6\n", 16, "cannot be read"),
        (CONTENTS + "Slot 5: " + "X" * 40 + "\n", 16, "not a barcode"),
        (CONTENTS + "Slot 5: AB\x07C\n", 16, "not a barcode"),
    ],
)
def test_a_wrong_line_of_the_contents_is_named(contents, line, detail):
    with pytest.raises(LibraryFileError, match=detail) as caught:
        read_mhvtl(DEVICE_CONF, contents)
    assert (caught.value.source, caught.value.line) == ("library_contents", line)


@pytest.mark.parametrize("number", ["0", "70000", "99999999999999"])
def test_a_number_beyond_all_addresses_is_named_with_its_line(number):
    with pytest.raises(LibraryFileError) as caught:
        read_mhvtl(DEVICE_CONF, f"Slot {number}: ABC001L6\n", library_id=10)
    assert "line 1" in str(caught.value)


def test_a_missing_property_is_named_with_its_section():
    with pytest.raises(LibraryFileError, match="Unit serial number") as caught:
        read_mhvtl(DEVICE_CONF.replace(" Unit serial number: XYZZY_B2\n", ""), CONTENTS)
    assert caught.value.line == 11


@given(st.text(max_size=300))
def test_any_text_is_either_a_library_or_a_named_error(text):
    for read in (read_mtx_status, lambda t: read_mhvtl(DEVICE_CONF, t), lambda t: read_mhvtl(t, CONTENTS)):
        with contextlib.suppress(LibraryFileError):
            read(text)
