"""Everything a virtual library remembers, and its form as JSON."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

from drivers.errors import ProtocolError

FORMAT = 1
HOST = "host"  # the initiator name of in-process users

# A queued unit attention: additional sense code and qualifier.
Event = tuple[int, int]


@dataclass(slots=True)
class Cartridge:
    """`place` is an element address, None = a person has it. Counters as cartridge memory has them."""

    serial: str
    barcode: str
    place: int | None
    source: int | None = None
    readable: bool = True
    cleaning: bool = False
    worm: bool = False
    write_protected: bool = False
    cleanings_left: int = 50
    load_count: int = 0
    change_reference: int = 0
    written_bytes: int = 0
    read_bytes: int = 0
    written_this_load: int = 0
    read_this_load: int = 0
    last_drives: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)  # hex id → "<format>:<hex value>"
    memory_dead: bool = False
    optimised: bool = False
    partition_mb: list[int] = field(default_factory=list)  # sizes; empty = one partition, the whole tape


@dataclass(slots=True)
class Drive:
    """`seated`: pushed in and held; `loaded`: threaded too. `refusal` is the sense of an unusable medium.

    Times are seconds since the epoch. `encryption` holds the parameters of the last Set Data
    Encryption page, the key in hex; a virtual drive keeps no secrets.
    """

    address: int
    vendor: str
    product: str
    serial: str
    generation: int
    seated: bool = False
    loaded: bool = False
    refusal: str = ""
    ready_at: float = 0.0
    loading_activity: int = 0
    position: int = 0
    partition: int = 0
    wanted_partition_mb: list[int] = field(default_factory=list)  # what FORMAT MEDIUM shall make
    alerts: list[int] = field(default_factory=list)
    prevented_by: list[str] = field(default_factory=list)
    encryption: dict[str, Any] = field(default_factory=dict)
    wrong_keys: int = 0
    key_instance: int = 0
    block_size: int = 0


@dataclass(slots=True)
class Motion:
    """A move under way. The robot goes on by itself whoever watches; `ends` says how.

    `ends` is "placed", "put-back", "stuck" (stays in the gripper) or "elsewhere:<address>".
    """

    cartridge: str
    src: int
    dst: int
    picks_at: float
    places_at: float
    ends: str = "placed"


def _plain(item: Cartridge | Drive | Motion) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


@dataclass(slots=True)
class LibraryState:
    """`attentions` is initiator → logical unit → events. `cartridges` is keyed by medium serial."""

    cartridges: dict[str, Cartridge] = field(default_factory=dict)
    drives: list[Drive] = field(default_factory=list)
    attentions: dict[str, dict[str, list[Event]]] = field(default_factory=dict)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    motion: Motion | None = None
    move_s: float = 0.0
    load_s: float = 0.0
    initialise_s: float = 0.0
    door_open: bool = False
    mail_slot_open: bool = False
    not_ready_until: float = 0.0
    prevented_by: list[str] = field(default_factory=list)
    library_alerts: list[int] = field(default_factory=list)
    moves_done: int = 0

    def to_json(self) -> dict[str, Any]:
        """Shares lists and dictionaries with the state: write it out at once."""
        whole = {f.name: getattr(self, f.name) for f in fields(self)}
        cartridges = {serial: _plain(item) for serial, item in self.cartridges.items()}
        parts = {"cartridges": cartridges, "drives": [_plain(drive) for drive in self.drives]}
        return {"format": FORMAT} | whole | parts | {"motion": _plain(self.motion) if self.motion else None}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        if value.get("format") != FORMAT:
            raise ProtocolError(
                f"a virtual library of format {value.get('format')}, this version reads {FORMAT}"
            )
        parts = {name: item for name, item in value.items() if name != "format"}
        cartridges = {serial: Cartridge(**item) for serial, item in parts.pop("cartridges").items()}
        drives = [Drive(**item) for item in parts.pop("drives")]
        motion = parts.pop("motion")
        return cls(cartridges=cartridges, drives=drives, motion=Motion(**motion) if motion else None, **parts)

    def at(self, address: int) -> Cartridge | None:
        return next((c for c in self.cartridges.values() if c.place == address), None)

    def drive_at(self, address: int) -> Drive | None:
        return next((d for d in self.drives if d.address == address), None)

    def raise_attention(self, unit: int, asc: int, ascq: int) -> None:
        """Queue an event for every known initiator of one logical unit (0 = the changer)."""
        for queues in self.attentions.values():
            queue = queues.setdefault(str(unit), [])
            if [asc, ascq] not in [list(event) for event in queue]:
                queue.append((asc, ascq))

    def next_attention(self, initiator: str, unit: int) -> Event | None:
        queue = self.attentions.setdefault(initiator, {}).get(str(unit), [])
        return tuple(queue.pop(0)) if queue else None  # type: ignore[return-value]  # JSON made it a list
