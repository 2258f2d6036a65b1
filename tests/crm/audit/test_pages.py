from __future__ import annotations

import json

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from crm.audit import context, queries, undoing
from crm.audit.services import operation, scrub, security_event
from crm.audit.words import Line
from crm.models import Operation, Trail
from tests.trailed.models import Person, Street


@pytest.fixture
def ramon(db):
    with context.acting("owner", page="people:lead"):
        person = Person.objects.create(name="Ramon", secret=b"sealed", tags=["sea", "hill"])
        person.street = Street.objects.create(name="Oak")
        person.mood = Person.Mood.QUIET
        person.name = "<b>Ramón</b>"
        person.save()
    return person


def of(person, **asked):
    return queries.history("trailed_person", str(person.id), **asked)


def test_history_speaks_in_labels_choices_and_names(ramon):
    changed, created = of(ramon).entries

    assert (changed.what, changed.who, changed.source) == ("Person changed", "You", "people, lead")
    assert changed.lines == [
        Line("Full name", "Ramon", "<b>Ramón</b>"),
        Line("Mood", "Keen to buy", "Gone quiet"),
        Line("Street", "nothing", "Oak"),
    ]
    assert created.lines == [
        Line("Full name", "nothing", "Ramon"),
        Line("Mood", "nothing", "Keen to buy"),
        Line("Tags", "nothing", "sea, hill"),
        Line("Secret", "nothing", "hidden"),
    ]


def test_history_of_a_scrubbed_row_says_that_it_was_erased(ramon):
    scrub(subjects=[ramon.id])

    assert of(ramon).entries[0].lines[0] == Line("Full name", "erased", "erased")


def test_history_names_what_is_gone(ramon):
    street = ramon.street
    Person.objects.update(street=None)
    street.delete()

    assert of(ramon).entries[0].lines == [Line("Street", "one that is gone", "nothing")]


def test_history_is_paged_by_id(ramon):
    first = of(ramon, limit=1)
    second = of(ramon, limit=1, before=first.older)

    assert [entry.what for entry in first.entries + second.entries] == [
        "Person changed",
        "Person created",
    ]
    assert second.older is None


def test_history_asks_as_much_for_one_record_as_for_thirty(ramon, django_assert_num_queries):
    def rename(number):
        with context.acting("owner"), operation("Rename somebody"):
            Person.objects.update(name=f"Name {number}")

    rename(0)
    with django_assert_num_queries(3):
        of(ramon, limit=3)
    for number in range(1, 30):
        rename(number)
    with django_assert_num_queries(3):
        of(ramon, limit=40)


def test_the_panel_escapes_what_people_wrote(ramon):
    shown = render_to_string("crm/audit/_history.html", {"history": of(ramon)})

    assert "&lt;b&gt;Ramón&lt;/b&gt;" in shown
    assert "<b>Ramón" not in shown


def shown(client, **query):
    return client.get(reverse("activity"), query).context["history"]


def test_activity_lists_changes_and_events_newest_first(signed_in, ramon):
    security_event("export", detail={"rows": 7})
    what = [entry.what for entry in shown(signed_in).entries]

    assert what[:4] == ["Data was exported", "Person changed", "Street created", "Person created"]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ({"kind": "events"}, ["Data was exported"]),
        ({"kind": "export"}, ["Data was exported"]),
        ({"kind": "reveal"}, []),
        ({"actor": "owner"}, ["Person changed", "Street created", "Person created"]),
        ({"day": "2001-01-01"}, []),
    ],
)
def test_activity_is_filtered(query, what, signed_in, ramon):
    security_event("export")

    assert [entry.what for entry in shown(signed_in, **query).entries] == what


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("9999-12-31", "between 2000 and 2200"),
        ("0001-01-01", "between 2000 and 2200"),
        ("2025-02-29", "Enter a valid date"),
    ],
)
def test_activity_of_a_day_that_never_was_says_so(day, said, signed_in):
    assert said in signed_in.get(reverse("activity"), {"day": day}).content.decode()


