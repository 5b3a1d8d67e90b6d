"""The TapeAlert flags of a drive. A library's own flags have other meanings: never use this table there."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    CRITICAL = "critical"
    WARNING = "warning"
    INFORMATION = "information"


class Reaction(StrEnum):
    """What custody does about a flag."""

    NONE = "none"
    INCIDENT = "incident"
    QUARANTINE = "quarantine"
    PLAN_RETIREMENT = "plan-retirement"
    CLEAN = "clean"
    DRIVE_OUT_OF_SERVICE = "drive-out-of-service"


@dataclass(frozen=True, slots=True)
class AlertFlag:
    number: int
    name: str
    severity: Severity
    reaction: Reaction


INCIDENTS = frozenset({15, 16, 41, 43, 45, 59, 60, 61})
QUARANTINES = frozenset({4, 5, 6, 13, 14, 18, 51, 52, 53, 54})
REACTIONS: dict[Reaction, frozenset[int]] = {
    Reaction.INCIDENT: INCIDENTS,
    Reaction.QUARANTINE: QUARANTINES,
    Reaction.PLAN_RETIREMENT: frozenset({7, 19, 49}),
    Reaction.CLEAN: frozenset({20, 21, 22, 23}),
    Reaction.DRIVE_OUT_OF_SERVICE: frozenset({30, 31, 38, 55, 56, 57}),
}
SEVERITIES = {"C": Severity.CRITICAL, "W": Severity.WARNING, "I": Severity.INFORMATION}
ROWS = (
    "1 W read warning",
    "2 W write warning",
    "3 W hard error",
    "4 C medium failure",
    "5 C read failure",
    "6 C write failure",
    "7 W media life reached",
    "8 W not data grade",
    "9 C write protect",
    "10 I removal prevented",
    "11 I cleaning medium in the drive",
    "12 I unsupported format",
    "13 C recoverable mechanical cartridge failure",
    "14 C unrecoverable mechanical cartridge failure",
    "15 W cartridge memory chip failure",
    "16 C forced eject",
    "17 W read-only format",
    "18 W tape directory corrupted on load",
    "19 I nearing media life",
    "20 C clean now",
    "21 W clean periodic",
    "22 C expired cleaning medium",
    "23 C invalid cleaning tape",
    "24 W retension requested",
    "25 W host channel failure",
    "26 W fan failure",
    "27 W power supply failure",
    "28 W power consumption",
    "29 W preventive maintenance",
    "30 C hardware A",
    "31 C hardware B",
    "32 W interface",
    "33 C eject media",
    "34 W download fault",
    "35 W humidity",
    "36 W temperature",
    "37 W voltage",
    "38 C predictive failure",
    "39 W diagnostics required",
    "40 C loader hardware A",
    "41 C stray tape",
    "42 W loader hardware B",
    "43 C loader door",
    "44 C loader hardware C",
    "45 C loader magazine",
    "46 W loader predictive failure",
    "49 W diminished capacity",
    "50 W lost statistics",
    "51 W tape directory invalid at unload",
    "52 C system area write failure",
    "53 C system area read failure",
    "54 C no start of data",
    "55 C loading failure",
    "56 C unrecoverable unload failure",
    "57 C automation interface failure",
    "58 W firmware failure",
    "59 W WORM integrity",
    "60 W WORM overwrite attempted",
    "61 W encryption policy violation",
)


def _flag(row: str) -> AlertFlag:
    number, severity, name = row.split(maxsplit=2)
    reaction = next((r for r, numbers in REACTIONS.items() if int(number) in numbers), Reaction.NONE)
    return AlertFlag(int(number), name, SEVERITIES[severity], reaction)


ALERT_FLAGS: dict[int, AlertFlag] = {flag.number: flag for flag in map(_flag, ROWS)}


def describe(number: int) -> AlertFlag:
    """A flag outside the table is reserved or of the maker: a warning without a reaction."""
    return ALERT_FLAGS.get(number) or AlertFlag(number, f"flag {number}", Severity.WARNING, Reaction.NONE)
