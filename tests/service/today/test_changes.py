"""The stream of changes: one look for all, an event where the mark is another one than the listener knows."""

import asyncio

from week import HANDLER, Week

from service.today import changes
from service.today.changes import Marks, mark_of, told
from service.today.stream import router


def heard(marks, known="", events=1):
    async def listen():
        found = []
        async for text in told(marks, known, lasts_s=5):
            found.append(text)
            if sum("event: changed" in one for one in found) == events:
                break
        return found

    return asyncio.run(listen())


def test_a_listener_hears_of_what_came_after_it(monkeypatch):
    looks = iter(["1", "1", "2", "2", "2"])
    monkeypatch.setattr(changes, "LOOK_S", 0.01)
    assert heard(Marks(lambda: next(looks))) == ["retry: 2000\n\n", "id: 2\nevent: changed\ndata: 2\n\n"]


def test_a_listener_that_comes_back_hears_at_once_what_it_missed():
    assert heard(Marks(lambda: "7"), known="6")[1].startswith("id: 7\n")


def test_a_stream_ends_by_itself(monkeypatch):
    monkeypatch.setattr(changes, "LOOK_S", 0.01)

    async def all_of_it():
        return [text async for text in told(Marks(lambda: "1"), "1", lasts_s=0.05)]

    assert asyncio.run(all_of_it()) == ["retry: 2000\n\n"]


def test_many_listeners_cost_one_look_a_second():
    looks = []

    async def many():
        marks = Marks(lambda: looks.append(1) or "1")
        await asyncio.gather(*(marks.now() for _ in range(50)))

    asyncio.run(many())
    assert len(looks) == 1


def test_the_mark_changes_with_every_entry(runtime, app):
    week = Week(runtime, app).to("planned")
    before = mark_of(runtime.database)
    assert mark_of(runtime.database) == before
    week.to("approved")
    assert mark_of(runtime.database) != before


def test_the_stream_asks_for_a_sign_in(runtime, app, client_as):
    assert [route.path for route in router.routes] == ["/events"]
    assert client_as.nobody().get("/events").headers["location"] == "/sign-in?then=/events"


def test_the_pages_of_what_moves_listen(runtime, app):
    week = Week(runtime, app).to("approved")
    page = week.client(HANDLER).get("/runs/2026-W47").text
    assert 'data-stream="/events"' in page
