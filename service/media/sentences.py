"""What an entry of a medium says, in a sentence. Any event tag is told; those named here are told well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.ledger.store import Entry
from service.media.history import RECEIVED, RELEASED, Names, short_place
from service.web.views.parts import (
    Barcode,
    Chip,
    Ident,
    Link,
    Number,
    Part,
    Quiet,
    Rich,
    Strong,
    Tone,
    When,
    WideOnly,
)


@dataclass(frozen=True, slots=True)
class Saying:
    text: Rich
    detail: tuple[Part, ...] = ()
    tone: Tone | None = None


Teller = Callable[[Entry, Names], Saying]

# Facts that the sentences name themselves, or that no person reads.
TOLD = frozenset({
    "from", "to", "container", "consignment", "run", "seal", "hold", "owner", "approver", "review_on", "released_by",
    "received_by", "released_at", "received_at", "transfer", "manifest_sha256", "file_sha256", "line", "content_from",
    "device", "step", "at",
})  # fmt: skip


def tell(entry: Entry, names: Names) -> Saying:
    return SENTENCES.get(entry.event, _any)(entry, names)


def plain(rich: Rich) -> str:
    """The words alone."""
    parts = rich if isinstance(rich, tuple) else (rich,)
    return "".join(_word(part) for part in parts)


def _word(part: Part) -> str:
    match part:
        case str():
            return part
        case Chip():
            return part.word
        case Number():
            return f"{part.value:,}" + (f" {part.unit}" if part.unit else "")
        case When():
            return part.at.isoformat()
        case Barcode() | Ident() | Link() | Strong() | Quiet() | WideOnly():
            return part.text


def _place(entry: Entry, names: Names, fact: str, changed: str | None = None) -> str:
    told = entry.facts.get(fact)
    if isinstance(told, str) and told:
        return short_place(told)
    moved_to = entry.changes.get(changed or "")
    return names.place(moved_to) if moved_to else ""


def _from_to(entry: Entry, names: Names) -> str:
    before, after = _place(entry, names, "from"), _place(entry, names, "to", "location_id")
    return (f" from {before}" if before else "") + (f" to {after}" if after else "")


def _in_container(entry: Entry, word: str) -> tuple[Part, ...]:
    code = entry.facts.get("container")
    return (word, Ident(str(code), f"/containers/{code}")) if code else ()


def _for_what(entry: Entry) -> tuple[Part, ...]:
    """The consignment and run that an act belongs to."""
    parts: list[Part] = []
    if consignment := entry.facts.get("consignment"):
        parts += ["Consignment ", Ident(str(consignment), f"/consignments/{consignment}")]
    if run := entry.facts.get("run"):
        parts += [" · run " if parts else "Run ", Ident(str(run), f"/runs/{run}")]
    return tuple(parts)


def _seal(entry: Entry) -> tuple[Part, ...]:
    number = entry.facts.get("seal")
    return (" · seal ", Ident(str(number))) if number else ()


def _registered(entry: Entry, names: Names) -> Saying:
    where = _place(entry, names, "to", "location_id")
    content = entry.changes.get("content")
    detail: list[Part] = [f"Content {content}"] if content else []
    if serial := entry.changes.get("serial_number"):
        detail += [" · serial number ", Ident(str(serial))]
    if series := entry.facts.get("series"):
        detail += [" · its number was reserved in ", Ident(str(series), f"/labels/series/{series}")]
    if line := entry.facts.get("line"):
        detail += [f" · line {line:,} of the imported file"]
    return Saying(f"Accession: taken in at {where}.", tuple(detail))


_WORDS: Mapping[str, str] = {
    "serial_number": "serial number", "dataset": "dataset", "written_on": "written on", "expires_on": "expires on",
    "encrypted": "encrypted", "tier": "tier", "generation": "generation",
}  # fmt: skip


def _edited(entry: Entry, names: Names) -> Saying:
    del names
    told = (f"{_WORDS.get(name, name)} {_value(value)}" for name, value in entry.changes.items())
    return Saying(f"Corrected: {', '.join(told)}.")


def _value(value: object) -> str:
    if value is None or value == "":
        return "removed"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _content_changed(entry: Entry, names: Names) -> Saying:
    del names
    before, after = entry.facts.get("content_from"), entry.changes.get("content")
    wrong = after in {"quarantined", "retired", "destroyed"}
    return Saying(
        f"Content: {before} → {after}." if before else f"Content: {after}.",
        tone=Tone.AMBER if wrong else None,
    )


def _moved(verb: str) -> Teller:
    def tell_move(entry: Entry, names: Names) -> Saying:
        return Saying(f"{verb}{_from_to(entry, names)}.", _for_what(entry))

    return tell_move


def _observed(entry: Entry, names: Names) -> Saying:
    where = _place(entry, names, "to", "location_id")
    before = _place(entry, names, "from")
    by = f" by {entry.facts['device']}" if entry.facts.get("device") else ""
    if before and before != where:
        return Saying(f"Seen{by} in {where}, not in {before} as recorded.", tone=Tone.AMBER)
    return Saying(f"Seen{by} in {where}, as recorded.")


def _packed(entry: Entry, names: Names) -> Saying:
    del names
    return Saying(
        ("Packed", *(_in_container(entry, " into ") or (" into a container",)), "."), _for_what(entry)
    )


def _unpacked(entry: Entry, names: Names) -> Saying:
    where = _place(entry, names, "to", "location_id")
    text = ("Unpacked", *_in_container(entry, " from "), f" to {where}" if where else "", ".")
    return Saying(text, _for_what(entry))


def _released(entry: Entry, names: Names) -> Saying:
    to = names.party(entry.changes["custodian_id"]) if "custodian_id" in entry.changes else "the carrier"
    return Saying(
        ("Released to ", Strong(to), *_in_container(entry, " in "), *_seal(entry)), _for_what(entry)
    )


def _received(entry: Entry, names: Names) -> Saying:
    by = entry.changes.get("custodian_id")
    home = by is not None and names.is_ours(by)
    head: tuple[Part, ...] = ("Received home",) if home else ("Acknowledged by ", Strong(names.party(by)))
    return Saying((*head, *_in_container(entry, " in "), *_seal(entry)), _for_what(entry))


def _labelled(entry: Entry, names: Names) -> Saying:
    del names
    number = str(entry.facts.get("label_job", ""))
    return Saying(("Label printed and scanned, ", Ident(number, f"/labels/{number}"), "."), tone=Tone.GREEN)


def _missing(entry: Entry, names: Names) -> Saying:
    del names
    return Saying("Missing: not where it has to be.", _for_what(entry), Tone.RED)


def _found(entry: Entry, names: Names) -> Saying:
    where = _place(entry, names, "to", "location_id")
    return Saying(f"Found{f' in {where}' if where else ''}.", _for_what(entry), Tone.GREEN)


def _refused(entry: Entry, names: Names) -> Saying:
    del names
    return Saying("A scan of this medium was refused.", _for_what(entry), Tone.AMBER)


def _skipped(entry: Entry, names: Names) -> Saying:
    del names
    step = entry.facts.get("step")
    return Saying(f"Step skipped{f': {step}' if step else ''}.", _for_what(entry), Tone.AMBER)


def _hold_placed(entry: Entry, names: Names) -> Saying:
    del names
    facts = entry.facts
    detail = [f"Owner {facts.get('owner')}"]
    detail += [f"approved by {facts['approver']}"] if facts.get("approver") else []
    detail += [f"review {facts['review_on']}"] if facts.get("review_on") else []
    return Saying(("Hold", *_hold(entry), " placed."), (" · ".join(detail),), Tone.AMBER)


def _hold_released(entry: Entry, names: Names) -> Saying:
    del names
    return Saying(("Hold", *_hold(entry), " released."))


def _hold(entry: Entry) -> tuple[Part, ...]:
    """A hold's own entries do not all repeat its number."""
    number = entry.facts.get("hold") or entry.changes.get("number")
    return (" ", Ident(str(number), f"/holds/{number}")) if number else ()


