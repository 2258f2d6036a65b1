-- The trail is written by these functions alone. They run with their owner's rights, so the
-- application's role needs no INSERT on crm_trail and can forge nothing there.

-- What a record says, as one digest. Fields are quoted, so that none can flow into the next.
CREATE FUNCTION crm_trail_digest(
    era bigint, xid bigint, at timestamptz, op text, table_name text, row_id text, subject uuid,
    before jsonb, after jsonb, kind text, actor text, page text, operation uuid
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(
    era::text || ' ' || xid::text || ' ' || (extract(epoch FROM at) * 1000000)::bigint::text
    || ' ' || op || ' ' || quote_literal(table_name) || ' ' || quote_literal(row_id)
    || ' ' || coalesce(subject::text, '-') || ' ' || coalesce(before::text, '-')
    || ' ' || coalesce(after::text, '-') || ' ' || quote_literal(kind)
    || ' ' || quote_literal(actor) || ' ' || quote_literal(page)
    || ' ' || coalesce(operation::text, '-'), 'UTF8'));

-- A change that no page, task or command stands behind was made straight at the database.
CREATE FUNCTION crm_trail_actor() RETURNS text LANGUAGE sql STABLE
RETURN coalesce(nullif(current_setting('porchlight.actor', true), ''), 'database:' || session_user);

CREATE FUNCTION crm_trail_era() RETURNS bigint LANGUAGE sql VOLATILE
RETURN (SELECT system_identifier FROM pg_control_system());

-- The query that turns the rows of a transition table into documents, without excluded columns.
CREATE FUNCTION crm_trail_pictures(relation oid, source text, excluded text) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN excluded = '' THEN format('SELECT to_jsonb(r) AS doc FROM %s r', source)
ELSE format('SELECT to_jsonb(r) AS doc FROM (SELECT %s FROM %s) r', (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
        AND attname <> ALL (string_to_array(excluded, ','))), source)
END;

-- One statement, however many rows it touched, is one insert into the trail.
-- Arguments of the trigger: primary key, subject's column or '', excluded columns with commas.
CREATE FUNCTION crm_trail_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changes text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        changes := format(
            $sql$ SELECT 'I'::text AS op, NULL::jsonb AS before, doc AS after, doc AS whole
                  FROM (%s) n $sql$,
            crm_trail_pictures(TG_RELID, 'new_rows', TG_ARGV[2]));
    ELSIF TG_OP = 'UPDATE' THEN
        changes := format(
            $sql$ SELECT CASE WHEN o.doc IS NULL THEN 'I' WHEN n.doc IS NULL THEN 'D' ELSE 'U' END AS op,
                         CASE WHEN n.doc IS NULL THEN o.doc ELSE d.before END AS before,
                         CASE WHEN o.doc IS NULL THEN n.doc ELSE d.after END AS after,
                         coalesce(n.doc, o.doc) AS whole
                  FROM (%s OFFSET 0) o FULL JOIN (%s OFFSET 0) n
                      ON o.doc ->> %3$L = n.doc ->> %3$L
                  LEFT JOIN LATERAL (
                      SELECT jsonb_object_agg(key, value) AS before,
                             jsonb_object_agg(key, n.doc -> key) AS after
                      FROM jsonb_each(o.doc) WHERE value <> n.doc -> key) d ON true
                  WHERE o.doc IS DISTINCT FROM n.doc $sql$,
            crm_trail_pictures(TG_RELID, 'old_rows', TG_ARGV[2]),
            crm_trail_pictures(TG_RELID, 'new_rows', TG_ARGV[2]), TG_ARGV[0]);
    ELSE
        changes := format(
            $sql$ SELECT 'D'::text AS op, doc AS before, NULL::jsonb AS after, doc AS whole
                  FROM (%s) o $sql$,
            crm_trail_pictures(TG_RELID, CASE WHEN TG_OP = 'DELETE' THEN 'old_rows'
                ELSE format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME) END, TG_ARGV[2]));
    END IF;
    EXECUTE format(
        $sql$ INSERT INTO crm_trail (era, xid, at, op, table_name, row_id, subject, before, after,
                  kind, actor, page, operation, scrubbed, digest)
              SELECT $1, $2, $3, op, $4, row_id, subject, before, after, '', $7, $8, $9, false,
                  crm_trail_digest($1, $2, $3, op, $4, row_id, subject, before, after,
                      '', $7, $8, $9)
              FROM (SELECT op, before, after, whole ->> $5 AS row_id,
                           (whole ->> $6)::uuid AS subject
                    FROM (%s OFFSET 0) c) r $sql$, changes)
    USING crm_trail_era(), pg_current_xact_id()::text::bigint, clock_timestamp(),
        TG_TABLE_NAME::text, TG_ARGV[0], TG_ARGV[1], crm_trail_actor(),
        coalesce(current_setting('porchlight.page', true), ''),
        nullif(current_setting('porchlight.operation', true), '')::uuid;
    RETURN NULL;
END $$;

-- A record that is not a row's change: a security event, an erasure, a removal by age.
CREATE FUNCTION crm_trail_note(note_op text, note_kind text, note_subject uuid, detail jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    this crm_trail;
BEGIN
    INSERT INTO crm_trail (era, xid, at, op, table_name, row_id, subject, before, after,
        kind, actor, page, operation, scrubbed, digest)
    SELECT era, xid, at, note_op, '', '', note_subject, NULL, detail, note_kind, actor, page,
        operation, false, crm_trail_digest(era, xid, at, note_op, '', '', note_subject, NULL,
            detail, note_kind, actor, page, operation)
    FROM (SELECT crm_trail_era() AS era, pg_current_xact_id()::text::bigint AS xid,
        clock_timestamp() AS at, crm_trail_actor() AS actor,
        coalesce(current_setting('porchlight.page', true), '') AS page,
        nullif(current_setting('porchlight.operation', true), '')::uuid AS operation) c
    RETURNING * INTO this;
    RETURN this.id;
END $$;
REVOKE EXECUTE ON FUNCTION crm_trail_note FROM PUBLIC;

-- What the application's role may note by itself.
CREATE FUNCTION crm_trail_event(kind text, subject uuid, detail jsonb) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT crm_trail_note('E', kind, subject, detail) $$;
