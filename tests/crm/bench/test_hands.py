from __future__ import annotations

import pytest
from django.db import connection

from crm.bench.hands import HANDS, share_out

pytestmark = pytest.mark.django_db


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_what_an_open_transaction_shares_out_stays_in_it():
    seen: list[int] = []
    share_out([lambda: seen.append(backend())] * 3)
    assert seen == [backend()] * 3


@pytest.mark.django_db(transaction=True)
def test_each_hand_has_one_connection_of_its_own_and_a_failure_is_told():
    seen: list[int] = []
    share_out([lambda: seen.append(backend())] * 30)
    assert len(seen) == 30
    assert len(set(seen)) <= HANDS
    assert backend() not in seen
    with pytest.raises(ZeroDivisionError):
        share_out([lambda: 1 / 0])
