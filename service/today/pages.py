"""The first page: what needs a person."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.custody.sight import is_outsider
from service.handlers.rules import Permission
from service.today.activity import activity
from service.today.holders import holders
from service.today.needs import needs
from service.today.views import today_view
from service.web.page import Page, page_for
from service.web.views.today import TodayView

router = APIRouter(include_in_schema=False)

Anybody = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]


@router.get("/")
def today_page(page: Anybody) -> Response:
    return page.render("today/today.html", _view(page))


@router.get("/today")
def today_fragment(page: Anybody) -> Response:
    """The part that refreshes itself."""
    return page.fragment("today/_today.html", _view(page))


def _view(page: Page) -> TodayView:
    outsider = is_outsider(page.person)
    return today_view(
        page.runtime.settings.site,
        page.now.astimezone(page.zone).date(),
        page.person,
        needs(page.session, page.person, page.now),
        activity(page.session, page.person, page.now, page.zone),
        None if outsider else holders(page.runtime.database, page.session.connection()),
    )
