from __future__ import annotations

import pytest
from django.urls import reverse

from crm.keep import nights, registry
from crm.keep.registry import Category
from crm.models import Backup, RetentionRule
from tests.crm.keep.making import a_backup

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(monkeypatch):
    """The commands that pages would have started."""
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(nights, "start", lambda *words: commands.append(words))
    return commands


@pytest.fixture
def visits(monkeypatch):
    category = Category(
        name="visits",
        label="Visits",
        why="Who looked at what.",
        default_days=90,
        prune=lambda _: 0,
        count=lambda _: 0,
    )
    monkeypatch.setattr(registry, "_categories", {"visits": category})


def test_the_page_costs_the_same_with_1_backup_and_30(signed_in, django_assert_max_num_queries):
    a_backup()
    with django_assert_max_num_queries(15) as one:
        signed_in.get(reverse("backups"))
    for day in range(29):
        a_backup(days_ago=day + 1)
    with django_assert_max_num_queries(len(one)):
        signed_in.get(reverse("backups"))


def test_a_failed_backup_says_why_on_top(signed_in):
    a_backup(days_ago=1)
    a_backup(state=Backup.State.FAILED, error="The disk has 3 MB left.")
    page = signed_in.get(reverse("backups")).content.decode()
    assert "The last backup failed. The disk has 3 MB left." in page


def test_the_list_refreshes_itself_only_while_one_is_being_made(signed_in):
    a_backup()
    assert "every 3s" not in signed_in.get(reverse("backups")).content.decode()
    a_backup(state=Backup.State.WRITTEN, days_ago=0.5)
    assert "every 3s" not in signed_in.get(reverse("backups")).content.decode()
    a_backup(state=Backup.State.WRITTEN)
    assert "every 3s" in signed_in.get(reverse("backups")).content.decode()
    a_backup(state=Backup.State.RUNNING)
    assert "every 3s" in signed_in.get(reverse("backups")).content.decode()


def test_making_one_starts_it_in_a_process_of_its_own(signed_in, started):
    assert signed_in.post(reverse("make_backup")).url == reverse("backups")
    assert started == [("backup", "--kind", "by_hand", "--verify")]


def test_trying_one_names_it(signed_in, started):
    backup = a_backup()
    signed_in.post(reverse("try_backup", args=[backup.folder]))
    assert started == [("backup", "--only-verify", backup.folder)]


def test_trying_one_that_is_not_there_is_not_found(signed_in, started):
    answer = signed_in.post(reverse("try_backup", args=["..%2F..%2Fetc"]))
    assert (answer.status_code, started) == (404, [])


def test_a_time_is_changed_for_one_category_only(signed_in, visits):
    signed_in.post(reverse("retention"), {"visits": "30"})
    assert list(RetentionRule.objects.values_list("category", "days")) == [("visits", 30)]


def test_an_empty_time_keeps_for_good(signed_in, visits):
    signed_in.post(reverse("retention"), {"visits": ""})
    assert RetentionRule.objects.get().days is None


@pytest.mark.parametrize("typed", ["0", "-1", "a week", "999999999999999999999"])
def test_a_time_that_makes_no_sense_is_refused_at_the_field(signed_in, visits, typed):
    page = signed_in.post(reverse("retention"), {"visits": typed})
    assert page.context["form"].errors.keys() == {"visits"}
    assert RetentionRule.objects.count() == 0
