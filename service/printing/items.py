"""One label as it is wanted: what it says to a scanner and to people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class Item:
    """`payload` is what the code says; `texts` what stands beside it, by the names the design gives them."""

    payload: str
    thing_id: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call the thing: its barcode where the code says another number."""
        return self.texts.get("name", self.payload)


def item_of(label: Row[Any]) -> Item:
    """Of a row of `label`."""
    return Item(label.payload, label.thing_id, label.texts)
