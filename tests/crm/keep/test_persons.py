"""Proven on the sample's people: a person is exported whole, and erased for good."""

from __future__ import annotations

import pytest

from crm.keep import persons, registry
from crm.keep.registry import Holding
from crm.models import DataKey, Erasure, SecurityEvent, Trail
from crm.vault.data_keys import Subject
from crm.vault.errors import Erased
from tests.sample.models import Note, Person

pytestmark = pytest.mark.django_db


def _find_notes(subject):
    return [Note.objects.filter(person_id=subject).order_by("id")]


def _tell_notes(found):
    return [{"body": note.body} for note in found]


def _blank_person(subject):
    return Person.objects.filter(id=subject).exclude(name="").update(name="")


@pytest.fixture
def rooms(monkeypatch):
    monkeypatch.setattr(registry, "_holdings", {})
    registry.register_holding(
        Holding(
            name="people",
            label="The person",
            find=lambda subject: [Person.objects.filter(id=subject)],
            tell=lambda found: [{"name": one.name, "stage": one.stage} for one in found],
            erase=_blank_person,
        )
    )
    registry.register_holding(
        Holding(
            name="notes",
            label="Notes",
            find=_find_notes,
            tell=_tell_notes,
            erase=lambda _: 0,
        )
    )


@pytest.fixture
def ramon(rooms):
    ramon = Person.objects.create(name="Ramon Villareal")
    for number in range(3):
        Note.objects.create(person=ramon, body=f"He likes the roof deck {number}")
    return ramon


def test_an_export_holds_every_rooms_part(ramon):
    sections = persons.export(ramon.id)
    assert [(section.name, len(section.rows)) for section in sections] == [
        ("people", 1),
        ("notes", 3),
    ]
    assert persons.as_json(ramon.id, sections)["held"]["people"] == [
        {"name": "Ramon Villareal", "stage": "new"}
    ]


def test_the_preview_counts_without_taking(ramon):
    assert persons.preview(ramon.id) == {"The person": 1, "Notes": 3}
    assert Person.objects.get().name == "Ramon Villareal"


def test_an_erased_person_can_not_be_read_any_more(ramon):
    receipt = persons.erase(subject=Subject("person", ramon.id))
    assert (receipt.taken, receipt.keys, receipt.backups_until) == ({"The person": 1}, 1, None)
    assert DataKey.objects.filter(subject_id=ramon.id).count() == 0
    assert Person.objects.get().name == ""
    with pytest.raises(Erased):
        _ = Note.objects.first().body


def test_an_erasure_leaves_no_name_in_the_trail(ramon):
    persons.erase(subject=Subject("person", ramon.id))
    assert not Trail.objects.filter(after__icontains="Villareal").exists()
    assert not Trail.objects.filter(before__icontains="Villareal").exists()


def test_an_erasure_is_a_security_event(ramon):
    persons.erase(subject=Subject("person", ramon.id))
    assert SecurityEvent.objects.filter(kind="erase", subject=ramon.id).count() == 1


def test_who_comes_back_with_an_old_backup_is_erased_again(ramon):
    persons.erase(subject=Subject("person", ramon.id))
    Person.objects.filter(id=ramon.id).update(name="Ramon Villareal")
    assert persons.replay() == 1
    assert (Person.objects.get().name, Erasure.objects.count()) == ("", 1)
