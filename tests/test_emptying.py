from __future__ import annotations

import pytest

from crm.models import RetentionRule
from leads.models import Stage
from tests.emptying import empty

pytestmark = pytest.mark.django_db(transaction=True)


def stages():
    return list(Stage.objects.order_by("order").values_list("pk", "name"))


def test_what_every_house_has_stays_as_it_is_and_the_rest_goes():
    before = stages()
    RetentionRule.objects.create(category="kept", days=5)
    empty()
    assert (stages(), RetentionRule.objects.count()) == (before, 0)


def test_what_every_house_has_is_made_anew_where_it_was_changed():
    before = [name for _, name in stages()]
    Stage.objects.filter(name=before[0]).update(name="Another")
    empty()
    assert [name for _, name in stages()] == before
