"""Forms of policies and schedules, and the calendar of a policy."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from sqlmodel import Session

from service.locations.models import LocationKind
from service.locations.queries import locations
from service.parties.models import PartyKind
from service.parties.queries import parties
from service.policies.models import CatchUp, Policy, Schedule
from service.policies.queries import Effect, facts_of, policies
from service.policies.rules import DEFAULT_TIERS, PolicyFacts, Span, Tier, TierName, assign
from service.web.times import MONTHS
from service.web.views.forms import Danger, Field, FieldGroup, FieldKind, Form, Option
from service.web.views.parts import Act, Barcode, Quiet, Rich, Tone
from service.web.views.tables import NOT_YET, Cell, Column, Keep, Row, Table

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY_OPTIONS = tuple(Option(str(number), name) for number, name in enumerate(WEEKDAYS))
SPAN_OPTIONS = tuple(Option(span.value, span.value) for span in Span)
ON = "on"
SHOWN_MEDIA = 100
YEARS = 2

TIER_HELP = {
    TierName.DAILY: "Every day that no elder tier takes.",
    TierName.WEEKLY: "The set of the weekly day.",
    TierName.MONTHLY: "The last weekly set of a month.",
    TierName.YEARLY: "The last weekly set of a year.",
}


def day_words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def policy_form(found: Policy | None, effect: Effect | None = None, shown: str = "") -> Form:
    """`effect` is the dry run of what was typed; `shown` names the content it belongs to."""
    tiers = {tier.name: tier for tier in (facts_of(found).tiers if found else DEFAULT_TIERS)}
    weekday = str(found.weekly_weekday if found else 3)
    name = Field(
        "name",
        "Name",
        value=found.name if found else "",
        help="A new version is published under the same name.",
    )
    fields: tuple[Field, ...] = () if found else (name,)
    weekly = Field("weekly_weekday", "Weekly day", FieldKind.SELECT, weekday, options=WEEKDAY_OPTIONS,
                   help="The set of this day is the weekly one, the last of a month the monthly one.")  # fmt: skip
    hidden = (("name", found.name),) if found else ()
    danger = effect_danger(effect) if effect is not None else None
    asks = effect is not None and bool(effect.shorter)
    reason = Field("reason", "Why", FieldKind.TEXTAREA, rows=2, required=asks,
                   help="Needed where a retention gets shorter; it stands in the ledger.")  # fmt: skip
    back = Act("Back", f"/policies/{found.policy_id}" if found else "/policies")
    return Form(
        "policy", "/policies", "Publish" if effect is not None else "Show what it changes", (*fields, weekly),
        groups=(*(_tier_group(one, tiers.get(one)) for one in TierName), FieldGroup("Reason", (reason,))),
        hidden=(*hidden, ("shown", shown)), danger=danger, other=(back,),
    )  # fmt: skip


def _tier_group(name: TierName, tier: Tier | None) -> FieldGroup:
    fields = (
        Field(f"{name}_keep", "Keep", FieldKind.NUMBER, str(tier.keep) if tier else "", minimum="1", maximum="100",
              required=False, width=6, help="Empty: the policy has no such tier."),
        Field(f"{name}_span", "Unit", FieldKind.SELECT, tier.span.value if tier else "", options=SPAN_OPTIONS),
        Field(f"{name}_off_site", "The set belongs off site", FieldKind.CHECK, ON if tier and tier.off_site else "",
              required=False),
    )  # fmt: skip
    return FieldGroup(name.value.capitalize(), fields, TIER_HELP[name])


def effect_danger(effect: Effect) -> Danger:
    kept = f"{effect.kept} media have their date and keep it."
    if not effect.shorter and not effect.media:
        return Danger(f"Nothing that is kept today changes. {kept}", tone=Tone.GREEN)
    tone = Tone.AMBER if effect.shorter else Tone.BLUE
    head = f"{'; '.join(effect.shorter)}." if effect.shorter else "No retention gets shorter."
    named: tuple[Rich, ...] = tuple(
        (Barcode(one.barcode, f"/media/{one.barcode}"), f": until {_until(one.after)}, was {_until(one.before)}")
        for one in effect.media[:SHOWN_MEDIA]
    )  # fmt: skip
    rest = len(effect.media) - SHOWN_MEDIA + effect.more
    more: tuple[Rich, ...] = (f"and {rest} more",) if rest > 0 else ()
    text = f"{head} {kept} {len(effect.media) + effect.more} media have no tier yet and get theirs by this version."
    return Danger(text, (*named, *more), tone)


def _until(day: date | None) -> str:
    return day_words(day) if day is not None else "no date"


def tiers_table(tiers: Iterable[Tier]) -> Table:
    rows = tuple(
        Row((
            Cell(tier.name.value.capitalize(), head=True), Cell(f"{tier.keep} {tier.span.value}"),
            Cell("off site" if tier.off_site else "in the library"), Cell(Quiet(TIER_HELP[tier.name])),
        ))
        for tier in tiers
    )  # fmt: skip
    columns = (Column("Tier"), Column("Kept"), Column("Where"), Column("Which sets", keep=Keep.TABLET))
    return Table("tiers", "Tiers of the policy", columns, rows)


def calendar_table(facts: PolicyFacts, today: date) -> Table:
    """Which day of the next two years is which tier; daily sets are counted, the others named by their day."""
    end = date(today.year + YEARS, today.month, 1)
    days = [today + timedelta(days=number) for number in range((end - today).days)]
    rows = [_month(facts, list(month)) for _, month in groupby(days, key=lambda day: (day.year, day.month))]
    columns = (
        Column("Month"), Column("Daily", numeric=True, keep=Keep.TABLET), Column("Weekly"), Column("Monthly"), Column("Yearly"),
        Column("The elder ones are kept until", keep=Keep.DESK),
    )  # fmt: skip
    return Table("calendar", "Which day of the next two years is which tier", columns, tuple(rows))


def _month(facts: PolicyFacts, days: Sequence[date]) -> Row:
    by_tier: dict[TierName, list[date]] = {name: [] for name in TierName}
    until = []
    for day in days:
        found = assign(facts, day)
        if found is None:
            continue
        by_tier[found.tier].append(day)
        if found.tier in {TierName.MONTHLY, TierName.YEARLY}:
            until.append(day_words(found.expires_on))
    numbers = {name: ", ".join(str(day.day) for day in found) for name, found in by_tier.items()}
    return Row((
        Cell(f"{MONTHS[days[0].month]} {days[0].year}", head=True), Cell(str(len(by_tier[TierName.DAILY]))),
        *(Cell(numbers[name]) if numbers[name] else NOT_YET for name in (TierName.WEEKLY, TierName.MONTHLY, TierName.YEARLY)),
        Cell(Quiet(", ".join(until))),
    ))  # fmt: skip


CATCH_UP = {
    CatchUp.ALL: "Every run that was missed",
    CatchUp.LATEST: "One run, for the last day that was missed",
    CatchUp.SKIP: "Nothing; the next run is the next one due",
}


def schedule_form(session: Session, found: Schedule | None, zone: str) -> Form:
    at = f"{found.hour:02d}:{found.minute:02d}" if found else "07:00"
    fields = (
        Field("name", "Name", value=found.name if found else "", autofocus=found is None),
        _choice("policy_name", "Policy", [(one.name, one.name) for one in policies(session)], found),
        _choice("library_id", "Library", _places(session, LocationKind.LIBRARY), found, "Where media leave from."),
        _choice("vault_id", "Vault", _places(session, LocationKind.VAULT), found, "Where they go, and come home from."),
        _choice("carrier_id", "Carrier", [(one.party_id, one.name) for one in parties(session, active=True)
                                          if one.kind is not PartyKind.ORGANISATION], found),
        Field("weekday", "Weekday", FieldKind.SELECT, str(found.weekday if found else 3), options=WEEKDAY_OPTIONS),
        Field("hour", "Time", FieldKind.TIME, at, help="Local time of the zone below."),
        Field("time_zone", "Time zone", value=found.time_zone if found else zone, help="An IANA zone such as America/New_York."),
        Field("catch_up", "After downtime", FieldKind.RADIO, found.catch_up.value if found else CatchUp.LATEST.value,
              options=tuple(Option(one.value, text) for one, text in CATCH_UP.items())),
        Field("enabled", "In use", FieldKind.CHECK, ON if found is None or found.enabled else "", required=False,
              help="Switched on again it counts from then; what passed is not made up for."),
    )  # fmt: skip
    action = f"/schedules/{found.schedule_id}/edit" if found else "/schedules"
    back = Act("Back", f"/schedules/{found.schedule_id}" if found else "/schedules")
    return Form("schedule", action, "Save" if found else "Set the schedule", fields, other=(back,))


def _choice(
    name: str, label: str, choices: Sequence[tuple[str, str]], found: Schedule | None, help_text: str = ""
) -> Field:
    """What the schedule has stays a choice, also where it would not be offered."""
    value = str(getattr(found, name)) if found else ""
    options = [Option(key, text) for key, text in choices]
    if value and value not in {key for key, _ in choices}:
        options.append(Option(value, "as it is"))
    return Field(name, label, FieldKind.SELECT, value, options=tuple(options), help=help_text)


def _places(session: Session, kind: LocationKind) -> list[tuple[str, str]]:
    return [(one.location_id, one.path) for one in locations(session, kind=kind) if one.active]
