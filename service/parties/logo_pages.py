"""The logo of our organisation: seen, chosen, taken away."""

from typing import Annotated

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import Response

from service.errors import NotFoundError
from service.handlers.rules import Permission
from service.parties import actions, queries
from service.parties.logo import MOST_BYTES, MOST_PIXELS
from service.parties.models import Party
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Head, Link, Method

router = APIRouter(prefix="/parties", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_PARTIES)]


@router.get("/{party_id}/logo.png")
def show_logo(party_id: str, page: Reader) -> Response:
    found = queries.party(page.session, party_id)
    logo = queries.logo_of(page.session.connection(), party_id)
    if logo is None:
        raise NotFoundError("logo of", found.name)
    return Response(logo.content, media_type="image/png", headers={"cache-control": "no-cache"})


@router.get("/{party_id}/logo")
def logo_page(party_id: str, page: Manager) -> Response:
    return page.render("pages/form.html", _form(page, queries.party(page.session, party_id)))


def _form(page: Page, found: Party) -> FormPage:
    base = f"/parties/{found.party_id}"
    help_text = f"PNG, at most {MOST_BYTES // 1000} kB and {MOST_PIXELS:,} pixels on a side. It is printed 42 mm wide."
    logo = Field("logo", "Logo", FieldKind.FILE, accept="image/png", help=help_text)
    has = queries.logo_of(page.session.connection(), found.party_id) is not None
    remove = (Act("Remove the logo", f"{base}/logo/remove", Method.POST),) if has else ()
    form = Form("logo", f"{base}/logo", "Save", (logo,), other=(Act("Back", base), *remove), upload=True)
    head = Head(Link("Parties", "/parties"), found.name, where="The logo on its documents")
    return FormPage(f"Logo of {found.name}", Place.ADMINISTRATION, head, form)


@router.post("/{party_id}/logo")
def set_logo(party_id: str, page: Manager) -> Response:
    found = queries.party(page.session, party_id)
    png = _uploaded(page)
    return act_or_again(
        page,
        lambda: _form(page, found),
        lambda unit: actions.set_logo(unit, party_id, png),
        lambda _: page.redirect(f"/parties/{party_id}", "The logo stands on documents from now on."),
    )


def _uploaded(page: Page) -> bytes:
    given = page.form.get("logo")
    if not isinstance(given, UploadFile):
        return b""
    with given.file:
        return given.file.read()


@router.post("/{party_id}/logo/remove")
def remove_logo(party_id: str, page: Manager) -> Response:
    page.act(lambda unit: actions.remove_logo(unit, party_id))
    return page.redirect(f"/parties/{party_id}", "Documents carry no logo any more.")
