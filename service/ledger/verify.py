"""Checks a ledger without trusting who keeps it: entries → leaves → root → signed checkpoint.

Standard library and cryptography only, no database: an auditor can run it on an export.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from service.ledger import checkpoint, tree
from service.ledger.checkpoint import Checkpoint, CheckpointError, Verifier

# Entries hashed before the frontier grows: a power of two, so that each chunk is one perfect subtree, and few enough
# that its hashes are still in the processor's cache when they are paired.
CHUNK = 1 << 12
# Copying a hash that took its first byte costs less than making one and joining the byte to what is hashed.
_leaf = sha256(b"\x00").copy
_node = sha256(b"\x01").copy
BUNDLE = tree.TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems` is empty when everything agrees; `checked` counts the checkpoints whose root was recomputed."""

    size: int
    root: bytes
    checked: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(entries: Iterable[bytes], notes: Iterable[str], verifier: Verifier) -> Verdict:
    """Recompute the tree over all entries in order and compare it with every signed note; the largest must cover all."""
    problems: list[str] = []
    wanted: dict[int, Checkpoint] = {}
    for note in notes:
        try:
            found = checkpoint.parse(note, verifier)
        except CheckpointError as error:
            problems.append(f"a checkpoint is not valid: {error}")
            continue
        if wanted.setdefault(found.size, found).root != found.root:
            problems.append(f"two checkpoints of {found.size} entries have different roots")
    frontier, roots = _roots(entries, sorted(wanted))
    problems += [
        f"the checkpoint of {size} entries does not fit the entries"
        for size, found in sorted(wanted.items())
        if size <= frontier.size and roots[size] != found.root
    ]
    problems += _coverage(frontier.size, max(wanted, default=None))
    return Verdict(frontier.size, frontier.root(), len(roots), tuple(problems))


def _coverage(size: int, signed: int | None) -> list[str]:
    if signed is None:
        return ["there is no valid checkpoint"]
    if signed > size:
        return [f"{signed - size} entries are missing: the checkpoint signs {signed}, {size} are here"]
    return [f"{size - signed} entries are behind no checkpoint"] if signed < size else []


def _roots(entries: Iterable[bytes], sizes: list[int]) -> tuple[tree.Frontier, dict[int, bytes]]:
    """The frontier over all entries, and the root at each of the sizes reached."""
    frontier, roots, stops = tree.EMPTY, {}, iter(sizes)
    stop = next(stops, None)
    while stop == 0:
        roots[0], stop = tree.EMPTY_ROOT, next(stops, None)
    source = iter(entries)
    while True:
        count = CHUNK - frontier.size % CHUNK
        if stop is not None:
            count = min(count, stop - frontier.size)
        leaves = _leaves(source, count)
        frontier = _grown(frontier, leaves)
        if frontier.size == stop:
            roots[stop], stop = frontier.root(), next(stops, None)
        if len(leaves) < count:
            return frontier, roots


def _leaves(source: Iterator[bytes], count: int) -> list[bytes]:
    """Their leaf hashes, as `tree.leaf_hash`; spelled out, as below, because a call an entry is a tenth of the time."""
    leaves = []
    for entry in islice(source, count):
        leaf = _leaf()
        leaf.update(entry)
        leaves.append(leaf.digest())
    return leaves


def _grown(frontier: tree.Frontier, leaves: list[bytes]) -> tree.Frontier:
    if len(leaves) == CHUNK and frontier.size % CHUNK == 0:
        return _with_subtree(frontier, _perfect_root(leaves))
    return tree.append(frontier, leaves)[0]


def _perfect_root(level: list[bytes]) -> bytes:
    while len(level) > 1:
        pairs, above = iter(level), []
        for left, right in zip(pairs, pairs, strict=True):
            node = _node()
            node.update(left + right)
            above.append(node.digest())
        level = above
    return level[0]


def _with_subtree(frontier: tree.Frontier, node: bytes) -> tree.Frontier:
    stack, index = list(frontier.hashes), frontier.size // CHUNK
    while index & 1:
        node, index = tree.node_hash(stack.pop(), node), index >> 1
    return tree.Frontier(frontier.size + CHUNK, (*stack, node))


def verify_proof(entry: bytes, proof: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint under which the entry is included; raises CheckpointError when the proof does not hold."""
    index, path, note = checkpoint.parse_proof(proof)
    found = checkpoint.parse(note, verifier)
    if tree.inclusion_root(tree.leaf_hash(entry), index, found.size, path) != found.root:
        raise CheckpointError(f"entry {index} is not in the tree that the checkpoint signs")
    return found


def tile_path(number: int) -> str:
    """C2SP tlog-tiles: three digits an element, all but the last behind an x."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def read_export(folder: Path) -> tuple[Iterator[bytes], list[str], Verifier]:
    """Entries, notes and the key of an export folder; raises CheckpointError or OSError when a file is missing."""
    verifier = Verifier.parse((folder / "ledger.vkey").read_text(encoding="utf-8"))
    kept = sorted((folder / "checkpoints").glob("*")) if (folder / "checkpoints").is_dir() else []
    notes = [path.read_text(encoding="utf-8") for path in (folder / "checkpoint", *kept)]
    return _exported_entries(folder), notes, verifier


def _exported_entries(folder: Path) -> Iterator[bytes]:
    number = 0
    while (bundle := read_bundle(folder, number)) is not None:
        yield from split_bundle(bundle)
        number += 1


def read_bundle(folder: Path, number: int) -> bytes | None:
    full = folder / "tile" / "entries" / tile_path(number)
    if full.is_file():
        return full.read_bytes()
    partial = full.with_name(full.name + ".p")
    widths = sorted(partial.glob("*"), key=lambda path: int(path.name)) if partial.is_dir() else []
    return widths[-1].read_bytes() if widths else None


def split_bundle(bundle: bytes) -> Iterator[bytes]:
    """The entries of an entry bundle: each stands behind a big-endian 16-bit length."""
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 + length > len(bundle):
            raise CheckpointError("an entry bundle ends in the middle of an entry")
        yield bundle[at + 2 : at + 2 + length]
        at += 2 + length


def join_bundle(entries: Iterable[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def changed_columns(
    row: Mapping[str, object], logged: Mapping[str, object]
) -> dict[str, tuple[object, object]]:
    """{column: (in the table, by the ledger)} where the two differ."""
    names = row.keys() | logged.keys()
    return {
        name: (row.get(name), logged.get(name)) for name in sorted(names) if row.get(name) != logged.get(name)
    }
