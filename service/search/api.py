"""Search as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.search import queries
from service.search.hits import Kind
from service.web.deps import Reading, reading

router = APIRouter(prefix="/api/v1", tags=["search"])

Reader = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]


class HitShape(BaseModel):
    """`href` is the address of its page; `exact`: the whole word is its name, number or position."""

    kind: Kind
    name: str
    href: str
    where: str
    matched: str
    exact: bool


class SearchShape(BaseModel):
    """`only` is the address of the thing that is meant, when exactly one fits."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "q": "STR142",
                "only": "/media/STR142L8",
                "found": [
                    {
                        "kind": "medium",
                        "name": "STR142L8",
                        "href": "/media/STR142L8",
                        "where": "Library 1, slot 3",
                        "matched": "",
                        "exact": False,
                    }
                ],
            }
        }
    )
    q: str
    only: str | None
    found: list[HitShape]


@router.get("/search")
def search(
    session: Reading, person: Reader, q: Annotated[str, Query(max_length=queries.MAX_QUERY)] = ""
) -> SearchShape:
    """By the beginning of a barcode, serial number, seal, consignment, container, run or hold number, location, or by an entry's position.

    A vendor's people find their own consignments, by number or by what is in them.
    """
    hits = queries.find(session.connection(), person, q)
    one = queries.only(hits)
    found = [
        HitShape(
            kind=hit.kind, name=hit.name, href=hit.href, where=hit.where, matched=hit.matched, exact=hit.exact
        )
        for hit in hits
    ]
    return SearchShape(q=q, only=None if one is None else one.href, found=found)
