"""One unit of work: who acts, the connection to act on, and the entries that say what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import BindParameter, bindparam, insert, update
from sqlalchemy.engine import Connection
from sqlmodel import Session

from service.errors import LedgerError, StrongroomError
from service.ids import new_id
from service.ledger.format import MAX_ENTRY_BYTES, VERSION, encoded, plain, timestamp
from service.ledger.projection import Projection

Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)


class Via(StrEnum):
    """How the act reached the system."""

    WEB = "web"
    API = "api"
    CLI = "cli"
    DEVICE = "device"
    SCHEDULE = "schedule"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a handler, or the system itself (`handler_id` None)."""

    handler_id: str | None
    via: Via

    def logged(self) -> dict[str, object]:
        return {"handler": self.handler_id, "via": str(self.via)}


SYSTEM = Actor(None, Via.SCHEDULE)


@dataclass(slots=True)
class Unit:
    """One unit of work: the connection to act on and the ledger to append to."""

    connection: Connection
    actor: Actor
    now: datetime
    first_position: int
    rows: list[dict[str, object]] = field(default_factory=list)
    keep_checkpoint: bool = False
    stamp: str = ""  # `now` as entries write it
    _session: Session | None = None

    def __post_init__(self) -> None:
        self.stamp = self.stamp or timestamp(self.now)

    @property
    def session(self) -> Session:
        """For units that prefer objects; flushed when the unit ends."""
        if self._session is None:
            self._session = Session(bind=self.connection, join_transaction_mode="create_savepoint")
        return self._session

    def new_id(self) -> str:
        return new_id(self.now)

    def append(
        self,
        subject: str,
        event: StrEnum,
        *,
        changes: Mapping[str, object] | None = None,
        facts: Mapping[str, object] | None = None,
        reason: str | None = None,
        corrects: int | None = None,
        actor: Actor | None = None,
    ) -> int:
        """Append one entry and return its position (zero-based leaf index)."""
        position, name = self.first_position + len(self.rows), str(event)
        entry: dict[str, object] = {
            "at": self.stamp,
            "by": (actor or self.actor).logged(),
            "event": name,
            "position": position,
            "subject": subject,
            "v": VERSION,
        }
        if changes:
            entry["set"] = plain(changes)
        if facts:
            entry["facts"] = plain(facts)
        if reason is not None:
            entry["reason"] = reason
        if corrects is not None:
            entry["corrects"] = corrects
        body = encoded(entry)
        if len(body) > MAX_ENTRY_BYTES:
            raise LedgerError(f"An entry of {len(body)} bytes is too long. Nothing was recorded.")
        self.rows.append(
            {
                "position": position,
                "subject": subject,
                "event": name,
                "recorded_at": self.now,
                "body": body,
            }
        )
        return position

    def create(
        self, projection: Projection, values: Mapping[str, object], event: StrEnum, **entry: Any
    ) -> int:
        """Insert the row and append the entry that sets its projected columns."""
        self.flush()
        self.connection.execute(insert(projection.table), [dict(values)])
        return self.append(
            projection.subject(str(values[projection.key])), event, changes=projection.logged(values), **entry
        )

    def create_many(
        self, projection: Projection, rows: Sequence[Mapping[str, object]], event: StrEnum, **entry: Any
    ) -> None:
        """The same for many rows, which all name the same columns, in one statement."""
        if not rows:
            return
        self.flush()
        self.connection.execute(insert(projection.table), [dict(row) for row in rows])
        for row in rows:
            self.append(
                projection.subject(str(row[projection.key])), event, changes=projection.logged(row), **entry
            )

    def change(
        self,
        projection: Projection,
        identity: str,
        values: Mapping[str, object],
        event: StrEnum,
        **entry: Any,
    ) -> int:
        """Update the row and append the entry that says so."""
        self.flush()
        column = projection.table.c[projection.key]
        self.connection.execute(update(projection.table).where(column == identity), [dict(values)])
        return self.append(projection.subject(identity), event, changes=projection.logged(values), **entry)

    def change_many(
        self,
        projection: Projection,
        identities: Sequence[str],
        values: Mapping[str, object],
        event: StrEnum,
        **entry: Any,
    ) -> None:
        """The same change to many rows, with one entry each."""
        if not identities:
            return
        self.flush()
        key: BindParameter[str] = bindparam("_identity")
        statement = update(projection.table).where(projection.table.c[projection.key] == key)
        self.connection.execute(statement, [{"_identity": identity, **values} for identity in identities])
        logged = projection.logged(values)
        for identity in identities:
            self.append(projection.subject(identity), event, changes=logged, **entry)

    def forget(self, length: int) -> None:
        """Drop what was appended after the first `length` entries, and the session, before its savepoint is rolled back."""
        del self.rows[length:]
        if self._session is not None:
            self._session.close()
            self._session = None

    def flush(self) -> None:
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        if self._session is not None:
            self._session.commit()  # releases the session's own savepoint into the unit's
            self._session.close()
            self._session = None


class Many(Protocol[Item_contra, Answer_co]):
    """Work that handles all its items of a batch in one call; an answer may be an error for that item alone."""

    def __call__(
        self, unit: Unit, items: Sequence[tuple[Actor, Item_contra]], /
    ) -> Sequence[Answer_co | StrongroomError]: ...
