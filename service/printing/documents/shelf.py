"""The documents of a thing on its page: each with its PDF or with the reason why there is none yet."""

from service.consignments.listing import ConsignmentRow
from service.printing.documents import look
from service.printing.documents.names import PAPERS, ConsignmentPaper
from service.printing.documents.rules import why_no_paper
from service.web.page import Page
from service.web.views.parts import Chip, Link, Rich, Shape, Tone
from service.web.views.sections import TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table


def consignment_shelf(page: Page, row: ConsignmentRow) -> TableSection:
    base = f"/consignments/{row.number}"
    columns = (Column("Document"), Column("What it says", keep=Keep.TABLET), Column("State"))
    rows = tuple(_row(row, paper, base) for paper in ConsignmentPaper)
    table = Table("documents", f"Documents of {row.number}", columns, rows)
    return TableSection("Documents", table, filter=look.choice(look.remembered(page.request), base))


def _row(row: ConsignmentRow, paper: ConsignmentPaper, base: str) -> Row:
    name, reason = PAPERS[paper], why_no_paper(row, paper)
    title: Rich = name.title if reason else Link(name.title, f"{base}/{paper.value}.pdf")
    state = Chip(reason, Tone.NEUTRAL, Shape.BARE) if reason else Chip("PDF", Tone.GREEN, Shape.BARE)
    return Row((Cell(title, head=True), Cell(name.about), Cell(state)), key=paper.value)
