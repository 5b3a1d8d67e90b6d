"""The rooms of the house, for `app.py` and the command line: their routers and background workers."""

from collections.abc import Callable
from importlib.metadata import version

from fastapi import APIRouter

from service.board import pages as board_pages
from service.board import planning as board_planning
from service.consignments import api as consignments_api
from service.consignments import pages as consignments_pages
from service.containers import api as containers_api
from service.containers import pages as containers_pages
from service.custody import api as custody_api
from service.custody import pages as custody_pages
from service.devices import api as devices_api
from service.devices import changer_api, door_api, job_pages
from service.devices import door_pages as door_panel
from service.devices import pages as devices_pages
from service.devices.crew import start_workers
from service.devices.queries import is_any_simulated
from service.evidence import api as evidence_api
from service.evidence import downloads as evidence_downloads
from service.evidence import pages as evidence_pages
from service.handlers import account_api, account_pages, administration, door_pages, link_api
from service.handlers import api as handlers_api
from service.handlers import pages as handlers_pages
from service.holds import api as holds_api
from service.holds import pages as holds_pages
from service.locations import api as locations_api
from service.locations import pages as locations_pages
from service.locations import tree_pages as locations_tree
from service.media import api as media_api
from service.media import import_page
from service.media import pages as media_pages
from service.packing import api as packing_api
from service.packing import pages as packing_pages
from service.parties import api as parties_api
from service.parties import logo_pages
from service.parties import pages as parties_pages
from service.policies import api as policies_api
from service.policies import pages as policies_pages
from service.policies import schedule_pages
from service.printing import api as printing_api
from service.printing import pages as printing_pages
from service.printing import printer_pages, printers_api
from service.printing.documents import api as documents_api
from service.printing.documents import pages as documents_pages
from service.printing.documents import recovery_api, recovery_pages
from service.printing.worker import start_printer_workers
from service.proposals import api as proposals_api
from service.proposals import pages as proposals_pages
from service.receipts import api as receipts_api
from service.receipts import finding_api, finding_pages
from service.receipts import pages as receipts_pages
from service.rotation import api as rotation_api
from service.rotation.scheduler import start_scheduler
from service.runtime import Runtime
from service.scanning import api as scanning_api
from service.scanning import pages as scanning_pages
from service.search import api as search_api
from service.search import pages as search_pages
from service.today import pages as today_pages
from service.today import stream as today_stream
from service.upkeep import start_upkeep
from service.web import health
from service.web.at_once import AtOnce

VERSION = version("strongroom")

ROUTERS: list[APIRouter] = [
    scanning_api.router,  # first: matched a thousand times a second
    health.router,
    today_pages.router,
    today_stream.router,
    handlers_api.router,
    account_api.router,
    link_api.router,
    door_pages.router,
    account_pages.router,
    administration.router,
    handlers_pages.router,
    parties_api.router,
    parties_pages.router,
    logo_pages.router,
    locations_api.router,
    locations_tree.router,
    locations_pages.router,
    policies_api.router,
    policies_pages.router,
    schedule_pages.router,
    proposals_api.router,
    proposals_pages.router,
    rotation_api.router,
    board_planning.router,
    board_pages.router,
    media_api.router,
    import_page.router,
    media_pages.router,
    holds_api.router,
    holds_pages.router,
    evidence_api.router,
    evidence_downloads.router,
    evidence_pages.router,
    search_api.router,
    search_pages.router,
    custody_api.router,
    custody_pages.router,
    containers_api.router,
    containers_pages.router,
    consignments_api.router,
    consignments_pages.csv_router,
    consignments_pages.router,
    packing_api.router,
    packing_pages.router,
    receipts_api.router,
    receipts_pages.router,
    finding_api.router,
    finding_pages.router,
    documents_api.router,
    documents_pages.router,
    recovery_api.router,
    recovery_pages.router,
    scanning_pages.router,
    printing_api.router,
    printers_api.router,
    printing_pages.router,
    printer_pages.router,
    devices_api.router,
    door_api.router,
    changer_api.router,
    devices_pages.router,
    door_panel.router,
    job_pages.router,
]

# POST requests that wait for the writer alone: `web.at_once` answers them without the framework.
AT_ONCE: dict[bytes, AtOnce] = {b"/api/v1/scans": scanning_api.scan_at_once}

# Each takes the runtime, starts its threads and gives back what stops them.
BACKGROUND: list[Callable[[Runtime], Callable[[], None]]] = [
    start_workers, start_printer_workers, start_scheduler, start_upkeep,
]  # fmt: skip


def is_simulated(runtime: Runtime) -> bool:
    with runtime.database.reading() as session:
        return is_any_simulated(session)
