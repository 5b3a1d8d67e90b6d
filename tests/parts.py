"""Parts that pip cannot bring: a test that needs one is left out with the reason, or fails where STRONGROOM_TEST_REQUIRE names the part."""

import os

import pytest


def need(part: str, *, present: bool, how: str) -> None:
    if present:
        return
    if part in os.environ.get("STRONGROOM_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{part} is required and not there: {how}", pytrace=False)
    pytest.skip(f"{part} is not there: {how}", allow_module_level=True)
