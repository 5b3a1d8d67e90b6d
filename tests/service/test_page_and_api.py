"""Whatever a page can do a program can do by the same action, with the same permission."""

import importlib
import inspect
import pkgutil

import pytest
from fastapi.routing import iter_route_contexts

import service
from service.app import permissions_of_route
from service.media.import_files import planned

API = "/api/v1"
# page → (method, path below /api/v1) of what does the same
TWINS = {
    "/sign-in": ("POST", "/sign-ins"),
    "/sign-out": ("DELETE", "/sign-ins/current"),
    "/setup/{token}": ("POST", "/links/set-up"),
    "/reset/{token}": ("POST", "/links/reset-password"),
    "/account/password": ("PUT", "/account/password"),
    "/account/sign-ins/{name}/end": ("DELETE", "/account/sign-ins/{name}"),
    "/account/tokens": ("POST", "/tokens"),
    "/account/tokens/{token_id}/revoke": ("POST", "/tokens/{token_id}/revoke"),
    "/handlers": ("POST", "/handlers"),
    "/handlers/{handler_id}/edit": ("PATCH", "/handlers/{handler_id}"),
    "/handlers/{handler_id}/roles": ("POST", "/handlers/{handler_id}/change-roles"),
    "/handlers/{handler_id}/deactivate": ("POST", "/handlers/{handler_id}/deactivate"),
    "/handlers/{handler_id}/reactivate": ("POST", "/handlers/{handler_id}/reactivate"),
    "/handlers/{handler_id}/link": ("POST", "/handlers/{handler_id}/make-link"),
    "/parties": ("POST", "/parties"),
    "/parties/{party_id}/edit": ("PATCH", "/parties/{party_id}"),
    "/parties/{party_id}/deactivate": ("POST", "/parties/{party_id}/deactivate"),
    "/parties/{party_id}/reactivate": ("POST", "/parties/{party_id}/reactivate"),
    "/locations": ("POST", "/locations"),
    "/locations/{location_id}/rename": ("PATCH", "/locations/{location_id}"),
    "/locations/{location_id}/deactivate": ("POST", "/locations/{location_id}/deactivate"),
    "/locations/{location_id}/reactivate": ("POST", "/locations/{location_id}/reactivate"),
    "/media": ("POST", "/media"),
    "/media/import": ("POST", "/media/import"),
    "/media/import/confirm": ("POST", "/media/import"),
    "/media/{barcode}/edit": ("PATCH", "/media/{barcode}"),
    "/media/{barcode}/change-content": ("POST", "/media/{barcode}/change-content"),
    "/media/{barcode}/place-hold": ("POST", "/holds"),
    "/holds/{number}/release": ("POST", "/holds/{number}/release"),
    "/policies": ("POST", "/policies"),
    "/proposals/{number}/approve": ("POST", "/proposals/{number}/approve"),
    "/proposals/{number}/refuse": ("POST", "/proposals/{number}/refuse"),
    "/schedules": ("POST", "/schedules"),
    "/schedules/{schedule_id}/edit": ("PATCH", "/schedules/{schedule_id}"),
    "/runs": ("POST", "/runs/plan"),
    "/runs/{number}/approve": ("POST", "/runs/{number}/approve"),
    "/runs/{number}/cancel": ("POST", "/runs/{number}/cancel"),
    "/runs/{number}/close": ("POST", "/runs/{number}/close"),
    "/runs/{number}/leave-out": ("POST", "/runs/{number}/leave-out"),
    "/runs/{number}/skip-loading": ("POST", "/runs/{number}/skip-loading"),
    "/scan": ("POST", "/scans/bulk"),
    "/scan/undo": ("POST", "/scans/undo"),
    "/containers": ("POST", "/containers"),
    "/containers/{barcode}/open": ("POST", "/containers/{barcode}/open"),
    "/containers/{barcode}/seal": ("POST", "/containers/{barcode}/seal"),
    "/containers/{barcode}/empty": ("POST", "/containers/{barcode}/empty"),
    "/consignments": ("POST", "/consignments"),
    "/consignments/{number}/add": ("POST", "/consignments/{number}/media/add"),
    "/consignments/{number}/skip": ("POST", "/consignments/{number}/media/skip"),
    "/consignments/{number}/containers": ("POST", "/consignments/{number}/containers/choose"),
    "/consignments/{number}/containers/{barcode}/open": ("POST", "/consignments/{number}/containers/open"),
    "/consignments/{number}/containers/{barcode}/seal": ("POST", "/consignments/{number}/containers/seal"),
    "/consignments/{number}/containers/{barcode}/see": ("POST", "/consignments/{number}/containers/see"),
    "/consignments/{number}/freeze": ("POST", "/consignments/{number}/freeze"),
    "/consignments/{number}/sign": ("POST", "/consignments/{number}/dispatch"),
    "/consignments/{number}/acknowledge": ("POST", "/consignments/{number}/receive"),
    "/consignments/{number}/cancel": ("POST", "/consignments/{number}/cancel"),
    "/consignments/{number}/close": ("POST", "/consignments/{number}/close"),
    "/discrepancies/{number}/resolve": ("POST", "/discrepancies/{number}/resolve"),
    "/consignments/{number}/{document}/issue": ("POST", "/consignments/{number}/{document}/issue"),
    "/recovery-lists": ("POST", "/recovery-lists"),
    "/media/{barcode}/found": ("POST", "/media/{barcode}/found"),
    "/parties/{party_id}/logo": ("PUT", "/parties/{party_id}/logo"),
    "/parties/{party_id}/logo/remove": ("DELETE", "/parties/{party_id}/logo"),
    "/libraries/{name}/inventory": ("POST", "/devices/{device_id}/inventory"),
    "/libraries/{name}/move": ("POST", "/devices/{device_id}/move"),
    "/libraries/{name}/door/take-out": ("POST", "/devices/{device_id}/door/take-out"),
    "/libraries/{name}/door/take-all": ("POST", "/devices/{device_id}/door/take-out"),
    "/libraries/{name}/door/put-in": ("POST", "/devices/{device_id}/door/put-in"),
    "/libraries/{name}/door/put-in-all": ("POST", "/devices/{device_id}/door/put-in-all"),
    "/libraries/{name}/door/open": ("POST", "/devices/{device_id}/door/open"),
    "/libraries/{name}/door/close": ("POST", "/devices/{device_id}/door/close"),
    "/libraries/{name}/door/mishap": ("POST", "/devices/{device_id}/door/let-go-wrong"),
    "/libraries/{name}/door/clear": ("POST", "/devices/{device_id}/door/clear-faults"),
    "/labels": ("POST", "/label-jobs"),
    "/labels/series/{number}/release": ("POST", "/label-series/{number}/release"),
    "/labels/{number}/cancel": ("POST", "/label-jobs/{number}/cancel"),
    "/labels/{number}/close": ("POST", "/label-jobs/{number}/close"),
    "/labels/{number}/issue-sheet": ("POST", "/label-jobs/{number}/issue-sheet"),
    "/labels/{number}/resume": ("POST", "/label-jobs/{number}/resume"),
    "/labels/{number}/send": ("POST", "/label-jobs/{number}/send"),
    "/labels/{number}/spoil": ("POST", "/label-jobs/{number}/spoil"),
    "/labels/{number}/verify": ("POST", "/label-jobs/{number}/verify"),
    "/printers": ("POST", "/printers"),
    "/printers/{printer_id}/calibrate": ("POST", "/printers/{printer_id}/calibrate"),
    "/printers/{printer_id}/disable": ("POST", "/printers/{printer_id}/disable"),
    "/printers/{printer_id}/enable": ("POST", "/printers/{printer_id}/enable"),
    "/printers/{printer_id}/load": ("PATCH", "/printers/{printer_id}"),
    "/jobs/{job_id}/cancel": ("POST", "/jobs/{job_id}/cancel"),
    "/jobs/{job_id}/pause": ("POST", "/jobs/{job_id}/pause"),
    "/jobs/{job_id}/continue": ("POST", "/jobs/{job_id}/continue"),
    "/jobs/{job_id}/look-again": ("POST", "/jobs/{job_id}/look-again"),
    "/jobs/{job_id}/look-now": ("POST", "/jobs/{job_id}/look-now"),
}
FACES = ("pages", "_page", "api", "import_files")  # modules that show and ask; what they call does


