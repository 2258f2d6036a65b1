from __future__ import annotations

import base64
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.lists import asking, counting, limits, orders, pages, paging, tree
from crm.lists.limits import TooSlow, within
from crm.lists.tree import Condition, Group
from crm.models import ListCount, SmartList
from tests.listed.guests import GUESTS
from tests.listed.made import make_guest, make_guests, make_values
from tests.listed.models import Guest, Tag, Tagging

PAGE = "/listed/guests/"
APPLY = "/lists/guests/apply/"
HOT = Group(parts=(Condition("score", "at_least", ("75",)),))


def ids_of(html):
    return re.findall(r'data-row="([^"]+)"', html)


def get(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def more_url(html):
    found = re.search(r'<tr id="more">.*?href="([^"]+)"', html, re.DOTALL)
    return found[1] if found else ""


def test_page_shows_the_highest_score_first(signed_in):
    low, high = make_guest("Low", score=10), make_guest("High", score=90)

    html = get(signed_in)

    assert ids_of(html) == [str(high.id), str(low.id)]
    assert "2 guests" in html


def test_head_of_the_sorted_column_says_so_and_turns_it_round(signed_in):
    low, high = make_guest("Low", score=10), make_guest("High", score=90)

    assert 'aria-sort="descending"' in get(signed_in)
    html = get(signed_in, sort="score")
    assert 'aria-sort="ascending"' in html
    assert ids_of(html) == [str(low.id), str(high.id)]


def test_an_unknown_sort_is_the_lists_own(signed_in):
    low, high = make_guest("Low", score=10), make_guest("High", score=90)

    assert ids_of(get(signed_in, sort="-shoe")) == [str(high.id), str(low.id)]


def test_pages_follow_one_another_without_script(signed_in):
    expected = {str(guest.id) for guest in make_guests(120)}

    html = get(signed_in)
    seen = ids_of(html)
    while url := more_url(html):
        html = unescape(signed_in.get(url).content.decode())
        seen += ids_of(html)

    assert len(seen) == 120
    assert set(seen) == expected
    assert "Earlier rows" in html


def test_the_end_of_the_page_fetches_rows_alone(signed_in):
    make_guests(60)
    url = more_url(get(signed_in))

    rows = signed_in.get(url, headers={"HX-Request": "true", "HX-Target": "more"}).content.decode()

    assert len(ids_of(rows)) == 10
    assert "<html" not in rows
    assert 'id="more"' not in rows


def test_a_page_whose_rows_are_gone_says_so_and_leads_back(signed_in):
    make_guests(60)
    url = more_url(get(signed_in))
    Guest.objects.all().delete()

    gone = signed_in.get(url)

    assert "No more guests" in gone.content.decode()
    back = gone.context["page"].back_url
    assert signed_in.get(back).headers["Location"] == f"{PAGE}?list=all"


def test_an_empty_list_says_what_is_missing(signed_in):
    assert "No guests here" in get(signed_in)
    assert "They appear here" in get(signed_in)
    assert "None fit these conditions" in get(signed_in, list="hot")


def test_filter_in_the_address_is_shown_in_words_and_can_be_taken_away(signed_in):
    make_guest("Low", score=10)
    high = make_guest("High", score=90)

    html = get(signed_in, q=tree.to_address(HOT))

    assert ids_of(html) == [str(high.id)]
    assert 'aria-label="Remove filter Score is at least 75"' in html
    assert f'href="{PAGE}?list=all"' in html


def test_names_are_escaped_everywhere(signed_in):
    evil = "<script>alert(1)</script>"
    guest = make_guest(evil, score=90)
    Tagging.objects.create(guest=guest, tag=Tag.objects.create(name=evil))
    asked = Group(parts=(Condition("name", "has", (evil,)),))

    html = signed_in.get(PAGE, {"q": tree.to_address(asked)}).content.decode()
    preview = signed_in.get(f"/lists/guests/preview/{guest.id}/").content.decode()

    assert evil not in html
    assert evil not in preview
    assert ids_of(html) == [str(guest.id)]


def test_an_address_that_cannot_be_read_is_said_and_everything_shown(signed_in):
    make_guest()

    html = get(signed_in, q="@@@@")

    assert "The filter in this address can't be read." in html
    assert len(ids_of(html)) == 1


def test_a_filter_that_is_wrong_shows_nothing_and_says_so(signed_in):
    make_guest()
    gone = Group(parts=(Condition("tags", "any_of", ("77",)),))

    html = get(signed_in, q=tree.to_address(gone))

    assert ids_of(html) == []
    assert "This filter can't be used as it stands." in html
    assert "A condition needs another look" in html


def test_applied_form_leads_to_the_address_of_its_filter(signed_in):
    fields = {"list": "all", "sort": "-score", "g": "all"}
    fields |= {"0.f": "score", "0.o": "at_least", "0.v": " 75 ", "1.f": "", "2.g": "any"}

    response = signed_in.post(APPLY, fields)

    assert response.headers["Location"] == f"{PAGE}?list=all&q={tree.to_address(HOT)}"


def test_a_name_that_is_filtered_by_stands_in_no_address(signed_in):
    make_guest("Dana Whitfield")
    fields = {"list": "all", "g": "all", "0.f": "name", "0.o": "has", "0.v": "Whitfield"}

    address = signed_in.post(APPLY, fields, headers={"HX-Request": "true"}).headers["HX-Redirect"]

    carried = address.rpartition("=")[2]
    assert b"Whitfield" not in carried.encode() + base64.urlsafe_b64decode(carried + "==")
    html = signed_in.get(address).content.decode()
    assert "“Whitfield”" in unescape(html)
    links = re.findall(r'(?:href|hx-get|action)="([^"]*)"', html)
    assert [link for link in links if "Whitfield" in link] == []


def test_a_wrong_form_comes_back_as_it_was_typed(signed_in):
    fields = {"list": "all", "g": "any", "0.f": "score", "0.o": "at_least"}
    fields |= {"0.v": "lots", "1.f": "moving", "1.o": "on", "1.v": "2026-02-30"}

    html = signed_in.post(APPLY, fields).content.decode()

    assert "“lots” is not a number." in html
    assert "“2026-02-30” is no date." in html
    assert 'value="lots"' in html
    assert 'value="2026-02-30"' in html


def test_a_filter_that_went_wrong_is_shown_with_what_is_wrong(signed_in):
    gone = tree.to_address(Group(parts=(Condition("score", "at_least", ("lots",)),)))

    html = signed_in.post("/lists/guests/filter/", {"do": "judge:", "list": "all", "q": gone})

    assert "“lots” is not a number." in html.content.decode()


def test_editor_follows_what_is_chosen(signed_in):
    sent = {"list": "all", "g": "all", "0.f": "moving", "0.o": "next", "0.v": "x"}

    html = unescape(signed_in.post("/lists/guests/filter/", sent).content.decode())
    assert "within" in html
    assert 'aria-label="How many"' in html

    sent["do"] = "group:"
    html = signed_in.post("/lists/guests/filter/", sent).content.decode()
    assert 'name="1.g"' in html
    assert 'name="1.1.f"' in html

    sent["do"] = "remove:0"
    html = signed_in.post("/lists/guests/filter/", sent).content.decode()
    assert 'aria-label="How many"' not in html


def test_options_of_a_relation_are_searched_and_the_ticked_ones_stay(signed_in):
    make_guests(1)
    sources = {option.label: option.value for option in GUESTS.filters[7].options.search("")}
    query = {"typed.source": "ref", "name": "0.v", "0.v": sources["Website"]}

    html = signed_in.post("/lists/guests/options/source/", query).content.decode()

    assert re.findall(r'value="(\d+)"( checked)?', html) == [
        (sources["Website"], " checked"),
        (sources["Referral"], ""),
    ]


@pytest.mark.parametrize("path", ["options/name/", "options/nothing/", "preview/no-id/",
                                  "preview/00000000-0000-0000-0000-000000000001/"])  # fmt: skip
def test_what_is_not_there_is_not_found(signed_in, path):
    ask = signed_in.post if path.startswith("options") else signed_in.get
    assert ask(f"/lists/guests/{path}").status_code == 404
    assert ask(f"/lists/unknown/{path}").status_code == 404


def test_preview_shows_the_row(signed_in):
    guest = make_guest("Dana Whitfield", score=86)

    html = signed_in.get(f"/lists/guests/preview/{guest.id}/").content.decode()

    assert "Dana Whitfield" in html
    assert "<dd>86</dd>" in html


def test_sidebar_shows_the_pinned_lists_with_the_counts_that_were_left(signed_in):
    for score in (80, 90, 10):
        make_guest(score=score)
    counting.count_due()

    html = signed_in.get("/settings/preferences/").content.decode()

    assert re.findall(r'aria-label="(Hot[^"]*|Quiet[^"]*)"', html) == ["Hot, 2", "Quiet 7 days, 3"]


# --- What it costs ---


@pytest.mark.django_db
def test_page_takes_as_many_queries_for_one_row_as_for_thirty(signed_in):
    SmartList.objects.create(
        kind="guests", name="All", builtin="all", columns=["tags", "source", "score", "stage"]
    )
    asked = []
    for number in (1, 30):
        Guest.objects.all().delete()
        floor = make_values(make_guests(number))
        SmartList.objects.update(columns=["tags", "source", "score", f"field-{floor.id}"])
        with CaptureQueriesContext(connection) as queries:
            assert len(ids_of(get(signed_in))) == number
        asked.append([query["sql"] for query in queries.captured_queries])

    assert len(asked[0]) == len(asked[1])
    assert len(asked[1]) <= 15


@pytest.mark.django_db
def test_machinery_asks_six_queries_at_most(rf, owner, django_assert_max_num_queries):
    make_values(make_guests(60))
    request = rf.get(PAGE, {"q": tree.to_address(HOT)})
    request.user = owner
    owner.preferences  # noqa: B018  (comes with the session)

    with django_assert_max_num_queries(8):  # two of them are the savepoint's, in a test
        page = pages.ListPage(request, asking.asked(request, GUESTS))
        assert [*page.rows, *page.tabs, *page.chips, page.amount, page.run, *page.heads]


def plan(rows):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # Fifty rows may be quicker to sort, once the server has looked at them.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
    return rows.explain()


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["score", "-score", "name", "-name"])
def test_pages_walk_an_index_and_sort_nothing(sort):
    make_guests(50)
    column = next(each for each in GUESTS.columns if each.name == sort.removeprefix("-"))
    order = orders.order("guests", sort, column.sort)
    place = paging.first_page(Guest.objects.all(), order, 10).after

    first = plan(order.branches(Guest.objects.all())[0].rows[:51])
    later = [plan(each.rows[:51]) for each in orders.branches(Guest.objects.all(), order, place)]

    assert "Index Scan" in first
    assert all("Index Cond: (" in each for each in later)
    assert all("Sort" not in each and "Filter" not in each for each in [first, *later])


