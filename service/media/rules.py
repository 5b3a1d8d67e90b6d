"""What may be done with a medium, and what its custody follows from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from service.errors import InvalidInputError, RefusedError, StateError
from service.locations.models import ELEMENT_KINDS, LocationKind
from service.media.models import Content, Custody, MediaType
from service.parties.models import PartyKind

MAX_DATASET = 80
MAX_REASON = 500
TIERS = ("daily", "weekly", "monthly", "yearly")

# What ends or undoes the protection of what is written on a medium.
ENDING = frozenset({Content.SCRATCH, Content.RETIRED, Content.SANITIZED, Content.DESTROYED})
# Contents that only the acts of a disposition may bring about, never a file.
PROVED = frozenset({Content.SANITIZED, Content.DESTROYED})
TOOLS = frozenset({MediaType.CLEANING, MediaType.DIAGNOSTIC})
TOOL_CONTENTS = frozenset({Content.ACTIVE, Content.QUARANTINED, Content.RETIRED, Content.DESTROYED})


class HeldError(StateError):
    title = "On hold"

    def __init__(self, barcode: str, since: datetime, what: str) -> None:
        super().__init__(
            f"{barcode} is on hold since {since:%Y-%m-%d}; {what} is refused. Nothing was changed.",
            next_step="Let somebody other than who placed the hold release it.",
            barcode=barcode,
            held_since=since.isoformat(),
        )


class ContentError(StateError):
    title = "Not possible with this content"


class RetentionError(StateError):
    title = "Still to be kept"

    def __init__(self, barcode: str, expires_on: date, to: Content) -> None:
        super().__init__(
            f"{barcode} is to be kept until {expires_on.isoformat()}; it cannot be {to.value} before. Nothing was changed.",
            next_step="Wait, or change its expiry with a reason first.",
            barcode=barcode,
            expires_on=expires_on.isoformat(),
        )


class PlaceTakenError(RefusedError):
    title = "The place is taken"

    def __init__(self, place: str, barcode: str) -> None:
        super().__init__(
            f"{place} holds {barcode} already. Nothing was recorded.",
            next_step="Take inventory, or say where it really is.",
            place=place,
            barcode=barcode,
        )


class BarcodeTakenError(RefusedError):
    title = "Registered already"

    def __init__(self, what: str, barcode: str) -> None:
        super().__init__(
            f"{what} is registered already{'' if what == barcode else f', for {barcode}'}. Nothing was recorded.",
            next_step="Open the medium's page, or read the label again.",
            barcode=barcode,
        )


def custody_of(
    location_kind: LocationKind, custodian_kind: PartyKind, *, sealed: bool, missing: bool, gone: bool
) -> Custody:
    """The first that fits, from the strongest: gone, missing, in transit, vaulted, packed, in library, on site."""
    if gone:
        return Custody.GONE
    if missing:
        return Custody.MISSING
    if location_kind is LocationKind.CONSIGNMENT:
        return Custody.IN_TRANSIT
    if custodian_kind is PartyKind.VAULT_VENDOR:
        return Custody.VAULTED
    if sealed:
        return Custody.PACKED
    return Custody.IN_LIBRARY if location_kind in ELEMENT_KINDS else Custody.ON_SITE


def next_contents(content: Content) -> Mapping[Content, bool]:  # noqa: PLR0911 - one a state
    """Where a content may go; True where the step needs a reason in writing."""
    match content:
        case Content.SCRATCH:
            return {Content.ACTIVE: False, Content.QUARANTINED: True, Content.RETIRED: True}
        case Content.ACTIVE:
            return {
                Content.FULL: False,
                Content.EXPIRED: False,
                Content.QUARANTINED: True,
                Content.RETIRED: True,
            }
        case Content.FULL:
            return {Content.EXPIRED: False, Content.QUARANTINED: True, Content.RETIRED: True}
        case Content.EXPIRED:
            return {
                Content.SCRATCH: False,
                Content.FULL: True,
                Content.QUARANTINED: True,
                Content.RETIRED: True,
            }
        case Content.QUARANTINED:
            back = (Content.ACTIVE, Content.FULL, Content.EXPIRED, Content.RETIRED)
            return dict.fromkeys(back, True)
        case Content.RETIRED:
            return dict.fromkeys((Content.QUARANTINED, Content.SANITIZED, Content.DESTROYED), True)
        case Content.SANITIZED:
            return dict.fromkeys((Content.SCRATCH, Content.DESTROYED), True)
        case Content.DESTROYED:
            return {}
        case _:
            assert_never(content)


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts of a medium that decide about its content."""

    barcode: str
    media_type: MediaType
    content: Content
    custody: Custody
    expires_on: date | None
    held_since: datetime | None


