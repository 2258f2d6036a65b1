"""Lists that name somebody who is erased, and runs that remember what was typed."""

from __future__ import annotations

import pytest

from crm.keep import persons
from crm.lists.tree import Condition, Group, to_json
from crm.models import ListCount, SmartList, Trail
from leads.models import Lead
from leads.people.rights import services as rights
from leads.people.services import add_lead
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db
HOT = Condition("score", "at_least", ("75",))


def a_list(name, *conditions, builtin=""):
    query = to_json(Group(parts=conditions))
    return SmartList.objects.create(kind="leads", name=name, query=query, builtin=builtin)


def called(*texts):
    return Condition("name", "has", texts)


def conditions(each):
    each.refresh_from_db()
    return [part["values"] for part in each.query["all"]]


def test_an_erasure_takes_the_name_out_of_lists_and_their_history():
    dana = add_lead(name="Dana Whitfield", phones=["0917 555 0142"], emails=["dana@example.com"])
    a_lead("Dana Cruz")
    both = a_list("Whitfield", called("whitfield"), HOT)
    nothing_else = a_list("Only her", called("Dana Whitfield"))
    changed = a_list("Hot", called("0917 555-0142"), builtin="hot")
    namesakes = a_list("Danas", called("dana"), HOT)
    a_list("Mrs Whitfield").delete()
    ListCount.objects.create(fingerprint="x", kind="leads", query=nothing_else.query)

    rights.erase(lead=dana)

    assert conditions(both) == [["75"]]
    assert both.name == "A list"
    assert not SmartList.objects.filter(id=nothing_else.id).exists()
    changed.refresh_from_db()
    assert (changed.name, changed.query) == ("Hot", None)
    assert conditions(namesakes) == [["dana"], ["75"]]
    assert not ListCount.objects.exists()
    told = Trail.objects.filter(table_name="crm_smartlist").values_list("before", "after")
    assert "hitfield" not in str(list(told))
    assert "Danas" in str(list(told))


def test_what_an_erasure_takes_from_lists_is_shown_before():
    dana = a_lead("Dana Whitfield")
    a_list("Whitfield")

    assert persons.preview(dana.id)["Lists that name them"] == 1


def test_what_only_looks_like_their_name_stays():
    newton, al = a_lead("Newton Hotchkiss"), a_lead("Al")
    stages = Condition("stage-kind", "any_of", ("new",))
    kept = [a_list("Hot", stages, called("new york")), a_list("All", called("alma"))]
    rights.erase(lead=newton)
    rights.erase(lead=al)
    assert [conditions(each) for each in kept] == [[["new"], ["new york"]], [["alma"]]]
    assert [each.name for each in kept] == ["Hot", "All"]


def test_an_erasure_again_does_no_harm():
    dana = a_lead("Dana Whitfield")
    mine = a_list("Everyone", HOT)
    rights.erase(lead=dana)
    rights.erase(lead=Lead.objects.get(id=dana.id))
    assert conditions(mine) == [["75"]]
