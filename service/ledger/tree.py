"""RFC 6962 Merkle tree hashes over SHA-256: append, root, inclusion and consistency proofs. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()

Node = tuple[int, int]  # (level, index): the root of leaves [index << level, (index + 1) << level)
Lookup = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The roots of the perfect subtrees that `size` leaves fall into, largest first: all that appending needs."""

    size: int
    hashes: tuple[bytes, ...]

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def to_bytes(self) -> bytes:
        return b"".join(self.hashes)

    @staticmethod
    def from_bytes(size: int, packed: bytes) -> "Frontier":
        if len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError(f"a frontier of {size} leaves has {size.bit_count()} hashes")
        return Frontier(size, tuple(packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)))


EMPTY = Frontier(0, ())


def append(frontier: Frontier, leaves: Iterable[bytes]) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
    """The grown frontier and the tile roots completed on the way as (tile level, index, hash); tile level is >= 1."""
    size, stack, done = frontier.size, list(frontier.hashes), []
    for leaf in leaves:
        node, level, index = leaf, 0, size
        while index & 1:
            node, level, index = sha256(b"\x01" + stack.pop() + node).digest(), level + 1, index >> 1
            if level % TILE_HEIGHT == 0:
                done.append((level // TILE_HEIGHT, index, node))
        stack.append(node)
        size += 1
    return Frontier(size, tuple(stack)), done


def root_of(leaves: Sequence[bytes]) -> bytes:
    return append(EMPTY, leaves)[0].root()


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def subtree_nodes(start: int, end: int) -> list[Node]:
    """The perfect subtrees that cover leaves [start, end), left to right; `start` is aligned as RFC 6962 splits."""
    nodes: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _range_hash(start: int, end: int, lookup: Lookup) -> bytes:
    hashes = [lookup(level, index) for level, index in subtree_nodes(start, end)]
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def inclusion_path(index: int, size: int, lookup: Lookup) -> list[bytes]:
    """Siblings from the leaf's upwards, RFC 6962 section 2.1.1; `lookup(level, index)` gives a perfect subtree's root."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, lookup))
            end = middle
        else:
            path.append(_range_hash(start, middle, lookup))
            start = middle
    return path[::-1]


def inclusion_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that the path leads to, or None when the path does not have the right length."""
    if not 0 <= index < size:
        return None
    node, position, last, rest = leaf, index, size - 1, list(path)
    while last:
        if position & 1 or position < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            node = node_hash(sibling, node) if position & 1 else node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return None if rest else node


def consistency_path(old: int, new: int, lookup: Lookup) -> list[bytes]:
    """RFC 6962 section 2.1.2: proof that the tree of `old` leaves is the beginning of the tree of `new`."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, lookup))
            end = middle
        else:
            path.append(_range_hash(start, middle, lookup))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, lookup))
    return path[::-1]


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the old tree is a prefix of the new one (RFC 9162 section 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not path
    if not 0 < old < new:
        return False
    rest = list(path)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    if not rest:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    left = right = rest.pop(0)
    for sibling in rest:
        if last == 0:
            return False
        if position & 1 or position == last:
            left, right = node_hash(sibling, left), node_hash(sibling, right)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            right = node_hash(right, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and left == old_root and right == new_root
