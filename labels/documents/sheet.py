"""A whole document: head on the first page, running head after it, foot with page x of y, strips between."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from labels.documents.blocks import BODY_MM, SMALL_LINE_MM, SMALL_MM, Area
from labels.documents.facts import Issue, Mark
from labels.documents.flow import Frame, Laid, Strip, paged
from labels.documents.language import Words
from labels.documents.logo import flat_logo
from labels.documents.pen import FAINT, HAIR_MM, QUIET, RULE_MM, STRONG_MM, Pen
from labels.documents.table import wrapped
from labels.faces import EMBEDDING, fitting_size, register_faces, shortened, text_width
from labels.layout import Anchor, Bars, Face, Modules
from labels.stock import Size
from labels.symbols.code128 import code128
from labels.symbols.matrix import qr
from labels.writers.flat_canvas import new_canvas

SIDE_MM = 16.0
TOP_MM = 13.0
FOOT_MM = 19.0
NUMBER_MM = 8.2
BAR_MM, BAR_MODULE_MM = 9.0, 0.38
LEAST_BAR_MODULE_MM, QR_SIDE_MM = 0.25, 15.0
NAME_SIZES_MM, MOST_NAME_LINES = (3.4, 3.0, 2.7, 2.4), 2
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
    canvas = new_canvas(out, size)
    pen = Pen(canvas, size.height)
    for number, laid in enumerate(pages, start=1):
        pen.new_page()
        page.draw(pen, laid, number, len(pages))
        canvas.showPage()
    with EMBEDDING:
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
        code = self._code(pen, y)
        kind = pen.text((left, y + 3.0), self.head.kind, BODY_MM)
        number = self.head.issue.number
        size = fitting_size(number, NUMBER_MM, Face.MONO_BOLD, self.area.width * 0.46)
        width = pen.text((left, y + 12.4), number, size, Face.MONO_BOLD)
        beside = left + width + 5.0 + self._chip_width() < right - code - 5.0
        self._chip(pen, *((left + width + 5.0, y + 6.6) if beside else (left + kind + 5.0, y - 1.0)))
        y += 19.0
        for line in self._sentence():
            pen.text((left, y), line, BODY_MM * 1.12)
            y += 4.9
        pen.line((left, y - 1.0), (right, y - 1.0), STRONG_MM)
        y += 3.6
        for line in self._stamp():
            pen.text((left, y), line, BODY_MM)
            y += 4.3

    def _code(self, pen: Pen, y: float) -> float:
        """The number for a scanner; its width. Bars while they fit at a width a scanner reads, else a QR."""
        number, most = self.head.issue.number, self.area.width * 0.46
        module = min(BAR_MODULE_MM, most / code128(number, 1.0).width_mm)
        if module < LEAST_BAR_MODULE_MM:
            square = qr(number)
            side = QR_SIDE_MM / square.modules
            pen.modules(Modules(self.area.right - QR_SIDE_MM, y - 0.5, side, square))
            return QR_SIDE_MM
        symbol = code128(number, module)
        pen.bars(Bars(self.area.right - symbol.width_mm, y + 1.0, BAR_MM, symbol))
        middle = self.area.right - symbol.width_mm / 2
        pen.text((middle, y + BAR_MM + 4.0), number, SMALL_MM, Face.MONO, anchor=Anchor.MIDDLE)
        return symbol.width_mm

    def _organisation(self, pen: Pen) -> None:
        organisation, site = self.head.issue.organisation, self.head.issue.site
        left, right = self.area.left + self._logo(pen), self.area.right
        pen.text((right, TOP_MM + 1.0), site.name, BODY_MM, anchor=Anchor.END)
        zone = self.words.text("times in {zone}, UTC beside them").format(zone=site.zone)
        pen.text((right, TOP_MM + 5.2), zone, SMALL_MM, grey=QUIET, anchor=Anchor.END)
        room = (
            right
            - left
            - max(text_width(site.name, BODY_MM, Face.SANS), text_width(zone, SMALL_MM, Face.SANS))
            - 6.0
        )
        address = " · ".join(line for line in organisation.address.splitlines() if line)
        size, lines = _name_lines(organisation.name, room)
        y = TOP_MM + 1.0 if len(lines) == 1 else TOP_MM - 1.6
        for line in lines:
            pen.text((left, y), line, size, Face.SANS_BOLD)
            y += 4.1
        below = y + 0.1
        pen.text((left, below), shortened(address, SMALL_MM, Face.SANS, room), SMALL_MM, grey=QUIET)
        pen.line((self.area.left, TOP_MM + 9.5), (right, TOP_MM + 9.5), HAIR_MM, FAINT)

    def _logo(self, pen: Pen) -> float:
        """The width it takes."""
        content = self.head.issue.organisation.logo
        if content is None:
            return 0.0
        reader, shape = flat_logo(content)
        scale = min(LOGO.width / shape.width, LOGO.height / shape.height)
        pen.image(reader, (self.area.left, TOP_MM - 3.0), (shape.width * scale, shape.height * scale))
        return shape.width * scale + 4.0

    def _chip_width(self) -> float:
        return text_width(self.head.state, BODY_MM, Face.SANS_BOLD) + 9.0

    def _chip(self, pen: Pen, x: float, y: float) -> None:
        pen.box((x, y), (self._chip_width(), CHIP_MM), RULE_MM)
        pen.mark(self.head.mark, (x + 3.4, y + CHIP_MM / 2), 2.2)
        pen.text((x + 6.4, y + 4.15), self.head.state, BODY_MM, Face.SANS_BOLD)

    def _running_head(self, pen: Pen) -> None:
        y, left, right = TOP_MM + 1.0, self.area.left, self.area.right
        left += pen.text((left, y), self.head.issue.number, BODY_MM, Face.MONO_BOLD) + 3.0
        left += pen.text((left, y), f"{self.head.kind} · {self.head.state}", BODY_MM) + 6.0
        name = shortened(self.head.issue.organisation.name, SMALL_MM, Face.SANS, right - left)
        pen.text((right, y), name, SMALL_MM, grey=QUIET, anchor=Anchor.END)
        pen.line((self.area.left, y + 2.4), (right, y + 2.4), RULE_MM)

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
        checkpoint, entry = self.head.issue.checkpoint, self.head.issue.entry
        size = words.text("ledger {n}").format(n=words.number(checkpoint.tree_size)) if checkpoint else ""
        issue = words.text("issue on record as entry {n}").format(n=words.number(entry)) if entry else ""
        pen.text(
            (self.area.left, y + SMALL_LINE_MM),
            " · ".join(part for part in (facts, size, issue) if part),
            SMALL_MM,
            Face.MONO,
            grey=QUIET,
        )


def _name_lines(name: str, room: float) -> tuple[float, list[str]]:
    """A legal name belongs on the paper whole: in one line or two, smaller before it is shortened."""
    for size in NAME_SIZES_MM:
        lines = wrapped(name, room, Face.SANS_BOLD, size)
        if len(lines) <= MOST_NAME_LINES:
            return size, lines
    first, *more = lines
    return size, [first, shortened(" ".join(more), size, Face.SANS_BOLD, room)]
