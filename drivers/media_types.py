"""LTO generations and what their drives take, as one table.

Unknown codes are data, never exceptions: a new generation must not stop an inventory.
"""

from dataclasses import dataclass

LABEL_LENGTH, VOLSER_LENGTH = 8, 6


@dataclass(frozen=True, slots=True)
class Generation:
    """`reads` and `writes` list the media ids a drive of this generation takes; `native_mb` is 10^6 bytes."""

    number: int
    native_mb: int
    data_id: str
    worm_id: str | None
    density: int
    reads: frozenset[str]
    writes: frozenset[str]
    memory_bytes: int


def _generation(row: str) -> Generation:
    number, mb, data_id, worm_id, density, reads, writes, memory = row.split()
    return Generation(
        number=int(number),
        native_mb=int(mb),
        data_id=data_id,
        worm_id=None if worm_id == "-" else worm_id,
        density=int(density, 16),
        reads=frozenset(reads.split(",")),
        writes=frozenset(writes.split(",")),
        memory_bytes=int(memory),
    )


GENERATIONS: dict[int, Generation] = {
    g.number: g
    for g in map(
        _generation,
        (
            "1 100000 L1 - 40 L1 L1 4096",
            "2 200000 L2 - 42 L1,L2 L1,L2 4096",
            "3 400000 L3 LT 44 L1,L2,L3,LT L2,L3,LT 4096",
            "4 800000 L4 LU 46 L2,L3,L4,LT,LU L3,L4,LT,LU 8160",
            "5 1500000 L5 LV 58 L3,L4,L5,LT,LU,LV L4,L5,LU,LV 8160",
            "6 2500000 L6 LW 5A L4,L5,L6,LU,LV,LW L5,L6,LV,LW 16320",
            "7 6000000 L7 LX 5C L5,L6,L7,LV,LW,LX L6,L7,LW,LX 16320",
            "8 12000000 L8 LY 5E L7,L8,M8,LX,LY L7,L8,M8,LX,LY 16320",
            "9 18000000 L9 LZ 60 L8,L9,LY,LZ L8,L9,LY,LZ 32640",
            "10 30000000 LA LH 62 LA,LH,PA LA,LH,PA 32640",
        ),
    )
}

# Media ids beside those of the table: initialised differently or of another capacity.
EXTRA_MEDIA: dict[str, tuple[int, int, int]] = {"M8": (8, 9_000_000, 0x5D), "PA": (10, 40_000_000, 0x63)}
UNIVERSAL_CLEANING_ID = "CU"


def media_id(barcode: str) -> str:
    return barcode[VOLSER_LENGTH:LABEL_LENGTH] if len(barcode) >= LABEL_LENGTH else ""


def is_cleaning_barcode(barcode: str) -> bool:
    return barcode.startswith("CLN") or media_id(barcode) == UNIVERSAL_CLEANING_ID


def is_worm_barcode(barcode: str) -> bool:
    return media_id(barcode) in {g.worm_id for g in GENERATIONS.values() if g.worm_id}


def generation_of_barcode(barcode: str) -> int:
    """The LTO generation the media id names; 0 when it names none."""
    wanted = media_id(barcode)
    if wanted in EXTRA_MEDIA:
        return EXTRA_MEDIA[wanted][0]
    return next((g.number for g in GENERATIONS.values() if wanted and wanted in {g.data_id, g.worm_id}), 0)


def density_of(barcode: str, drive_generation: int) -> int:
    """The density code of a medium; that of the drive where the barcode names no generation."""
    wanted = media_id(barcode)
    if wanted in EXTRA_MEDIA:
        return EXTRA_MEDIA[wanted][2]
    generation = GENERATIONS.get(generation_of_barcode(barcode) or drive_generation)
    return generation.density if generation else 0


def drive_takes(drive_generation: int, barcode: str) -> bool:
    """Whether a drive can at least read the medium; unknown media ids and drives are let through."""
    generation = GENERATIONS.get(drive_generation)
    if generation is None or not generation_of_barcode(barcode):
        return True
    return media_id(barcode) in generation.reads


def drive_writes(drive_generation: int, barcode: str) -> bool:
    generation = GENERATIONS.get(drive_generation)
    if generation is None or not generation_of_barcode(barcode):
        return True
    return media_id(barcode) in generation.writes


def generation_of_product(product: str) -> int:
    """The LTO generation in a drive's INQUIRY product ("ULT3580-TD8", "Ultrium 5-SCSI"); 0 = none."""
    for marker in ("TD", "HH", "ULTRIUM "):
        _, found, rest = product.upper().rpartition(marker)
        digits = "".join(c for c in rest[:2] if c.isdigit())
        if found and digits:
            return int(digits)
    return 0
