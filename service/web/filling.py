"""A form shown again: with what was typed, and what is wrong beside each field."""

from dataclasses import replace

from starlette.datastructures import FormData

from service.errors import InvalidInputError, StrongroomError
from service.web.views.forms import Field, FieldKind, Form

_NEVER_AGAIN = frozenset({FieldKind.PASSWORD, FieldKind.FILE})


def refilled(form: Form, typed: FormData, error: StrongroomError) -> Form:
    """A refusal of no single field stands above the form."""
    fields = error.fields if isinstance(error, InvalidInputError) else {}
    every = (*form.fields, *(field for group in form.groups for field in group.fields))
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
