"""The forms about one container: what will happen, by name, before it happens."""

from service.containers import queries
from service.containers.keeping import STANDING
from service.containers.queries import ContainerView
from service.containers.rules import MAX_CAPACITY, may_register
from service.web.page import Page
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Barcode, Head, Ident, Link, Tone

SHOWN = 20
USUAL_CAPACITY = "20"
NOT_YOURS = "needs a media handler or a vault custodian"


def new_page(page: Page) -> FormPage:
    places = queries.standing_places(page.session.connection(), page.person, STANDING)
    fields = (
        Field(
            "barcode",
            "Barcode",
            mono=True,
            width=16,
            autofocus=True,
            help="As it stands on the container, such as C-0117.",
        ),
        Field(
            "capacity",
            "Takes how many media",
            FieldKind.NUMBER,
            USUAL_CAPACITY,
            minimum="1",
            maximum=str(MAX_CAPACITY),
            width=6,
        ),
        Field(
            "location_id",
            "Stands at",
            FieldKind.SELECT,
            help="Whoever answers for the place is its custodian.",
            options=tuple(Option(location_id, path) for location_id, path in places),
        ),
    )
    shut = "" if may_register(page.person, page.person.party_id) else NOT_YOURS
    form = Form(
        "container", "/containers", "Register the container", fields, other=(Act("Back", "/containers"),),
        submit_enabled=not shut, submit_reason=shut,
    )  # fmt: skip
    head = Head(Link("Containers", "/containers"), "A new container")
    return FormPage("New container", Place.CONSIGNMENTS, head, form)


def seal_page(found: ContainerView) -> FormPage:
    field = Field(
        "seal", "Seal number", mono=True, width=16, autofocus=True, help="As it stands on the seal. A number is used once."
    )  # fmt: skip
    return _page(found, "Seal", "seal", "Seal it", (field,))


def open_page(page: Page, found: ContainerView) -> FormPage:
    fields = (
        Field(
            "intact",
            f"Seal {found.seal} is",
            FieldKind.RADIO,
            "yes",
            options=(Option("yes", "whole"), Option("no", "broken or changed")),
        ),
        Field("reason", "Why it is opened", FieldKind.TEXTAREA, rows=2),
    )
    danger = Danger(
        f"Seal {found.seal} is cut and stays used. {found.pieces} media come to light:",
        _media(page, found),
        Tone.AMBER,
    )
    return _page(found, "Open", "open", "Open it", fields, danger)


def empty_page(page: Page, found: ContainerView) -> FormPage:
    text = f"{found.pieces} media are taken out and stand at {found.place} from now on:"
    return _page(found, "Empty", "empty", "Empty it", (), Danger(text, _media(page, found), Tone.AMBER))


def _media(page: Page, found: ContainerView) -> tuple[Barcode | str, ...]:
    inside = queries.inside(page.session.connection(), found.container_id, limit=SHOWN)
    more = found.pieces - len(inside)
    named = tuple(Barcode(one.barcode) for one in inside)
    return (*named, f"and {more} more") if more > 0 else named


def _page(
    found: ContainerView,
    title: str,
    verb: str,
    submit: str,
    fields: tuple[Field, ...],
    danger: Danger | None = None,
) -> FormPage:
    back = Act("Back", f"/containers/{found.barcode}")
    form = Form(verb, f"/containers/{found.barcode}/{verb}", submit, fields, danger=danger, other=(back,))
    head = Head(Link("Containers", "/containers"), Ident(found.barcode), where=f"{title} · {found.place}")
    return FormPage(f"{title} {found.barcode}", Place.CONSIGNMENTS, head, form)
