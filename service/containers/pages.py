"""Containers: where they stand, what is in them, under which seal, and what happened to them."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.containers import keeping, queries, rules
from service.containers.forms import empty_page, new_page, open_page, seal_page
from service.containers.models import ContainerState
from service.containers.queries import ContainerSelection, ContainerView
from service.containers.views import allowed, list_table, thing_view
from service.errors import InvalidInputError
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.frame import Place
from service.web.views.pages import FormPage, ListPage
from service.web.views.parts import Act, Filter, FilterLink, Head

router = APIRouter(prefix="/containers", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
SHOWN = 100


class Which(StrEnum):
    ALL = "all"
    OPEN = "open"
    SEALED = "sealed"


@router.get("")
def list_containers(page: Reader, *, after: After = None, which: Which = Which.ALL) -> Response:
    state = None if which is Which.ALL else ContainerState(which.value)
    found = queries.containers(
        page.session.connection(), page.person, ContainerSelection(state), after=after, limit=SHOWN + 1
    )
    more = f"/containers?which={which}&after={found[SHOWN - 1].container_id}" if len(found) > SHOWN else None
    register = allowed(
        Act("Register a container", "/containers/new", first=True),
        _may_register(page),
        "needs a media handler",
    )
    links = tuple(FilterLink(one.value, f"/containers?which={one}", current=one is which) for one in Which)
    view = ListPage(
        "Containers",
        Place.CONSIGNMENTS,
        Head("Custody", "Containers", acts=(register,)),
        list_table(found[:SHOWN], more),
        filters=(Filter("Show", links),),
    )
    return page.render("pages/list.html", view)


def _may_register(page: Page) -> bool:
    return rules.may_register(page.person, page.person.party_id)


@router.get("/new")
def new_container_page(page: Reader) -> Response:
    return page.render("pages/form.html", new_page(page))


@router.post("")
def register_container(page: Reader) -> Response:
    def work(unit: Unit) -> str:
        capacity = page.text("capacity")
        if not capacity.isdecimal() or len(capacity) > len(str(rules.MAX_CAPACITY)):
            told = f"1 to {rules.MAX_CAPACITY} media."
            raise InvalidInputError(f"{told} Nothing was saved.", fields={"capacity": told})
        return keeping.register(
            unit, page.text("barcode"), int(capacity), page.text("location_id"), page.person
        )

    return act_or_again(
        page,
        lambda: new_page(page),
        work,
        lambda barcode: page.redirect(f"/containers/{barcode}", f"{barcode} is registered."),
    )


@router.get("/{barcode}")
def show_container(barcode: str, page: Reader) -> Response:
    return page.render("pages/thing.html", thing_view(_found(barcode, page), page))


def _found(barcode: str, page: Page) -> ContainerView:
    page.session.rollback()  # what was read before a refused act is old
    return queries.container(page.session.connection(), page.person, barcode)


@router.get("/{barcode}/seal")
def seal_form(barcode: str, page: Reader) -> Response:
    return page.render("pages/form.html", seal_page(_found(barcode, page)))


@router.post("/{barcode}/seal")
def seal_container(barcode: str, page: Reader) -> Response:
    def form() -> FormPage:
        return seal_page(_found(barcode, page))

    return act_or_again(
        page,
        form,
        lambda unit: keeping.seal(unit, barcode, page.text("seal"), page.person),
        lambda _: page.redirect(f"/containers/{barcode}", f"{barcode} is sealed."),
    )


@router.get("/{barcode}/open")
def open_form(barcode: str, page: Reader) -> Response:
    return page.render("pages/form.html", open_page(page, _found(barcode, page)))


@router.post("/{barcode}/open")
def open_container(barcode: str, page: Reader) -> Response:
    def work(unit: Unit) -> None:
        told = page.text("intact")
        if told not in {"yes", "no"}:
            raise InvalidInputError(
                "The seal was not looked at. Nothing was opened.", fields={"intact": "Say how the seal is."}
            )
        keeping.open_container(unit, barcode, page.text("reason"), page.person, intact=told == "yes")

    return act_or_again(
        page,
        lambda: open_page(page, _found(barcode, page)),
        work,
        lambda _: page.redirect(f"/containers/{barcode}", f"{barcode} is open."),
    )


@router.get("/{barcode}/empty")
def empty_form(barcode: str, page: Reader) -> Response:
    return page.render("pages/form.html", empty_page(page, _found(barcode, page)))


@router.post("/{barcode}/empty")
def empty_container(barcode: str, page: Reader) -> Response:
    return act_or_again(
        page,
        lambda: empty_page(page, _found(barcode, page)),
        lambda unit: keeping.empty(unit, barcode, page.person),
        lambda count: page.redirect(
            f"/containers/{barcode}",
            f"{count} {'medium is' if count == 1 else 'media are'} taken out of {barcode}.",
        ),
    )
