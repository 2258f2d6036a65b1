"""A database's address in Django's words, tried on a real connection."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from crm.runtime import databases

ADDRESS = "postgresql://somebody@/some?options=-c%20work_mem%3D9MB"


@pytest.mark.django_db
def test_a_page_waits_only_so_long_for_what_others_have_in_hand() -> None:
    with connection.cursor():
        params = connection.get_connection_params()
    told = {
        process: databases.settings(ADDRESS, process=process)["OPTIONS"]["options"]
        for process in ("web", "worker")
    }

    found = {}
    for process, options in told.items():
        ours = {k: v for k, v in params.items() if k not in ("context", "cursor_factory")}
        with psycopg.connect(**ours | {"options": options}) as other:
            found[process] = [
                other.execute(f"SHOW {name}").fetchone()[0] for name in ("lock_timeout", "work_mem")
            ]

    assert found == {"web": ["8s", "9MB"], "worker": ["0", "9MB"]}
