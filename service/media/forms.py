"""The forms of a medium: register, correct, change content."""

from collections.abc import Mapping
from datetime import date

from service.errors import InvalidInputError
from service.media import rules
from service.media.models import Content, MediaType
from service.media.rules import Standing, possible_contents
from service.media.schemas import MediumShape
from service.media.words import href, word
from service.web.page import Page
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Barcode, Head, Link, Tone

ENCRYPTED = (Option("", "not known"), Option("yes", "yes"), Option("no", "no"))
YES_NO = {"": None, "yes": True, "no": False}


def day(page: Page, name: str) -> date | None:
    """A date field; raises InvalidInputError."""
    text = page.text(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        reason = "A date is written like 2026-11-19."
        raise InvalidInputError(f"{reason} Nothing was saved.", fields={name: reason}) from error


def choice(page: Page, name: str, allowed: Mapping[str, object]) -> object:
    """What a choice stands for; raises InvalidInputError for one that was not offered."""
    text = page.text(name)
    if text not in allowed:
        raise InvalidInputError(
            "That was not offered. Nothing was saved.", fields={name: "Choose one of these."}
        )
    return allowed[text]


def details(one: MediumShape | None) -> tuple[Field, ...]:
    """What is known beside the label."""

    def given(name: str) -> str:
        value = getattr(one, name, None)
        return "" if value is None else str(value)

    encrypted = {None: "", True: "yes", False: "no"}[one.encrypted if one else None]
    return (
        Field("serial_number", "Serial number", value=given("serial_number"), required=False, mono=True, help="The maker's number, from the cartridge memory or the body."),
        Field("dataset", "Dataset", value=given("dataset"), required=False, help="What is written on it."),
        Field("tier", "Tier", FieldKind.SELECT, given("tier"), required=False, options=_tiers()),
        Field("written_on", "Written on", FieldKind.DATE, given("written_on"), required=False),
        Field("expires_on", "Retain until", FieldKind.DATE, given("expires_on"), required=False, help="From this day on it may be written again."),
        Field("encrypted", "Encrypted", FieldKind.SELECT, encrypted, required=False, options=ENCRYPTED),
    )  # fmt: skip


def _tiers() -> tuple[Option, ...]:
    return (Option("", "none"), *(Option(tier, tier) for tier in rules.TIERS))


def typed_details(page: Page) -> dict[str, object]:
    return {
        "serial_number": page.text("serial_number") or None,
        "dataset": page.text("dataset"),
        "tier": page.text("tier") or None,
        "written_on": day(page, "written_on"),
        "expires_on": day(page, "expires_on"),
        "encrypted": choice(page, "encrypted", YES_NO),
    }


CONTENTS: Mapping[str, Content] = {one.value: one for one in Content if one not in rules.PROVED}
TYPES: Mapping[str, MediaType | None] = {"": None, **{one.value: one for one in MediaType}}


def new_page() -> FormPage:
    contents = tuple(Option(one, word(CONTENTS[one])) for one in CONTENTS)
    types = (Option("", "as the label says"), *(Option(one.value, word(one)) for one in MediaType))
    form = Form(
        "register", "/media", "Register",
        (
            Field("barcode", "Barcode", mono=True, autofocus=True, width=12, help="As it stands on the label; a scanner types it."),
            Field("media_type", "Type", FieldKind.SELECT, required=False, options=types, help="A disk has to be named; tapes say it on their label."),
            Field("location", "Where it is", help="A place's code or the end of its path, such as Library 1 › slot 5."),
            Field("content", "Content", FieldKind.SELECT, Content.SCRATCH.value, options=contents),
            *details(None),
        ),
        other=(Act("Import a file instead", "/media/import"),),
    )  # fmt: skip
    return FormPage(
        "Register a medium", Place.MEDIA, Head(Link("Media", "/media"), "Register a medium"), form
    )


def edit_page(one: MediumShape) -> FormPage:
    reason = Field(
        "reason", "Reason", FieldKind.TEXTAREA, required=False,
        help="Wanted when the serial number is another or the expiry earlier.",
    )  # fmt: skip
    form = Form("edit", href(one.barcode, "/edit"), "Save", (*details(one), reason), other=(_back(one),))
    return FormPage(f"Correct {one.barcode}", Place.MEDIA, _head(one, "Correct"), form)


def content_page(one: MediumShape, standing: Standing) -> FormPage:
    options = tuple(
        Option(
            to.value, word(to), help="needs a reason" if needs else "", disabled_reason=_not_allowed(one, to)
        )
        for to, needs in possible_contents(standing).items()
    )
    form = Form(
        "content", href(one.barcode, "/change-content"), "Change content",
        (
            Field("to", f"From {word(one.content)} to", FieldKind.RADIO, options=options),
            Field("reason", "Reason", FieldKind.TEXTAREA, required=False, help="Kept for good in the ledger."),
        ),
        danger=_scratch_warning(one) if Content.SCRATCH in possible_contents(standing) else None,
        other=(_back(one),),
        submit_enabled=any(not option.disabled_reason for option in options),
        submit_reason="no other content is possible now",
    )  # fmt: skip
    return FormPage(f"Content of {one.barcode}", Place.MEDIA, _head(one, "Change content"), form)


def _scratch_warning(one: MediumShape) -> Danger:
    text = "Scratch means that the backup software may write over it; what is known of its dataset and dates is forgotten."
    return Danger(text, (Barcode(one.barcode),), Tone.AMBER)


def _not_allowed(one: MediumShape, to: Content) -> str:
    return "on hold" if to in rules.ENDING and one.held_since is not None else ""


def _head(one: MediumShape, what: str) -> Head:
    return Head((Link("Media", "/media"), " · ", what), Barcode(one.barcode))


def _back(one: MediumShape) -> Act:
    return Act("Back", href(one.barcode))
