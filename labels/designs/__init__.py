from labels.designs.cartridge import (
    CartridgeFit,
    CartridgeStyle,
    Colours,
    Reading,
    cartridge_fit,
    cartridge_label,
    cartridge_stocks,
)
from labels.designs.things import (
    BadgeLabel,
    ContainerLabel,
    DiskLabel,
    PlaceLabel,
    SealLabel,
    Thing,
    thing_label,
)

__all__ = [
    "BadgeLabel",
    "CartridgeFit",
    "CartridgeStyle",
    "Colours",
    "ContainerLabel",
    "DiskLabel",
    "PlaceLabel",
    "Reading",
    "SealLabel",
    "Thing",
    "cartridge_fit",
    "cartridge_label",
    "cartridge_stocks",
    "thing_label",
]
