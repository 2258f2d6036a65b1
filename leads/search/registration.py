from __future__ import annotations

from django.db import connection

from crm.runtime import grants, ticks
from crm.shell.palette import register_source
from leads.search import sources


def register() -> None:
    # Written by the database alone.
    grants.restrict("leads_name_word", "SELECT")
    register_source("People", sources.search_people)
    register_source("Homes", sources.search_homes)
    register_source("Notes", sources.search_notes)
    ticks.register("leads.name_words", every=300, run=fold_name_words)


def fold_name_words() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_fold_name_words()")
