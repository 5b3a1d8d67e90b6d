"""What an initiator and this target agree on during login. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

OWN_SEGMENT = 262_144
OWN_BURST = 262_144
DEFAULT_SEGMENT = 8192
LARGEST = 0xFFFFFF
NOT_UNDERSTOOD = "NotUnderstood"
REJECT = "Reject"
NO_DIGEST, CRC32C = "None", "CRC32C"


@dataclass(frozen=True, slots=True)
class Terms:
    """Lengths in bytes. `their_segment` is the largest data segment the initiator takes.

    The digests hold from the first unit after the login on.
    """

    their_segment: int = DEFAULT_SEGMENT
    max_burst: int = 262_144
    first_burst: int = 65_536
    initial_r2t: bool = True
    immediate_data: bool = True
    header_digest: bool = False
    data_digest: bool = False


def _number(value: str, low: int, high: int) -> int | None:
    try:
        number = int(value, 0)
    except ValueError:
        return None
    return number if low <= number <= high else None


def _max_burst(terms: Terms, value: str) -> tuple[Terms, str]:
    number = _number(value, 512, LARGEST)
    if number is None:
        return terms, REJECT
    return replace(terms, max_burst=min(number, OWN_BURST)), str(min(number, OWN_BURST))


def _first_burst(terms: Terms, value: str) -> tuple[Terms, str]:
    number = _number(value, 512, LARGEST)
    if number is None:
        return terms, REJECT
    return replace(terms, first_burst=min(number, OWN_BURST)), str(min(number, OWN_BURST))


def _fixed(answer: str) -> "Rule":
    return lambda terms, _: (terms, answer)


def _larger_wait(terms: Terms, value: str) -> tuple[Terms, str]:
    number = _number(value, 0, 3600)
    return terms, REJECT if number is None else str(max(number, 2))


def _initial_r2t(terms: Terms, value: str) -> tuple[Terms, str]:
    return replace(terms, initial_r2t=value == "Yes"), value if value in {"Yes", "No"} else REJECT


def _immediate_data(terms: Terms, value: str) -> tuple[Terms, str]:
    return replace(terms, immediate_data=value == "Yes"), value if value in {"Yes", "No"} else REJECT


def _digest(name: str) -> "Rule":
    """None where it is among the offers, whatever the initiator prefers: a digest is slow here."""

    def choose(terms: Terms, value: str) -> tuple[Terms, str]:
        answer = next((known for known in (NO_DIGEST, CRC32C) if known in value.split(",")), REJECT)
        return replace(terms, **{name: answer == CRC32C}), answer

    return choose


Rule = Callable[[Terms, str], tuple[Terms, str]]
RULES: dict[str, Rule] = {
    "HeaderDigest": _digest("header_digest"),
    "DataDigest": _digest("data_digest"),
    "MaxBurstLength": _max_burst,
    "FirstBurstLength": _first_burst,
    "InitialR2T": _initial_r2t,
    "ImmediateData": _immediate_data,
    "MaxOutstandingR2T": _fixed("1"),
    "MaxConnections": _fixed("1"),
    "DataPDUInOrder": _fixed("Yes"),
    "DataSequenceInOrder": _fixed("Yes"),
    "ErrorRecoveryLevel": _fixed("0"),
    "DefaultTime2Wait": _larger_wait,
    "DefaultTime2Retain": _fixed("0"),
    "IFMarker": _fixed("No"),
    "OFMarker": _fixed("No"),
}
# Declared by the initiator, never answered.
DECLARED = frozenset({"InitiatorName", "InitiatorAlias", "TargetName", "SessionType"})


def negotiate(terms: Terms, offered: dict[str, str]) -> tuple[Terms, list[tuple[str, str]]]:
    """The terms after one exchange, and the answers to send."""
    answers = list[tuple[str, str]]()
    for key, value in offered.items():
        if key in DECLARED:
            continue
        if key == "MaxRecvDataSegmentLength":
            segment = _number(value, 512, LARGEST)
            terms = replace(terms, their_segment=segment or DEFAULT_SEGMENT)
            answers.append((key, str(OWN_SEGMENT)))
            continue
        rule = RULES.get(key, _fixed(NOT_UNDERSTOOD))
        terms, answer = rule(terms, value)
        answers.append((key, answer))
    return replace(terms, first_burst=min(terms.first_burst, terms.max_burst)), answers
