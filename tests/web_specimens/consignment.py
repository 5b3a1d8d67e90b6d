"""CN-0411 in transit."""

from web_specimens.medium import COURIER_INK, HANDLER_INK
from web_specimens.moment import at, bare, bc, consignment, container, head_cell

from service.web.views.consignment import (
    Box,
    ConsignmentView,
    Transfer,
    TransferSide,
)
from service.web.views.frame import Place
from service.web.views.parts import (
    Act,
    Chip,
    Head,
    Ident,
    Plate,
    SideItem,
    SideList,
    Signature,
    Strong,
    Tone,
)
from service.web.views.scale import Scale, ScaleDue, ScaleSpan
from service.web.views.tables import Cell, Column, Keep, Row, Sorted, Table

NEIGHBOURS = (
    (412, "8 of 14", "being packed", Tone.BLUE, "15:30"),
    (411, "38", "in transit", Tone.BLUE, "due in 48 min"),
    (410, "12", "acknowledged", Tone.GREEN, "17 Nov"),
    (409, "14", "acknowledged", Tone.GREEN, "12 Nov"),
    (408, "9", "home, received", Tone.GREEN, "08:40"),
    (407, "14", "reconciled", Tone.NEUTRAL, "5 Nov"),
    (406, "2", "reconciled", Tone.NEUTRAL, "2 Nov"),
    (405, "14", "reconciled", Tone.NEUTRAL, "29 Oct"),
    (404, "36", "reconciled", Tone.NEUTRAL, "22 Oct"),
    (403, "14", "disputed", Tone.RED, "22 Oct"),
)


SIDE = SideList(
    "Consignments",
    tuple(
        SideItem(
            consignment(number),
            f"/consignments/CN-{number:04}",
            count,
            bare(state, tone),
            when,
            current=number == 411,
        )
        for number, count, state, tone, when in NEIGHBOURS
    ),
)


DEADLINE = Scale(
    "Released 10:54, now 14:06, due 14:54",
    at("10:30"),
    at("15:30"),
    (
        ScaleSpan(
            at("10:54"),
            at("14:54"),
            Tone.BLUE,
            "in transit 3 h 12 min",
            ahead="48 min left",
            above="released 10:54",
        ),
    ),
    (ScaleDue(at("14:54"), "due 14:54"),),
)


TO_CARRIER = Transfer(
    "1 · Site 1 vault → Carrier",
    bare("both sides recorded", Tone.GREEN),
    TransferSide(
        "Vault custodian",
        "Site 1",
        "released 10:53:48 · on glass + PIN",
        Signature("Vault custodian", path=HANDLER_INK),
        recorded=True,
    ),
    TransferSide(
        "Carrier driver 3",
        "",
        "received 10:54:10 · on glass, badge seen",
        Signature("Carrier driver 3", path=COURIER_INK),
        recorded=True,
    ),
)


TO_VENDOR = Transfer(
    "2 · Carrier → Vault vendor, Vault 2",
    bare("expected by 14:54", Tone.AMBER),
    TransferSide("Carrier driver 3", "", "releases"),
    TransferSide("Vendor custodian", "Vault 2", "receives, counts, checks 3 seals"),
)


BOXES = (
    Box(
        container(114),
        "16 media",
        ("Seal ", Ident("004709"), ", applied 10:36"),
        ("lines 1 to 16 of the manifest", "5.1 kg · intact at release · not yet seen at receipt"),
    ),
    Box(
        container(115),
        "16 media",
        ("Seal ", Ident("004710"), ", applied 10:38"),
        ("lines 17 to 32 of the manifest", "5.2 kg · intact at release · not yet seen at receipt"),
    ),
    Box(
        container(116),
        "6 media",
        ("Seal ", Ident("004711"), ", applied 10:40"),
        ("lines 33 to 38, 2 of them disks", "2.9 kg · intact at release · not yet seen at receipt"),
    ),
)


SETS = ("billing-db", "claims-images", "edi-share", "documents")


def _line(line: int) -> Row:
    box = 114 if line <= 16 else 115 if line <= 32 else 116
    return Row(
        (
            Cell(str(line), quiet=True),
            head_cell(bc(300 + line)),
            Cell(f"HM7X{line * 104729 % 1000000:06}"),
            Cell("LTO-8"),
            Cell(SETS[line % 4]),
            Cell(f"{9 + line % 3}.{line % 10}"),
            Cell("K-2026-10"),
            Cell(container(box)),
            Cell("31 Oct 2028"),
        )
    )


MANIFEST = Table(
    "manifest",
    "Manifest of CN-0411",
    (
        Column("#", numeric=True),
        Column("Medium", sort_href="?sort=medium", sorted=Sorted.ASCENDING),
        Column("Serial number", mono=True),
        Column("Media type", keep=Keep.DESK),
        Column("Dataset", keep=Keep.TABLET),
        Column("TB", numeric=True, keep=Keep.DESK),
        Column("Key", mono=True, keep=Keep.TABLET),
        Column("Container"),
        Column("Return", numeric=True, keep=Keep.TABLET),
    ),
    tuple(_line(line) for line in range(1, 39)),
    foot=("38 media, 3 containers, 3 seals · manifest hash ", Ident("af10c52d…08cc"), " · entry 51,640"),
)


CONSIGNMENT = ConsignmentView(
    title="CN-0411",
    place=Place.CONSIGNMENTS,
    head=Head(
        "Consignment",
        Ident("CN-0411"),
        (
            "Site 1 vault → Vault vendor, Vault 2 · ",
            Strong("with Carrier, driver 3"),
            " · 38 media in 3 containers · purpose: monthly set October",
        ),
        (Chip("in transit", Tone.BLUE),),
        (
            Act(
                "Acknowledge",
                "/consignments/CN-0411/acknowledge",
                enabled=False,
                reason="the Vault vendor acknowledges, on arrival",
            ),
            Act("Report discrepancy", "/consignments/CN-0411/discrepancy"),
            Act("Print manifest", "/consignments/CN-0411/manifest.pdf", first=True),
        ),
        Plate("CN-0411", "code39"),
    ),
    printed="Released 19 Nov 2026 10:54:10 EST (15:54:10 UTC) · due 14:54 EST (19:54 UTC) · printed 14:06 EST, ledger 51,902",
    deadline=DEADLINE,
    transfers=(TO_CARRIER, TO_VENDOR),
    transfers_note="1 of 2 complete",
    boxes=BOXES,
    boxes_note="separation kept: no set travels with its copy",
    manifest=MANIFEST,
    manifest_title="Manifest, frozen 10:41",
    manifest_note="38 media · all encrypted, AES-256-GCM · no key in any container",
    downloads=(
        Act("CSV", "/consignments/CN-0411/manifest.csv"),
        Act("PDF", "/consignments/CN-0411/manifest.pdf"),
    ),
    side=SIDE,
)
