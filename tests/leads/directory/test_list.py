from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.audit.services import operation
from crm.audit.undo import undo
from crm.lists import orders, paging, registry
from crm.lists.kinds import by_text
from crm.lists.tree import Condition, Group, to_address
from crm.models import Event, Operation
from leads.directory import bulk, filters
from leads.directory.listing import BUILTIN, LEADS
from leads.models import (
    Deal,
    FollowUp,
    Household,
    Lead,
    LeadTag,
    Reminder,
    Stage,
    StageChange,
    Tag,
)
from leads.roi.services import add_deal
from properties.models import Area
from tests.leads.directory.making import some_leads
from tests.leads.factories import a_follow_up, a_lead, a_phone, a_talk

pytestmark = pytest.mark.django_db
URL = "/leads/"


def names(client, **query):
    page = client.get(URL, query).context["page"]
    return [row.name for row in page.rows]


def test_the_list_is_registered():
    assert registry.find("leads") is LEADS


def test_the_highest_score_comes_first(signed_in):
    a_lead("Low", score=10)
    a_lead("High", score=90)
    assert names(signed_in) == ["High", "Low"]


@pytest.mark.parametrize("state", ["archived", "erased"])
def test_only_who_is_present_is_listed(signed_in, state):
    a_lead("Gone", state=state)
    a_lead("Here")
    assert names(signed_in) == ["Here"]


@pytest.mark.parametrize("each", BUILTIN, ids=lambda each: each.name)
def test_each_list_that_is_there_from_the_start_opens(signed_in, each):
    some_leads(3)
    answer = signed_in.get(URL, {"list": each.name})
    assert answer.status_code == 200
    assert not answer.context["page"].too_slow


def test_hot_are_the_open_ones_from_75(signed_in):
    a_lead("Hot", score=75)
    a_lead("Warm", score=74)
    a_lead("Hot but lost", score=90, stage="lost")
    assert names(signed_in, list="hot") == ["Hot"]


def test_quiet_are_those_not_touched_for_a_week_or_ever(signed_in):
    a_talk(a_lead("Quiet"), days_ago=9)
    a_talk(a_lead("Lively"), days_ago=2)
    a_lead("Never")
    assert sorted(names(signed_in, list="quiet")) == ["Never", "Quiet"]


def test_overdue_are_those_whose_follow_up_is_past(signed_in):
    now = timezone.now()
    a_follow_up(a_lead("Late"), now - timedelta(minutes=1))
    a_follow_up(a_lead("Soon"), now + timedelta(minutes=1))
    assert names(signed_in, list="overdue") == ["Late"]


def test_sorting_by_name_knows_no_accents(signed_in):
    for name in ("Zoe", "Élodie", "dela Cruz", "Ana"):
        a_lead(name)
    assert names(signed_in, sort="name") == ["Ana", "dela Cruz", "Élodie", "Zoe"]


def queries(client, **query):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(URL, query).status_code == 200
    return len(captured)


def test_the_page_costs_as_many_queries_at_1_as_at_30(signed_in):
    some_leads(1)
    queries(signed_in)
    one = queries(signed_in)
    some_leads(29)
    assert queries(signed_in) == one
    assert one <= 15


def everybody():
    return Lead.objects.order_by("id")


def test_tagging_leaves_those_who_have_it(owner):
    first, second = a_lead("One"), a_lead("Two")
    data = {"tags": [Tag(name="Overseas")]}
    assert bulk.tag(Lead.objects.filter(id=first.id), data).done == 1
    outcome = bulk.tag(everybody(), data)
    assert (outcome.done, dict(outcome.left)) == (1, {"they have it already": 1})
    assert set(LeadTag.objects.values_list("lead_id", flat=True)) == {first.id, second.id}
    assert bulk.untag(everybody(), data).done == 2


def test_moving_many_writes_each_move(owner):
    leads = [a_lead("One"), a_lead("Two"), a_lead("There", stage="showing")]
    to = Stage.objects.first_of("showing")
    outcome = bulk.move(everybody(), {"stage": to, "lost_reason": "budget"})
    assert (outcome.done, dict(outcome.left)) == (2, {bulk.THERE: 1})
    assert StageChange.objects.filter(lead=leads[0].id, to_stage=to.id).count() == 1
    assert set(Lead.objects.values_list("lost_reason", flat=True)) == {""}


def test_lost_people_keep_their_reason_and_lose_their_open_deals(owner):
    lead = a_lead()
    deals = [
        add_deal(lead=lead, amount=Decimal(9), commission_percent=Decimal(3), state=state)[0]
        for state in ("reserved", "closed")
    ]
    bulk.move(everybody(), {"stage": Stage.objects.first_of("lost"), "lost_reason": "budget"})
    lead.refresh_from_db()
    assert lead.lost_reason == "budget"
    states = dict(Deal.objects.values_list("id", "state"))
    assert states == {deals[0].id: "fell_through", deals[1].id: "closed"}


