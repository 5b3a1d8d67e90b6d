"""A form with faults."""

from web_specimens.moment import bc

from service.web.views.forms import Danger, Field, FieldGroup, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import (
    FormPage,
)
from service.web.views.parts import (
    Act,
    Chip,
    Fact,
    Head,
    Ident,
    Tone,
)
from service.web.views.sections import (
    FactsSection,
    TextSection,
)

FORM = FormPage(
    "Correct the place",
    Place.MEDIA,
    Head("Medium", Ident("STR145L8"), "Library 1, slot 9 · with Site 1 vault", (Chip("in library"),)),
    Form(
        "correct",
        "/media/STR145L8/correct",
        "Write the correction",
        (
            Field(
                "barcode",
                "Barcode you scanned",
                mono=True,
                value="STR145L",
                error="7 characters; a barcode here has 8.",
                help="Scan the label; typing it is recorded as typed.",
                width=10,
            ),
            Field(
                "where",
                "Where it is",
                FieldKind.SELECT,
                "slot-9",
                options=(Option("slot-9", "Library 1, slot 9"), Option("shelf", "Shelf B-04")),
            ),
            Field("seen_at", "Seen", FieldKind.DATETIME, "2026-11-19T14:06"),
            Field(
                "reason",
                "Reason",
                FieldKind.TEXTAREA,
                "",
                error="A correction needs its reason in writing.",
                help="An auditor reads this sentence in ten years.",
            ),
        ),
        (
            FieldGroup(
                "Second person",
                (
                    Field(
                        "second",
                        "Who looks with you",
                        FieldKind.RADIO,
                        "handler-1",
                        options=(
                            Option("handler-1", "Handler 1"),
                            Option("custodian", "Vault custodian", disabled_reason="not on site today"),
                        ),
                    ),
                    Field("both", "Both of us have read the label", FieldKind.CHECK, "on"),
                    Field(
                        "parts",
                        "What was looked at",
                        FieldKind.CHECKS,
                        values=("label",),
                        required=False,
                        options=(
                            Option("label", "label"),
                            Option("shell", "shell"),
                            Option("memory", "cartridge memory"),
                        ),
                    ),
                ),
                "Policy asks for two people where a label cannot be read.",
            ),
        ),
        danger=Danger(
            "This writes 1 correction that stays for ever:",
            (("entry 41,207, ", bc(145), " in slot 9"),),
            Tone.AMBER,
        ),
        other=(Act("Leave it", "/media/STR145L8"),),
        hidden=(("version", "7"),),
    ),
    beside=(
        FactsSection(
            "What is recorded",
            (Fact("Last seen", "12 Nov, slot 9"), Fact("Volume tag", "not read", mono=True)),
        ),
        TextSection(
            "What happens",
            ("Nothing is edited. The correction is a new entry that names the one it corrects.",),
        ),
    ),
)
