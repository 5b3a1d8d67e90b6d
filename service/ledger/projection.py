"""Tables whose state is a projection of the ledger.

An entry's `set` names the new value of each projected column it changes; folding the entries of one subject in order
gives its row. `strongroom ledger replay --check` does exactly that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from service.ledger.format import plain


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
        return {name: plain(value) for name, value in values.items() if name in self.columns}
