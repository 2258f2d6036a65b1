"""Rows of a table that only bench databases have: tracked and sealed as any model of a person."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from uuid import UUID

from django.db import connection, transaction

from crm.bench.stage import Stage, copy
from crm.vault import data_keys
from crm.vault.blind import keyed_hash
from crm.vault.data_keys import Subject
from crm.vault.ids import uuid7
from crm.vault.keyring import ring
from crm.vault.sealing import OpenKey, Place, seal

TABLE = "bench_person"
AREAS = 60
BATCH = 20_000
# Leads are many in their own tables; these are for what the house alone can say.
AT_MOST = 20_000
GIVEN = ("Ana", "Ramon", "Liza", "Jun", "Carla", "Miguel", "Tess", "Noel", "Grace", "Paolo")
FAMILY = ("Santos", "Reyes", "Cruz", "Bautista", "Ocampo", "Garcia", "Mendoza", "Torres", "Uy")
STAGES = ("new", "talking", "showing", "offer", "closed", "lost")

MAKE_TABLE = """
CREATE TABLE bench_person (id uuid PRIMARY KEY, name text NOT NULL, stage text NOT NULL,
    area integer NOT NULL, note text NOT NULL, email bytea NOT NULL, email_hash bytea NOT NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON bench_person TO PUBLIC;
CREATE TRIGGER trail_insert AFTER INSERT ON bench_person REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_trail_write('id', 'id', '');
CREATE TRIGGER trail_update AFTER UPDATE ON bench_person
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_trail_write('id', 'id', '');
CREATE TRIGGER trail_delete AFTER DELETE ON bench_person REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_trail_write('id', 'id', '')
"""
COLUMNS = ("id", "name", "stage", "area", "note", "email", "email_hash")


def email_of(number: int) -> str:
    return f"person{number}@example.org"


def make(stage: Stage) -> int:
    """Each with a data key of its own, a sealed address and its hash, and a record in the trail."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TABLE)
    random, areas = stage.random(TABLE), stage.zipf(AREAS)
    count = min(stage.rows, AT_MOST)
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        drawn = areas.draw(random, len(numbers))
        with transaction.atomic():
            subjects = [Subject("lead", uuid7()) for _ in numbers]
            keys = data_keys.make_many(subjects)
            copy(TABLE, COLUMNS, _rows(random, numbers, drawn, subjects, keys))
    return count


def change_some(stage: Stage) -> int:
    """A tenth moves on, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_person SET stage = 'offer' WHERE area % 10 = 1")
        return int(cursor.rowcount) if stage.rows else 0


def _rows(
    random: Random,
    numbers: range,
    areas: list[int],
    subjects: list[Subject],
    keys: dict[UUID, OpenKey],
) -> Iterator[tuple[object, ...]]:
    index = ring().index_key(TABLE, "email_hash")
    for number, area, subject in zip(numbers, areas, subjects, strict=True):
        name = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
        email = email_of(number)
        place = Place(TABLE, "email", subject.id)
        yield (
            subject.id,
            name,
            random.choice(STAGES),
            area,
            # Most have said nothing yet.
            "Looks for a garden." if random.random() < 0.3 else "",
            seal(email.encode(), place=place, key=keys[subject.id]),
            keyed_hash(index, email),
        )
