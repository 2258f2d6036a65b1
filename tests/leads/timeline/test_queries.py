from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leads.models import Deal, FollowUp, Interaction, Lead, Stage
from leads.people.services import move_stage
from leads.timeline import keyset, queries
from leads.timeline.keyset import Mark, Source
from tests.leads.factories import a_follow_up, a_lead, a_listing, a_note, a_talk

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 6, 16, 4, tzinfo=dt.UTC)


def walked(lead: Lead, show: str = "all", size: int = 3) -> list[tuple[Source, str]]:
    """All pages, one after the other, as a reader would walk them."""
    seen: list[tuple[Source, str]] = []
    before: Mark | None = None
    for _ in range(200):
        page = queries.timeline(lead, show=show, before=before, size=size)
        seen += [(entry.source, entry.id) for entry in page.entries]
        if page.following is None:
            return seen
        before = keyset.parsed(str(page.following))
        assert before == page.following
    raise AssertionError("The walk does not end.")


class Walks(TestCase):
    @hypothesis_settings(max_examples=40)
    @given(
        said=st.lists(st.integers(0, 4), max_size=12),
        done=st.lists(st.integers(0, 4), max_size=6),
        moved=st.lists(st.sampled_from(["contacted", "showing", "offer"]), max_size=5),
        size=st.integers(1, 7),
    )
    def test_walking_gives_each_entry_once_in_order(
        self, said: list[int], done: list[int], moved: list[str], size: int
    ) -> None:
        """With equal moments within a table and among tables."""
        lead = a_lead(arrived_at=NOON)
        for minute in said:
            a_note(lead, at=NOON + dt.timedelta(minutes=minute))
        for minute in done:
            at = NOON + dt.timedelta(minutes=minute)
            a_follow_up(lead, state="done", ended_at=at)
        for kind in moved:
            lead.stage = Stage.objects.first_of(kind)
            lead.stage_since = NOON
            lead.save(update_fields=["stage", "stage_since"])
        Deal.objects.create(
            lead=lead, amount=1, commission_percent=1, commission=0, opened_on=NOON.date()
        )

        whole = queries.timeline(lead, size=1000)

        assert whole.following is None
        assert walked(lead, size=size) == [(entry.source, entry.id) for entry in whole.entries]
        places = [(entry.at, entry.source) for entry in whole.entries]
        assert places == sorted(places, reverse=True)
        ids = {entry.id for entry in whole.entries if entry.source == Source.INTERACTION}
        assert ids == {str(id) for id in Interaction.objects.values_list("id", flat=True)}
        finished = {entry.id for entry in whole.entries if entry.source == Source.FOLLOW_UP}
        assert finished == {str(id) for id in FollowUp.objects.values_list("id", flat=True)}


def test_entries_say_what_happened_in_words() -> None:
    lead = a_lead("Dana Whitfield", arrived_at=NOON, stage="qualified")
    verdana = a_listing("One Verdana 17C")
    hour = dt.timedelta(hours=1)
    a_talk(lead, outcome="reached", minutes=7, body="Dues and internet")
    Interaction.objects.update(at=NOON + 4 * hour)
    for number, values in enumerate(
        [
            {"kind": "email", "direction": "in", "subject": "Re: Tuesday showing"},
            {"kind": "email", "direction": "out", "subject": "Three homes", "origin": "sent"},
            {"kind": "showing", "direction": "out", "outcome": "held", "listing": verdana,
             "feedback": "loved"},
            {"kind": "visit", "direction": "", "listing": verdana, "minutes": 6},
            {"kind": "text", "direction": "in", "body": "Floor plan?"},
        ]
    ):  # fmt: skip
        Interaction.objects.create(lead=lead, at=NOON + (5 + number) * hour, **values)

    lead.refresh_from_db()
    told = [(entry.strong, entry.rest) for entry in queries.timeline(lead).entries]

    assert told == [
        ("Dana texted", ""),
        ("Viewed One Verdana 17C", "for 6 min"),
        ("Showing: One Verdana 17C", ""),
        ("You wrote:", "Three homes"),
        ("Dana wrote:", "Re: Tuesday showing"),
        ("Call, 7 min, reached", ""),
        ("Came in", "answered in 4 h"),
    ]


def test_stage_change_says_from_where_and_by_whom(signed_in, owner) -> None:
    from crm.audit import context

    lead = a_lead(arrived_at=NOON, stage="qualified")
    with context.acting(f"owner:{owner.pk}"):
        lead.stage = Stage.objects.first_of("showing")
        lead.save(update_fields=["stage"])

    entry = queries.timeline(lead, show="stages").entries[0]

    assert (entry.strong, entry.rest) == ("Moved to Showing", "from Qualified, by you")


def test_moves_of_who_became_one_with_them_are_told_until_it_is_undone(owner) -> None:
    kept, first, second = a_lead("Dana"), a_lead("Dana W"), a_lead("D. Whitfield")
    move_stage(lead=second, to=Stage.objects.first_of("offer"))
    Lead.objects.filter(id=second.id).update(state="merged", merged_into=first)
    Lead.objects.filter(id=first.id).update(state="merged", merged_into=kept)

    def moves() -> int:
        return len(queries.timeline(kept, show="stages").entries)

    arrival = 1
    assert moves() == arrival + 1
    Lead.objects.filter(id=second.id).update(state="present", merged_into=None)
    assert moves() == arrival


def test_follow_up_stands_once_where_a_talk_tells_of_it() -> None:
    lead = a_lead()
    talk = a_talk(lead)
    a_follow_up(lead, state="done", ended_at=timezone.now(), interaction=talk)
    alone = a_follow_up(lead, state="done", ended_at=timezone.now(), title="Send the plan")
    a_follow_up(lead, state="dropped", ended_at=timezone.now())
    a_follow_up(lead)

    found = [e for e in queries.timeline(lead).entries if e.source == Source.FOLLOW_UP]

    assert [(entry.id, entry.rest) for entry in found] == [(str(alone.id), "Send the plan")]


