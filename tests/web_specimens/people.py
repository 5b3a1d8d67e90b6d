"""The door, places, administration."""

from web_specimens.moment import at

from service.web.views.admin import AdministrationView, Area, NewTokenView
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.locations import LocationsView, Node
from service.web.views.pages import (
    DoorPage,
    ListPage,
)
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Head,
    Link,
    Method,
    Shape,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.tables import Cell, Column, Keep, Row, Table

LOCATIONS = LocationsView(
    "Places",
    Place.ADMINISTRATION,
    Head(
        "Places",
        "Site, vault, shelf, library",
        "3 sites, 212 media",
        acts=(Act("New place", "/locations/new", first=True),),
    ),
    (
        Node(
            "Site 1",
            "site",
            "/locations/site-1",
            media=66,
            children=(
                Node(
                    "Vault 1",
                    "vault",
                    "/locations/vault-1",
                    media=65,
                    children=(
                        Node(
                            "Library 1",
                            "library",
                            "/libraries/1",
                            "24 slots, 2 drives, 4 mail slots",
                            20,
                            Chip("1 wrong", Tone.RED),
                        ),
                        Node("Shelf A", "shelf", "/locations/shelf-a", "12 places", 37),
                    ),
                ),
                Node("Packing bench", "room", "/locations/bench", media=8),
            ),
        ),
        Node(
            "Vault vendor",
            "vendor's site",
            "/locations/vendor",
            media=108,
            children=(Node("Vault 2", "vault", "/locations/vault-2", "outside our hands", 108),),
        ),
    ),
    EmptyState("No places yet.", "A site comes first, then its vaults, shelves and libraries."),
)


ADMINISTRATION = AdministrationView(
    "Administration",
    Place.ADMINISTRATION,
    Head("Strongroom", "Administration", "Who may do what, when things happen, and with whom."),
    (
        Area(
            "Handlers",
            "/administration/handlers",
            "people who sign in, and their roles",
            "14",
            Chip("1 locked", Tone.AMBER, Shape.BARE),
        ),
        Area("Tokens", "/administration/tokens", "programs that use the API, with scope and expiry", "3"),
        Area("Parties", "/administration/parties", "vendors and couriers", "4"),
        Area("Policy and schedule", "/administration/policy", "what goes out, what comes home, on which day"),
        Area("Places", "/locations", "sites, vaults, shelves, libraries", "11"),
    ),
)


TOKEN = NewTokenView(
    "New token",
    Place.ADMINISTRATION,
    Head("Token", "inventory-reader", "reads media and locations, until 19 Feb 2027"),
    "srt_7Q2mXbC0Zl1c8n4Y5tFv0q9sJ2dLwE6uRkHaPgTxNoMi",
    "Copy it now. It is shown once and kept only as a hash.",
    "/administration/tokens",
)


HANDLERS = ListPage(
    "Handlers",
    Place.ADMINISTRATION,
    Head(
        "Administration",
        "Handlers",
        "14 people",
        acts=(Act("New handler", "/administration/handlers/new", first=True),),
    ),
    Table(
        "handlers",
        "Handlers",
        (
            Column("Name"),
            Column("Role"),
            Column("Site", keep=Keep.TABLET),
            Column("Last seen"),
            Column("Act", hidden_label=True),
        ),
        (
            Row(
                (
                    Cell(Link("Handler 2", "/administration/handlers/2"), head=True),
                    Cell("Media handler"),
                    Cell("Site 1"),
                    Cell(When(at("14:05"), WhenStyle.AGO)),
                    Cell(
                        act=Act(
                            "Lock",
                            "/administration/handlers/2/lock",
                            Method.POST,
                            slim=True,
                            aria_label="Lock Handler 2",
                        )
                    ),
                ),
                tone=Tone.BLUE,
            ),
            Row(
                (
                    Cell(Link("Auditor 1", "/administration/handlers/9"), head=True),
                    Cell("Auditor"),
                    Cell("all"),
                    Cell("2 d ago"),
                    Cell(
                        act=Act(
                            "Lock",
                            "/administration/handlers/9/lock",
                            enabled=False,
                            reason="locked since 17 Nov",
                            slim=True,
                        )
                    ),
                )
            ),
        ),
    ),
)


SIGN_IN = DoorPage(
    "Sign in",
    None,
    "Sign in",
    "Every act is recorded under your own name.",
    Form(
        "sign-in",
        "/sign-in",
        "Sign in",
        (
            Field("name", "Name", autocomplete="username", autofocus=True, value="handler-2"),
            Field("password", "Password", FieldKind.PASSWORD, autocomplete="current-password"),
        ),
        problem="Name and password do not belong together. 3 more tries in the next 10 minutes.",
    ),
    ("Forgotten? An administrator of your site sets a new one.",),
)


FIRST = DoorPage(
    "First administrator",
    None,
    "The first administrator",
    "This link works once, until 14:36. The account can do everything but edit the ledger; nobody can.",
    Form(
        "first",
        "/first-administrator/x",
        "Create the account",
        (
            Field("name", "Name", autocomplete="username"),
            Field(
                "password",
                "Password",
                FieldKind.PASSWORD,
                help="At least 12 characters; a sentence is good.",
                autocomplete="new-password",
            ),
            Field("again", "The same again", FieldKind.PASSWORD, autocomplete="new-password"),
        ),
    ),
)
