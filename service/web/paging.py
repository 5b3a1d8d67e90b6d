"""Cursor paging of the API: `?after=<id of the last item>&limit=`; `next` is the cursor of the page after this one."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from service.ids import PATTERN

MOST = 500

Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")

After = Annotated[
    str | None, Query(pattern=PATTERN, description="The id of the last item of the page before this one.")
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at most.")]


class PageOf(BaseModel, Generic[Item]):
    items: list[Item]
    next: str | None


def paged(
    rows: Sequence[Row], limit: int, shape: Callable[[Row], Item], key: Callable[[Row], str]
) -> PageOf[Item]:
    """`rows` holds one more than `limit` when there is a page after this one."""
    shown = rows[:limit]
    return PageOf(items=[shape(row) for row in shown], next=key(shown[-1]) if len(rows) > limit else None)
