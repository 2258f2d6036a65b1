-- An era is a life of the database on one server. Transaction numbers grow within it, and begin
-- anew when a backup is restored elsewhere, so records are ordered by era, transaction, id.
CREATE TABLE crm_trail_eras (
    number bigint PRIMARY KEY,
    server bigint NOT NULL,
    began timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE OR REPLACE FUNCTION crm_trail_era() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    here bigint := (SELECT system_identifier FROM pg_control_system());
    newest crm_trail_eras;
BEGIN
    LOOP
        SELECT * INTO newest FROM crm_trail_eras ORDER BY number DESC LIMIT 1;
        IF newest.server = here THEN
            RETURN newest.number;
        END IF;
        -- Two may try at once: the second waits for the first here, and then reads its row.
        INSERT INTO crm_trail_eras (number, server)
        VALUES (coalesce(newest.number, 0) + 1, here) ON CONFLICT DO NOTHING;
    END LOOP;
END $$;

-- Every transaction below the horizon has ended, so nothing can appear there any more.
-- A transaction of another database on this server can't write here and is not waited for.
CREATE FUNCTION crm_trail_horizon() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    horizon bigint;
    settled boolean;
BEGIN
    FOR attempt IN 1..10 LOOP
        WITH seen AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
        held AS MATERIALIZED (
            SELECT l.transactionid::text::bigint AS xid,
                coalesce(a.datname <> current_database(), false) AS elsewhere
            FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted),
        running AS (
            SELECT r.xid, h.xid IS NOT NULL AS known
            FROM (SELECT xid::text::bigint AS xid FROM seen, pg_snapshot_xip(snapshot) AS xid
                  UNION ALL SELECT pg_current_xact_id_if_assigned()::text::bigint) r
            LEFT JOIN held h ON h.xid = r.xid & 4294967295
            WHERE r.xid IS NOT NULL AND h.elsewhere IS NOT true)
        SELECT least(pg_snapshot_xmax(snapshot)::text::bigint, (SELECT min(xid) FROM running)),
            NOT EXISTS (SELECT FROM running WHERE NOT known)
        INTO horizon, settled FROM seen;
        -- What ended between the snapshot and the look at the locks can't be told from ours:
        -- a new snapshot no longer shows it.
        EXIT WHEN settled;
    END LOOP;
    RETURN horizon;
END $$;

-- Forge the next link over at most so many records, and say how many it covers.
CREATE FUNCTION crm_trail_seal(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last crm_seal;
    next crm_seal;
    content bytea;
    this_era bigint;
    horizon bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('crm_trail_seal'));
    this_era := crm_trail_era();
    horizon := crm_trail_horizon();
    SELECT * INTO last FROM crm_seal ORDER BY position DESC LIMIT 1;
    SELECT count(*), string_agg(int8send(id) || digest, '' ORDER BY era, xid, id),
        (array_agg(era ORDER BY era DESC, xid DESC, id DESC))[1],
        (array_agg(xid ORDER BY era DESC, xid DESC, id DESC))[1],
        (array_agg(id ORDER BY era DESC, xid DESC, id DESC))[1]
    INTO next.rows, content, next.era, next.end_xid, next.end_id
    FROM (SELECT era, xid, id, digest FROM crm_trail
          WHERE (era, xid, id) > (coalesce(last.era, 0), coalesce(last.end_xid, 0),
                                  coalesce(last.end_id, 0))
              AND (era, xid) < (this_era, horizon)
          ORDER BY era, xid, id LIMIT most) t;
    IF next.rows = 0 THEN
        RETURN 0;
    END IF;
    -- A link that took all there was reaches up to the horizon: nothing may be put under it later.
    IF next.rows < most THEN
        next.era := this_era;
        next.end_xid := horizon;
        next.end_id := 0;
    END IF;
    next.position := coalesce(last.position, 0) + 1;
    next.previous := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    next.at := clock_timestamp();
    next.hash := sha256(next.previous || int8send(next.position) || int8send(next.era)
        || int8send(next.end_xid) || int8send(next.end_id) || int8send(next.rows)
        || int8send((extract(epoch FROM next.at) * 1000000)::bigint) || content);
    INSERT INTO crm_seal (position, era, end_xid, end_id, rows, previous, hash, at, pruned)
    VALUES (next.position, next.era, next.end_xid, next.end_id, next.rows, next.previous,
        next.hash, next.at, false);
    RETURN next.rows;
END $$;

-- Blank what records say and keep their digests; the chain then holds a record of the blanking,
-- with the digest of what each of them says now.
CREATE FUNCTION crm_trail_blank(ids bigint[], reason text, subjects uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    blanked jsonb;
BEGIN
    WITH done AS (
        UPDATE crm_trail SET scrubbed = true,
            before = (SELECT jsonb_object_agg(key, 'null'::jsonb) FROM jsonb_each(before)),
            after = (SELECT jsonb_object_agg(key, 'null'::jsonb) FROM jsonb_each(after))
        WHERE id = ANY (ids) AND NOT scrubbed
        RETURNING id, crm_trail_digest(era, xid, at, op, table_name, row_id, subject, before,
            after, kind, actor, page, operation) AS digest)
    SELECT jsonb_object_agg(id, encode(digest, 'hex')) INTO blanked FROM done;
    IF blanked IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM crm_trail_note('S', reason, NULL,
        jsonb_build_object('subjects', subjects, 'records', blanked));
    RETURN (SELECT count(*) FROM jsonb_object_keys(blanked));
END $$;
REVOKE EXECUTE ON FUNCTION crm_trail_blank FROM PUBLIC;

-- Everything the trail says about these people: their rows' records, even from a time when a row
-- was another person's, and security events about them.
CREATE FUNCTION crm_trail_scrub(subjects uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT crm_trail_blank(ARRAY(
        SELECT t.id FROM crm_trail t
        WHERE NOT t.scrubbed AND (t.table_name, t.row_id) IN (
            SELECT table_name, row_id FROM crm_trail
            WHERE subject = ANY (subjects) AND op IN ('I', 'U', 'D'))
        UNION
        SELECT id FROM crm_trail WHERE subject = ANY (subjects) AND NOT scrubbed), 'erase', subjects)
$$;

-- Security events past their year are blanked. The floor is here, where the application's role
-- can't move it.
CREATE FUNCTION crm_trail_forget_events(until timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT crm_trail_blank(ARRAY(
        SELECT id FROM crm_trail WHERE op = 'E' AND NOT scrubbed
            AND at < least(until, now() - interval '1 year')), 'age', ARRAY[]::uuid[])
$$;

-- Remove the oldest records, whole links at a time. The last of those links stays, as the place
-- from which the chain goes on, and the chain holds a record of the removal.
CREATE FUNCTION crm_trail_prune(until timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    edge crm_seal;
    removed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('crm_trail_seal'));
    SELECT * INTO edge FROM crm_seal WHERE at < least(until, now() - interval '1 year')
    ORDER BY position DESC LIMIT 1;
    IF edge.position IS NULL OR edge.pruned THEN
        RETURN 0;
    END IF;
    DELETE FROM crm_trail
    WHERE (era, xid, id) <= (edge.era, edge.end_xid, edge.end_id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM crm_seal WHERE position < edge.position;
    UPDATE crm_seal SET pruned = true WHERE position = edge.position;
    PERFORM crm_trail_note('P', 'age', NULL, jsonb_build_object('position', edge.position,
        'hash', encode(edge.hash, 'hex'), 'records', removed));
    RETURN removed;
END $$;
