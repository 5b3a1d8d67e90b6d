"""Geometry of the hand-made pictures: facts in, SVG numbers out. No colour, no text layout beyond positions."""
