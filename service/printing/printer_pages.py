"""Printers in the browser: the list, adding one, what is loaded, calibrating."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Row
from sqlmodel import Session
from starlette.responses import Response

from service.errors import FaultError, InvalidInputError, RefusedError
from service.handlers.administration import AREAS
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ids import PATTERN
from service.ledger.writer import Unit
from service.printing import printer_views as views
from service.printing import printers, queries
from service.printing.api import pdf_response
from service.printing.models import Language
from service.printing.printers import Measured, NewPrinter
from service.printing.printers_api import A4
from service.printing.rendering import calibration_of, calibration_page, kept_calibration_of
from service.web.errors import status_of
from service.web.filling import act_or_again, refilled
from service.web.page import Page, page_for
from service.web.views.admin import Area

router = APIRouter(prefix="/printers", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Printing = Annotated[Page, page_for(Permission.PRINT_LABELS)]
Manager = Annotated[Page, page_for(Permission.MANAGE_DEVICES)]
PrinterId = Annotated[str, Path(pattern=PATTERN)]
MOST_DIGITS = 5
MEASURED = ("left_mm", "top_mm", "across_mm", "down_mm")


def _area(session: Session, person: Person) -> Area:
    del person
    count = len(queries.printers(session.connection()))
    return Area("Printers", "/printers", "Where labels are printed, and how exactly.", f"{count}")


AREAS.append(_area)


@router.get("")
def list_printers(page: Reader) -> Response:
    return page.render("pages/list.html", views.list_view(page, queries.printers(page.session.connection())))


@router.get("/new")
def new_printer_page(page: Manager) -> Response:
    return page.render("pages/form.html", views.new_page())


@router.post("")
def add_printer(page: Manager) -> Response:
    try:
        new = _typed(page)
        printers.check_new(new)
        said = printers.first_look(new)
        printer_id = page.act(lambda unit: printers.add(unit, new, said))
    except (InvalidInputError, RefusedError, FaultError) as error:
        view = views.new_page()
        again = views.with_form(view, refilled(view.form, page.form, error))
        return page.render("pages/form.html", again, status_of(error))
    return page.redirect(f"/printers/{printer_id}", f"{new.name} is added.")


def _typed(page: Page) -> NewPrinter:
    language, dpi = page.text("language"), page.text("dpi")
    if language not in set(Language) or (dpi and not dpi.isdecimal()) or len(dpi) > MOST_DIGITS:
        field = "dpi" if language in set(Language) else "language"
        raise InvalidInputError("The printer was not added.", fields={field: "Choose one of these."})
    return NewPrinter(
        page.text("name"), page.text("url"), Language(language), int(dpi) if dpi else None, page.text("stock")
    )


@router.get("/{printer_id}")
def show_printer(printer_id: PrinterId, page: Reader) -> Response:
    return page.render("pages/thing.html", views.printer_view(page, _found(printer_id, page)))


def _found(printer_id: str, page: Page) -> Row[tuple[object, ...]]:
    page.session.rollback()  # what was read before a refused act is old
    return queries.printer_row(page.session.connection(), printer_id)


@router.get("/{printer_id}/load")
def load_form(printer_id: PrinterId, page: Printing) -> Response:
    return page.render("pages/form.html", views.load_page(_found(printer_id, page)))


@router.post("/{printer_id}/load")
def load(printer_id: PrinterId, page: Printing) -> Response:
    return act_or_again(
        page,
        lambda: views.load_page(_found(printer_id, page)),
        lambda unit: printers.load_stock(unit, printer_id, page.text("stock")),
        lambda _: page.redirect(f"/printers/{printer_id}", "What is loaded is noted."),
    )


@router.get("/{printer_id}/calibrate")
def calibrate_form(printer_id: PrinterId, page: Printing) -> Response:
    return page.render("pages/form.html", views.calibrate_page(_found(printer_id, page)))


@router.post("/{printer_id}/calibrate")
def calibrate(printer_id: PrinterId, page: Printing) -> Response:
    def work(unit: Unit) -> None:
        printers.calibrate(unit, printer_id, _measured(page))

    return act_or_again(
        page,
        lambda: views.calibrate_page(_found(printer_id, page)),
        work,
        lambda _: page.redirect(
            f"/printers/{printer_id}", "It is calibrated; print the page once more to see it."
        ),
    )


def _measured(page: Page) -> Measured:
    lengths: dict[str, float] = {}
    wrong: dict[str, str] = {}
    for name in MEASURED:
        typed = page.text(name).replace(",", ".")
        if typed.replace(".", "", 1).isdecimal() and len(typed) <= 2 * MOST_DIGITS:
            lengths[name] = float(typed)
        else:
            wrong[name] = "A length in millimetres, such as 50.4."
    if wrong:
        raise InvalidInputError("Nothing was calibrated.", fields=wrong)
    return Measured(**lengths)


@router.get("/{printer_id}/calibration.pdf")
def calibration_sheet(
    printer_id: PrinterId, page: Reader, *, stock: str = A4, calibrated: bool = False
) -> Response:
    kept = kept_calibration_of(_found(printer_id, page)) if calibrated else {}
    return pdf_response(calibration_page(stock, calibration_of(kept)), "calibration.pdf")


@router.post("/{printer_id}/enable")
def enable(printer_id: PrinterId, page: Manager) -> Response:
    page.act(lambda unit: printers.set_enabled(unit, printer_id, enabled=True))
    return page.redirect(f"/printers/{printer_id}", "It is on.")


@router.post("/{printer_id}/disable")
def disable(printer_id: PrinterId, page: Manager) -> Response:
    page.act(lambda unit: printers.set_enabled(unit, printer_id, enabled=False))
    return page.redirect(f"/printers/{printer_id}", "It is off; its jobs stay as they are.")
