"""The six ways to falsify the trail, each at random places of a chain of twenty seals."""

from __future__ import annotations

from random import Random

import pytest

from crm.models import Trail
from tests.trailed.models import Street

RECORDS, A_SEAL = 60, 3
FORGED = """
    UPDATE crm_trail SET actor = 'forger', digest = crm_trail_digest(era, xid, at, op, table_name,
        row_id, subject, before, after, kind, 'forger', page, operation)
    WHERE id = {one}"""
EDITS = [
    FORGED,
    """UPDATE crm_trail SET after = '{{"name": "Forged"}}' WHERE id = {one}""",
    "UPDATE crm_trail SET actor = 'forger' WHERE id = {one}",
    "UPDATE crm_trail SET at = at + interval '1 millisecond' WHERE id = {one}",
    "UPDATE crm_trail SET row_id = row_id || '0' WHERE id = {one}",
]
INSERTED = """
    INSERT INTO crm_trail (era, xid, at, op, table_name, row_id, subject, before, after, scrubbed,
        kind, actor, page, operation, digest)
    SELECT era, xid, at, op, table_name, row_id, subject, before, after, scrubbed,
        kind, actor, page, operation, digest FROM crm_trail WHERE id = {one}"""
EXCHANGED = """
    UPDATE crm_trail SET id = -1 WHERE id = {one};
    UPDATE crm_trail SET id = {one} WHERE id = {other};
    UPDATE crm_trail SET id = {other} WHERE id = -1"""
SEALED_ANEW = ["DELETE FROM crm_seal", *["SELECT crm_trail_seal(3)"] * (RECORDS // A_SEAL)]
REWRITTEN = ";".join([FORGED, *SEALED_ANEW])
CUTS = [
    "DELETE FROM crm_seal WHERE position > {seal}; DELETE FROM crm_trail WHERE id > {last}",
    "DELETE FROM crm_seal WHERE position > {seal}",
    "DELETE FROM crm_trail WHERE id > {last}",
]
KEEP = """
    CREATE TEMPORARY TABLE kept_trail AS TABLE crm_trail;
    CREATE TEMPORARY TABLE kept_seal AS TABLE crm_seal"""
BACK = """
    DELETE FROM crm_trail; INSERT INTO crm_trail OVERRIDING SYSTEM VALUE TABLE kept_trail;
    DELETE FROM crm_seal; INSERT INTO crm_seal OVERRIDING SYSTEM VALUE TABLE kept_seal"""
WAYS = {
    "edit": EDITS,
    "delete": ["DELETE FROM crm_trail WHERE id = {one}"],
    "insert": [INSERTED],
    "reorder": [EXCHANGED],
    "cut": CUTS,
    "rewrite": [REWRITTEN],
}


def unseen(way, *, times, sealed, found, superuser):
    """How often it went unseen, of so many times at random places."""
    for number in range(RECORDS):
        Street.objects.create(name=f"Street {number}")
    sealed()
    assert found() == ""
    superuser(KEEP)
    ids = list(Trail.objects.order_by("id").values_list("id", flat=True))
    random, missed = Random(f"falsified by {way}"), 0
    for _ in range(times):
        # Whoever writes behind the last seal appends: that is sealed as any new record is.
        one, other = random.sample(ids[:-A_SEAL], 2)
        seal = random.randrange(1, RECORDS // A_SEAL)
        places = {"one": one, "other": other, "seal": seal, "last": ids[seal * A_SEAL - 1]}
        superuser(random.choice(WAYS[way]).format(**places))
        missed += found() == ""
        superuser(BACK)
    superuser("DROP TABLE kept_trail, kept_seal")
    assert found() == ""
    return missed


@pytest.mark.parametrize("way", WAYS)
def test_falsified_at_random_it_shows(way, sealed, found, superuser):
    assert unseen(way, times=2, sealed=sealed, found=found, superuser=superuser) == 0


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
def test_two_hundred_of_each_show(way, sealed, found, superuser):
    assert unseen(way, times=200, sealed=sealed, found=found, superuser=superuser) == 0
