from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from crm.vault import search
from crm.vault.services import shred
from crm.vault.stop_words import STOP_WORDS
from crm.vault.words import AT_MOST, asked, hashes, looked_up, matches, words
from tests.sample.models import Note, Person

KEY = b"k" * 32
TEXTS = st.text(max_size=120) | st.lists(
    st.text(alphabet="abcdeÉñÑßİ 房子有ไทยहिन्दी'-", min_size=1, max_size=12), max_size=20
).map(" ".join)


def is_candidate(text: str, query: str) -> bool:
    have = set(hashes(KEY, text))
    return any(set(need) <= have for need in looked_up(KEY, asked(query)))


def beginnings(text: str) -> list[str]:
    told = [word for word in words(text) if word not in STOP_WORDS]
    return [word[:end] for word in told for end in {*range(3, len(word) + 1), len(word)}]


@given(TEXTS)
def test_every_word_and_every_beginning_is_found(text):
    for beginning in beginnings(text):
        assert is_candidate(text, beginning), beginning
        assert matches(text, asked(beginning)), beginning


@given(TEXTS, TEXTS)
def test_nothing_false_is_left_after_reading(text, query):
    told = [word for word in words(text) if word not in STOP_WORDS]
    true = all(any(want in word for word in told) for want in asked(query))
    assert not matches(text, asked(query)) or true


@given(TEXTS)
def test_a_note_has_at_most_256_hashes(text):
    found = hashes(KEY, text * 10)
    assert len(found) == len(set(found)) <= AT_MOST


def test_a_note_with_too_many_words_is_still_found_by_each():
    text = " ".join(f"{first}{second}a{first}hide" for first in "bcdfghjkl" for second in "aeiou")
    text += " " + " ".join(
        f"{first}{second}{third}ost" for first in "mn" for second in "aeiou" for third in "bcdfgp"
    )
    assert len(hashes(KEY, text)) < AT_MOST < sum(1 for _ in beginnings(text))
    for beginning in beginnings(text):
        assert is_candidate(text, beginning)


def test_stop_words_are_not_in_the_index():
    assert hashes(KEY, "the and ang mga") == []
    assert is_candidate("a theatre", "the") is True
    assert is_candidate("big garden", "the garden") is True


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Señora Peña", "pena"),
        ("GARDEN", "garden"),
        ("Straße", "strass"),
        ("想要一个花园的房子", "花园"),
        ("हिन्दी", "हिन्दी"),
        ("unit 2B", "2b"),
        ("Ελλάδα", "ελλαδ"),
        ("دَار", "دار"),
    ],
)
def test_words_are_found_in_every_script(text, query):
    assert is_candidate(text, query)
    assert matches(text, asked(query))


@pytest.fixture
def person(db):
    return Person.objects.create(name="Ana")


def find(text: str, **options) -> list[str]:
    found = search.by_words(Note.objects.all(), index="words", text=text, **options)
    return [note.body for note in found.rows]


def test_search_finds_newest_first_and_reads_each(person):
    for body in ("a large garden", "gardener called", "garage", ""):
        Note.objects.create(person=person, body=body)
    assert find("garde") == ["gardener called", "a large garden"]
    assert find("gardens") == []
    assert find("large garden") == ["a large garden"]
    assert find("garden zzz") == []
    assert find("") == []


def test_search_says_when_there_may_be_more(person):
    for _ in range(3):
        Note.objects.create(person=person, body="garden")
    rows = Note.objects.all()
    assert search.by_words(rows, index="words", text="garden").complete is True
    assert search.by_words(rows, index="words", text="garden", limit=2).complete is False
    assert search.by_words(rows, index="words", text="garden", candidates=2).complete is False


def test_search_takes_the_same_queries_for_one_and_thirty(person, django_assert_num_queries):
    Note.objects.create(person=person, body="garden")
    find("garden")
    with django_assert_num_queries(6):
        find("garden")
    Note.objects.bulk_create(Note(person=person, body="garden") for _ in range(29))
    with django_assert_num_queries(6):
        assert len(find("garden")) == 30


def test_search_leaves_out_the_erased(person):
    Note.objects.create(person=person, body="garden")
    shred(subject=person.vault_subject())
    assert find("garden") == []


def test_a_rare_word_beside_a_common_one_uses_the_index(person):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sample_note (id, data_key, person_id, words)"
            " SELECT gen_random_uuid(), %s, %s, ARRAY[1, 2, n] FROM generate_series(10, 20000) n",
            [person.data_key, person.id],
        )
        cursor.execute("ANALYZE sample_note")
        search._only_bitmaps(cursor, "off")
        cursor.execute(
            "EXPLAIN SELECT id FROM sample_note WHERE words @> '{1,15}' OR words @> '{2,3}' LIMIT 9"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
        search._only_bitmaps(cursor, "on")
    assert "Bitmap Index Scan on sample_note_words" in plan
    assert "Seq Scan" not in plan
