from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm import retention
from crm.audit.services import security_event
from crm.keep import letting_go, registry
from crm.keep.registry import Category
from crm.models import RetentionRule, RetentionRun, SecurityEvent

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch):
    """Two categories, one of which fails, and the moments that the good one was asked with."""
    moments: list[datetime] = []

    def prune(moment: datetime) -> int:
        moments.append(moment)
        return 4

    def fail(moment: datetime) -> int:
        raise LookupError(str(moment))

    def category(name, prune, days):
        return Category(
            name=name, label=name, why="", default_days=days, prune=prune, count=lambda _: 4
        )

    monkeypatch.setattr(registry, "_categories", {})
    registry.register_category(category("visits", prune, 90))
    registry.register_category(category("broken", fail, 30))
    registry.register_category(category("for good", prune, None))
    return moments


@pytest.mark.django_db
def test_each_category_goes_after_its_own_time(asked):
    letting_go.let_go(NOW)
    assert asked == [NOW - timedelta(days=90)]


@pytest.mark.django_db
def test_one_that_fails_is_reported_and_stops_nobody(asked):
    runs = letting_go.let_go(NOW)
    assert [(run.category, run.removed, run.error) for run in runs] == [
        ("visits", 4, ""),
        ("broken", 0, "LookupError"),
    ]


@pytest.mark.django_db
def test_the_owners_time_counts_more_than_the_first_one(asked):
    visits, *_ = registry.categories()
    letting_go.set_days(category=visits, days=10)
    letting_go.let_go(NOW)
    assert asked == [NOW - timedelta(days=10)]


@pytest.mark.django_db
def test_without_a_time_data_is_kept_for_good(asked):
    visits, *_ = registry.categories()
    letting_go.set_days(category=visits, days=None)
    letting_go.let_go(NOW)
    assert asked == []
    assert RetentionRun.objects.filter(category="visits").count() == 0


@pytest.mark.django_db
def test_the_page_has_the_last_report_of_each(asked, django_assert_num_queries):
    letting_go.let_go(NOW - timedelta(days=1))
    letting_go.let_go(NOW)
    with django_assert_num_queries(2):
        found = {k.category.name: k.last and k.last.older_than for k in letting_go.keepings()}
    assert found == {
        "visits": NOW - timedelta(days=90),
        "broken": NOW - timedelta(days=30),
        "for good": None,
    }


@pytest.mark.django_db
def test_security_events_go_after_a_year_and_not_before():
    category = retention.CATEGORIES[0]
    security_event("sign_in.succeeded", detail={"address": "203.0.113.0"})
    assert category.count(NOW.replace(year=2000)) == 0
    assert category.prune(timezone.now() - timedelta(days=366)) == 0
    assert SecurityEvent.objects.get().detail == {"address": "203.0.113.0"}


@pytest.mark.django_db
def test_no_days_at_all_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="data_is_kept_a_day"), transaction.atomic():
        RetentionRule.objects.create(category="visits", days=0)
