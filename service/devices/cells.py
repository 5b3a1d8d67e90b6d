"""One place of a library as one cell of its map: look, tone, word and glyphs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from service.devices.models import ElementKind, TagReading
from service.devices.panel import EjectPanel, MailSlotState
from service.devices.scene import Held, Place, Scene
from service.devices.seen import place_name
from service.media.models import Custody, MediaType
from service.media.words import href, word
from service.web.templating import barcode_parts
from service.web.views.library import Slot, SlotLook
from service.web.views.parts import Glyph, Tone


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a cell is drawn; `code` is its letter in the strip of a large library."""

    look: SlotLook
    tone: Tone
    word: str
    code: str
    glyphs: tuple[Glyph, ...] = ()


GAP = Drawing(SlotLook.EMPTY, Tone.NEUTRAL, "not installed", "e")
EMPTY = Drawing(SlotLook.EMPTY, Tone.NEUTRAL, "", "e")
LEAVING = Drawing(SlotLook.FILLED, Tone.BLUE, "leaving", "b", (Glyph.GO,))
ARRIVING = Drawing(SlotLook.NEXT, Tone.BLUE, "arriving", "b")
UNREAD = Drawing(SlotLook.FILLED, Tone.AMBER, "unread", "a", (Glyph.UNREAD,))
UNKNOWN = Drawing(SlotLook.FILLED, Tone.AMBER, "not known", "a", (Glyph.ASK,))
EJECTED = Drawing(SlotLook.FILLED, Tone.GREEN, "ejected", "b", (Glyph.OK,))
NEXT_OUT = Drawing(SlotLook.NEXT, Tone.BLUE, "next out", "b")
PHANTOM = Drawing(SlotLook.PHANTOM, Tone.AMBER, "tag left", "a", (Glyph.PHANTOM,))


@dataclass(frozen=True)
class Brush:
    """What the cells of one page share. `pulse` is the barcode that was searched for."""

    scene: Scene
    library_href: str
    pulse: str = ""
    moving_from: str = ""
    moving_to: str = ""
    moving: str = ""
    ejected: Mapping[int, str] = field(default_factory=dict)  # mail slot number → barcode
    coming: Mapping[int, str] = field(default_factory=dict)


def brush(scene: Scene, library_href: str, pulse: str = "") -> Brush:
    panel = scene.panel
    move = panel.open_move if panel else None
    return Brush(
        scene,
        library_href,
        pulse,
        moving_from=move.source if move else "",
        moving_to=move.destination if move else "",
        moving=move.barcode if move else "",
        ejected=_mail(panel, MailSlotState.EJECTED),
        coming=_mail(panel, MailSlotState.NEXT),
    )


def _mail(panel: EjectPanel | None, state: MailSlotState) -> dict[int, str]:
    return {one.number: one.barcode or "" for one in panel.mail_slots if one.state is state} if panel else {}


def drawing(place: Place, brush: Brush, held: Held | None = None) -> Drawing:
    """The first thing that fits decides: what moves, what is wrong, what needs a person, what waits, what rests."""
    if not place.installed:
        return GAP
    moving = {brush.moving_from: LEAVING, brush.moving_to: ARRIVING}.get(place_name(place.kind, place.number))
    if moving is not None:
        return moving
    return _full(place, brush, held) if place.full else _empty(place, brush)


def _empty(place: Place, brush: Brush) -> Drawing:
    if place.kind is ElementKind.MAIL_SLOT and place.number in brush.coming:
        return Drawing(
            SlotLook.EMPTY, Tone.NEUTRAL, f"for {barcode_parts(brush.coming[place.number])[1]}", "e"
        )
    if place.phantom:
        return PHANTOM
    return Drawing(SlotLook.EMPTY, Tone.NEUTRAL, "empty", "e") if place.kind is ElementKind.DRIVE else EMPTY


def _full(place: Place, brush: Brush, held: Held | None) -> Drawing:
    if place.reading is not TagReading.READ:
        return UNREAD
    if place.medium_id is None:
        return UNKNOWN
    if place.medium_id in brush.scene.wrong:
        asked = f"{word(held.custody)}?" if held and held.custody is not Custody.IN_LIBRARY else "twice?"
        return Drawing(SlotLook.FILLED, Tone.RED, asked, "r", (Glyph.STOP,))
    if place.kind is ElementKind.MAIL_SLOT and place.number in brush.ejected:
        return EJECTED
    if place.medium_id in brush.scene.going:
        return NEXT_OUT
    return _at_rest(place, held)


def _at_rest(place: Place, held: Held | None) -> Drawing:
    if held is None:
        return Drawing(SlotLook.REST, Tone.NEUTRAL, "", "f")
    if place.kind is ElementKind.DRIVE:
        return Drawing(SlotLook.FILLED, Tone.BLUE, f"{word(held.content)}, in the drive", "b", (Glyph.GO,))
    if place.kind is ElementKind.MAIL_SLOT:
        return Drawing(SlotLook.FILLED, Tone.AMBER, "waits here", "a", (Glyph.ASK,))
    glyphs = [
        glyph
        for glyph, shown in ((Glyph.LOCK, held.held), (Glyph.CLEAN, held.media_type is MediaType.CLEANING))
        if shown
    ]
    said = "cleaning" if held.media_type is MediaType.CLEANING else word(held.content)
    return Drawing(SlotLook.REST, Tone.NEUTRAL, said, "f", tuple(glyphs))


def cell(place: Place, brush: Brush, held: Held | None) -> Slot:
    drawn = drawing(place, brush, held)
    name = place_name(place.kind, place.number)
    barcode = _barcode(place, brush, drawn, held)
    prefix, tail, suffix = barcode_parts(barcode) if barcode else ("", "", "")
    del prefix
    unread = drawn is UNREAD
    return Slot(
        number=str(place.number),
        label=f"{name.capitalize()}: {barcode or ('label not read' if unread else 'empty')}"
        + (f", {drawn.word}" if drawn.word else ""),
        href=_href(barcode, held, name, brush),
        look=drawn.look,
        tone=drawn.tone,
        tail="?" if unread else tail,
        suffix="" if unread else suffix,
        word=drawn.word,
        glyphs=drawn.glyphs,
        pulse=bool(brush.pulse) and barcode == brush.pulse,
    )


def _barcode(place: Place, brush: Brush, drawn: Drawing, held: Held | None) -> str:
    if drawn is ARRIVING:
        return brush.moving
    if drawn is PHANTOM:
        return place.phantom or ""
    if drawn is UNREAD or not place.full:
        return ""
    return held.barcode if held else place.tag or ""


def _href(barcode: str, held: Held | None, name: str, brush: Brush) -> str:
    """A known medium leads to its page; anything else to its line in the table."""
    if barcode and (held is not None or barcode == brush.moving):
        return href(barcode)
    return f"{brush.library_href}/table#{quote(name.replace(' ', '-'))}"
