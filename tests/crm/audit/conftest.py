from __future__ import annotations

import pytest

from crm.models import Trail


@pytest.fixture
def trail(db):
    """What was written to the trail since the test began, oldest first."""
    start = Trail.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return lambda: Trail.objects.filter(id__gt=start).order_by("id")
