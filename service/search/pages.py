"""Search: straight to the thing when one is meant, else what fits, by kind."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from service.custody.sight import is_outsider
from service.handlers.rules import Permission
from service.media.words import list_href
from service.search import queries
from service.search.hits import SHOWN, Hit, Kind
from service.web.page import Page, page_for
from service.web.views.pages import Found, FoundGroup, SearchPage
from service.web.views.parts import Act, Barcode, EmptyState, Ident, Link

router = APIRouter(include_in_schema=False)

Finder = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
TITLES = {
    Kind.MEDIUM: "Media", Kind.CONTAINER: "Containers", Kind.CONSIGNMENT: "Consignments", Kind.RUN: "Runs",
    Kind.HOLD: "Holds", Kind.DISCREPANCY: "Discrepancies", Kind.LABEL_JOB: "Label jobs", Kind.LABEL_SERIES: "Label series", Kind.LOCATION: "Locations", Kind.DOCUMENT: "Documents given out", Kind.ENTRY: "Ledger entries",
}  # fmt: skip


@router.get("/search")
def search(page: Finder, q: Annotated[str, Query(max_length=10_000)] = "") -> Response:
    hits = queries.find(page.session.connection(), page.person, q)
    one = queries.only(hits)
    if one is not None:
        return RedirectResponse(one.href, 303)
    return page.render("pages/search.html", _view(page, q.strip()[: queries.MAX_QUERY], hits))


def _view(page: Page, query: str, hits: list[Hit]) -> SearchPage:
    groups = tuple(
        FoundGroup(title, tuple(_found(hit) for hit in hits if hit.kind is kind), _more(kind, query, hits))
        for kind, title in TITLES.items()
        if any(hit.kind is kind for hit in hits)
    )
    empty = EmptyState("Nothing begins so." if query else "Type what stands on the thing.", *_help(page))
    return SearchPage("Search", None, query, groups, empty)


def _help(page: Page) -> tuple[str, tuple[Act, ...]]:
    if is_outsider(page.person):
        takes = "Search takes the number of a consignment of yours, or the barcode, serial number, container or seal of something in one."
        return takes, (Act("All consignments", "/consignments"),)
    takes = "Search takes the beginning of a barcode, serial number, seal, consignment, container, run, hold or label job number, a location, or the position of a ledger entry."
    return takes, (Act("All media", "/media"),)


def _found(hit: Hit) -> Found:
    match hit.kind:
        case Kind.MEDIUM:
            name: Barcode | Ident | Link = Barcode(hit.name, hit.href)
        case Kind.LOCATION | Kind.ENTRY:
            name = Link(hit.name, hit.href)
        case _:
            name = Ident(hit.name, hit.href)
    return Found(name, hit.kind.value, where=hit.where, matched=hit.matched)


def _more(kind: Kind, query: str, hits: list[Hit]) -> str | None:
    """Media have a list that goes on."""
    full = kind is Kind.MEDIUM and sum(hit.kind is kind for hit in hits) >= SHOWN
    return list_href(q=query.upper()) if full else None
