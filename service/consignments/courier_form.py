"""The fields in which a courier signs, read from a form and shown again with everything that was typed."""

from dataclasses import replace

from service.consignments.listing import ConsignmentRow
from service.consignments.signing import Courier
from service.errors import StrongroomError
from service.web.filling import refilled
from service.web.page import Page
from service.web.views.forms import Field, FieldGroup, FieldKind, Form


def courier_fields(row: ConsignmentRow, *, autofocus: bool = True) -> tuple[Field, ...]:
    return (
        Field("name", "Name of the courier", autofocus=autofocus),
        Field("organisation", "Company", value=row.carrier),
        Field(
            "badge", "Badge or identity document", mono=True, width=20, help="The number as it stands there; no copy of the document."
        ),
        Field("identity_checked", "I have seen this badge or document and it is the person's", FieldKind.CHECK),
        Field("signature", "Signature of the courier", FieldKind.SIGNATURE),
    )  # fmt: skip


def own_group(page: Page) -> FieldGroup:
    """The other side signs by being signed in, and may draw as well."""
    return FieldGroup(
        f"{page.person.name}, signed in",
        (Field("own_signature", "Your own signature, if you draw one", FieldKind.SIGNATURE, required=False),),
        "You sign with your sign-in; a drawing is kept beside it.",
    )


def typed_courier(page: Page) -> Courier:
    return Courier(
        page.text("name"),
        page.text("organisation"),
        page.text("badge"),
        page.text("signature"),
        page.text("signature_typed"),
        page.text("identity_checked") == "on",
    )


def typed_own(page: Page) -> tuple[str, str]:
    """(drawing, typed name) of the person who is signed in."""
    return page.text("own_signature"), page.text("own_signature_typed")


def signed_again(form: Form, page: Page, error: StrongroomError) -> Form:
    """Like `refilled`; a signature that was typed is kept too."""
    again = refilled(form, page.form, error)
    return replace(
        again,
        fields=tuple(_with_typed(field, page) for field in again.fields),
        groups=tuple(
            replace(group, fields=tuple(_with_typed(field, page) for field in group.fields))
            for group in again.groups
        ),
    )


def _with_typed(field: Field, page: Page) -> Field:
    if field.kind is not FieldKind.SIGNATURE:
        return field
    return replace(field, placeholder=page.text(f"{field.name}_typed"))
