from __future__ import annotations

import pytest
from django.utils import timezone

from crm.demo import registry
from leads.models import Deal, Lead
from leads.people import demo
from leads.roi import demo as deals

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_its_people_once():
    for _ in range(2):
        demo.people()
        deals.deals()
    assert Lead.objects.present().count() == len(demo.PEOPLE) == 40
    assert Deal.objects.count() == len(deals.DEALS)
    dana = Lead.objects.get(name="Dana Whitfield")
    assert (dana.stage.kind, dana.household.members.count()) == ("showing", 2)
    assert (timezone.now() - Lead.objects.get(name="Jasmine Uy").arrived_at).total_seconds() < 600


def test_its_parts_come_after_the_owner():
    orders = {part.name: part.order for part in registry.parts()}
    assert orders["the owner"] < orders["people"] < orders["deals"]
