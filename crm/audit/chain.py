"""Sealing: what was committed is chained a few seconds later, by a tick and not by the triggers.

A chain in the triggers would make all writers wait for each other.
"""

from __future__ import annotations

from django.db import connection

from crm.audit import head as heads
from crm.audit.head import Head, HeadForged
from crm.models import Seal

RECORDS_A_SEAL = 5_000


class ChainBroken(Exception):
    """The chain in the database isn't the one whose head is kept outside; says how, in words."""


def seal_due() -> int:
    """Seal whatever is committed, then move the head: only if the chain still leads to it."""
    problem = disagreement()
    sealed = seal_all()
    if problem:
        raise ChainBroken(problem)
    if sealed:
        take_head()
    return sealed


def seal_all() -> int:
    total = sealed = _seal()
    while sealed == RECORDS_A_SEAL:
        sealed = _seal()
        total += sealed
    return total


def _seal() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT crm_trail_seal(%s)", [RECORDS_A_SEAL])
        return int(cursor.fetchone()[0])


def take_head() -> Head | None:
    last = Seal.objects.order_by("-position").first()
    if last is None:
        return None
    head = Head.now(last.position, bytes(last.hash))
    heads.write(head)
    return head


def disagreement() -> str:
    """How the head kept outside and the chain disagree, in words; empty when they agree."""
    try:
        head = heads.newest()
    except HeadForged as error:
        return f"The head kept outside the database was tampered with: {error}"
    if head is None:
        return _disagreement_without_head()
    return compare(head)


def _disagreement_without_head() -> str:
    if Seal.objects.exists():
        return "The head kept outside the database is missing, but the chain has begun."
    return ""


def compare(head: Head) -> str:
    seal = Seal.objects.filter(position=head.position).first()
    if seal is None:
        return _cut(head)
    if bytes(seal.hash).hex() != head.hash:
        return (
            f"Seal {head.position} is not the one that was kept outside the database on "
            f"{head.at:.19}: the chain was rewritten."
        )
    return ""


def _cut(head: Head) -> str:
    last = Seal.objects.order_by("-position").first()
    end = f"ends at seal {last.position}" if last else "is empty"
    return (
        f"The chain {end}, but seal {head.position} was kept outside the database on "
        f"{head.at:.19}: the end was cut off."
    )
