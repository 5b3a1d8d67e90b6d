"""An error as a page: what happened, what was not done, what to do."""

from zoneinfo import ZoneInfo

from starlette.requests import Request

from service.errors import StrongroomError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.runtime import Runtime
from service.web.errors import status_of
from service.web.templating import render
from service.web.views.frame import OUTSIDER_RAIL, RAIL, Frame
from service.web.views.frame import Person as FramePerson
from service.web.views.pages import ProblemPage
from service.web.views.parts import Act


def problem_page(request: Request, error: StrongroomError) -> str:
    runtime: Runtime = request.app.state.runtime
    zone: ZoneInfo = request.app.state.zone
    happened, _, not_done = error.message.rpartition(". Nothing")
    view = ProblemPage(
        title=error.title,
        place=None,
        status=status_of(error),
        happened=f"{happened}." if happened else error.message,
        not_done="Nothing" + not_done if happened else "What you asked for was not done.",
        to_do=error.next_step or "Go back and try another way.",
        acts=(Act("Back", request.headers.get("referer") or "/"), Act("Today", "/")),
        reference=request.scope.get("state", {}).get("request_id", ""),
    )
    return render("pages/problem.html", view, _frame(request, runtime, zone))


def _frame(request: Request, runtime: Runtime, zone: ZoneInfo) -> Frame:
    """With the rail where the request came as far as its person."""
    person: Person | None = getattr(request.state, "person", None)
    if person is None:
        return Frame(runtime.settings.site, runtime.clock(), zone)
    return Frame(
        runtime.settings.site, runtime.clock(), zone, csrf=person.csrf_token,
        person=FramePerson(person.name, person.title), places=RAIL if person.may(Permission.READ) else OUTSIDER_RAIL,
    )  # fmt: skip