def _discrepancy(entry: Entry, names: Names) -> Saying:
    del names
    return Saying(f"Discrepancy: {entry.changes.get('sentence', 'opened')}", tone=Tone.AMBER)


def _any(entry: Entry, names: Names) -> Saying:
    """An event nobody has put into words: its tag as a sentence, its facts beside it."""
    subject, _, verb = entry.event.partition(":")
    words = verb.replace("_", " ").strip() or subject
    known = "" if subject == "medium" else f"{subject.replace('_', ' ')} "
    told = [
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in entry.facts.items()
        if _readable(name, value)
    ]
    where = _from_to(entry, names)
    text = f"{known}{words}{where}."
    return Saying(text[:1].upper() + text[1:], (" · ".join(told),) if told else _for_what(entry))


def _readable(name: str, value: object) -> bool:
    return name not in TOLD and isinstance(value, str | int)


SENTENCES: dict[str, Teller] = {
    "medium:registered": _registered,
    "medium:edited": _edited,
    "medium:content_changed": _content_changed,
    "medium:moved": _moved("Moved"),
    "medium:loaded": _moved("Loaded"),
    "medium:ejected": _moved("Ejected"),
    "medium:taken_out": _moved("Taken out"),
    "medium:scanned_out": _moved("Scanned out"),
    "medium:packing_undone": _moved("Packing undone; back"),
    "medium:observed": _observed,
    "medium:packed": _packed,
    "medium:unpacked": _unpacked,
    RELEASED: _released,
    RECEIVED: _received,
    "medium:labelled": _labelled,
    "medium:missing": _missing,
    "medium:found": _found,
    "medium:refused": _refused,
    "medium:step_skipped": _skipped,
    "hold:placed": _hold_placed,
    "hold:released": _hold_released,
    "discrepancy:opened": _discrepancy,
}
