"""Printers as JSON."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ids import PATTERN
from service.ledger.writer import Unit
from service.printing import printers, queries
from service.printing.api import PDF_ANSWER, pdf_response
from service.printing.printers_schemas import MeasuredLengths, PrinterBody, PrinterEdit, PrinterShape
from service.printing.rendering import calibration_of, calibration_page, kept_calibration_of
from service.web.deps import Act, Reading, acting, reading
from service.web.etags import IfMatch, check_if_match, tag, tagged
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/printers", tags=["printers"])

Reader = Annotated[Person, reading(Permission.READ)]
Printing = Annotated[Act, acting(Permission.PRINT_LABELS)]
Manager = Annotated[Act, acting(Permission.MANAGE_DEVICES)]
PrinterId = Annotated[str, Path(pattern=PATTERN)]
A4 = "lto-79x17-a4"


@router.get("")
def list_printers(
    session: Reading, _: Reader, *, after: After = None, limit: Limit = 100
) -> PageOf[PrinterShape]:
    rows = queries.printers(session.connection(), after=after, limit=limit + 1)
    return paged(rows, limit, PrinterShape.of, lambda row: str(row.printer_id))


@router.post("", status_code=201, response_model=PrinterShape)
def add_printer(typed: PrinterBody, act: Manager) -> Response:
    """Ask the printer at its address how it is, and take it into use."""
    new = typed.new()
    printers.check_new(new)
    said = printers.first_look(new)

    def work(unit: Unit) -> PrinterShape:
        return _shape(unit, printers.add(unit, new, said))

    return tagged(act(work, 201))


def _shape(unit: Unit, printer_id: str) -> PrinterShape:
    return PrinterShape.of(queries.printer_row(unit.connection, printer_id))


@router.get("/{printer_id}")
def show_printer(printer_id: PrinterId, session: Reading, _: Reader, response: Response) -> PrinterShape:
    shape = PrinterShape.of(queries.printer_row(session.connection(), printer_id))
    tag(response, shape)
    return shape


@router.patch("/{printer_id}", response_model=PrinterShape)
def edit_printer(
    printer_id: PrinterId, typed: PrinterEdit, act: Printing, if_match: IfMatch = None
) -> Response:
    """What is loaded."""

    def work(unit: Unit) -> PrinterShape:
        check_if_match(if_match, _shape(unit, printer_id), "printer")
        if "stock" in typed.model_fields_set:
            printers.load_stock(unit, printer_id, typed.stock or "")
        return _shape(unit, printer_id)

    return tagged(act(work))


@router.post("/{printer_id}/enable", response_model=PrinterShape)
def enable(printer_id: PrinterId, act: Manager) -> Response:
    return act(lambda unit: _switched(unit, printer_id, enabled=True))


@router.post("/{printer_id}/disable", response_model=PrinterShape)
def disable(printer_id: PrinterId, act: Manager) -> Response:
    """Its worker ends; its jobs stay as they are."""
    return act(lambda unit: _switched(unit, printer_id, enabled=False))


def _switched(unit: Unit, printer_id: str, *, enabled: bool) -> PrinterShape:
    printers.set_enabled(unit, printer_id, enabled=enabled)
    return _shape(unit, printer_id)


@router.get("/{printer_id}/calibration.pdf", response_class=Response, responses=PDF_ANSWER)
def calibration_sheet(
    printer_id: PrinterId,
    session: Reading,
    _: Reader,
    *,
    stock: Annotated[str, Query(max_length=60, description="Whose page size it has.")] = A4,
    calibrated: Annotated[bool, Query(description="Show how well the calibration fits.")] = False,
) -> Response:
    """The page on which the four lengths are measured; print it without fitting to the page."""
    row = queries.printer_row(session.connection(), printer_id)
    kept = kept_calibration_of(row) if calibrated else {}
    return pdf_response(calibration_page(stock, calibration_of(kept)), "calibration.pdf")


@router.post("/{printer_id}/calibrate", response_model=PrinterShape)
def calibrate(printer_id: PrinterId, typed: MeasuredLengths, act: Printing) -> Response:
    """Enter the four lengths measured on the printed page; every sheet for this printer is corrected by them."""

    def work(unit: Unit) -> PrinterShape:
        printers.calibrate(unit, printer_id, typed.measured())
        return _shape(unit, printer_id)

    return act(work)
