"""The tree of places: site › vault › shelf or library."""

from dataclasses import dataclass

from service.web.views.frame import Place
from service.web.views.parts import Act, Chip, EmptyState, Head, Rich


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    kind: str
    href: str
    note: Rich = ""
    media: int | None = None
    chip: Chip | None = None
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class LocationsView:
    """locations/tree.html"""

    title: str
    place: Place | None
    head: Head
    roots: tuple[Node, ...]
    empty: EmptyState
    acts: tuple[Act, ...] = ()
