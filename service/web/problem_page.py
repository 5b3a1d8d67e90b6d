"""An error as a page: what happened, what was not done, what to do."""

from contextlib import closing

from sqlmodel import Session
from starlette.requests import Request

from service.errors import NotFoundError, StrongroomError
from service.handlers.queries import Person
from service.web.errors import status_of
from service.web.framing import framed, unframed
from service.web.kept_form import Kept, kept_page, page_of
from service.web.templating import render
from service.web.views.frame import Frame
from service.web.views.pages import ProblemPage
from service.web.views.parts import Act

BROKEN = 500


def problem_page(request: Request, error: StrongroomError, person: Person | None) -> str:
    status = status_of(error)
    happened, _, not_done = error.message.rpartition(". Nothing")
    view = ProblemPage(
        title=error.title,
        place=None,
        status=status,
        happened=f"{happened}." if happened else error.message,
        not_done="Nothing" + not_done if happened else _not_done(request, error),
        to_do=error.next_step or "Go back and try another way.",
        acts=_ways_on(request),
        reference=request.scope.get("state", {}).get("request_id", ""),
    )
    return render("pages/problem.html", view, _frame(request, person if status < BROKEN else None))


def typed_before_page(request: Request, kept: Kept, person: Person) -> str:
    """A form of an earlier sign-in, posted after a new one."""
    why = f"This form is of an earlier sign-in, and nothing was done. You are signed in as {person.name}."
    return render("pages/door.html", kept_page(kept, why), _frame(request, person))


def _not_done(request: Request, error: StrongroomError) -> str:
    if request.method == "GET" or isinstance(error, NotFoundError):
        return "Nothing was changed."
    return "What you asked for was not done."


def _ways_on(request: Request) -> tuple[Act, ...]:
    before = page_of(request)
    return (Act("Today", "/"),) if before == "/" else (Act("Back", before), Act("Today", "/"))


def _frame(request: Request, person: Person | None) -> Frame:
    """With the rail where somebody is signed in. A broken database is not asked for it."""
    if person is None:
        return unframed(request)
    with closing(Session(request.app.state.runtime.database.reader)) as session:
        return framed(request, session, person)
