"""What a search finds, and the one way it looks things up: a range of an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.engine import Connection

SHOWN = 12


class Kind(StrEnum):
    MEDIUM = "medium"
    CONTAINER = "container"
    CONSIGNMENT = "consignment"
    RUN = "run"
    HOLD = "hold"
    DISCREPANCY = "discrepancy"
    LABEL_JOB = "label job"
    LABEL_SERIES = "label series"
    LOCATION = "location"
    DOCUMENT = "document"
    ENTRY = "ledger entry"


@dataclass(frozen=True, slots=True)
class Hit:
    """`matched` is what was found by when it is not the name; `exact`: the whole word is its name or number."""

    kind: Kind
    name: str
    href: str
    where: str = ""
    matched: str = ""
    exact: bool = False


def prefix(
    connection: Connection, columns: Sequence[Column[Any]], word: str, *more: ColumnElement[bool]
) -> list[Any]:
    """Rows of the first column that begin with the word, by its index.

    Where the database orders text by language, the index gives the start and LIKE ends the range.
    """
    first = columns[0]
    query = select(*columns).where(first >= word, first.startswith(word, autoescape=True), *more)
    return list(connection.execute(query.order_by(first).limit(SHOWN)))
