"""An error as a page: what happened, what was not done, what to do."""

from zoneinfo import ZoneInfo

from starlette.requests import Request

from service.errors import StrongroomError
from service.runtime import Runtime
from service.web.errors import status_of
from service.web.templating import render
from service.web.views.frame import Frame
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
    return render("pages/problem.html", view, Frame(runtime.settings.site, runtime.clock(), zone))
