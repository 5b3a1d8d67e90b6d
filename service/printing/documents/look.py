"""Which language and paper a person prints in: remembered in a cookie, so that nobody chooses twice."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from labels.documents import LANGUAGES, Paper
from service.printing.documents.making import Look
from service.web.views.parts import Filter, FilterLink

COOKIE = "strongroom_paper"
A_YEAR_S = 31_536_000
NAMES = {"en": "English", "de": "Deutsch"}
PAPER_NAMES = {Paper.A4: "A4", Paper.LETTER: "Letter"}


def remembered(request: Request) -> Look:
    """What does not fit is the default: cookies come from anywhere."""
    language, _, paper = request.cookies.get(COOKIE, "").partition(".")
    return Look(
        language if language in LANGUAGES else LANGUAGES[0], Paper(paper) if paper in set(Paper) else Paper.A4
    )


def remember(url: str, look: Look) -> Response:
    """303 back to the page, with the choice kept."""
    response = RedirectResponse(url, 303)
    response.set_cookie(
        COOKIE, f"{look.language}.{look.paper.value}", max_age=A_YEAR_S, httponly=True, samesite="lax"
    )
    return response


def choice(look: Look, then: str) -> Filter:
    languages = (
        _link(NAMES[language], Look(language, look.paper), then, current=language == look.language)
        for language in LANGUAGES
    )
    papers = (
        _link(PAPER_NAMES[paper], Look(look.language, paper), then, current=paper is look.paper)
        for paper in Paper
    )
    return Filter("Print in", (*languages, *papers))


def _link(name: str, look: Look, then: str, *, current: bool) -> FilterLink:
    query = urlencode({"language": look.language, "paper": look.paper.value, "then": then})
    return FilterLink(name, f"/documents/look?{query}", current=current)
