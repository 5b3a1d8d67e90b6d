"""The words of an address as a selection of media, for the API and the pages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col

from service.containers.models import Container
from service.db import table
from service.errors import InvalidInputError
from service.locations.models import Location
from service.media.importing import Places
from service.media.listing import Order, Selection
from service.media.models import Content, Custody, MediaType
from service.parties.models import Party

MAX_WORD = 400

Word = Annotated[str | None, Query(max_length=MAX_WORD)]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the address. Places, custodians and containers are named by id or by name."""

    custody: Custody | None = None
    content: Content | None = None
    media_type: MediaType | None = None
    location: str | None = None
    custodian: str | None = None
    container: str | None = None
    dataset: str | None = None
    held: bool = False
    q: str = ""
    order: Order = Order.BARCODE

    def chosen(self) -> dict[str, str]:
        """The words that narrow or order, as they stand in an address."""
        given = {
            "custody": self.custody, "content": self.content, "media_type": self.media_type, "location": self.location,
            "custodian": self.custodian, "container": self.container, "dataset": self.dataset,
            "held": "true" if self.held else None, "q": self.q or None,
            "order": None if self.order is Order.BARCODE else self.order.value,
        }  # fmt: skip
        return {name: str(value) for name, value in given.items() if value is not None}


def words(
    *,
    custody: Custody | None = None,
    content: Content | None = None,
    media_type: MediaType | None = None,
    location: Word = None,
    custodian: Word = None,
    container: Word = None,
    dataset: Word = None,
    held: bool = False,
    q: Annotated[str, Query(max_length=MAX_WORD, description="The beginning of the barcode.")] = "",
    order: Order = Order.BARCODE,
) -> Words:
    for name, text in (
        ("q", q),
        ("location", location),
        ("custodian", custodian),
        ("container", container),
        ("dataset", dataset),
    ):
        if text and not text.isprintable():
            raise InvalidInputError(
                "A filter has no control characters.", fields={name: "no control characters"}
            )
    return Words(
        custody, content, media_type, location or None, custodian or None, container or None, dataset or None, held,
        q.strip().upper(), order,
    )  # fmt: skip


Filters = Annotated[Words, Depends(words)]


def selection(session: Session, given: Words) -> Selection:
    """Raises InvalidInputError for a place, custodian or container that is not there."""
    return Selection(
        custody=given.custody,
        content=given.content,
        media_type=given.media_type,
        location_id=None if given.location is None else place_id(session.connection(), given.location),
        custodian_id=None if given.custodian is None else _party_id(session, given.custodian),
        container_id=None if given.container is None else _container_id(session, given.container),
        dataset=given.dataset,
        held=given.held,
        prefix=given.q,
        order=given.order,
    )


def place_id(connection: Connection, where: str) -> str:
    """A place's id from its id, its code, its path, or an end of its path that is one place's alone."""
    location = table(Location)
    if not where.isprintable():
        raise InvalidInputError(
            "A place has no control characters. Nothing was recorded.",
            fields={"location": "no control characters"},
        )
    exact = (location.c.location_id == where) | (location.c.code == where) | (location.c.path == where)
    found = connection.execute(select(location.c.location_id).where(exact)).scalars().first()
    return str(found) if found else Places.load(connection).find(where)


def _party_id(session: Session, custodian: str) -> str:
    by_name = session.connection().execute(
        select(col(Party.party_id)).where((col(Party.party_id) == custodian) | (col(Party.name) == custodian))
    )
    return _one(by_name.scalars().first(), "custodian", custodian)


def _container_id(session: Session, container: str) -> str:
    found = session.connection().execute(
        select(col(Container.container_id)).where(
            (col(Container.container_id) == container) | (col(Container.barcode) == container)
        )
    )
    return _one(found.scalars().first(), "container", container)


def _one(found: str | None, noun: str, text: str) -> str:
    if found is None:
        raise InvalidInputError(f"There is no {noun} “{text[:60]}”.", fields={noun: f"no such {noun}"})
    return found
