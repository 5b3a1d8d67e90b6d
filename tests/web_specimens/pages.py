"""Every page of the product as (template, view, frame)."""

from dataclasses import replace
from typing import Any

from web_specimens import (
    consignment,
    dock,
    evidence,
    form,
    general,
    large_library,
    library,
    media,
    medium,
    people,
    run,
    scan,
    today,
)
from web_specimens.moment import ADMINISTRATOR, DOOR, FRAME, at

from service.web.views.frame import Frame

LATER = replace(FRAME, now=at("14:09"), ledger_size=51_909)

PAGES: dict[str, tuple[str, Any, Frame]] = {
    "today": ("today/today.html", today.TODAY, FRAME),
    "today-quiet": ("today/today.html", today.QUIET, FRAME),
    "scan-ready": ("scan/scan.html", scan.READY, LATER),
    "scan-right": ("scan/scan.html", scan.RIGHT, LATER),
    "scan-wrong": ("scan/scan.html", scan.WRONG, LATER),
    "scan-all-in": ("scan/scan.html", scan.ALL_IN, LATER),
    "scan-no-task": ("scan/scan.html", scan.NO_TASK, LATER),
    "run": ("runs/run.html", run.RUN, FRAME),
    "run-waiting": ("runs/run.html", run.WAITING_RUN, FRAME),
    "library": ("library/library.html", library.LIBRARY, FRAME),
    "library-large": ("library/library.html", large_library.LARGE, FRAME),
    "library-table": ("library/table.html", library.TABLE, FRAME),
    "medium": ("media/medium.html", medium.MEDIUM, FRAME),
    "media": ("pages/list.html", media.MEDIA_LIST, FRAME),
    "media-none": ("pages/list.html", media.NO_MEDIA, FRAME),
    "import-rejected": ("media/import.html", media.IMPORT_FAILED, ADMINISTRATOR),
    "import-ready": ("media/import.html", media.IMPORT_READY, FRAME),
    "consignment": ("consignments/consignment.html", consignment.CONSIGNMENT, FRAME),
    "consignment-sign": ("consignments/sign.html", dock.SIGNING, FRAME),
    "consignment-acknowledge": ("consignments/acknowledge.html", dock.ACKNOWLEDGE, FRAME),
    "ledger": ("ledger/ledger.html", evidence.LEDGER, FRAME),
    "ledger-entry": ("ledger/entry.html", evidence.ENTRY, FRAME),
    "form": ("pages/form.html", form.FORM, FRAME),
    "discrepancy": ("pages/thing.html", general.DISCREPANCY, FRAME),
    "containers": ("pages/list.html", general.CONTAINERS, FRAME),
    "container": ("pages/thing.html", general.CONTAINER, FRAME),
    "locations": ("locations/tree.html", people.LOCATIONS, ADMINISTRATOR),
    "administration": ("admin/administration.html", people.ADMINISTRATION, ADMINISTRATOR),
    "token": ("admin/token.html", people.TOKEN, ADMINISTRATOR),
    "handlers": ("pages/list.html", people.HANDLERS, ADMINISTRATOR),
    "search": ("pages/search.html", general.SEARCH, FRAME),
    "search-nothing": ("pages/search.html", general.NOTHING_FOUND, FRAME),
    "problem": ("pages/problem.html", general.PROBLEM, FRAME),
    "not-allowed": ("pages/problem.html", general.NOT_ALLOWED, FRAME),
    "sign-in": ("pages/door.html", people.SIGN_IN, DOOR),
    "first-administrator": ("pages/door.html", people.FIRST, DOOR),
}

FRAGMENTS: dict[str, tuple[str, Any, Frame]] = {
    "today": ("today/_today.html", today.TODAY, FRAME),
    "run board": ("runs/_board.html", run.RUN, FRAME),
    "library map": ("library/_map.html", library.LIBRARY, FRAME),
    "library strip": ("library/_strip.html", large_library.LARGE, FRAME),
    "library simulator": ("library/_simulator.html", library.LIBRARY, FRAME),
    "list": ("pages/_list.html", media.MEDIA_LIST, FRAME),
    "thing": ("pages/_thing.html", general.DISCREPANCY, FRAME),
    "scan lists": ("scan/_lists.html", scan.RIGHT, FRAME),
    "scan band": ("scan/_band.html", scan.RIGHT, FRAME),
    "timeline": ("media/_timeline.html", medium.MEDIUM, FRAME),
}