@pytest.mark.django_db
def test_what_takes_too_long_is_ended():
    with pytest.raises(TooSlow), within(20), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
def test_an_end_that_comes_while_the_limit_is_put_back_is_one_too(monkeypatch):
    """Asked by the driver's own cursor, whose errors are the driver's own."""

    def late(value):
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5), %s", [value])

    monkeypatch.setattr(limits, "_put", late)
    with pytest.raises(TooSlow), within(20):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_filter_that_is_too_slow_is_answered_with_a_way_out(signed_in, monkeypatch):
    make_guest()
    slow = Guest.objects.extra(where=["pg_sleep(1) IS NOT NULL"])
    monkeypatch.setattr(pages, "PAGE_MS", 20)
    object.__setattr__(GUESTS, "rows", lambda: slow)
    try:
        html = get(signed_in)
    finally:
        object.__setattr__(GUESTS, "rows", lambda: Guest.objects.all())

    assert "This filter needs longer than a second." in html
    assert "Many guests" in html


# --- Counts ---


@pytest.fixture
def few(monkeypatch, db):
    """Five are more than a page counts."""
    monkeypatch.setattr(counting, "MOST", 5)
    return make_guests(60)


def counted(client, **form):
    return client.post("/lists/guests/count/", {"list": "all", **form}).content.decode()


