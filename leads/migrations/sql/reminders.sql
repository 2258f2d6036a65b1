-- The reminders of what is due: whichever way a follow-up came, moved, ended or returned (page,
-- bulk, import, undo), its rows in leads_reminder follow. What was told stays told.

-- Before the moment; of a day, before its first minute on the wall clock of its zone.
CREATE FUNCTION leads_reminder_fires(
    due timestamptz, due_on date, zone text, minutes integer) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF due_on IS NULL THEN
        RETURN due - make_interval(mins => minutes);
    END IF;
    BEGIN
        RETURN (due_on - make_interval(mins => minutes)) AT TIME ZONE zone;
    EXCEPTION WHEN invalid_parameter_value THEN
        -- A zone that this server does not know: the day's end is known all the same.
        RETURN due - interval '1 day' + interval '1 second' - make_interval(mins => minutes);
    END;
END $$;

CREATE FUNCTION leads_reminders_follow(those uuid[]) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE leads_reminder r SET state = 'withdrawn', claim = NULL
    FROM leads_follow_up f
    WHERE f.id = ANY (those) AND r.follow_up_id = f.id AND r.state IN ('waiting', 'claimed')
        AND (f.state <> 'open' OR f.due <> r.occurrence OR NOT r.minutes_before = ANY (f.reminders));
    INSERT INTO leads_reminder AS r (id, follow_up_id, minutes_before, occurrence, fires_at, due_at,
        state, attempts, last_error)
    SELECT gen_random_uuid(), f.id, m.minutes, f.due, fires.at, fires.at, 'waiting', 0, ''
    FROM leads_follow_up f
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(f.reminders) AS minutes) m
    CROSS JOIN LATERAL (
        SELECT leads_reminder_fires(f.due, f.due_on, f.zone, m.minutes) AS at) fires
    WHERE f.id = ANY (those) AND f.state = 'open'
        AND fires.at >= f.set_at - interval '1 minute'
    ON CONFLICT (follow_up_id, minutes_before, occurrence) DO UPDATE
    SET state = 'waiting', due_at = excluded.fires_at, fires_at = excluded.fires_at, attempts = 0
    WHERE r.state IN ('withdrawn', 'waiting');
$$;

CREATE FUNCTION leads_follow_up_reminds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM leads_reminders_follow(ARRAY(
            SELECT id FROM new_rows WHERE cardinality(reminders) > 0));
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM leads_reminder r USING old_rows o WHERE r.follow_up_id = o.id;
    ELSE
        PERFORM leads_reminders_follow(ARRAY(
            SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
            WHERE (n.due, n.due_on, n.zone, n.state, n.reminders, n.set_at)
                IS DISTINCT FROM (o.due, o.due_on, o.zone, o.state, o.reminders, o.set_at)));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER reminders_insert AFTER INSERT ON leads_follow_up REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_follow_up_reminds();
CREATE TRIGGER reminders_update AFTER UPDATE ON leads_follow_up
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_follow_up_reminds();
CREATE TRIGGER reminders_delete AFTER DELETE ON leads_follow_up REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_follow_up_reminds();