def check_content_change(medium: Standing, to: Content, reason: str, today: date) -> None:
    """Raises ContentError, HeldError, RetentionError, or InvalidInputError when a reason is missing."""
    allowed = possible_contents(medium)
    if to not in allowed:
        raise ContentError(
            f"{medium.barcode} is {medium.content.value}; it cannot become {to.value}. Nothing was changed.",
            next_step=f"From here it can become {_listed(allowed)}.",
            content=medium.content.value,
            possible=sorted(allowed),
        )
    if to in ENDING and medium.held_since is not None:
        raise HeldError(medium.barcode, medium.held_since, f"making it {to.value}")
    if (
        to in {Content.SCRATCH, Content.EXPIRED}
        and medium.expires_on is not None
        and medium.expires_on > today
    ):
        raise RetentionError(medium.barcode, medium.expires_on, to)
    if allowed[to] or reason:
        check_reason(reason)


def possible_contents(medium: Standing) -> Mapping[Content, bool]:
    """Like `next_contents`, less what a medium that is gone or missing, or a tool, cannot be."""
    if medium.custody is Custody.GONE:
        return {}
    allowed = next_contents(medium.content)
    if medium.media_type in TOOLS:
        return {to: needs for to, needs in allowed.items() if to in TOOL_CONTENTS}
    if medium.custody is Custody.MISSING:
        return {to: needs for to, needs in allowed.items() if to is not Content.SCRATCH}
    return allowed


def _listed(allowed: Mapping[Content, bool]) -> str:
    words = [content.value for content in allowed]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words or ["nothing else"])


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise _reason_error("Write why; the reason is kept for good.")
    if len(reason) > MAX_REASON:
        raise _reason_error(f"A reason has up to {MAX_REASON} characters; this has {len(reason):,}.")
    if any(not letter.isprintable() and letter not in "\n\r\t" for letter in reason):
        raise _reason_error("A reason has no control characters.")


def _reason_error(text: str) -> InvalidInputError:
    return InvalidInputError(f"{text} Nothing was changed.", fields={"reason": text})


def check_first_content(media_type: MediaType, content: Content) -> None:
    """What a medium may be when it is registered."""
    if content in PROVED:
        text = f"A medium that is {content.value} is not taken in; that state needs its own proof."
    elif media_type in TOOLS and content not in TOOL_CONTENTS:
        text = f"A {media_type.value} cartridge is never {content.value}; write active."
    else:
        return
    raise InvalidInputError(f"{text} Nothing was recorded.", fields={"content": text})


def check_dates(written_on: date | None, expires_on: date | None) -> None:
    if written_on and expires_on and expires_on < written_on:
        text = (
            f"It would expire on {expires_on.isoformat()}, before it was written on {written_on.isoformat()}."
        )
        raise InvalidInputError(f"{text} Nothing was recorded.", fields={"expires_on": text})


def check_dataset(dataset: str) -> None:
    if len(dataset) > MAX_DATASET or not all(letter.isprintable() for letter in dataset):
        text = f"A dataset's name has up to {MAX_DATASET} characters and no control characters."
        raise InvalidInputError(f"{text} Nothing was recorded.", fields={"dataset": text})


def check_tier(tier: str | None) -> None:
    if tier is not None and tier not in TIERS:
        text = f"A tier is one of {', '.join(TIERS)}."
        raise InvalidInputError(f"{text} Nothing was recorded.", fields={"tier": text})


def check_expiry_change(medium: Standing, expires_on: date | None, reason: str) -> None:
    """Shortening is a decision of a person: it wants a reason, and a hold forbids it."""
    if medium.expires_on is None or (expires_on is not None and expires_on >= medium.expires_on):
        return
    if medium.held_since is not None:
        raise HeldError(medium.barcode, medium.held_since, "an earlier expiry")
    check_reason(reason)