def test_many_are_not_lost_without_a_reason(signed_in):
    lead, lost = a_lead(), Stage.objects.first_of("lost")
    url = reverse("list_bulk", args=["leads", "stage"])
    asked = signed_in.post(url, {"id": str(lead.id), "stage": lost.id, "lost_reason": ""})
    assert "Choose what came nearest." in asked.content.decode()
    assert Lead.objects.get().stage.kind == "new"
    signed_in.post(url, {"id": str(lead.id), "stage": lost.id, "lost_reason": "unreachable"})
    assert (Lead.objects.get().stage, Lead.objects.get().lost_reason) == (lost, "unreachable")


def test_follow_ups_are_planned_for_all_but_those_who_asked_for_peace(owner):
    lead, quiet = a_lead("One"), a_lead("Quiet", do_not_contact=True)
    data = {"title": "Call", "kind": "call", "due_on": timezone.localdate()}
    outcome = bulk.follow_up(everybody(), data)
    assert (outcome.done, sum(outcome.left.values())) == (1, 1)
    assert list(FollowUp.objects.values_list("lead_id", flat=True)) == [lead.id]
    assert quiet.id != lead.id


def test_follow_ups_of_many_are_a_few_statements_one_event_and_one_undo(owner):
    data = {"title": "Call", "kind": "call", "due_on": timezone.localdate() + timedelta(days=2)}
    some_leads(2)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            bulk.follow_up(everybody(), data)
        return len(asked)

    two = statements()
    some_leads(30)
    with operation("Follow-up") as id:
        assert statements() == two - 1  # the operation is made before
    planned = FollowUp.objects.filter(due_on=data["due_on"])
    everyone = everybody().count()
    assert planned.count() == 2 + everyone
    assert {one.title for one in planned} == {"Call"}
    waiting = Reminder.objects.filter(state="waiting", follow_up__in=planned.values("pk"))
    assert waiting.count() == planned.count()
    event = Event.objects.filter(kind="follow_ups.planned").latest("id")
    assert (event.operation, event.data["count"]) == (id, everyone)
    undo(id)
    assert planned.all().count() == 2


def test_many_who_move_are_told_as_one_event(owner):
    some_leads(3)
    to = Stage.objects.first_of("nurture")
    bulk.move(everybody(), {"stage": to, "lost_reason": ""})
    event = Event.objects.get(kind="leads.moved")
    assert event.data == {"count": StageChange.objects.filter(to_stage=to.id).count(), "to": to.id}


def test_several_tags_at_once_reach_whoever_lacks_one_of_them(owner):
    first, second = a_lead("One"), a_lead("Two")
    one, two = Tag.objects.create(name="One"), Tag.objects.create(name="Two")
    LeadTag.objects.create(lead=first, tag=one)
    outcome = bulk.tag(everybody(), {"tags": [one, two]})
    assert (outcome.done, dict(outcome.left), LeadTag.objects.count()) == (2, {}, 4)
    LeadTag.objects.filter(lead=second, tag=one).delete()
    assert bulk.untag(everybody(), {"tags": [one]}).left == {"they did not have it": 1}


def tagging(client, action, lead, **sent):
    sent |= {"scope": "ids", "id": [str(lead.id)]}
    answer = client.post(reverse("list_bulk", args=["leads", action]), sent)
    return answer.content.decode(), sorted(lead.tags.values_list("name", flat=True))


def test_a_tag_is_typed_and_new_ones_are_parted_by_commas(signed_in):
    lead = a_lead()
    Tag.objects.create(name="VIP")
    _, now = tagging(signed_in, "tag", lead, **{"typed.tags": "vip, from abroad"})
    assert now == ["VIP", "from abroad"]
    _, now = tagging(signed_in, "untag", lead, **{"typed.tags": "VIP"})
    assert now == ["from abroad"]


def test_a_piece_of_a_tag_asks_which_is_meant_before_a_new_one_is_made(signed_in):
    lead = a_lead()
    viewing = Tag.objects.create(name="Viewing")
    asked, now = tagging(signed_in, "tag", lead, **{"typed.tags": "view"})
    assert "Tick which you mean by view, or the new one." in asked
    assert f'name="tags" value="{viewing.pk}"' in asked
    assert 'name="tags" value="new:view"' in asked
    assert (now, Tag.objects.count()) == ([], 1)
    _, now = tagging(signed_in, "tag", lead, **{"typed.tags": "view", "tags": str(viewing.pk)})
    assert now == ["Viewing"]
    _, now = tagging(signed_in, "tag", lead, **{"typed.tags": "view", "tags": "new:view"})
    assert now == ["Viewing", "view"]


