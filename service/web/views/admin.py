"""Administration: what there is to administer, one line each; the pages behind it are general ones."""

from dataclasses import dataclass

from service.web.views.frame import Place
from service.web.views.parts import Chip, Head, Rich


@dataclass(frozen=True, slots=True)
class Area:
    title: str
    href: str
    text: Rich
    count: str = ""
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class AdministrationView:
    """admin/administration.html. Handlers, roles, tokens, parties, policy and schedule are ListPage, ThingPage
    and FormPage.
    """

    title: str
    place: Place | None
    head: Head
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class NewTokenView:
    """admin/token.html: a secret shown once."""

    title: str
    place: Place | None
    head: Head
    secret: str
    note: Rich
    back_href: str
