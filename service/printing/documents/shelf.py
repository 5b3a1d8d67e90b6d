"""The documents of a thing on its page: each with its PDF and its issue, or with the reason why there is none yet."""

from service.consignments.listing import ConsignmentRow
from service.consignments.models import CONSIGNMENT, Direction
from service.custody.queries import DiscrepancySelection, discrepancy_views
from service.handlers.rules import Permission
from service.printing.documents import issued, look
from service.printing.documents.actions import EVIDENCE
from service.printing.documents.issued import Issued
from service.printing.documents.names import PAPERS, ConsignmentPaper, MovementPaper, Name
from service.printing.documents.rules import why_no_paper
from service.printing.documents.runs import why_no_list
from service.rotation.listing import RunRow
from service.web.page import Page
from service.web.views.parts import Act, Chip, Link, Method, Part, Rich, Shape, Tone, When, WhenStyle
from service.web.views.sections import TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

NOT_ALLOWED = "You print copies; who hands over media gives documents out on record."


def consignment_shelf(page: Page, row: ConsignmentRow) -> TableSection:
    base = f"/consignments/{row.number}"
    connection = page.session.connection()
    given = issued.newest_about(connection, CONSIGNMENT.subject(row.consignment_id))
    wanted = DiscrepancySelection(open=None, consignment=row.number)
    found = len(discrepancy_views(connection, page.person, wanted, limit=1))
    columns = (
        Column("Document"), Column("What it says", keep=Keep.DESK), Column("On record", keep=Keep.TABLET),
        Column("Issue", hidden_label=True),
    )  # fmt: skip
    rows = tuple(
        _row(page, paper, base, why_no_paper(row, paper, found), given.get(PAPERS[paper].number(row.number)))
        for paper in ConsignmentPaper
    )
    foot = "" if page.person.may(Permission.ISSUE_DOCUMENT) else NOT_ALLOWED
    table = Table("documents", f"Documents of {row.number}", columns, rows, foot=foot)
    return TableSection("Documents", table, filter=look.choice(look.remembered(page.request), base))


def _row(page: Page, paper: ConsignmentPaper, base: str, reason: str, given: Issued | None) -> Row:
    name = PAPERS[paper]
    if reason:
        told: Rich = (name.title, " ", Chip(reason, Tone.NEUTRAL, Shape.BARE))
        return Row((Cell(told, head=True), Cell(name.about), Cell(), Cell()), key=paper.value)
    gives = name.kind in EVIDENCE and page.person.may(Permission.ISSUE_DOCUMENT)
    act = Act(
        "Give out",
        f"{base}/{paper.value}/issue",
        Method.POST,
        slim=True,
        aria_label=f"Give out: {name.title}",
    )
    return Row(
        (
            Cell(Link(name.title, f"{base}/{paper.value}.pdf"), head=True),
            Cell(name.about),
            Cell(_recorded(name, given)),
            Cell(act=act) if gives else Cell(),
        ),
        key=paper.value,
    )


def _recorded(name: Name, given: Issued | None) -> Rich:
    if name.kind not in EVIDENCE:
        return "a working list"
    if given is None:
        return "not yet"
    told: tuple[Part, ...] = ("given out ", When(given.issued_at), f" by {given.issued_by}")
    return told


def run_shelf(page: Page, row: RunRow) -> TableSection:
    """The lists of both ways; they are those of the run's consignments."""
    base = f"/runs/{row.number}"
    rows = tuple(_list_row(row, leg, paper) for leg in Direction for paper in MovementPaper)
    table = Table(
        "documents", f"Lists of {row.number}", (Column("Document"), Column("Consignment"), Column("What it says", keep=Keep.TABLET)), rows
    )  # fmt: skip
    return TableSection("Documents", table, filter=look.choice(look.remembered(page.request), base))


def _list_row(row: RunRow, leg: Direction, paper: MovementPaper) -> Row:
    name = PAPERS[ConsignmentPaper(paper.value)]
    consignment = row.out_number if leg is Direction.OUT else row.home_number
    title = f"{name.title}, {leg.value}"
    if consignment is None:
        return Row((Cell(title, head=True), Cell(why_no_list(row)), Cell(name.about)))
    linked = Link(title, f"/runs/{row.number}/{paper.value}.pdf?leg={leg.value}")
    return Row(
        (Cell(linked, head=True), Cell(Link(consignment, f"/consignments/{consignment}")), Cell(name.about))
    )


def issued_when(one: Issued) -> Rich:
    return (When(one.issued_at, WhenStyle.STAMP), f" by {one.issued_by}")