def test_page_counts_nothing_and_asks_for_it(signed_in, few):
    html = get(signed_in)

    assert "50+ guests" in html
    assert 'hx-post="/lists/guests/count/"' in html
    counting.count_due()
    assert "60 guests" in get(signed_in)


def test_what_is_quick_to_count_is_counted_at_once(signed_in):
    make_guests(60)

    html = counted(signed_in)

    assert "60 guests" in html
    assert "hx-post" not in html
    assert ListCount.objects.count() == 0


def test_worker_counts_to_the_end_and_pages_say_when(signed_in, few):
    asked = tree.to_address(Group(parts=(Condition("score", "at_least", ("0",)),)))

    assert "5+ guests" in counted(signed_in, q=asked)
    counting.count_due()
    html = counted(signed_in, q=asked, waiting="1")

    assert "60 guests" in html
    assert 'title="Counted' in html
    assert "hx-post" not in html


def test_what_can_not_be_counted_is_asked_no_more(signed_in, few, monkeypatch):
    monkeypatch.setattr(counting, "_number", lambda *_: None)
    asked = tree.to_address(HOT)
    counted(signed_in, q=asked)
    counting.count_due()

    html = counted(signed_in, q=asked, waiting="1")

    assert "Many guests" in html
    assert "hx-post" not in html


def test_what_nobody_asks_for_any_more_is_forgotten(few, owner):
    counting.want("guests", HOT)
    ListCount.objects.update(wanted_at=timezone.now() - timedelta(days=2))
    other = counting.want("guests", Group(parts=(Condition("vip", "yes"),)))

    counting.count_due()

    kept = set(ListCount.objects.exclude(wanted_at=None).values_list("pk", flat=True))
    assert kept == {other.pk}


def test_lists_of_tabs_are_counted_unasked_and_go_with_their_list(few, owner):
    mine = SmartList.objects.create(kind="guests", name="Mine", query=tree.to_json(
        Group(parts=(Condition("vip", "yes"),))
    ), position=9)  # fmt: skip

    counting.count_due()
    assert ListCount.objects.filter(kind="guests", amount__isnull=False).count() == 4
    mine.delete()
    counting.count_due()
    assert ListCount.objects.count() == 3


def test_count_of_a_list_that_is_wrong_stays_unknown(owner, db):
    SmartList.objects.create(kind="guests", name="Mine", query=tree.to_json(
        Group(parts=(Condition("tags", "any_of", ("9",)),))
    ))  # fmt: skip

    counting.count_due()

    assert ListCount.objects.filter(amount=None).count() == 1


@pytest.mark.parametrize(
    "home", ["//evil.example/", "https://evil.example/", "/" + "x" * 3000, "javascript:alert(1)"]
)
def test_a_filter_leads_back_to_a_page_of_ours_only(signed_in, home):
    answer = signed_in.post("/lists/guests/apply/", {"list": "all", "home": home})
    assert answer.url.startswith("/listed/guests/")
