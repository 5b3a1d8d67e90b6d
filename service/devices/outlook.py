"""What would happen after each decision about a job that asks: said before a person decides. Pure."""

from dataclasses import dataclass

from service.devices.models import JobKind
from service.devices.rules import SETTLED


@dataclass(frozen=True, slots=True)
class Outlook:
    """One sentence for each act."""

    look_again: str
    go_on: str
    give_up: str


def outlook(
    kind: JobKind, barcode: str, source: str, destination: str, verdict: str | None, seen: str | None
) -> Outlook:
    """`seen` is where the medium was last seen, None where it was not; `verdict` of the step that is asked about."""
    if verdict in SETTLED:
        again = "The library is looked at, and the job goes on from what is seen."
    else:
        again = (
            f"Nothing moves before the look. In {destination} {barcode} counts as moved; in {source} it is moved once more; "
            "anywhere else you are asked again."
        )
    return Outlook(
        look_again=again,
        go_on=_go_on(kind, barcode, destination, seen),
        give_up=f"The job ends and nothing moves. The record keeps {barcode} in {source} until it is seen elsewhere.",
    )


def _go_on(kind: JobKind, barcode: str, destination: str, seen: str | None) -> str:
    if seen is None:
        ends = "the job fails" if kind is JobKind.MOVE else "the job goes on without it"
        return f"The library is looked at; while {barcode} is not seen, {ends}."
    if kind is JobKind.MOVE:
        return (
            f"The job is done: {barcode} is in {destination}."
            if seen == destination
            else f"The robot takes {barcode} from {seen} to {destination}."
        )
    if kind is JobKind.EJECT:
        return (
            f"{barcode} counts as ejected in {seen}."
            if seen.startswith("mail slot")
            else f"The robot takes {barcode} from {seen} to a free mail slot."
        )
    return (
        f"{barcode} counts as loaded in {seen}."
        if seen.startswith("slot")
        else f"The robot takes {barcode} from {seen} to a free slot."
    )
