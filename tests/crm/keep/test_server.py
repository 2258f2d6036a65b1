from __future__ import annotations

import pytest

from crm.keep import server
from crm.runtime import databases
from crm.runtime.roles import APPLICATION


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://o%40x:p%2Fw@/porchlight?host=/var/lib/porch/run", "/var/lib/porch/run", ""),
        ("postgresql://o%40x:p%2Fw@db.example:6432/porchlight", "db.example", 6432),
    ],
)
def test_another_database_on_the_same_server_is_reached_the_same_way(settings, url, host, port):
    settings.DATABASE_OWNER_URL = url
    found = databases.settings(server.database_url("beside"))
    names = ("HOST", "PORT", "USER", "PASSWORD", "NAME")
    assert tuple(found[n] for n in names) == (host, port, "o@x", "p/w", "beside")


def test_encryption_of_the_line_is_kept(settings):
    settings.DATABASE_OWNER_URL = "postgresql://o:p@db.example/porchlight?sslmode=require"
    assert databases.settings(server.database_url("beside"))["OPTIONS"]["sslmode"] == "require"


@pytest.mark.django_db
def test_owner_that_may_not_make_databases_is_told_how(monkeypatch):
    lesser = f"{server.address('postgres')} options='-c role={APPLICATION}'"
    monkeypatch.setattr(server, "address", lambda _: lesser)

    with pytest.raises(server.ToolError, match="ALTER ROLE porchlight_owner CREATEDB"):
        server.create_database("porchlight_refused")
