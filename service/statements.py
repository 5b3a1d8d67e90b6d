"""Statements that are made once: what a thousand scans a second save over `Connection.execute`.

SQLAlchemy writes the SQL and knows the types; the driver's own cursor runs it, without a result object, events and a
context around every call. Errors are the driver's own, so a caller that wants to catch one uses `Connection.execute`.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Insert, Select, Update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.compiler import Compiled, SQLCompiler

from service.db import EnumText, UtcTime

Convert = Callable[[Any], Any]
Conversions = tuple[tuple[int, Convert], ...]
REMEMBERED = (
    64  # rows of a batch share their times and states, so that most conversions were made a moment ago
)


class Query:
    """A SELECT. One of its parameters, `many`, may be a list: an expanding one, given with at least one value.

    Rows are named tuples.
    """

    def __init__(self, statement: Select[Any], many: str = "") -> None:
        self._statement = statement
        self._many = many
        self._reads: dict[tuple[str, int], _Read] = {}

    def __call__(self, connection: Connection, **given: Any) -> list[Any]:
        parameters = dict(given)
        width = 0
        if self._many:
            values = list(parameters.pop(self._many))
            # A few widths rather than every one: each is a statement that the driver keeps prepared.
            width = 1 << (len(values) - 1).bit_length()
            values += values[-1:] * (width - len(values))
            parameters |= {f"{self._many}_{number}": value for number, value in enumerate(values, 1)}
        read = self._reads.get((connection.dialect.name, width)) or self._prepare(connection.dialect, width)
        cursor = connection.connection.cursor()
        cursor.execute(read.sent.sql, read.sent.bound(parameters))
        return [read.row(row) for row in cursor.fetchall()]

    def _prepare(self, dialect: Dialect, width: int) -> "_Read":
        many = {self._many: [""] * width} if width else {}
        columns = self._statement.selected_columns
        read = _Read(
            _sent(self._statement.compile(dialect=dialect), dialect, many),
            _row([column.name for column in columns]),
            _conversions(
                [column.type for column in columns],
                lambda kind: kind.dialect_impl(dialect).result_processor(dialect, None),
            ),
        )
        self._reads[dialect.name, width] = read
        return read


class Bulk:
    """An INSERT of whole rows or an UPDATE, for many rows: mappings with a value for every bind parameter of the statement."""

    def __init__(self, statement: Insert | Update) -> None:
        self._statement = statement
        self._sent: dict[str, _Sent] = {}

    def __call__(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        sent = self._sent.get(connection.dialect.name) or self._prepare(connection.dialect)
        connection.connection.cursor().executemany(sent.sql, [sent.bound(row) for row in rows])

    def _prepare(self, dialect: Dialect) -> "_Sent":
        statement = self._statement
        keys = [column.name for column in statement.table.columns] if isinstance(statement, Insert) else None
        sent = _sent(statement.compile(dialect=dialect, column_keys=keys), dialect, {})
        self._sent[dialect.name] = sent
        return sent


@contextmanager
def savepoint(connection: Connection, name: str) -> Iterator[None]:
    """Everything inside or nothing; any error goes on to the caller."""
    cursor = connection.connection.cursor()
    cursor.execute(f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
        cursor.execute(f"RELEASE SAVEPOINT {name}")
        raise
    cursor.execute(f"RELEASE SAVEPOINT {name}")


@dataclass(frozen=True, slots=True)
class _Sent:
    """SQL as the driver takes it, and how a mapping becomes its parameters."""

    sql: str
    names: tuple[str, ...]
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    constants: Mapping[str, Any]  # values that stand in the statement itself
    conversions: Conversions
    positional: bool

    def bound(self, row: Mapping[str, Any]) -> Any:
        values: Sequence[Any] = self.pick({**self.constants, **row} if self.constants else row)
        if self.conversions:
            values = _converted(values, self.conversions)
        return values if self.positional else dict(zip(self.names, values, strict=True))


@dataclass(frozen=True, slots=True)
class _Read:
    sent: _Sent
    make: Callable[[Sequence[Any]], Any]
    conversions: Conversions

    def row(self, values: tuple[Any, ...]) -> Any:
        return self.make(_converted(values, self.conversions) if self.conversions else values)


def _row(names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    made: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024 - names come from the statement
    make: Callable[[Sequence[Any]], Any] = made._make
    return make


def _converted(values: Sequence[Any], conversions: Conversions) -> Sequence[Any]:
    changed = list(values)
    for position, convert in conversions:
        changed[position] = convert(changed[position])
    return changed


def _sent(compiled: Compiled, dialect: Dialect, many: Mapping[str, list[str]]) -> _Sent:
    assert isinstance(compiled, SQLCompiler)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    state = compiled.construct_expanded_state({**compiled.params, **many})
    names = tuple(state.positiontup if state.positiontup is not None else state.parameters)
    types = {name: bind.type for name, bind in compiled.binds.items()}
    conversions = _conversions(
        [types.get(name) for name in names], lambda kind: kind.dialect_impl(dialect).bind_processor(dialect)
    )
    return _Sent(
        state.statement, names, _picker(names), constants, conversions, positional=compiled.positional
    )


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The values of these names, always as a tuple."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)


def _conversions(types: Sequence[Any], processor: Callable[[Any], Convert | None]) -> Conversions:
    """What has to be changed on the way, by position; a type of None (a padded value) never has to."""
    found = [(at, kind, processor(kind)) for at, kind in enumerate(types) if kind is not None]
    return tuple(
        (at, lru_cache(REMEMBERED)(convert) if isinstance(kind, UtcTime | EnumText) else convert)
        for at, kind, convert in found
        if convert is not None
    )