@pytest.mark.parametrize(
    ("show", "kinds"),
    [
        ("all", ["visit", "note", "call"]),
        ("talks", ["call"]),
        ("visits", ["visit"]),
        ("notes", ["note"]),
        ("stages", []),
    ],
)
def test_filter_shows_one_sort(show: str, kinds: list[str]) -> None:
    lead = a_lead()
    a_talk(lead, days_ago=3)
    a_note(lead, at=timezone.now() - dt.timedelta(days=2))
    a_talk(lead, "visit", direction="", days_ago=1)

    entries = queries.timeline(lead, show=show).entries

    told = [e.id for e in entries if e.source == Source.INTERACTION]
    by_id = {str(row.id): row.kind for row in Interaction.objects.all()}
    assert [by_id[id] for id in told] == kinds


def test_someone_elses_entries_are_not_shown() -> None:
    a_note(a_lead("Ramon"), "Theirs")

    assert [e.strong for e in queries.timeline(a_lead()).entries] == ["Came in"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-06-16_5_x",
        "2026-06-16T04:00:00Z_9_x",
        "_5_",
        "9" * 400,
        "2026-13-01T00:00:00Z_5_a",
    ],
)
def test_nonsense_in_the_address_is_the_beginning(text: str) -> None:
    lead = a_lead()

    assert keyset.parsed(text) is None
    assert queries.timeline(lead, before=keyset.parsed(text)).entries != []


def test_row_id_made_by_hand_is_the_beginning() -> None:
    lead = a_lead()
    a_note(lead)
    made_up = Mark(timezone.now(), Source.INTERACTION, "no-uuid")

    assert len(queries.timeline(lead, before=made_up).entries) == 2


def test_days_are_those_of_the_owners_clock() -> None:
    lead = a_lead(arrived_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    with timezone.override("Asia/Manila"):
        a_note(lead, at=dt.datetime(2026, 6, 15, 15, 59, tzinfo=dt.UTC))
        a_note(lead, at=dt.datetime(2026, 6, 15, 16, 1, tzinfo=dt.UTC))

        days = queries.timeline(lead).days

    assert [str(day.date) for day in days] == ["2026-06-16", "2026-06-15", "2026-06-01"]


def test_day_that_began_on_the_page_before_has_no_heading() -> None:
    lead = a_lead(arrived_at=NOON - dt.timedelta(days=9))
    for minute in range(4):
        a_note(lead, at=NOON + dt.timedelta(minutes=minute))

    first = queries.timeline(lead, size=2)
    second = queries.timeline(lead, size=2, before=first.following)

    assert [day.begun for day in first.days] == [False]
    assert [day.begun for day in second.days] == [True]


@pytest.mark.parametrize("rows", [1, 30])
def test_query_count_does_not_grow(rows: int, django_assert_num_queries) -> None:
    lead = a_lead()
    for number in range(rows):
        at = timezone.now() - dt.timedelta(days=number)
        a_note(lead, at=at, listing=a_listing(f"Home {number}"))
        a_follow_up(lead, state="done", ended_at=at)
    lead = Lead.objects.select_related("source", "stage").get()

    with django_assert_num_queries(2):
        assert len(queries.timeline(lead).entries) == min(30, 2 * rows + 1)


def test_search_finds_words_of_bodies_and_subjects() -> None:
    lead = a_lead()
    roof = a_note(lead, "Likes the roof deck in the évening")
    letter = a_talk(lead, "email", subject="Deck plans", body="See the file")
    a_note(lead, "Parking first")
    a_note(a_lead("Ramon"), "Wants a deck")

    found, complete = queries.search(lead, "deck")
    assert ({entry.id for entry in found}, complete) == ({str(roof.id), str(letter.id)}, True)
    assert [e.id for e in queries.search(lead, "EVEN roo")[0]] == [str(roof.id)]
    assert queries.search(lead, "deck parking") == ([], True)
    assert queries.search(lead, "  ") == ([], True)


def many(lead: Lead, count: int) -> None:
    """Rows as the database could hold them; their sealed parts are not what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO leads_interaction (id, data_key, lead_id, kind, direction, at, outcome, "
            "sentiment, feedback, automatic, origin, made_at, words) "
            "SELECT gen_random_uuid(), %s, %s, CASE n %% 500 WHEN 0 THEN 'call' ELSE 'visit' END, "
            "CASE n %% 500 WHEN 0 THEN 'out' ELSE '' END, now() - n * interval '1 minute', "
            "'', '', '', false, 'logged', now(), '{}' FROM generate_series(1, %s) n",
            [lead.data_key, lead.id, count],
        )
        cursor.execute("ANALYZE leads_interaction")


@pytest.mark.parametrize("show", ["all", "talks", "visits", "notes"])
def test_ten_thousand_entries_are_read_by_the_page(show: str) -> None:
    """The plan reads about as many rows as it shows, by an index and without sorting them all."""
    lead = a_lead(arrived_at=timezone.now() - dt.timedelta(days=90))
    many(lead, 10_000)

    with CaptureQueriesContext(connection) as captured:
        queries.timeline(lead, show=show)
    statement = next(
        q["sql"] for q in captured.captured_queries if 'FROM "leads_interaction"' in q["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0][0]["Plan"]

    assert most_rows(plan) <= 100


def most_rows(plan) -> float:
    removed = plan.get("Rows Removed by Filter", 0)
    own = plan["Actual Rows"] * plan["Actual Loops"] + removed
    return max([own, *(most_rows(part) for part in plan.get("Plans", []))])