def test_what_nobody_has_cannot_be_taken_away(signed_in):
    lead = a_lead()
    asked, _ = tagging(signed_in, "untag", lead, **{"typed.tags": "nobody has it"})
    assert "Nothing is called nobody has it. Choose one that is there." in asked
    assert 'value="new:' not in asked
    asked, _ = tagging(signed_in, "tag", lead)
    assert "Tick a tag, or type one." in asked
    asked, _ = tagging(signed_in, "tag", lead, **{"typed.tags": "a\x00b"})
    assert "a character that can" in asked
    assert not Tag.objects.exists()


@pytest.mark.parametrize("action", ["tag", "untag"])
def test_boxes_are_offered_for_each_of_several_words(signed_in, action):
    for name in ("VIP guest", "VIP host", "From abroad"):
        Tag.objects.create(name=name)
    typed = {"typed.tags": "vip, abroad"}
    asked, _ = tagging(signed_in, action, a_lead(), **typed)
    assert "Tick which you mean by vip" in asked
    picker = signed_in.get(reverse("list_bulk", args=["leads", action])).content.decode()
    sends = json.loads(re.search(r"hx-vals='([^']+)'", picker)[1])
    assert set(sends) < set(re.search(r'hx-params="([^"]+)"', picker)[1].split(","))
    url = reverse("list_options", args=["leads", "tags"])
    while_typing = signed_in.post(url, {**sends, **typed}).content.decode()
    for page in (asked, while_typing):
        labels = re.findall(r'name="tags" value="\d+">([^<>]+)</label>', page)
        assert labels == ["VIP host", "VIP guest", "From abroad"]


def test_a_filter_looks_for_a_place_with_its_town_as_a_whole(signed_in):
    Area.objects.bulk_create(Area(name=name, city="Cebu") for name in ("Lahug", "Banilad"))
    url = reverse("list_options", args=["leads", "areas"])
    page = signed_in.post(url, {"name": "0.v", "typed.areas": "lahug, cebu"}).content.decode()
    assert re.findall(r">([^<>]+)</label>", page) == ["Lahug, Cebu"]


def test_the_form_for_tags_offers_few_however_many_there_are(signed_in):
    Tag.objects.bulk_create(Tag(name=f"Tag {n:03}") for n in range(300))
    url = reverse("list_bulk", args=["leads", "tag"])
    assert signed_in.get(url).content.decode().count("Tag ") == 20


def test_what_is_called_just_so_is_found_among_any_number_that_hold_it(signed_in):
    lead = a_lead()
    Tag.objects.bulk_create(Tag(name=f"A VIP {n:02}") for n in range(25))
    Tag.objects.bulk_create(Tag(name=f"VIP {n:02}") for n in range(25))
    Tag.objects.create(name="Vip")
    assert tagging(signed_in, "tag", lead, **{"typed.tags": "vip"})[1] == ["Vip"]
    assert tagging(signed_in, "untag", lead, **{"typed.tags": "VIP"})[1] == []
    url = reverse("list_options", args=["leads", "tags"])
    page = signed_in.post(url, {"name": "tags", "typed.tags": "vip"}).content.decode()
    assert re.findall(r">([^<>]+)</label>", page) == ["Vip", *(f"VIP {n:02}" for n in range(19))]


def test_of_very_many_some_are_put_in_order_and_the_one_called_so_is_first(monkeypatch):
    monkeypatch.setattr(filters, "LOOKED_AT", 2)
    for name in (
        "A Cruz family",
        "My Cruz",
        "Cruz family of Lahug",
        "Cruz family",
        "Cruz",
        "Reyes",
    ):
        Household.objects.create(name=name)
    found = [option.label for option in filters.found_by(Household, "name").search("cruz")]
    assert (found[0], 2 <= len(found) <= 5, "Reyes" in found) == ("Cruz", True, False)


def test_households_are_looked_for_over_their_indexes():
    with CaptureQueriesContext(connection) as asked:
        filters.found_by(Household, "name").search("cruz")
    (statement,) = [each["sql"] for each in asked]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    # Beginnings and what is called just so from the one, what holds it from the other.
    for index in ("household_by_beginning", "household_letters"):
        assert index in plan
    assert "Seq Scan" not in plan


