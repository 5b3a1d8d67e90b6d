import pytest
from travel import Travel


@pytest.fixture
def travel(runtime, app):
    """Consignments in any state, and clients of the people at both ends."""
    return Travel(runtime, app)
