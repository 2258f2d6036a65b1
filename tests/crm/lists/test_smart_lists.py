"""Saved lists: made, changed, put away, taken back."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction

from crm.lists import shelf, tree
from crm.lists.tree import Condition, Group
from crm.models import Operation, SmartList, Trail
from tests.listed.made import make_guest

VIP = Group(parts=(Condition("vip", "yes"),))
FORM = {"list": "all", "sort": "-name", "icon": "star"}


def post(client, verb, **form):
    return client.post(f"/lists/guests/{verb}/", form)


def labels():
    return [each.label for each in shelf.load().of("guests")]


def undo_last(client):
    operation = Operation.objects.order_by("-at").first()
    return client.post(f"/undo/{operation.id}/", {"here": "1"})


@pytest.fixture
def mine(db):
    return SmartList.objects.create(
        kind="guests", name="Mine", query=tree.to_json(VIP), sort="name", position=3
    )


def test_list_is_saved_with_what_it_showed(signed_in):
    response = post(signed_in, "save", **FORM, name="VIPs", pinned="on", q=tree.to_address(VIP))

    made = SmartList.objects.get()
    assert response.url == f"/listed/guests/?list={made.id.hex}"
    assert (made.kind, made.name, made.query, made.sort) == (
        "guests", "VIPs", tree.to_json(VIP), "-name",
    )  # fmt: skip
    assert (made.icon, made.pinned, made.position) == ("star", True, 3)
    assert labels() == ["All", "Hot", "Quiet 7 days", "VIPs"]


def test_saved_list_shows_its_own(signed_in, mine):
    vip = make_guest("Ana", vip=True)
    make_guest("Ben")

    html = signed_in.get("/listed/guests/", {"list": mine.id.hex}).content.decode()

    assert re.findall(r'data-row="([^"]+)"', html) == [str(vip.id)]
    assert "VIP <b>is yes</b>" in html


@pytest.mark.parametrize("name", ["Mine", "mINE", "Hot", ""])
def test_a_name_that_is_taken_or_none_is_refused_and_kept(signed_in, mine, name):
    html = post(signed_in, "save", **FORM, name=name, q=tree.to_address(VIP)).content.decode()

    assert SmartList.objects.count() == 1
    assert "errorlist" in html
    assert f'value="{name}"' in html or not name


def test_a_filter_that_is_wrong_is_not_saved(signed_in):
    wrong = Group(parts=(Condition("vip", "maybe"),))

    post(signed_in, "save", **FORM, name="Wrong", q=tree.to_address(wrong))
    post(signed_in, "save-changes", list="all", q=tree.to_address(wrong))

    assert SmartList.objects.count() == 0


def test_changes_are_saved_to_the_list_and_can_be_undone(signed_in, mine):
    hot = Group(parts=(Condition("score", "at_least", ("75",)),))

    post(signed_in, "save-changes", list=mine.id.hex, q=tree.to_address(hot), sort="-score")
    mine.refresh_from_db()
    assert (mine.query, mine.sort) == (tree.to_json(hot), "-score")

    undo_last(signed_in)
    mine.refresh_from_db()
    assert (mine.query, mine.sort) == (tree.to_json(VIP), "name")


def test_list_is_renamed_pinned_and_back(signed_in, mine):
    post(signed_in, "rename", list=mine.id.hex, name="Ours", icon="flame", pinned="on")
    mine.refresh_from_db()
    assert (mine.name, mine.icon, mine.pinned) == ("Ours", "flame", True)

    undo_last(signed_in)
    mine.refresh_from_db()
    assert (mine.name, mine.icon, mine.pinned) == ("Mine", "list", False)


def test_a_list_may_keep_its_name(signed_in, mine):
    post(signed_in, "rename", list=mine.id.hex, name="mine", icon="list")

    assert labels()[-1] == "mine"


def test_list_is_duplicated_under_a_free_name(signed_in, mine):
    post(signed_in, "duplicate", list=mine.id.hex)
    post(signed_in, "duplicate", list=mine.id.hex)

    assert labels()[3:] == ["Mine", "Mine (copy)", "Mine (copy) (copy)"]
    assert SmartList.objects.last().query == tree.to_json(VIP)


def test_deleted_list_comes_back_with_undo(signed_in, mine):
    post(signed_in, "put-away", list=mine.id.hex)
    assert labels() == ["All", "Hot", "Quiet 7 days"]

    undo_last(signed_in)
    assert labels() == ["All", "Hot", "Quiet 7 days", "Mine"]
    assert SmartList.objects.get().id == mine.id


def test_a_list_from_the_start_is_hidden_never_lost(signed_in):
    post(signed_in, "put-away", list="hot")
    assert labels() == ["All", "Quiet 7 days"]
    html = signed_in.get("/listed/guests/").content.decode()
    assert re.search(r'href="/listed/guests/\?list=hot"', html), "it is among the hidden"

    post(signed_in, "show-again", list="hot")
    assert labels() == ["All", "Hot", "Quiet 7 days"]


def test_all_lists_hidden_still_show_a_page(signed_in):
    for key in ("all", "hot", "quiet"):
        post(signed_in, "put-away", list=key)

    assert signed_in.get("/listed/guests/").status_code == 200


def test_lists_are_moved_among_those_shown(signed_in, mine):
    post(signed_in, "move", list=mine.id.hex, to="left")
    assert labels() == ["All", "Hot", "Mine", "Quiet 7 days"]

    post(signed_in, "move", list="all", to="right")
    assert labels() == ["Hot", "All", "Mine", "Quiet 7 days"]

    post(signed_in, "move", list="hot", to="left")
    assert labels() == ["Hot", "All", "Mine", "Quiet 7 days"]


def test_columns_are_kept_for_the_list_in_the_order_sent(signed_in):
    make_guest("Ana", stage="closed")

    form = {"list": "hot", "columns": "1", "column": ["source", "stage"], "compact": "1"}
    answer = post(signed_in, "columns", **form)
    hot = signed_in.get("/listed/guests/", {"list": "hot"}).content.decode()
    everyone = signed_in.get("/listed/guests/", {"list": "all"}).content.decode()

    assert "rows-changed" in answer.headers["HX-Trigger"]
    assert 'data-density="compact"' in hot
    assert 'data-density="compact"' not in everyone
    row = SmartList.objects.get(builtin="hot")
    assert (row.columns, row.density, row.query) == (["source", "stage"], "compact", None)


def test_columns_that_are_not_there_are_refused(signed_in):
    post(signed_in, "columns", list="hot", columns="1", column=["shoe"])

    assert SmartList.objects.count() == 0


def test_heads_follow_the_kept_columns(signed_in):
    make_guest("Ana", score=80)
    post(signed_in, "columns", list="hot", columns="1", column=["source", "stage"])

    html = signed_in.get("/listed/guests/", {"list": "hot"}).content.decode()

    head = html[html.index("<thead") : html.index("</thead")]
    assert re.findall(r">(Guest|Source|Stage|Score)<", head) == ["Guest", "Source", "Stage"]


def test_height_of_rows_changes_alone(signed_in, mine):
    mine.columns = ["stage"]
    mine.save()

    post(signed_in, "columns", list=mine.id.hex, compact="1")
    mine.refresh_from_db()

    assert (mine.columns, mine.density) == (["stage"], "compact")


def test_changes_to_lists_stand_in_the_trail(signed_in, mine):
    post(signed_in, "rename", list=mine.id.hex, name="Ours", icon="list")

    record = Trail.objects.filter(table_name="crm_smartlist", op="U").last()
    assert (record.before["name"], record.after["name"]) == ("Mine", "Ours")


def test_a_list_that_cannot_be_read_shows_that_something_is_wrong(signed_in):
    make_guest()
    broken = SmartList.objects.create(kind="guests", name="Old", query={"version": 9})

    html = signed_in.get("/listed/guests/", {"list": broken.id.hex}).content.decode()

    assert "data-row" not in html
    assert "can&#x27;t be used as it stands" in html or "can't be used as it stands" in html


REFUSED = [
    ({"name": "MINE"}, "a_smart_list_has_its_own_name"),
    ({"name": ""}, "a_smart_list_is_named"),
    ({"name": "Other", "hidden": True}, "only_a_list_from_the_start_is_hidden"),
    ({"name": "Other", "density": "airy"}, "density_is_known"),
]


@pytest.mark.parametrize(("values", "name"), REFUSED)
def test_database_refuses(mine, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SmartList.objects.create(**{"kind": "guests", **values})


def test_database_refuses_a_second_change_of_a_list_from_the_start(mine):
    SmartList.objects.create(kind="guests", name="Hot", builtin="hot", hidden=True)
    SmartList.objects.create(kind="listings", name="Mine")
    SmartList.objects.create(kind="listings", name="Hot", builtin="hot")
    with pytest.raises(IntegrityError, match="a_list_from_the_start_is_changed_once"):
        SmartList.objects.create(kind="guests", name="Hot 2", builtin="hot")