def test_names_are_filtered_without_accents_over_their_index(signed_in):
    for name in ("Ñora Évora", "Norman Cruz", "Dana"):
        a_lead(name)

    def found(operator, *values):
        asked = Group(parts=(Condition("name", operator, values),))
        return sorted(names(signed_in, q=to_address(asked)))

    assert found("has", "EVOR") == ["Ñora Évora"]
    assert found("starts", "nor") == ["Norman Cruz", "Ñora Évora"]
    assert found("is", "nora evora") == ["Ñora Évora"]
    assert (len(found("filled")), found("empty"), found("has", "%")) == (3, [], [])
    # Known to the planner when it chooses: what the index of letters is asked for.
    (only,) = [each for each in LEADS.filters if each.name == "name"]
    plan = LEADS.rows().filter(only.build("has", ["Évora"])).explain()
    assert "folded_name ~~ '%evora%'" in plan


def test_a_language_is_asked_of_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = LEADS.rows().filter(by_text("language", "is", ["tagalog"], None)).explain()
    assert "lead_by_language" in plan


@pytest.mark.parametrize(
    ("filter", "operator", "values", "who"),
    [("reach", "any_of", ["phone"], ["Dana"]), ("reach", "none_of", ["phone"], ["Kim"]),
     ("deal", "any_of", ["open"], ["Kim"]), ("deal", "empty", [], ["Dana"]),
     ("birthday", "any_of", ["2"], ["Dana"]), ("birthday", "empty", [], ["Kim"])],
)  # fmt: skip
def test_people_are_filtered_by_reach_deals_and_birthdays(signed_in, filter, operator, values, who):
    a_phone(a_lead("Dana", birthday_month=2, birthday_day=29))
    kim = a_lead("Kim")
    a_phone(kim, "+63 917 555 0143", bounced_at=timezone.now())
    add_deal(lead=kim, amount=Decimal(9), commission_percent=Decimal(3))
    asked = Group(parts=(Condition(filter, operator, tuple(values)),))
    assert names(signed_in, q=to_address(asked)) == who


def test_every_order_that_is_offered_is_an_indexs():
    """With nothing else allowed, the database still has a way that sorts nothing."""
    some_leads(3)
    with connection.cursor() as cursor:
        for other in ("seqscan", "sort", "incremental_sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
    sorted_by_hand = []
    for column in filter(lambda column: column.sort, LEADS.columns):
        for name in (column.name, f"-{column.name}"):
            order = orders.order("leads", name, column.sort)
            first = paging.first_page(LEADS.rows(), order, 1)
            later = orders.branches(LEADS.rows(), order, first.after)
            branches = (*order.branches(LEADS.rows()), *later)
            plans = [branch.rows[:51].explain() for branch in branches]
            sorted_by_hand += [name for plan in plans if "Sort" in plan]
    assert sorted_by_hand == []


def test_archiving_through_the_page_can_be_undone(signed_in):
    lead = a_lead()
    url = reverse("list_bulk", args=["leads", "archive"])
    signed_in.post(url, {"scope": "ids", "id": [str(lead.id)]})
    lead.refresh_from_db()
    assert lead.state == "archived"
    operation = Operation.objects.order_by("-at").first()
    signed_in.post(reverse("undo", args=[operation.id]))
    lead.refresh_from_db()
    assert lead.state == "present"


def test_a_file_says_what_a_cell_draws():
    lead = some_leads(1)[0]
    columns = {column.name: column for column in LEADS.columns}
    told = {name: columns[name].export(lead) for name in ("name", "stage", "score", "budget")}
    assert told == {
        "name": "Paolo Enriquez 0",
        "stage": "New",
        "score": "97 Hot",
        "budget": "8000000 to 12000000 PHP",
    }


def boxes(client, **sent):
    answer = client.post("/lists/leads/apply/", {"list": "all", "0.f": "areas", **sent})
    return re.findall(r'name="0\.v" value="(\d+)"', answer.content.decode())


def test_areas_and_tags_are_offered_few_however_many_there_are(signed_in):
    Area.objects.bulk_create(Area(name=f"Area {n:03}", city="Cebu") for n in range(300))
    Tag.objects.bulk_create(Tag(name=f"Tag {n:03}") for n in range(300))
    asked = Group(parts=(Condition("areas", "any_of", ()), Condition("tags", "any_of", ())))

    page = signed_in.get(URL, {"q": to_address(asked)}).content.decode()

    assert (page.count("Area "), page.count("Tag ")) == (20, 20)


@pytest.mark.parametrize("typed", ["penafrancia", "PEÑAF", "naga"])
def test_an_area_is_looked_for_without_script_too(signed_in, typed):
    Area.objects.bulk_create(Area(name=f"Area {n:03}", city="Cebu") for n in range(30))
    area = Area.objects.create(name="Peñafrancia", city="Naga")

    assert boxes(signed_in, **{"0.o": "any_of", "typed.areas": typed}) == [str(area.pk)]
