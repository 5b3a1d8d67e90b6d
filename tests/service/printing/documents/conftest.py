import pytest
from travel import Travel


@pytest.fixture
def travel(runtime, app, house):
    """Consignments in any state, and clients of the people at both ends."""
    del house
    return Travel(runtime, app)
