"""One server's database into another's, every table compared; for PostgreSQL's next major version.

It knows nothing of our models, since they may be newer than the tables.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psycopg

from crm.keep import dump, tally
from crm.keep.server import OPTIONS, ToolError


def main(source: str, target: str, programs: Path) -> None:
    """`programs` are those of the server that is left: a later release of it may keep what ours
    has not heard of."""
    wanted, given = (_conninfo(url) for url in (source, target))
    dump.pour_into(wanted, given, by=programs / "pg_dump")
    with psycopg.connect(wanted) as before, psycopg.connect(given) as after:
        wrong = tally.differences(tally.tables(before), tally.tables(after))
    if wrong:
        sys.exit(" ".join(wrong[:3]))


def _conninfo(url: str) -> str:
    return psycopg.conninfo.make_conninfo(url, options=OPTIONS)


if __name__ == "__main__":
    try:
        main(os.environ["MOVE_FROM"], os.environ["MOVE_TO"], Path(os.environ["MOVE_BY"]))
    except (ToolError, psycopg.Error) as error:
        sys.exit(str(error))
