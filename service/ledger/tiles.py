"""The hash tiles of an export, compared with its entries. No database, as `verify`."""

from collections.abc import Iterator
from pathlib import Path

from service.ledger import tree
from service.ledger.verify import read_bundle, split_bundle, tile_path


def tile_problems(folder: Path, size: int) -> list[str]:
    """Names every tile that is missing or does not hold the hashes of what is below it; `size` entries are here."""
    below: list[bytes] = []
    problems: list[str] = []
    for level in range(_height(size)):
        problems += [
            f"tile/{level}/{name} does not fit {'the hashes below it' if level else 'its entries'}"
            for name, wanted in _wanted(folder, level, size, below)
            if _read(folder / "tile" / str(level) / name) != b"".join(wanted)
        ]
        below = _above(folder, level, size, below)
    return problems


def _height(size: int) -> int:
    levels = 0
    while size:
        levels, size = levels + 1, size // tree.TILE_WIDTH
    return levels


def _wanted(folder: Path, level: int, size: int, below: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    count = size >> (level * tree.TILE_HEIGHT)
    for number in range((count + tree.TILE_WIDTH - 1) // tree.TILE_WIDTH):
        first = number * tree.TILE_WIDTH
        width = min(tree.TILE_WIDTH, count - first)
        name = tile_path(number) + ("" if width == tree.TILE_WIDTH else f".p/{width}")
        yield name, _leaves(folder, number)[:width] if level == 0 else below[first : first + width]


def _above(folder: Path, level: int, size: int, below: list[bytes]) -> list[bytes]:
    """The roots of the complete tiles of this level: what the next level holds."""
    count = size >> ((level + 1) * tree.TILE_HEIGHT)
    tiles = (
        _leaves(folder, number) if level == 0 else below[number * tree.TILE_WIDTH :][: tree.TILE_WIDTH]
        for number in range(count)
    )
    return [tree.root_of(tile) for tile in tiles]


def _leaves(folder: Path, number: int) -> list[bytes]:
    return [tree.leaf_hash(entry) for entry in split_bundle(read_bundle(folder, number) or b"")]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
