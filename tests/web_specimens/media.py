"""The list of media, and taking in from a file."""

from web_specimens.moment import bare, bc, head_cell

from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.imports import DryRun, ImportView
from service.web.views.pages import ListPage
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Filter,
    FilterLink,
    Head,
    Ident,
    Method,
    Shape,
    Strong,
    Tone,
)
from service.web.views.tables import Cell, Column, Keep, Row, Sorted, Table

STATES = (
    ("in library", Tone.NEUTRAL, "full"),
    ("in transit", Tone.BLUE, "full"),
    ("vaulted", Tone.NEUTRAL, "active"),
    ("missing", Tone.RED, "full"),
)


MEDIA_LIST = ListPage(
    title="Media",
    place=Place.MEDIA,
    head=Head(
        "Media",
        "All media",
        (Strong("212"), " media, 1 missing, 2 on hold"),
        acts=(Act("Take in media", "/media/import", first=True),),
    ),
    table=Table(
        "media",
        "Media",
        (
            Column("Barcode", sort_href="?sort=barcode", sorted=Sorted.ASCENDING),
            Column("Custody"),
            Column("Content"),
            Column("Where", keep=Keep.TABLET),
            Column("With", keep=Keep.TABLET),
            Column("Serial number", mono=True, keep=Keep.DESK),
            Column("Type", keep=Keep.DESK),
            Column("TB", numeric=True, keep=Keep.WIDE, sort_href="?sort=tb"),
            Column("Due home", numeric=True, keep=Keep.DESK),
        ),
        tuple(
            Row(
                (
                    head_cell(bc(number)),
                    Cell(bare(STATES[number % 4][0], STATES[number % 4][1])),
                    Cell(Chip(STATES[number % 4][2], shape=Shape.BARE)),
                    Cell("Library 1, slot 3"),
                    Cell("Site 1 vault"),
                    Cell(f"HM7X{number * 7919 % 1000000:06}"),
                    Cell("LTO-8"),
                    Cell(f"{number % 12}.{number % 10}"),
                    Cell("31 Oct 2028"),
                ),
                key=f"STR{number}L8",
            )
            for number in range(140, 180)
        ),
        bulk=(
            Act("Place a hold", "/media/hold", Method.POST, slim=True),
            Act("Print labels", "/media/labels", Method.POST, slim=True),
            Act("Retire", "/media/retire", enabled=False, reason="needs a Backup administrator", slim=True),
        ),
        older_href="?after=STR179L8",
    ),
    filters=(
        Filter(
            "Custody",
            (
                FilterLink("all", "?", 212, current=True),
                FilterLink("in library", "?custody=library", 20),
                FilterLink("vaulted", "?custody=vaulted", 108),
                FilterLink("in transit", "?custody=transit", 38),
                FilterLink("missing", "?custody=missing", 1),
            ),
        ),
    ),
    find=Form(
        "filter",
        "/media",
        "Filter",
        (Field("q", "Starts with", FieldKind.SEARCH, required=False, mono=True, placeholder="STR1"),),
        method="get",
    ),
    count="40 of 212",
    csv_href="/media.csv",
)


NO_MEDIA = ListPage(
    title="Media",
    place=Place.MEDIA,
    head=Head("Media", "All media", "No media yet"),
    table=Table(
        "media",
        "Media",
        (Column("Barcode"),),
        (),
        empty=EmptyState(
            "No media are known yet.",
            "Each medium has a line here from its accession on. Take them in from a file: a CSV list, the text of mtx status, or a library definition.",
            (Act("Take in media", "/media/import", first=True),),
        ),
    ),
)


UPLOAD = Form(
    "import",
    "/media/import",
    "Try it, take in nothing yet",
    (
        Field("file", "File", FieldKind.FILE, help="Up to 10 MB of text.", accept=".csv,.txt,.conf,text/*"),
        Field(
            "format",
            "It is",
            FieldKind.RADIO,
            "csv",
            options=(
                Option("csv", "a CSV list", "barcode, type, content state, where it is"),
                Option("mtx", "the text of mtx status"),
                Option("mhvtl", "an mhvtl library_contents file"),
            ),
        ),
        Field(
            "location",
            "Where the media are",
            FieldKind.SELECT,
            "library-1",
            options=(
                Option("library-1", "Site 1 › Vault 1 › Library 1"),
                Option("shelf", "Site 1 › Vault 1 › Shelf B-04"),
            ),
            help="For lines that do not say it themselves.",
        ),
    ),
    upload=True,
)


FORMATS = Table(
    "formats",
    "Kinds of file",
    (Column("Kind"), Column("A line of it")),
    (
        Row((Cell("CSV", head=True), Cell(Ident("STR147L8,LTO-8,full,slot 4")))),
        Row((Cell("mtx status", head=True), Cell(Ident("Storage Element 4:Full :VolumeTag=STR147L8")))),
        Row((Cell("mhvtl", head=True), Cell(Ident("Slot 4: STR147L8")))),
    ),
)


IMPORT_FAILED = ImportView(
    "Take in media",
    Place.MEDIA,
    Head("Media", "Take in media", "From a file: first a dry run, then all of it or nothing."),
    UPLOAD,
    DryRun(
        Tone.RED,
        "3 of 41 lines are rejected. Nothing was taken in.",
        "Correct the file and try it again; lines are counted from 1, the heading included.",
        Table(
            "rejected",
            "Rejected lines",
            (Column("Line", numeric=True), Column("What it says"), Column("Why it is rejected")),
            (
                Row(
                    (
                        Cell("7"),
                        Cell(Ident("STR147L8,LTO-8,full,slot 4")),
                        Cell(("Barcode ", bc(147), " is already in line 3.")),
                    )
                ),
                Row(
                    (
                        Cell("19"),
                        Cell(Ident("STR15L8,LTO-8,active,slot 9")),
                        Cell("A barcode has 6 characters and a media id; this one has 5 and one."),
                    )
                ),
                Row(
                    (
                        Cell("33"),
                        Cell(Ident("STR171L8,LTO-8,ful,slot 30")),
                        Cell("The content state ful is not known. Known: scratch, active, full, expired."),
                    )
                ),
            ),
        ),
        None,
        None,
    ),
    FORMATS,
)


IMPORT_READY = ImportView(
    "Take in media",
    Place.MEDIA,
    Head("Media", "Take in media", "From a file: first a dry run, then all of it or nothing."),
    UPLOAD,
    DryRun(
        Tone.GREEN,
        "All 41 lines can be taken in.",
        "Nothing has been taken in yet. 24 go to Library 1, 17 to Shelf B-04.",
        None,
        None,
        Form(
            "confirm",
            "/media/import/confirm",
            "Take in 41 media",
            hidden=(("upload", "u-118"),),
            other=(Act("Leave it", "/media/import"),),
        ),
    ),
    FORMATS,
)