def test_activity_goes_on_with_older_records_and_keeps_the_filter(signed_in, ramon):
    Street.objects.bulk_create(Street(name=f"Street {n}") for n in range(60))
    first = signed_in.get(reverse("activity"), {"kind": "changes"})
    older = first.context["history"].older
    second = shown(signed_in, kind="changes", before=older)

    assert f"kind=changes&amp;before={older}" in first.content.decode()
    assert len(first.context["history"].entries) == 50
    assert [entry.id for entry in second.entries] == list(
        Trail.objects.changes().filter(id__lt=older).order_by("-id").values_list("id", flat=True)
    )[:50]


@pytest.mark.parametrize("model", ["trail", "securityevent", "operation"])
def test_the_admin_shows_history_and_edits_nothing(model, signed_in, owner, ramon):
    owner.is_superuser = True
    owner.save()
    security_event("export")
    listed = signed_in.get(reverse(f"admin:crm_{model}_changelist"))
    row = {"trail": Trail.objects.first(), "securityevent": Trail.objects.get(op="E")}.get(model)

    assert listed.status_code == 200
    assert not listed.context["has_add_permission"]
    if row is not None:
        page = reverse(f"admin:crm_{model}_change", args=[row.pk])
        assert signed_in.get(page).status_code == 200
        assert signed_in.post(page, {"actor": "nobody"}).status_code == 403
        row.refresh_from_db()
        assert row.actor != "nobody"


def test_history_offers_each_piece_of_work_once_at_its_newest_record(ramon):
    with context.acting("owner"), operation("Rename somebody") as renamed:
        Person.objects.update(name="Ramon Cruz")
        Person.objects.update(mood=Person.Mood.KEEN)
    with context.acting("worker"), operation("Count somebody"):
        Person.objects.update(mood=Person.Mood.QUIET)
    told = of(ramon).entries

    assert [entry.offer and entry.offer.label for entry in told[:4]] == [None, "Undo", None, None]
    assert (told[1].offer.operation, told[1].offer.name) == (renamed, "Rename somebody")


def test_activity_takes_back_days_later_and_does_it_again(signed_in, ramon):
    street = ramon.street
    with context.acting("owner"), operation("Delete a street"):
        Person.objects.update(street=None)
        street.delete()
    page = signed_in.get(reverse("activity"))
    offer = page.context["history"].entries[0].offer
    undo = reverse("undo", args=[offer.operation])

    assert f'action="{undo}"' in page.content.decode()
    assert signed_in.post(undo, headers={"Referer": reverse("activity")}).url == reverse("activity")
    ramon.refresh_from_db()
    assert ramon.street.name == "Oak"

    page = signed_in.get(reverse("activity"))
    labels = [
        (each.offer.label, each.offer.since)
        for each in page.context["history"].entries
        if each.offer
    ]
    assert labels == [("Do again", ""), ("Undo", "undone")]
    assert undo not in page.content.decode()
    assert "Delete a street: undone" in page.content.decode()


def test_what_was_done_again_is_undone_as_at_first(signed_in, ramon):
    with context.acting("owner"), operation("Rename somebody") as id:
        Person.objects.update(name="Ramon Cruz")
    names, words, offers = [], [], []
    for _ in range(4):
        with context.acting("owner"):
            undone = undoing.take_back(id)
        id = undone.operation
        words.append(undone.words)
        names.append(Operation.objects.get(id=id).name)
        offers.append([each.offer for each in of(ramon).entries[:2]])

    assert names == ["Undo Rename somebody", "Do again: Rename somebody"] * 2
    assert words == ["Undone.", "Done again."] * 2
    assert [newest.label for newest, _ in offers] == ["Do again", "Undo"] * 2
    assert [older.since for _, older in offers] == ["undone", "done again"] * 2
    assert {each.name for two in offers for each in two} == {"Rename somebody"}


def test_an_undo_that_could_take_nothing_back_is_none_and_may_be_tried_again(signed_in, ramon):
    with context.acting("owner"), operation("Rename somebody") as id:
        Person.objects.update(name="Ramon Cruz")
    Person.objects.update(name="Ray")
    answer = signed_in.post(reverse("undo", args=[id]), {"here": "1"})
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast == {
        "text": "Not undone. 1 left as it is: changed since.", "tone": "bad", "undo": "",
    }  # fmt: skip

    Person.objects.update(name="Ramon Cruz")
    assert undoing.take_back(id).words == "Undone."
    ramon.refresh_from_db()
    assert ramon.name != "Ramon Cruz"
