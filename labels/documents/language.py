"""Words, dates and numbers of a document in its language, from gettext catalogues. English is the source."""

import gettext
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from labels.documents.facts import aware

DOMAIN = "labels"
SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, "de")
THOUSANDS = {SOURCE_LANGUAGE: ",", "de": "."}


def mark(message: str) -> str:
    """Names a message that is translated where it is shown."""
    return message


MONTHS = (
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)


class Words:
    """One language and one site's zone."""

    def __init__(self, language: str, zone: str) -> None:
        self.language, self.zone = language, ZoneInfo(zone)
        self._catalogue = _catalogue(language)

    def text(self, message: str) -> str:
        return self._catalogue.gettext(message) if message else ""

    def plural(self, one: str, many: str, count: int) -> str:
        """`{n}` in the message becomes the count."""
        return self._catalogue.ngettext(one, many, count).format(n=self.number(count))

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", THOUSANDS.get(self.language, ","))

    def kilograms(self, grams: int | None) -> str:
        if grams is None:
            return ""
        return self.text("{kg} kg").format(kg=f"{grams / 1000:.1f}".replace(".", self.text(".")))

    def day(self, value: date | None) -> str:
        if value is None:
            return ""
        pattern = self.text("{day} {month} {year}")
        return pattern.format(day=value.day, month=self.text(MONTHS[value.month - 1]), year=value.year)

    def moment(self, value: datetime | None) -> str:
        """Site time with its zone, UTC beside it; the UTC day too where it is another one."""
        if value is None:
            return ""
        local, utc = aware(value).astimezone(self.zone), value.astimezone(UTC)
        shown = f"{self.day(local.date())} {local:%H:%M:%S} {_zone_name(local)}"
        if local.utcoffset() == utc.utcoffset():
            return shown
        other_day = f"{self.day(utc.date())} " if utc.date() != local.date() else ""
        return f"{shown} ({other_day}{utc:%H:%M:%S} UTC)"

    def short_moment(self, value: datetime | None) -> str:
        """For table cells: site time to the minute, with its zone."""
        if value is None:
            return ""
        local = aware(value).astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M} {_zone_name(local)}"


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    if name.isalpha():
        return name
    return f"UTC{name[:3]}:{name[3:]}" if len(name) > len("+05") else f"UTC{name}"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = str(files("labels.documents").joinpath("locale"))
    return gettext.translation(DOMAIN, path, [language], fallback=True)
