"""The application's rights, tried out on the test's connection, which is the owner's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from crm.runtime import grants
from crm.runtime.roles import APPLICATION

# Several test runs may share a server and make the role at once.
MAKE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
    CREATE ROLE {APPLICATION};
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


@contextmanager
def application_role() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APPLICATION)))
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture(scope="session")
def application_granted(django_db_setup: None, django_db_blocker: Any) -> None:
    """The role exists in the test's server, with the rights that migrate gives it."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(MAKE_ROLE)
        grants.apply()


@pytest.fixture
def as_application(
    application_granted: None, db: None
) -> Callable[[], AbstractContextManager[None]]:
    """`with as_application():` has the application's rights; an error inside needs a savepoint."""
    return application_role
