"""Walking the chain: does every record still say what it said when it was sealed?

The digests are computed by statements that stand here and not by functions that lie in the
database, which whoever edits the trail could edit as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from crm.audit import chain
from crm.audit import head as heads
from crm.audit.head import Head, HeadForged
from crm.audit.tracking import trigger_names

# Is told of the records walked and the seal reached.
Progress = Callable[[int, int], None]
SEALS_A_PAGE = 200

DIGEST = """sha256(convert_to(
    t.era::text || ' ' || t.xid::text || ' ' || (extract(epoch FROM t.at) * 1000000)::bigint::text
    || ' ' || t.op || ' ' || quote_literal(t.table_name) || ' ' || quote_literal(t.row_id)
    || ' ' || coalesce(t.subject::text, '-') || ' ' || coalesce(t.before::text, '-')
    || ' ' || coalesce(t.after::text, '-') || ' ' || quote_literal(t.kind)
    || ' ' || quote_literal(t.actor) || ' ' || quote_literal(t.page)
    || ' ' || coalesce(t.operation::text, '-'), 'UTF8'))"""

# The link before a page's first gives it its beginning, so a page looks at one link more; of that
# one, whose own beginning isn't looked up, no records are read: it would be all that came before.
PAGE = f"""
WITH link AS (
    SELECT s.*, lag(position) OVER w AS before, lag(hash) OVER w AS hash_before,
        coalesce(lag(era) OVER w, 0) AS from_era, coalesce(lag(end_xid) OVER w, 0) AS from_xid,
        coalesce(lag(end_id) OVER w, 0) AS from_id
    FROM (SELECT * FROM crm_seal WHERE position >= %(after)s
          ORDER BY position LIMIT %(many)s) s WINDOW w AS (ORDER BY position))
SELECT position, before, previous, hash_before, hash, rows, at, pruned, found, altered,
    sha256(previous || int8send(position) || int8send(era) || int8send(end_xid)
        || int8send(end_id) || int8send(rows)
        || int8send((extract(epoch FROM at) * 1000000)::bigint) || content)
FROM link CROSS JOIN LATERAL (
    SELECT count(*) AS found,
        coalesce(string_agg(int8send(t.id) || t.digest, '' ORDER BY t.era, t.xid, t.id), '')
            AS content,
        min(t.id) FILTER (WHERE NOT t.scrubbed AND t.digest <> {DIGEST}) AS altered
    FROM crm_trail t
    WHERE (t.era, t.xid, t.id) > (link.from_era, link.from_xid, link.from_id)
        AND (t.era, t.xid, t.id) <= (link.era, link.end_xid, link.end_id)) c
WHERE position > %(after)s
ORDER BY position
"""  # noqa: S608

# Records that were blanked must say what the newest record of a blanking says they say.
BLANKED = f"""
WITH noted AS (
    SELECT DISTINCT ON (r.key) r.key::bigint AS id, r.value AS digest
    FROM crm_trail s CROSS JOIN LATERAL jsonb_each_text(s.after -> 'records') r
    WHERE s.op = 'S' AND NOT s.scrubbed ORDER BY r.key, s.id DESC)
SELECT coalesce(t.id, n.id), n.id IS NULL, t.id IS NULL
FROM (SELECT id, encode({DIGEST}, 'hex') AS digest FROM crm_trail t WHERE scrubbed) t
FULL JOIN noted n ON n.id = t.id
WHERE n.digest IS DISTINCT FROM t.digest
    AND (t.id IS NOT NULL OR n.id > coalesce((
        SELECT end_id FROM crm_seal WHERE pruned), 0))
