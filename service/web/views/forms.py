"""Forms: fields in the order people know things, errors beside them and summed up at the top."""

from dataclasses import dataclass
from enum import StrEnum

from service.web.views.parts import Act, Rich, Tone


class FieldKind(StrEnum):
    TEXT = "text"
    PASSWORD = "password"  # noqa: S105 - the HTML input type, not a secret
    EMAIL = "email"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime-local"
    SEARCH = "search"
    TEXTAREA = "textarea"
    SELECT = "select"
    RADIO = "radio"
    CHECK = "check"
    CHECKS = "checks"
    FILE = "file"
    SIGNATURE = "signature"  # posts <name> (path data) and <name>_typed (text)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    help: str = ""
    disabled_reason: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """`value` is what was typed, so that an error loses nothing; for CHECK "on" means ticked.

    `values` are the ticked ones of CHECKS. `mono` for identifiers. `width` in characters, 0 for the full column.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    values: tuple[str, ...] = ()
    help: Rich = ""
    error: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    autocomplete: str = "off"
    placeholder: str = ""
    mono: bool = False
    width: int = 0
    rows: int = 3
    minimum: str = ""
    maximum: str = ""
    accept: str = ""
    autofocus: bool = False


@dataclass(frozen=True, slots=True)
class FieldGroup:
    title: str
    fields: tuple[Field, ...]
    help: Rich = ""


@dataclass(frozen=True, slots=True)
class Danger:
    """What will happen, to how many things, by name. Shown before the submit button of a dangerous act."""

    text: Rich
    things: tuple[Rich, ...] = ()
    tone: Tone = Tone.RED


@dataclass(frozen=True, slots=True)
class Form:
    """`problem` is an error of the whole form; errors of fields are summed up from the fields themselves.

    `fields` come first, then `groups`. `id` is unique on the page. `hidden` are name/value pairs
    (put an idempotency key here). A field's element id is `<form id>-<field name>`.
    """

    id: str
    action: str
    submit: str
    fields: tuple[Field, ...] = ()
    groups: tuple[FieldGroup, ...] = ()
    method: str = "post"
    problem: Rich = ""
    hidden: tuple[tuple[str, str], ...] = ()
    danger: Danger | None = None
    other: tuple[Act, ...] = ()
    upload: bool = False
    submit_enabled: bool = True
    submit_reason: str = ""
