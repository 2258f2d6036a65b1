from __future__ import annotations

import pytest

from crm.watch import services


@pytest.fixture(autouse=True)
def empty_buffer():
    """Other tests' requests wait in the same process's buffer."""
    services.buffer.waiting.clear()
    services.buffer.dropped = 0
    yield
    services.buffer.waiting.clear()
    services.buffer.dropped = 0
