"""What the tables repeat of the ledger, beside the entries: tile roots, the right edge, and the columns that find an entry."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection

from service.db import table
from service.ledger import store, tree
from service.ledger.format import parse_timestamp
from service.ledger.models import LedgerEntry, LedgerNode

_ENTRY, _NODE = table(LedgerEntry), table(LedgerNode)
_decode = msgspec.json.Decoder().decode
FETCH = 1024


def node_problems(connection: Connection, root: bytes) -> list[str]:
    """Whether the stored tile roots lead to `root`, which was recomputed from the entries. Every node in order, none too many.

    The roots of 256 entries are believed as a whole where they give the right root: one wrong hash would give another.
    """
    head = store.head(connection)
    levels = _levels(connection)
    problems = [] if head.frontier.root() == root else ["the stored right edge does not fit the entries"]
    below, count = levels.get(1, []), head.size // tree.TILE_WIDTH
    if not _fits(connection, below, head.size, root):
        problems += [
            f"the stored hash {name} does not fit its entries" for name in _wrong(connection, below, count)
        ]
    for level in range(2, max(levels, default=1) + 1):
        here, count = levels.get(level, []), count // tree.TILE_WIDTH
        wanted = [tree.root_of(below[at : at + tree.TILE_WIDTH]) for at in _starts(count)]
        problems += [
            f"the stored hash {level}/{index} does not fit the hashes below it"
            for index in range(max(count, len(here)))
            if here[index : index + 1] != wanted[index : index + 1]
        ]
        below = here
    return problems


def _starts(count: int) -> range:
    return range(0, count * tree.TILE_WIDTH, tree.TILE_WIDTH)


def _levels(connection: Connection) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    columns = (_NODE.c.level, _NODE.c.hash)
    for level, node in connection.execute(select(*columns).order_by(_NODE.c.level, _NODE.c.position)):
        found.setdefault(level, []).append(bytes(node))
    return found


def _fits(connection: Connection, tiles: list[bytes], size: int, root: bytes) -> bool:
    count, rest = divmod(size, tree.TILE_WIDTH)
    if len(tiles) != count:
        return False
    over = tree.append(tree.EMPTY, tiles)[0]
    whole = tree.Frontier(count * tree.TILE_WIDTH, over.hashes)
    leaves = [tree.leaf_hash(body) for body in store.bodies(connection, size - rest, size)]
    return tree.append(whole, leaves)[0].root() == root


def _wrong(connection: Connection, tiles: list[bytes], count: int) -> Iterator[str]:
    for index in range(max(count, len(tiles))):
        first = index * tree.TILE_WIDTH
        leaves = [tree.leaf_hash(body) for body in store.bodies(connection, first, first + tree.TILE_WIDTH)]
        whole = len(leaves) == tree.TILE_WIDTH
        if tiles[index : index + 1] != ([tree.root_of(leaves)] if whole else []):
            yield f"1/{index}"


def column_problems(connection: Connection) -> Iterator[str]:
    """Entries that the tables show under another subject, event or time than they say."""
    columns = (_ENTRY.c.position, _ENTRY.c.subject, _ENTRY.c.event, _ENTRY.c.recorded_at, _ENTRY.c.body)
    query = select(*columns).order_by(_ENTRY.c.position).execution_options(yield_per=FETCH)
    for position, subject, event, at, body in connection.execute(query):
        fields = _decode(body)
        said = {"position": position, "subject": subject, "event": event, "at": at}
        true = {**fields, "at": parse_timestamp(fields["at"])}
        wrong = [name for name, value in said.items() if true[name] != value]
        if wrong:
            yield f"entry {position}: the table's {' and '.join(wrong)} is not what the entry says"
