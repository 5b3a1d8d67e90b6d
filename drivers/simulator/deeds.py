"""What happens at a virtual library once, by name: the deeds of people, and events of the machine."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from drivers.errors import ProtocolError
from drivers.simulator.hands import Hands


@dataclass(frozen=True, slots=True)
class Deed:
    """`parameters` are names with default values; `...` = it must be given."""

    name: str
    summary: str
    act: Callable[..., Any]

    @property
    def parameters(self) -> dict[str, Any]:
        known = list(signature(self.act).parameters.values())[1:]
        return {p.name: ... if p.default is Parameter.empty else p.default for p in known}


DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed("open-door", "the door is opened (2/04/18)", Hands.open_door),
        Deed("close-door", "the door is shut: 2/04/01 for so many seconds, then 6/28/00", Hands.close_door),
        Deed("close-mail-slot", "the mail slot is shut (6/28/01)", Hands.close_mail_slot),
        Deed("take", "a medium is taken out of an element", Hands.take),
        Deed("put", "a medium is put into an element", Hands.put),
        Deed("swap", "two elements exchange their media", Hands.swap),
        Deed("power-cycle", "everything forgets what it held (6/29/00)", Hands.power_cycle),
        Deed("set-mail-slots", "another mail-slot mode: storage slots come or go (6/3F/0E)", Hands.set_mail_slots),
        Deed("replace-drive", "another drive stands at an element (6/3B/1B)", Hands.replace_drive),
        Deed("set-timing", "seconds that moves and loads take", Hands.set_timing),
        Deed("raise-attention", "any unit attention on a logical unit (0 = the changer)", Hands.raise_attention),
        Deed("raise-alert", "a TapeAlert flag of a drive, or of the library (unit 0)", Hands.raise_alert),
        Deed("hold-by-another-host", "another host prevents removal from a drive, or lets go", Hands.hold_by_another_host),
        Deed("load-elsewhere", "a medium outside was loaded and written in a foreign drive", Hands.load_elsewhere),
        Deed("set-write-protect", "the tab of a medium", Hands.set_write_protect),
        Deed("set-cleanings-left", "how often a cleaning cartridge still cleans", Hands.set_cleanings_left),
        Deed("kill-memory-chip", "the memory of a cartridge dies (TapeAlert 15 at its next load)", Hands.kill_memory_chip),
    )
}  # fmt: skip


def act(hands: Hands, name: str, **parameters: Any) -> None:
    """ProtocolError for an unknown deed, and for a missing or unknown parameter."""
    deed = DEEDS.get(name)
    if deed is None:
        raise ProtocolError(f"unknown deed {name!r}; known are {', '.join(sorted(DEEDS))}")
    unknown = parameters.keys() - deed.parameters.keys()
    missing = [n for n, value in deed.parameters.items() if value is ... and n not in parameters]
    if unknown or missing:
        wrong = [f"has no {n}" for n in sorted(unknown)] + [f"needs {n}" for n in missing]
        raise ProtocolError(f"{name} {', '.join(wrong)}")
    deed.act(hands, **parameters)
