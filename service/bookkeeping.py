"""Small tables of no room: answers kept for repeated requests, running numbers, facts about this installation."""

from datetime import datetime

from sqlalchemy import LargeBinary, select, update
from sqlmodel import Field, SQLModel

from service.db import UtcTime, table
from service.ledger.writer import Unit

ORGANISATION = "organisation_id"  # the key of the party whose media these are


class KeptAnswer(SQLModel, table=True):
    """The answer to a POST with an Idempotency-Key; a repeat gets it again."""

    __tablename__ = "kept_answer"

    key: str = Field(primary_key=True, max_length=120)
    request_sha256: str = Field(max_length=64)
    status: int
    answer: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime, index=True)


class Counter(SQLModel, table=True):
    __tablename__ = "counter"

    name: str = Field(primary_key=True, max_length=40)
    value: int


class Installation(SQLModel, table=True):
    """Key and value: ledger origin, the organisation's and first site's ids."""

    __tablename__ = "installation"

    key: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=500)


_COUNTER = table(Counter)


def next_number(unit: Unit, prefix: str) -> str:
    """The next of CN-0001, CN-0002 …; a number whose unit fails is given again."""
    return next_numbers(unit, prefix, 1)[0]


def next_numbers(unit: Unit, prefix: str, count: int) -> list[str]:
    """So many at once, in order."""
    unit.flush()
    found = unit.connection.execute(
        select(_COUNTER.c.value).where(_COUNTER.c.name == prefix)
    ).scalar_one_or_none()
    before = found or 0
    value = before + count
    if found is None:
        unit.connection.execute(_COUNTER.insert().values(name=prefix, value=value))
    else:
        unit.connection.execute(update(_COUNTER).where(_COUNTER.c.name == prefix).values(value=value))
    return [f"{prefix}-{number:04d}" for number in range(before + 1, value + 1)]
