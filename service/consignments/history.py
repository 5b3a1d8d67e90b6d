"""What the entries of a consignment say."""

from service.consignments.actions import ConsignmentEvent
from service.custody.timeline import Saying, Teller, always
from service.ledger.store import Entry
from service.web.views.parts import Ident, Tone

_SEAL_WORD = {"intact": "intact", "broken": "broken", "mismatch": "another than on the manifest"}
SHOWN = 5


def _opened(entry: Entry) -> Saying:
    return Saying(f"Opened, {entry.facts.get('media', 0)} media wanted.")


def _frozen(entry: Entry) -> Saying:
    digest = str(entry.changes.get("manifest_sha256", ""))
    return Saying(
        (f"Manifest frozen with {entry.facts.get('media', 0)} media, hash ", Ident(f"{digest[:16]}…"), ".")
    )


def _seen(entry: Entry) -> Saying:
    barcode, outcome = str(entry.facts.get("container", "")), str(entry.facts.get("outcome", ""))
    text = (Ident(barcode), f" seen at receipt, seal {_SEAL_WORD.get(outcome, 'not looked at')}.")
    return Saying(text, Tone.GREEN if outcome == "intact" else Tone.RED)


def _received(entry: Entry) -> Saying:
    facts = entry.facts
    told = [f"{facts[name]} {name}" for name in ("matched", "missing", "extra") if facts.get(name)]
    return Saying(f"Received: {', '.join(told) or 'nothing'}.", handover=True)


def _added(entry: Entry) -> Saying:
    media = [str(one) for one in entry.facts.get("media", [])]
    more = f" and {len(media) - SHOWN} more" if len(media) > SHOWN else ""
    return Saying(f"Wanted too: {', '.join(media[:SHOWN])}{more}.")


TELLERS: dict[str, Teller] = {
    ConsignmentEvent.OPENED.value: _opened,
    ConsignmentEvent.MEDIUM_ADDED.value: _added,
    ConsignmentEvent.FROZEN.value: _frozen,
    ConsignmentEvent.DISPATCHED.value: lambda _: Saying("Released to the carrier.", handover=True),
    ConsignmentEvent.CONTAINER_SEEN.value: _seen,
    ConsignmentEvent.RECEIVED.value: _received,
    ConsignmentEvent.RECONCILED.value: always("Reconciled and closed.", Tone.GREEN),
    ConsignmentEvent.CANCELLED.value: always("Cancelled.", Tone.AMBER),
}
