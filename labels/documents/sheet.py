"""A whole document: head on the first page, running head after it, foot with page x of y, strips between."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from labels.documents.blocks import BODY_MM, SMALL_LINE_MM, SMALL_MM, Area
from labels.documents.facts import Issue, Mark
from labels.documents.flow import Frame, Laid, Strip, paged
from labels.documents.language import Words
from labels.documents.logo import flat_logo
from labels.documents.pen import FAINT, HAIR_MM, QUIET, RULE_MM, STRONG_MM, Pen
from labels.documents.table import wrapped
from labels.faces import fitting_size, register_faces, text_width
from labels.layout import Anchor, Bars, Face
from labels.stock import Size
from labels.symbols.code128 import code128
from labels.writers.ink import POINTS_PER_MM

SIDE_MM = 16.0
TOP_MM = 13.0
FOOT_MM = 19.0
NUMBER_MM = 8.2
BAR_MM, BAR_MODULE_MM = 9.0, 0.38
LOGO = Size(42.0, 11.0)
CHIP_MM = 6.0


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


PAPERS = {Paper.A4: Size(210.0, 297.0), Paper.LETTER: Size(215.9, 279.4)}


@dataclass(frozen=True, slots=True)
class Head:
    """`kind` is the sort of document, `sentence` what it is about in one line, `stamp` its times."""

    issue: Issue
    kind: str
    state: str
    mark: Mark
    sentence: str
    stamp: str


def area_of(paper: Paper) -> Area:
    return Area(SIDE_MM, PAPERS[paper].width - 2 * SIDE_MM)


def drawn(head: Head, strips: Iterable[Strip], words: Words, paper: Paper, facts_hash: str) -> bytes:
    """The PDF before it becomes PDF/A."""
    register_faces()
    size, out = PAPERS[paper], BytesIO()
    page = _Page(head, words, area_of(paper), size, facts_hash)
    top = page.head_height()
    pages = paged(strips, Frame(top, TOP_MM + 9.0, size.height - FOOT_MM))
    canvas = Canvas(
        out,
        pagesize=(size.width * POINTS_PER_MM, size.height * POINTS_PER_MM),
        invariant=1,
        pageCompression=1,
        initialFontName=Face.SANS.value,
    )
    pen = Pen(canvas, size.height)
    for number, laid in enumerate(pages, start=1):
        pen.new_page()
        page.draw(pen, laid, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Page:
    head: Head
    words: Words
    area: Area
    size: Size
    facts_hash: str

    def head_height(self) -> float:
        return TOP_MM + 15.0 + 19.0 + len(self._sentence()) * 4.9 + 3.0 + len(self._stamp()) * 4.3 + 2.5

    def draw(self, pen: Pen, laid: list[Laid], number: int, pages: int) -> None:
        if number == 1:
            self._head(pen)
        else:
            self._running_head(pen)
        for item in laid:
            item.strip.draw(pen, item.y)
        self._foot(pen, number, pages)

    def _sentence(self) -> list[str]:
        return wrapped(self.head.sentence, self.area.width * 0.66, Face.SANS, BODY_MM * 1.12)

    def _stamp(self) -> list[str]:
        return wrapped(self.head.stamp, self.area.width, Face.SANS, BODY_MM)

    def _head(self, pen: Pen) -> None:
        left, right = self.area.left, self.area.right
        self._organisation(pen)
        y = TOP_MM + 15.0
        pen.text((left, y + 3.0), self.head.kind, BODY_MM)
        number = self.head.issue.number
        size = fitting_size(number, NUMBER_MM, Face.MONO_BOLD, self.area.width * 0.42)
        width = pen.text((left, y + 12.4), number, size, Face.MONO_BOLD)
        self._chip(pen, left + width + 5.0, y + 6.6)
        symbol = code128(number, BAR_MODULE_MM)
        pen.bars(Bars(right - symbol.width_mm, y + 1.0, BAR_MM, symbol))
        pen.text(
            (right - symbol.width_mm / 2, y + BAR_MM + 4.0), number, SMALL_MM, Face.MONO, anchor=Anchor.MIDDLE
        )
        y += 19.0
        for line in self._sentence():
            pen.text((left, y), line, BODY_MM * 1.12)
            y += 4.9
        pen.line((left, y - 1.0), (right, y - 1.0), STRONG_MM)
        y += 3.6
        for line in self._stamp():
            pen.text((left, y), line, BODY_MM)
            y += 4.3

    def _organisation(self, pen: Pen) -> None:
        organisation, site = self.head.issue.organisation, self.head.issue.site
        logo = flat_logo(organisation.logo) if organisation.logo else None
        left = self.area.left
        if logo:
            reader, shape = logo
            scale = min(LOGO.width / shape.width, LOGO.height / shape.height)
            pen.image(reader, (left, TOP_MM - 3.0), (shape.width * scale, shape.height * scale))
            left += shape.width * scale + 4.0
        pen.text((left, TOP_MM + 1.0), organisation.name, BODY_MM * 1.1, Face.SANS_BOLD)
        address = " · ".join(line for line in organisation.address.splitlines() if line)
        pen.text((left, TOP_MM + 5.2), address, SMALL_MM, grey=QUIET)
        pen.text((self.area.right, TOP_MM + 1.0), site.name, BODY_MM, anchor=Anchor.END)
        zone = self.words.text("times in {zone}, UTC beside them").format(zone=site.zone)
        pen.text((self.area.right, TOP_MM + 5.2), zone, SMALL_MM, grey=QUIET, anchor=Anchor.END)
        pen.line((self.area.left, TOP_MM + 9.5), (self.area.right, TOP_MM + 9.5), HAIR_MM, FAINT)

    def _chip(self, pen: Pen, x: float, y: float) -> None:
        width = text_width(self.head.state, BODY_MM, Face.SANS_BOLD) + 9.0
        pen.box((x, y), (width, CHIP_MM), RULE_MM)
        pen.mark(self.head.mark, (x + 3.4, y + CHIP_MM / 2), 2.2)
        pen.text((x + 6.4, y + 4.15), self.head.state, BODY_MM, Face.SANS_BOLD)

    def _running_head(self, pen: Pen) -> None:
        y = TOP_MM + 1.0
        width = pen.text((self.area.left, y), self.head.issue.number, BODY_MM, Face.MONO_BOLD)
        pen.text((self.area.left + width + 3.0, y), f"{self.head.kind} · {self.head.state}", BODY_MM)
        pen.text(
            (self.area.right, y), self.head.issue.organisation.name, SMALL_MM, grey=QUIET, anchor=Anchor.END
        )
        pen.line((self.area.left, y + 2.4), (self.area.right, y + 2.4), RULE_MM)

    def _foot(self, pen: Pen, number: int, pages: int) -> None:
        y, words = self.size.height - FOOT_MM + 6.0, self.words
        pen.line((self.area.left, y - 4.0), (self.area.right, y - 4.0), HAIR_MM, FAINT)
        issued = words.text("issued {when} by {who}").format(
            when=words.moment(self.head.issue.issued_at), who=self.head.issue.issued_by
        )
        pen.text((self.area.left, y), issued, SMALL_MM, grey=QUIET)
        page = words.text("page {x} of {y}").format(x=number, y=pages)
        pen.text((self.area.right, y), page, BODY_MM, anchor=Anchor.END)
        facts = words.text("facts {start}…").format(start=self.facts_hash[:16])
        size = (
            words.text("ledger {n}").format(n=words.number(self.head.issue.checkpoint.tree_size))
            if self.head.issue.checkpoint
            else ""
        )
        pen.text(
            (self.area.left, y + SMALL_LINE_MM),
            " · ".join(part for part in (facts, size) if part),
            SMALL_MM,
            Face.MONO,
            grey=QUIET,
        )
