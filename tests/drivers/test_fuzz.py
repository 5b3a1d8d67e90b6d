import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

SPEC = importlib.util.spec_from_file_location("fuzzing", Path(__file__).with_name("fuzzing.py"))
assert SPEC is not None
assert SPEC.loader is not None
fuzzing = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fuzzing)


@pytest.mark.parametrize("name", fuzzing.DECODERS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(name, data):
    fuzzing.attack(name, data)


@pytest.mark.parametrize("name", fuzzing.DECODERS)
def test_the_unharmed_sample_is_accepted(name):
    if name != "mtx errors":
        assert fuzzing.attack(name, fuzzing.DECODERS[name][1])


def test_mutated_samples_are_decoded_or_refused():
    tally = fuzzing.fuzz(20_000, seed=7)
    assert sum(tally.values()) == 20_000
