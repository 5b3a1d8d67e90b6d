"""The page of everything there is to administer. Rooms above this one put their own line into `AREAS`."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from service.handlers.queries import Person, active_count, names_of
from service.handlers.rules import Permission
from service.ledger import store
from service.web.page import Page, page_for
from service.web.views.admin import AdministrationView, Area
from service.web.views.frame import Place
from service.web.views.parts import Head
from service.web.views.sections import TimelineSection
from service.web.views.timeline import Event

router = APIRouter(include_in_schema=False)

SHOWN = 50


def _handlers_area(session: Session, person: Person) -> Area:
    del person
    return Area(
        "Handlers",
        "/handlers",
        "Who can sign in, and what their roles allow.",
        f"{active_count(session)} active",
    )


AREAS: list[Callable[[Session, Person], Area | None]] = [_handlers_area]


@router.get("/administration")
def administration(page: Annotated[Page, page_for(Permission.READ)]) -> Response:
    areas = [area for make in AREAS if (area := make(page.session, page.person)) is not None]
    head = Head("Administration", "What Strongroom stands on")
    view = AdministrationView("Administration", Place.ADMINISTRATION, head, tuple(areas))
    return page.render("admin/administration.html", view)


def history(session: Session, subject: str, words: Mapping[str, str]) -> TimelineSection:
    """The newest entries of a subject; `words` says in a few words what each event was."""
    entries = store.entries_of(session.connection(), subject, limit=SHOWN)
    names = names_of(session, [entry.handler_id for entry in entries if entry.handler_id])
    events = tuple(
        Event(
            at=entry.recorded_at,
            text=words.get(entry.event, entry.event),
            detail=_detail(names.get(entry.handler_id or "", "Strongroom"), entry.fields.get("reason")),
        )
        for entry in entries
    )
    return TimelineSection("History", events)


def _detail(who: str, reason: str | None) -> str:
    return f"by {who}: {reason}" if reason else f"by {who}"
