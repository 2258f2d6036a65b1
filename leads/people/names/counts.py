"""How many people a name is used by: exact for few, "500+" where counting would take long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum

from leads.models import StageTally

# So many rows are looked at for a whole page, so that a long list counts less far.
LOOKED_AT = 5000
ENDS = (5000, 2000, 1000, 500, 200, 100)

FEW = """
SELECT named.id, few.number FROM {names} named CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM (SELECT FROM {uses} LIMIT %(most)s) looked_at) few
WHERE %(only)s::bigint IS NULL OR named.id = %(only)s
"""
OF_PEOPLE = "leads_lead l WHERE l.{column} = named.id AND l.state = 'present'"
OF_TAGS = """leads_leadtag t JOIN leads_lead l ON l.id = t.lead_id AND l.state = 'present'
    WHERE t.tag_id = named.id"""
OF_VALUES = "leads_customvalue v WHERE v.field_id = named.id"


@dataclass(frozen=True)
class Many:
    number: int = 0
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.more else ''}"


# Given how many names are shown, and the only one that is asked for.
Counts = Callable[[int, int | None], dict[int, Many]]


def by_uses(names: str, uses: str) -> Counts:
    statement = FEW.format(names=names, uses=uses)

    def counts(shown: int, only: int | None = None) -> dict[int, Many]:
        most = next((end for end in ENDS if end * shown <= LOOKED_AT), ENDS[-1])
        with connection.cursor() as cursor:
            cursor.execute(statement, {"most": most + 1, "only": only})
            return {id: Many(min(number, most), number > most) for id, number in cursor.fetchall()}

    return counts


def by_lead(names: str, column: str) -> Counts:
    return by_uses(names, OF_PEOPLE.format(column=column))


def by_stage(_shown: int, _only: int | None = None) -> dict[int, Many]:
    """From the sums that the database keeps: exact, and quick with a million people."""
    found = StageTally.objects.values("stage").annotate(many=Sum("leads"))
    return {stage: Many(many) for stage, many in found.values_list("stage", "many")}