@pytest.fixture
def routes(app):
    return {
        (method, route.path): route for route in iter_route_contexts(app.routes) for method in route.methods or ()
    }  # fmt: skip


def is_face(module: str) -> bool:
    return module.endswith(FACES) or module.startswith("service.web")


def verbs() -> set[object]:
    """Every function of a room that acts in a unit, with the runtime, or on a device."""
    found = set()
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if is_face(module.name):
            continue
        for function in vars(importlib.import_module(module.name)).values():
            if inspect.isfunction(function) and function.__module__.startswith("service."):
                first = next(iter(inspect.signature(function).parameters), "")
                if first in {"unit", "runtime", "device", "batch"} and not is_face(function.__module__):
                    found.add(function)
    return found


def called(function, seen=None) -> set[object]:
    """The functions that this one names, through the faces' own functions."""
    seen = seen if seen is not None else set()
    if function in seen:
        return set()
    seen.add(function)
    world, found = vars(importlib.import_module(function.__module__)), set()
    codes = [function.__code__]
    names: set[str] = set()
    while codes:
        code = codes.pop()
        names |= set(code.co_names)
        codes += [one for one in code.co_consts if inspect.iscode(one)]
    for name in names & set(world):
        named = world[name]
        if inspect.ismodule(named):
            found |= {getattr(named, one) for one in names if inspect.isfunction(getattr(named, one, None))}
        elif inspect.isfunction(named):
            found.add(named)
    return found | {
        deeper for one in found if is_face(one.__module__) for deeper in called(one, seen)
    }  # fmt: skip


def test_every_page_that_acts_has_its_twin_in_the_api(routes):
    acting = {path for method, path in routes if method != "GET" and not path.startswith(API)}
    assert acting == set(TWINS)


def test_the_twins_ask_for_the_same_permission(routes):
    wrong = [
        page for page, (method, path) in TWINS.items()
        if permissions_of_route(routes["POST", page]) != permissions_of_route(routes[method, API + path])
    ]  # fmt: skip
    assert wrong == []


def test_the_twins_act_by_the_same_action(routes):
    known = verbs() | {planned}  # the dry run of a file
    apart = [
        page for page, (method, path) in TWINS.items()
        if not called(routes["POST", page].endpoint) & called(routes[method, API + path].endpoint) & known
    ]  # fmt: skip
    assert apart == []
