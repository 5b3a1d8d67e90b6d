"""The tree of places."""

from dataclasses import replace
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from service.handlers.administration import AREAS
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.locations import occupants, queries
from service.locations.models import Location, LocationKind
from service.locations.rules import KIND_WORD
from service.web.page import Page, page_for
from service.web.views.admin import Area
from service.web.views.frame import Place
from service.web.views.locations import LocationsView, Node
from service.web.views.parts import Act, Chip, EmptyState, Head, Link

router = APIRouter(prefix="/locations", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
NOT_ALLOWED = "needs an administrator"
OUT_OF_USE = Chip("out of use")


def _area(session: Session, person: Person) -> Area:
    del person
    text = "Sites, rooms, vaults, shelves and libraries: where media can stand."
    return Area("Locations", "/locations", text, f"{queries.site_count(session)} sites")


AREAS.append(_area)


def managed(page: Page, act: Act) -> Act:
    allowed = page.person.may(Permission.MANAGE_LOCATIONS)
    return act if allowed else replace(act, enabled=False, reason=NOT_ALLOWED)


@router.get("")
def tree(page: Reader) -> Response:
    nodes = _nodes(page.session)
    new = managed(page, Act("New site", "/locations/new", first=True))
    empty = EmptyState(
        "No places", "A site holds rooms and vaults, and these hold shelves and libraries.", (new,)
    )
    head = Head(
        Link("Administration", "/administration"), "Locations", where="media in the last column", acts=(new,)
    )
    return page.render(
        "locations/tree.html", LocationsView("Locations", Place.ADMINISTRATION, head, nodes, empty)
    )


def _nodes(session: Session) -> tuple[Node, ...]:
    rows = sorted(queries.tree_rows(session), key=lambda row: row.parent_id or "")
    children = {above: list(group) for above, group in groupby(rows, key=lambda row: row.parent_id)}
    media = occupants.counts(session.connection(), occupants.MEDIA)
    elements = queries.element_counts(session)

    def node(row: Location) -> Node:
        below = tuple(node(child) for child in children.get(row.location_id, []))
        count = media.get(row.location_id, 0) + sum(child.media or 0 for child in below)
        return Node(
            row.name,
            KIND_WORD[row.kind],
            f"/locations/{row.location_id}",
            note=_element_note(row, elements),
            media=count,
            chip=None if row.active else OUT_OF_USE,
            children=below,
        )

    return tuple(node(row) for row in children.get(None, []))


def _element_note(row: Location, elements: dict[tuple[str, LocationKind], int]) -> str:
    kinds = (LocationKind.SLOT, LocationKind.DRIVE, LocationKind.MAIL_SLOT)
    found = [(elements.get((row.location_id, kind), 0), KIND_WORD[kind]) for kind in kinds]
    return ", ".join(f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in found if count)
