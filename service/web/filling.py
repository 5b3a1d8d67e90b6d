"""A form shown again: with what was typed, and what is wrong beside each field."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from service.errors import InvalidInputError, NotFoundError, RefusedError, StrongroomError
from service.ledger.writer import Unit
from service.web.errors import status_of
from service.web.page import Page
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.pages import FormPage

_WRITTEN = frozenset(
    {FieldKind.TEXT, FieldKind.TEXTAREA, FieldKind.EMAIL, FieldKind.NUMBER, FieldKind.DATE, FieldKind.TIME}
)
_NEVER_AGAIN = frozenset({FieldKind.PASSWORD, FieldKind.FILE})


def act_or_again(
    page: Page, form: Callable[[], FormPage], work: Callable[[Unit], Any], done: Callable[[Any], Response]
) -> Response:
    """Do the work, then what comes after it; a refusal, or a typed name of nothing, shows the form again with what was typed."""
    try:
        answer = page.act(work)
    except (InvalidInputError, NotFoundError, RefusedError) as error:
        view = form()
        again = replace(view, form=refilled(view.form, page.form, error))
        return page.render("pages/form.html", again, status_of(error))
    return done(answer)


def refilled(form: Form, typed: FormData, error: StrongroomError) -> Form:
    """A refusal of no single field stands above the form; fields left out are named with those that are wrong."""
    every = (*form.fields, *(field for group in form.groups for field in group.fields))
    fields = _blank(every, typed) | error.fields if isinstance(error, InvalidInputError) else {}
    placed = any(field.name in fields for field in every)
    return replace(
        form,
        fields=tuple(_refilled(field, typed, fields) for field in form.fields),
        groups=tuple(
            replace(group, fields=tuple(_refilled(field, typed, fields) for field in group.fields))
            for group in form.groups
        ),
        problem="" if placed else f"{error.message} {error.next_step}".strip(),
    )


def _blank(fields: tuple[Field, ...], typed: FormData) -> dict[str, str]:
    """What was left out, all of it at once; a rule names the first it meets."""
    return {
        field.name: "This is missing."
        for field in fields
        if field.required and field.kind in _WRITTEN and field.name in typed and not text(typed, field.name)
    }


def _refilled(field: Field, typed: FormData, errors: dict[str, str]) -> Field:
    error = errors.get(field.name, "")
    if field.kind in _NEVER_AGAIN:
        return replace(field, error=error)
    if field.kind is FieldKind.CHECKS:
        return replace(field, values=tuple(texts(typed, field.name)), error=error)
    return replace(field, value=text(typed, field.name), error=error)


def text(typed: FormData, name: str) -> str:
    """A typed field, stripped; empty when it is not there."""
    value = typed.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(typed: FormData, name: str) -> list[str]:
    return [value for value in typed.getlist(name) if isinstance(value, str)]
