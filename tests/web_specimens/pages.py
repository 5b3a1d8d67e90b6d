"""Every page of the product as (template, view, frame)."""

from dataclasses import replace
from typing import Any

from web_specimens import consignment, library, medium, other, run, scan, today
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
    "library-large": ("library/library.html", library.LARGE, FRAME),
    "library-table": ("library/table.html", library.TABLE, FRAME),
    "medium": ("media/medium.html", medium.MEDIUM, FRAME),
    "media": ("pages/list.html", medium.MEDIA_LIST, FRAME),
    "media-none": ("pages/list.html", medium.NO_MEDIA, FRAME),
    "import-rejected": ("media/import.html", medium.IMPORT_FAILED, ADMINISTRATOR),
    "import-ready": ("media/import.html", medium.IMPORT_READY, FRAME),
    "consignment": ("consignments/consignment.html", consignment.CONSIGNMENT, FRAME),
    "consignment-sign": ("consignments/sign.html", consignment.SIGNING, FRAME),
    "consignment-acknowledge": ("consignments/acknowledge.html", consignment.ACKNOWLEDGE, FRAME),
    "ledger": ("ledger/ledger.html", other.LEDGER, FRAME),
    "ledger-entry": ("ledger/entry.html", other.ENTRY, FRAME),
    "form": ("pages/form.html", other.FORM, FRAME),
    "discrepancy": ("pages/thing.html", other.DISCREPANCY, FRAME),
    "containers": ("pages/list.html", other.CONTAINERS, FRAME),
    "container": ("pages/thing.html", other.CONTAINER, FRAME),
    "locations": ("locations/tree.html", other.LOCATIONS, ADMINISTRATOR),
    "administration": ("admin/administration.html", other.ADMINISTRATION, ADMINISTRATOR),
    "token": ("admin/token.html", other.TOKEN, ADMINISTRATOR),
    "handlers": ("pages/list.html", other.HANDLERS, ADMINISTRATOR),
    "search": ("pages/search.html", other.SEARCH, FRAME),
    "search-nothing": ("pages/search.html", other.NOTHING_FOUND, FRAME),
    "problem": ("pages/problem.html", other.PROBLEM, FRAME),
    "not-allowed": ("pages/problem.html", other.NOT_ALLOWED, FRAME),
    "sign-in": ("pages/door.html", other.SIGN_IN, DOOR),
    "first-administrator": ("pages/door.html", other.FIRST, DOOR),
}

FRAGMENTS: dict[str, tuple[str, Any, Frame]] = {
    "today": ("today/_today.html", today.TODAY, FRAME),
    "run board": ("runs/_board.html", run.RUN, FRAME),
    "library map": ("library/_map.html", library.LIBRARY, FRAME),
    "library strip": ("library/_strip.html", library.LARGE, FRAME),
    "library simulator": ("library/_simulator.html", library.LIBRARY, FRAME),
    "list": ("pages/_list.html", medium.MEDIA_LIST, FRAME),
    "thing": ("pages/_thing.html", other.DISCREPANCY, FRAME),
    "scan lists": ("scan/_lists.html", scan.RIGHT, FRAME),
    "scan band": ("scan/_band.html", scan.RIGHT, FRAME),
    "timeline": ("media/_timeline.html", medium.MEDIUM, FRAME),
}
