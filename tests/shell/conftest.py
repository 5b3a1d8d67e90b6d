"""A data folder after its first start, made once and copied."""

import shutil

import pytest

from service.first_start import establish
from service.runtime import open_runtime
from service.settings import Settings


@pytest.fixture(scope="session")
def started_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("started") / "data"
    runtime = open_runtime(Settings(data_dir=folder))
    establish(runtime)
    runtime.close()
    return folder


@pytest.fixture
def started(started_template, tmp_path):
    """The data folder of an installation that has run before."""
    return shutil.copytree(started_template, tmp_path / "data")
