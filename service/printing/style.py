"""How cartridge labels look, for those who do not import the label package."""

from labels.designs import Colours, Reading

__all__ = ["Colours", "Reading"]
