"""The courier's signing page and the vendor's dock."""

from web_specimens.consignment import TO_VENDOR
from web_specimens.medium import HANDLER_INK
from web_specimens.moment import bare, bc, container

from service.web.views.consignment import (
    AcknowledgeView,
    ArrivedBox,
    Box,
    SigningView,
    Transfer,
    TransferSide,
)
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Chip,
    Fault,
    Head,
    Ident,
    Signature,
    Strong,
    Tone,
)

WAITING = Transfer(
    "1 · Site 1 vault → Carrier",
    bare("waits for the courier", Tone.AMBER),
    TransferSide(
        "Vault custodian",
        "Site 1",
        "released 15:31:20 · on glass + PIN",
        Signature("Vault custodian", path=HANDLER_INK),
        recorded=True,
    ),
    TransferSide("Courier", "", "signs on this page"),
)


SIGNING = SigningView(
    title="Sign for CN-0412",
    place=Place.CONSIGNMENTS,
    head=Head(
        "Custody transfer",
        Ident("CN-0412"),
        (
            "Site 1 vault → Carrier · ",
            Strong("with Vault custodian, Site 1"),
            " until both sides are recorded",
        ),
    ),
    statement="You take 2 containers with 14 media, seals 004712 and 004713 intact, for Vault 2.",
    boxes=(
        Box(
            container(117),
            "8 media",
            ("Seal ", Ident("004712"), ", applied 15:12"),
            ("intact, seen by both",),
        ),
        Box(
            container(118),
            "6 media",
            ("Seal ", Ident("004713"), ", applied 15:14"),
            ("intact, seen by both",),
        ),
    ),
    transfer=WAITING,
    form=Form(
        "courier",
        "/consignments/CN-0412/sign",
        "I take these 2 containers",
        (
            Field("name", "Name of the courier", autofocus=True),
            Field("company", "Company", value="Carrier"),
            Field(
                "badge",
                "Badge or identity document",
                mono=True,
                help="The number as it stands there.",
                error="A badge has 6 digits; this one has 5.",
                value="40118",
            ),
            Field(
                "checked_by",
                "Identity checked by",
                FieldKind.SELECT,
                "handler-2",
                options=(Option("handler-2", "Handler 2"), Option("custodian", "Vault custodian")),
            ),
            Field("signature", "Signature", FieldKind.SIGNATURE, HANDLER_INK.split("C")[0]),
        ),
        other=(Act("Leave", "/consignments/CN-0412"),),
    ),
)


def _seal_form(number: int, seal: str) -> Form:
    return Form(
        f"box-{number}",
        f"/consignments/CN-0411/containers/{number}/acknowledge",
        "Record this container",
        (
            Field("seal", "Seal number as you read it", mono=True, width=12),
            Field(
                "seal_state",
                "The seal is",
                FieldKind.RADIO,
                options=(
                    Option("intact", "intact"),
                    Option("broken", "broken or changed"),
                    Option("absent", "not there"),
                ),
            ),
            Field(
                "count",
                "Media inside",
                FieldKind.NUMBER,
                minimum="0",
                width=6,
                required=False,
                help=f"Only if you open it. Seal {seal} is used once.",
            ),
        ),
    )


ACKNOWLEDGE = AcknowledgeView(
    title="Acknowledge CN-0411",
    place=Place.CONSIGNMENTS,
    head=Head(
        "Arrival",
        Ident("CN-0411"),
        ("Carrier → Vault vendor, Vault 2 · ", Strong("with Carrier, driver 3")),
        (Chip("arrived", Tone.AMBER),),
    ),
    transfer=TO_VENDOR,
    tally="1 of 3 containers recorded, 16 of 38 media.",
    boxes=(
        ArrivedBox(
            container(114),
            "16 media expected",
            ("Seal ", Ident("004709"), " expected"),
            bare("received 14:51", Tone.GREEN),
            note="seal intact, not opened",
        ),
        ArrivedBox(
            container(115),
            "16 media expected",
            ("Seal ", Ident("004710"), " expected"),
            bare("seal broken", Tone.RED),
            note=("Read as ", "004770", ". Every medium in it must be scanned."),
        ),
        ArrivedBox(
            container(116),
            "6 media expected",
            ("Seal ", Ident("004711"), " expected"),
            bare("not yet seen", Tone.AMBER),
            _seal_form(116, "004711"),
        ),
    ),
    scan=Act("Scan medium by medium", "/scan?task=acknowledge:CN-0411", slim=True),
    problems=(
        Fault(
            ("Container ", container(115), ": seal 004710 is not there, 004770 is."),
            "It becomes a discrepancy when you acknowledge.",
            Tone.RED,
        ),
        Fault((bc(322), " is missing from ", container(115), "."), "15 of 16 scanned."),
    ),
    lines=None,
    finish=Form(
        "finish",
        "/consignments/CN-0411/acknowledge",
        "Acknowledge with 2 discrepancies",
        (Field("signature", "Signature of the vendor's custodian", FieldKind.SIGNATURE),),
        submit_enabled=False,
        submit_reason="1 container is not recorded yet",
    ),
)
