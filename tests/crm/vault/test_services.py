from __future__ import annotations

import time

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from crm.models import DataKey, Erasure
from crm.vault import data_keys
from crm.vault.data_keys import Subject
from crm.vault.errors import Erased
from crm.vault.ids import uuid7
from crm.vault.services import give_back, hand_over, replay_erasures, seal_anew, shred
from tests.sample.models import Note, Person

pytestmark = pytest.mark.django_db


def make_person(name="Ana", **values) -> Person:
    person = Person.objects.create(name=name, private={"of": name})
    Note.objects.create(person=person, body=f"about {name}", **values)
    return person


def bodies() -> list[str]:
    found = []
    for note in Note.objects.order_by("id"):
        try:
            found.append(note.body)
        except Erased:
            found.append("(erased)")
    return found


def test_shredding_makes_all_of_one_person_unreadable():
    ana = make_person("Ana")
    make_person("Ben")
    erasure = shred(subject=ana.vault_subject())
    assert bodies() == ["(erased)", "about Ben"]
    assert (erasure.subject_kind, erasure.subject_id) == ("sample.person", ana.id)
    assert erasure.keys == [ana.data_key]


def test_shredding_twice_is_one_erasure():
    ana = make_person()
    assert shred(subject=ana.vault_subject()) == shred(subject=ana.vault_subject())
    assert Erasure.objects.count() == 1


def test_who_was_erased_gets_no_new_key():
    ana = make_person()
    shred(subject=ana.vault_subject())
    with pytest.raises(Erased):
        Note.objects.create(person=ana, body="more")


def test_another_process_forgets_within_its_time(monkeypatch):
    ana = make_person()
    key = ana.opened_data_key()
    shred(subject=ana.vault_subject())
    data_keys.memory.put([key])
    assert ana.opened_data_key() == key
    later = time.monotonic() + data_keys.REMEMBERED + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(Erased):
        ana.opened_data_key()


def test_merged_rows_keep_their_key_and_die_with_the_survivor():
    ana, ben = make_person("Ana"), make_person("Ben")
    moved = hand_over(source=ana.vault_subject(), target=ben.vault_subject())
    Note.objects.filter(person=ana).update(person=ben)
    assert moved == [ana.data_key]
    assert bodies() == ["about Ana", "about Ben"]
    edited = Note.objects.order_by("id")[0]
    edited.body = "about Ana, edited"
    edited.save()
    assert Note.objects.get(id=edited.id).data_key == ana.data_key
    shred(subject=ben.vault_subject())
    assert bodies() == ["(erased)", "(erased)"]


def test_an_undone_merge_gives_the_keys_back():
    ana, ben, cleo = make_person("Ana"), make_person("Ben"), make_person("Cleo")
    first = hand_over(source=ana.vault_subject(), target=ben.vault_subject())
    second = hand_over(source=ben.vault_subject(), target=cleo.vault_subject())
    assert set(second) == {ana.data_key, ben.data_key}
    assert give_back(keys=second, to=ben.vault_subject()) == 2
    assert give_back(keys=first, to=ana.vault_subject()) == 1
    shred(subject=ben.vault_subject())
    assert bodies() == ["about Ana", "(erased)", "about Cleo"]


def test_new_rows_of_the_survivor_use_its_own_key():
    ana, ben = make_person("Ana"), make_person("Ben")
    hand_over(source=ana.vault_subject(), target=ben.vault_subject())
    assert Note.objects.create(person=ben, body="new").data_key == ben.data_key


def test_nothing_is_handed_to_the_erased():
    ana, ben = make_person("Ana"), make_person("Ben")
    shred(subject=ben.vault_subject())
    with pytest.raises(Erased):
        hand_over(source=ana.vault_subject(), target=ben.vault_subject())


def test_a_restore_replays_the_erasures():
    ana = make_person("Ana")
    make_person("Ben")
    key = DataKey.objects.get(born_id=ana.id)
    shred(subject=ana.vault_subject())
    key.save(force_insert=True)
    assert bodies() == ["about Ana", "about Ben"]
    assert replay_erasures() == 1
    assert bodies() == ["(erased)", "about Ben"]
    assert replay_erasures() == 0


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_list_of_erasures_only_grows(change):
    shred(subject=Subject("sample.person", uuid7()))
    rows = Erasure.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(keys=[]) if change == "update" else rows.delete()
    assert Erasure.objects.count() == 1


def test_a_row_moved_to_another_person_is_sealed_anew():
    ana, ben = make_person("Ana", email="ana@x.ph"), make_person("Ben")
    note = Note.objects.get(person=ana)
    note.person = ben
    note.save()
    seal_anew(rows=[note])
    shred(subject=ana.vault_subject())
    read = Note.objects.get(id=note.id)
    assert (read.body, read.email, read.data_key) == ("about Ana", "ana@x.ph", ben.data_key)


def test_two_writers_get_one_key(transactional_db):
    ana = Subject("sample.person", uuid7())
    first = data_keys.provide([ana])
    data_keys.memory.clear()
    second = data_keys._made([ana])
    assert second[ana.id].id == first[ana.id].id
    assert DataKey.objects.count() == 1
