from __future__ import annotations

import pytest

from crm.vault import measures


@pytest.mark.parametrize(
    "measure",
    [measures.encrypting, measures.decrypting, measures.indexing, measures.sealing_leads],
)
def test_a_measure_gives_seconds_for_a_million(measure):
    assert 0.1 < measure(2000) < 300
