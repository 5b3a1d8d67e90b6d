"""An inclusion proof as a ladder from the entry (below) to the root (above)."""

from dataclasses import dataclass

from service.web.views.ledger import ProofStep

STEP = 20
LEAN = 11
TWIG = 34
MIDDLE = 205
LEFTMOST, RIGHTMOST = 120, 290


@dataclass(frozen=True, slots=True)
class Rung:
    """The sibling hash beside the path, and the twig that joins it to the parent."""

    parent_x: int
    parent_y: int
    x: int
    y: int
    text: str
    text_x: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Ladder:
    height: int
    path: str
    leaf: tuple[int, int]
    root: tuple[int, int]
    rungs: tuple[Rung, ...]


def ladder(steps: tuple[ProofStep, ...]) -> Ladder:
    """Width 410 user units; steps are ordered from the entry up to the root."""
    bottom = 26 + STEP * len(steps)
    x, y = MIDDLE, bottom
    points, rungs = [(x, y)], []
    for step in steps:
        lean = LEAN if step.left else -LEAN
        # The path leans away from each sibling; a long run to one side turns back instead of leaving the picture.
        parent_x = x + lean if LEFTMOST <= x + lean <= RIGHTMOST else x
        sibling_x = parent_x - TWIG if step.left else parent_x + TWIG
        text_x, anchor = (sibling_x - 9, "end") if step.left else (sibling_x + 9, "start")
        rungs.append(Rung(parent_x, y - STEP, sibling_x, y, step.hash[:8], text_x, anchor))
        x, y = parent_x, y - STEP
        points.append((x, y))
    path = "M" + "L".join(f"{px} {py}" for px, py in points)
    return Ladder(bottom + 32, path, points[0], points[-1], tuple(rungs))
