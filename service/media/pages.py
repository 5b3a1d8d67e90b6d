"""The list of media and the pages of one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.media import actions, export, listing, queries
from service.media.api import csv_response
from service.media.filters import Filters, place_id, selection
from service.media.forms import (
    CONTENTS,
    TYPES,
    choice,
    content_page,
    edit_page,
    new_page,
    typed_details,
)
from service.media.list_page import list_view
from service.media.medium_page import medium_view
from service.media.models import Content
from service.media.rules import next_contents
from service.media.schemas import MediumShape, NewMedium
from service.media.words import href
from service.web.filling import act_or_again
from service.web.page import Page, page_for

router = APIRouter(include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Manager = Annotated[Page, page_for(Permission.MANAGE_MEDIA)]
Code = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=64, pattern=r"^[ -~]*$")]


@router.get("/media")
def list_media(page: Reader, filters: Filters, after: Cursor = None) -> Response:
    return page.render("pages/list.html", list_view(page.session, page.person, filters, after))


@router.get("/media.csv")
def export_media(page: Reader, filters: Filters) -> Response:
    return csv_response(export.csv_of(page.runtime.database, selection(page.session, filters)))


@router.get("/media/new")
def new_medium_page(page: Manager) -> Response:
    return page.render("pages/form.html", new_page())


@router.post("/media")
def register_medium(page: Manager) -> Response:
    def work(unit: Unit) -> str:
        new = NewMedium(
            barcode=page.text("barcode"),
            location_id=place_id(unit.connection, page.text("location")),
            media_type=TYPES.get(page.text("media_type")),
            content=CONTENTS[str(choice(page, "content", {name: name for name in CONTENTS}))],
            **typed_details(page),  # type: ignore[arg-type] # fields of NewMedium by name
        )
        return str(queries.row_of(unit.connection, actions.register(unit, new)).barcode)

    return act_or_again(
        page, new_page, work, lambda barcode: page.redirect(href(barcode), f"{barcode} is registered.")
    )


@router.get("/media/{barcode}")
def medium_page(
    page: Reader,
    barcode: Code,
    show: Annotated[str, Query(max_length=20)] = "all",
    before: Annotated[int | None, Query(ge=0, lt=1 << 53)] = None,
) -> Response:
    view = medium_view(page.session, page.person, barcode, show=show, before=before, now=page.now)
    return page.render("media/medium.html", view)


def _shape(page: Page, barcode: str) -> MediumShape:
    return listing.shapes(page.session.connection(), [queries.by_barcode(page.session, barcode)])[0]


@router.get("/media/{barcode}/edit")
def edit_medium_page(page: Manager, barcode: Code) -> Response:
    return page.render("pages/form.html", edit_page(_shape(page, barcode)))


@router.post("/media/{barcode}/edit")
def edit_medium(page: Manager, barcode: Code) -> Response:
    one = _shape(page, barcode)

    def work(unit: Unit) -> None:
        actions.edit(unit, one.medium_id, typed_details(page), reason=page.text("reason"))

    return act_or_again(
        page, lambda: edit_page(one), work, lambda _: page.redirect(href(barcode), f"{barcode} is corrected.")
    )


@router.get("/media/{barcode}/change-content")
def content_form_page(page: Manager, barcode: Code) -> Response:
    row = queries.by_barcode(page.session, barcode)
    return page.render("pages/form.html", content_page(_shape(page, barcode), queries.standing(row)))


@router.post("/media/{barcode}/change-content")
def change_content(page: Manager, barcode: Code) -> Response:
    row = queries.by_barcode(page.session, barcode)
    today = page.now.astimezone(page.zone).date()

    def work(unit: Unit) -> str:
        to = Content(str(choice(page, "to", {one.value: one for one in next_contents(row.content)})))
        actions.change_content(unit, row.medium_id, to, page.text("reason"), today=today)
        return to.value

    return act_or_again(
        page,
        lambda: content_page(_shape(page, barcode), queries.standing(row)),
        work,
        lambda to: page.redirect(href(barcode), f"{barcode} is {to}."),
    )