ORDER BY 1
"""  # noqa: S608

TAIL = f"""
SELECT count(*), min(at), min(id) FILTER (WHERE NOT scrubbed AND digest <> {DIGEST})
FROM crm_trail t WHERE (era, xid, id) > (%s, %s, %s)
"""  # noqa: S608


@dataclass
class Verdict:
    """What a walk found: the first broken place in words, or nothing."""

    broken: str = ""
    position: int = 0
    records: int = 0
    scrubbed: int = 0
    tail: int = 0
    tail_seconds: float = 0.0

    @property
    def whole(self) -> bool:
        return not self.broken


@dataclass(frozen=True, slots=True)
class Link:
    position: int
    before: int | None
    previous: bytes
    hash_before: bytes | None
    hash: bytes
    rows: int
    at: Any
    pruned: bool
    found: int
    altered: int | None
    computed: bytes


def verify(*, after: int = 0, progress: Progress | None = None) -> Verdict:
    """Walk the chain from after this seal; the whole of it by default."""
    verdict = Verdict()
    try:
        # The heads first: the chain as it is read afterwards can only be longer.
        kept = [*heads.history(), *filter(None, [heads.newest()])]
    except HeadForged as error:
        verdict.broken = f"The head kept outside the database was tampered with: {error}"
        return verdict
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        verdict.broken = next(_problems(verdict, kept, after, progress), "")
    return verdict


def _problems(
    verdict: Verdict, kept: list[Head], after: int, progress: Progress | None
) -> Iterator[str]:
    for link in links(after):
        if problem := _broken(link):
            yield problem
        verdict.position = link.position
        verdict.records += link.found
        if progress is not None:
            progress(verdict.records, link.position)
    yield from _broken_heads(kept)
    yield from _broken_triggers()
    yield from _broken_blanks(verdict)
    yield from _broken_tail(verdict)


def links(after: int) -> Iterator[Link]:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(PAGE, {"after": after, "many": SEALS_A_PAGE + 1})
            links = [Link(*row) for row in cursor.fetchall()]
        if not links:
            return
        yield from links
        after = links[-1].position


def _broken(link: Link) -> str:
    name = f"Seal {link.position} ({link.at:%Y-%m-%d %H:%M:%S} UTC)"
    if link.pruned:
        return _broken_edge(link, name)
    if link.before is None and link.position != 1:
        return f"The chain begins at seal {link.position}: everything before it is missing."
    if link.before is not None and link.before != link.position - 1:
        return f"Seal {link.before + 1} is missing: {name} comes right after seal {link.before}."
    if link.hash_before is not None and link.previous != link.hash_before:
        return f"{name} does not follow from the seal before it."
    if link.altered is not None:
        return f"{_record(link.altered)} was altered after it was written ({name})."
    if link.found != link.rows:
        what = "removed" if link.found < link.rows else "put in"
        return f"{name} covers {link.rows} records, but {link.found} are there: one was {what}."
    if link.computed != link.hash:
        return f"{name} does not fit its records: one was exchanged, moved or rewritten."
    return ""


def _broken_edge(link: Link, name: str) -> str:
    if link.before is not None:
        return f"{name} is marked as the edge of a removal, but an older seal is there."
    if link.found:
        return f"{link.found} records lie before {name}, from which on the chain was kept."
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM crm_trail WHERE op = 'P' "
            "AND after ->> 'position' = %s AND after ->> 'hash' = %s)",
            [str(link.position), link.hash.hex()],
        )
        noted = cursor.fetchone()[0]
    return "" if noted else f"Everything before {name} is missing, and no record says why."


def _record(id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(table_name, ''), kind), row_id, at "
            "FROM crm_trail WHERE id = %s",
            [id],
        )
        what, row, at = cursor.fetchone()
    return f"Record {id} ({what} {row}, {at:%Y-%m-%d %H:%M:%S} UTC)"


def _broken_heads(kept: list[Head]) -> Iterator[str]:
    """The newest head must be in the chain; older ones too, unless they were removed by age."""
    if not kept:
        yield from filter(None, [chain.disagreement()])
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(position), 0) FROM crm_seal")
        first = cursor.fetchone()[0]
    standing = [head for head in kept[:-1] if head.position >= first]
    for head in [*standing, kept[-1]]:
        if problem := chain.compare(head):
            yield problem


def _broken_triggers() -> Iterator[str]:
    """A trigger that is gone or off leaves no record of what it would have written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger "
            "WHERE tgname LIKE 'pgtrigger_trail_%%'"
        )
        there = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    for table, name in trigger_names():
        # "O" is on; a session with replication's rights could skip it, and needs a superuser.
        if there.get((table, name)) not in ("O", "A"):
            yield f"{table}'s trigger {name} is missing or switched off: changes go unrecorded."


def _broken_blanks(verdict: Verdict) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM crm_trail WHERE scrubbed")
        verdict.scrubbed = cursor.fetchone()[0]
        cursor.execute(BLANKED)
        for id, unnoted, gone in cursor.fetchall():
            if gone:
                yield f"Record {id} was blanked by an erasure, and is missing or filled in again."
            elif unnoted:
                yield f"{_record(id)} is blank, and no record says that it was erased."
            else:
                yield f"{_record(id)} was altered after it was erased."


def _broken_tail(verdict: Verdict) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT era, end_xid, end_id FROM crm_seal ORDER BY position DESC LIMIT 1",
        )
        cursor.execute(TAIL, cursor.fetchone() or (0, 0, 0))
        verdict.tail, oldest, altered = cursor.fetchone()
        if oldest is not None:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp() - %s)", [oldest])
            verdict.tail_seconds = float(cursor.fetchone()[0])
    if altered is not None:
        yield f"{_record(altered)} was altered after it was written (not yet sealed)."
