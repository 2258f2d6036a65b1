"""A sealed dump into an empty database by two hands: a restore is mostly one server process at
work, and a machine has more than one core.

PostgreSQL's own way to do that wants the dump as a file that it can jump about in; ours stays
sealed. So each hand is given the whole stream, and the list of what it is to take from it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crm.keep import dump

HANDS = 2
# What is built from a table's rows: any order will do, as long as the rows are there.
BUILT = (" INDEX ", " CONSTRAINT ")


def refill(sealed: Path, *, key: bytes, database: str, rows: Mapping[str, int]) -> None:
    """`rows` says how many a table has, so that both hands get about the same."""

    def take(lines: Iterable[str]) -> None:
        if chosen := "\n".join(lines):
            with tempfile.NamedTemporaryFile("w", suffix=".list") as listed:
                listed.write(chosen + "\n")
                listed.flush()
                dump.restore(sealed, key=key, database=database, options=[f"-L{listed.name}"])

    def section(name: str) -> list[str]:
        return dump.contents(sealed, key=key, section=name)

    dump.restore_tables(sealed, key=key, database=database)
    data = section("data")
    shares = shared(data, lambda line: rows.get(_table(line), 0))
    # A stream is read forwards only.
    each_hand(take, [sorted(share, key=data.index) for share in shares])
    built, last = _apart(section("post-data"))
    # Of indexes only the order is known: those of a table stand together and go to both.
    each_hand(take, [built[hand::HANDS] for hand in range(HANDS)])
    take(last)


def each_hand(work: Callable[[list[str]], object], shares: Iterable[list[str]]) -> None:
    with ThreadPoolExecutor(HANDS) as pool:
        for done in [pool.submit(work, share) for share in shares]:
            done.result()


def shared(things: Iterable[str], size: Callable[[str], int]) -> list[list[str]]:
    """The largest first, each to the hand that has the least so far."""
    shares: list[list[str]] = [[] for _ in range(HANDS)]
    for thing in sorted(things, key=size, reverse=True):
        min(shares, key=lambda share: sum(map(size, share))).append(thing)
    return shares


def _table(line: str) -> str:
    """Of `3456; 0 16402 TABLE DATA public crm_event porchlight_owner`."""
    words = line.split()
    return words[-2] if "TABLE DATA" in line else ""


def _apart(lines: list[str]) -> tuple[list[str], list[str]]:
    built = [line for line in lines if any(kind in line for kind in BUILT) and " FK " not in line]
    return built, [line for line in lines if line not in built]
