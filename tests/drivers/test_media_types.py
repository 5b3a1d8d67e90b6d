import pytest

from drivers.media_types import (
    GENERATIONS,
    density_of,
    drive_takes,
    drive_writes,
    generation_of_barcode,
    generation_of_product,
    is_cleaning_barcode,
    is_worm_barcode,
)


@pytest.mark.parametrize(
    ("drive", "reads", "writes"),
    [
        (3, "L1 L2 L3 LT", "L2 L3 LT"),
        (5, "L3 L4 L5 LT LU LV", "L4 L5 LU LV"),
        (7, "L5 L6 L7 LV LW LX", "L6 L7 LW LX"),
        (8, "L7 L8 M8 LX LY", "L7 L8 M8 LX LY"),
        (9, "L8 L9 LY LZ", "L8 L9 LY LZ"),
        (10, "LA PA LH", "LA PA LH"),
    ],
)
def test_a_drive_takes_the_generations_it_can(drive, reads, writes):
    ids = {i for g in GENERATIONS.values() for i in (g.data_id, g.worm_id) if i} | {"M8", "PA"}
    assert {i for i in ids if drive_takes(drive, f"ABC001{i}")} == set(reads.split())
    assert {i for i in ids if drive_writes(drive, f"ABC001{i}")} == set(writes.split())


@pytest.mark.parametrize(
    ("product", "generation"),
    [
        ("ULT3580-TD8", 8),
        ("ULTRIUM-TD9", 9),
        ("ULTRIUM-HH7", 7),
        ("Ultrium 6-SCSI", 6),
        ("ULT3580-TD10", 10),
        ("T10000B", 0),
        ("", 0),
    ],
)
def test_the_generation_of_a_drive_is_in_its_name(product, generation):
    assert generation_of_product(product) == generation


def test_unknown_media_and_drives_are_let_through():
    assert drive_takes(8, "ABC001ZZ")
    assert drive_takes(0, "ABC001L1")
    assert drive_takes(8, "ABC001")
    assert generation_of_barcode("ABC001ZZ") == 0
    assert density_of("ABC001ZZ", 0) == 0


@pytest.mark.parametrize(
    ("barcode", "cleaning", "worm"),
    [
        ("CLN001CU", True, False),
        ("CLNU01L1", True, False),
        ("XYZ001CU", True, False),
        ("ABC001LY", False, True),
        ("ABC001L8", False, False),
    ],
)
def test_special_cartridges_are_known_by_their_label(barcode, cleaning, worm):
    assert (is_cleaning_barcode(barcode), is_worm_barcode(barcode)) == (cleaning, worm)


@pytest.mark.parametrize(
    ("barcode", "density"), [("ABC001L8", 0x5E), ("ABC001M8", 0x5D), ("ABC001PA", 0x63), ("ABC001LH", 0x62)]
)
def test_the_density_follows_the_medium(barcode, density):
    assert density_of(barcode, 8) == density
