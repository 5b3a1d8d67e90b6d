"""Tables whose state is a projection of the ledger.

An entry's `set` names the new value of each projected column it changes; folding the entries of one subject in order
gives its row. `strongroom ledger replay --check` does exactly that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Table

from service.ledger.format import timestamp


@dataclass(frozen=True, slots=True)
class Projection:
    """`kind` is the first half of the entries' subject, `key` the column that holds the second."""

    kind: str
    table: Table
    key: str
    columns: frozenset[str]

    def subject(self, identity: str) -> str:
        return f"{self.kind}:{identity}"

    def logged(self, values: Mapping[str, object]) -> dict[str, object]:
        """The projected values in the form in which they stand in an entry."""
        return {name: json_value(value) for name, value in values.items() if name in self.columns}


_PLAIN = frozenset({str, int, bool, type(None)})


def json_value(value: object) -> object:  # noqa: PLR0911 - one return a kind
    if type(value) in _PLAIN:
        return value
    match value:
        case datetime():
            return timestamp(value)
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case dict():
            return {str(key): json_value(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [json_value(item) for item in value]
        case _:
            return value
