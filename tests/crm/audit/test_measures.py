from __future__ import annotations

import pytest

from crm.audit import measures
from crm.models import Seal, Trail

pytestmark = pytest.mark.usefixtures("sealed")


def test_the_measures_work_on_whole_trails(monkeypatch):
    monkeypatch.setattr(measures, "ROWS", 20)

    assert measures.insert_ratio(None) > 0
    assert Trail.objects.filter(table_name="bench_trailed").count() == 20
    assert measures.sealing(None) > 0
    assert measures.verifying(None) > 0
    assert sum(Seal.objects.values_list("rows", flat=True)) == 60
