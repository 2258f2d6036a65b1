from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import SmartList
from tests.listed.made import make_guest, make_guests, make_values
from tests.listed.models import Guest

PAGE = "/listed/guests/"


def ids_of(html):
    import re

    return re.findall(r'data-row="([^"]+)"', html)


def test_page_shows_the_highest_score_first(signed_in):
    low, high = make_guest("Low", score=10), make_guest("High", score=90)

    html = signed_in.get(PAGE).content.decode()

    assert ids_of(html) == [str(high.id), str(low.id)]
    assert "2 guests" in html


@pytest.mark.django_db
def test_page_takes_as_many_queries_for_one_row_as_for_thirty(signed_in):
    counts = []
    for number in (1, 30):
        Guest.objects.all().delete()
        make_values(make_guests(number))
        SmartList.objects.get_or_create(
            kind="guests", name="Mine", columns=["tags", "source", "score"]
        )
        with CaptureQueriesContext(connection) as asked:
            assert signed_in.get(PAGE).status_code == 200
        counts.append([query["sql"] for query in asked.captured_queries])
    assert len(counts[0]) == len(counts[1]), counts
    assert len(counts[1]) <= 15, "\n".join(counts[1])
