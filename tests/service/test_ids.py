"""Identifiers sort by time, also within one millisecond."""

from datetime import UTC, datetime, timedelta

from service.ids import is_id, new_id

NOW = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)


def test_ids_made_in_one_millisecond_sort_as_they_were_made():
    made = [new_id(NOW) for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_a_later_id_sorts_behind_an_earlier_one():
    assert new_id(NOW) < new_id(NOW + timedelta(milliseconds=1))


def test_what_is_not_an_id_is_told():
    assert is_id(new_id(NOW))
    assert not is_id("STR147L8")
    assert not is_id("\x00" * 26)
