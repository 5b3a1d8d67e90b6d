"""A kept refusal, raised again: the class follows from the problem's type, so that status and words stay the same."""

from collections.abc import Iterator
from typing import Any

from service.errors import InvalidInputError, StrongroomError
from service.web.errors import PROBLEM_TYPE

_NOT_FACTS = frozenset({"type", "title", "status", "detail", "next_step", "fields"})


def from_problem(problem: dict[str, Any]) -> StrongroomError:
    slug = str(problem["type"]).removeprefix(PROBLEM_TYPE)
    kind = next((found for found in _kinds(StrongroomError) if found.slug() == slug), StrongroomError)
    error = kind.__new__(kind)  # a subclass's own constructor takes facts, not the finished sentence
    Exception.__init__(error, problem["detail"])
    error.message = str(problem["detail"])
    error.next_step = str(problem.get("next_step", ""))
    error.facts = {name: value for name, value in problem.items() if name not in _NOT_FACTS}
    if isinstance(error, InvalidInputError):
        error.fields = problem.get("fields", {})
    return error


def _kinds(root: type[StrongroomError]) -> Iterator[type[StrongroomError]]:
    for kind in root.__subclasses__():
        yield from _kinds(kind)
        yield kind
