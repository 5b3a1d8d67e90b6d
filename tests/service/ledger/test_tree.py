"""The Merkle tree against the definition in RFC 6962, hashed the slow way."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ledger import tree

UPTO = 70
LEAVES = [tree.leaf_hash(f"entry {number}".encode()) for number in range(UPTO)]
VECTOR = [b'{"seq":%d}' % number for number in range(7)]


def slow_root(leaves):
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


def slow_path(index, leaves):
    if len(leaves) <= 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*slow_path(index, leaves[:split]), slow_root(leaves[split:])]
    return [*slow_path(index - split, leaves[split:]), slow_root(leaves[:split])]


def lookup(level, index):
    return slow_root(LEAVES[index << level : (index + 1) << level])


def test_the_vector_has_its_root_and_its_leaf():
    leaves = [tree.leaf_hash(entry) for entry in VECTOR]
    assert tree.root_of(leaves).hex() == "12f2808bca4c4a1a053170a3bc4b02bb3e83fe0bf854e42c75b3502fb9aa95a2"
    assert leaves[3].hex() == "dbcc42d7596b3d629f1861d1e2097b97b5462eccae789dfcf997fea9b0690899"


def test_an_empty_tree_and_a_single_leaf_have_the_roots_of_the_rfc():
    assert tree.root_of([]) == sha256(b"").digest()
    assert tree.root_of(LEAVES[:1]) == LEAVES[0]


@pytest.mark.parametrize("size", range(UPTO))
def test_every_size_has_the_slow_root_and_every_leaf_its_slow_path(size):
    leaves = LEAVES[:size]
    root = slow_root(leaves)
    assert tree.root_of(leaves) == root
    for index in range(size):
        path = tree.inclusion_path(index, size, lookup)
        assert path == slow_path(index, leaves)
        assert tree.inclusion_root(leaves[index], index, size, path) == root


@pytest.mark.parametrize("new", range(1, UPTO, 3))
def test_every_older_size_is_proved_consistent(new):
    for old in range(1, new + 1):
        path = tree.consistency_path(old, new, lookup)
        assert tree.consistent(old, slow_root(LEAVES[:old]), new, slow_root(LEAVES[:new]), path)


@given(st.integers(1, UPTO), st.data())
def test_a_forged_consistency_is_not_accepted(new, data):
    old = data.draw(st.integers(1, new))
    path = tree.consistency_path(old, new, lookup)
    roots = slow_root(LEAVES[:old]), slow_root(LEAVES[:new])
    other = slow_root(LEAVES[1 : old + 1]) if old < UPTO else bytes(32)
    assert not tree.consistent(old, other, new, roots[1], path)
    if old < new:
        assert not tree.consistent(old, roots[0], new, other, path)
        assert not tree.consistent(old, roots[0], new, roots[1], [*path, bytes(32)])
        assert not tree.consistent(old, roots[0], new, roots[1], path[:-1])
        at = data.draw(st.integers(0, len(path) - 1))
        assert not tree.consistent(old, roots[0], new, roots[1], [*path[:at], bytes(32), *path[at + 1 :]])


@given(st.integers(1, UPTO), st.data())
def test_a_forged_inclusion_leads_elsewhere(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion_path(index, size, lookup)
    root = slow_root(LEAVES[:size])
    assert tree.inclusion_root(tree.leaf_hash(b"forged"), index, size, path) != root
    assert tree.inclusion_root(LEAVES[index], index, size, [*path, bytes(32)]) is None
    if path:
        assert tree.inclusion_root(LEAVES[index], index, size, path[:-1]) is None
        at = data.draw(st.integers(0, len(path) - 1))
        assert (
            tree.inclusion_root(LEAVES[index], index, size, [*path[:at], bytes(32), *path[at + 1 :]]) != root
        )
    for wrong in (-1, size):
        assert tree.inclusion_root(LEAVES[index], wrong, size, path) is None


@given(st.lists(st.integers(0, 20), max_size=6))
def test_appending_in_pieces_gives_the_same_tree(pieces):
    frontier, at = tree.EMPTY, 0
    for piece in pieces:
        frontier, _ = tree.append(frontier, LEAVES[at : at + piece] if at + piece <= UPTO else [])
        at = frontier.size
    assert frontier.root() == slow_root(LEAVES[:at])
    assert tree.Frontier.from_bytes(frontier.size, frontier.to_bytes()) == frontier


def test_completed_tiles_have_the_roots_of_their_subtrees():
    leaves = [tree.leaf_hash(bytes([number % 256, number // 256])) for number in range(600)]
    _, done = tree.append(tree.EMPTY, leaves)
    assert done == [(1, 0, slow_root(leaves[:256])), (1, 1, slow_root(leaves[256:512]))]


def test_a_packed_frontier_of_another_size_is_refused():
    with pytest.raises(ValueError, match="frontier of 3 leaves has 2 hashes"):
        tree.Frontier.from_bytes(3, bytes(32))


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_no_path_is_made_for_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="is not in a tree"):
        tree.inclusion_path(index, size, lookup)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5)])
def test_no_consistency_path_is_made_backwards(old, new):
    with pytest.raises(ValueError, match="no consistency proof"):
        tree.consistency_path(old, new, lookup)
