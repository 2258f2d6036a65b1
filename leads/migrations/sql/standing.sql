-- How a lead stands, made from what was said and what is due: whichever way those rows came,
-- changed or went (page, import, merge, undo), the lead's own columns follow.

CREATE FUNCTION leads_stand(those uuid[]) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE leads_lead l
    SET last_touch_at = s.touch_at, last_touch_kind = s.touch_kind,
        last_in_at = s.in_at, last_out_at = s.out_at,
        unanswered_since = s.unanswered, first_attempt_at = s.attempt
    FROM (
        SELECT p.id, touch.at AS touch_at, coalesce(touch.kind, '') AS touch_kind,
            came.at AS in_at, went.at AS out_at, waiting.at AS unanswered, tried.at AS attempt
        FROM leads_lead p
        LEFT JOIN LATERAL (
            SELECT at, kind FROM leads_interaction
            WHERE lead_id = p.id AND NOT automatic AND kind <> 'note'
            ORDER BY at DESC, id DESC LIMIT 1) touch ON true
        LEFT JOIN LATERAL (
            SELECT at FROM leads_interaction
            WHERE lead_id = p.id AND direction = 'in' AND NOT automatic AND direction <> ''
            ORDER BY at DESC LIMIT 1) came ON true
        LEFT JOIN LATERAL (
            SELECT at FROM leads_interaction
            WHERE lead_id = p.id AND direction = 'out' AND NOT automatic AND direction <> ''
            ORDER BY at DESC LIMIT 1) went ON true
        LEFT JOIN LATERAL (
            SELECT at FROM leads_interaction
            WHERE lead_id = p.id AND direction = 'in' AND NOT automatic AND direction <> ''
                AND kind IN ('email', 'text', 'messenger', 'call')
                AND coalesce(outcome, '') <> 'reached'
                AND at > coalesce(went.at, '-infinity')
            ORDER BY at LIMIT 1) waiting ON true
        LEFT JOIN LATERAL (
            SELECT at FROM leads_interaction
            WHERE lead_id = p.id AND direction = 'out' AND NOT automatic AND direction <> ''
                AND at >= p.arrived_at
            ORDER BY at LIMIT 1) tried ON true
        WHERE p.id = ANY (those)
    ) s
    WHERE l.id = s.id AND (l.last_touch_at, l.last_touch_kind, l.last_in_at, l.last_out_at,
        l.unanswered_since, l.first_attempt_at) IS DISTINCT FROM (s.touch_at, s.touch_kind,
        s.in_at, s.out_at, s.unanswered, s.attempt)
$$;

CREATE FUNCTION leads_interaction_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM leads_stand(ARRAY(SELECT DISTINCT lead_id FROM new_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM leads_stand(ARRAY(SELECT DISTINCT lead_id FROM old_rows));
    ELSE
        PERFORM leads_stand(ARRAY(
            SELECT lead_id FROM new_rows UNION SELECT lead_id FROM old_rows));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER standing_insert AFTER INSERT ON leads_interaction REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_interaction_stands();
CREATE TRIGGER standing_update AFTER UPDATE ON leads_interaction
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_interaction_stands();
CREATE TRIGGER standing_delete AFTER DELETE ON leads_interaction REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_interaction_stands();

CREATE FUNCTION leads_follow_up_due(those uuid[]) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE leads_lead l SET next_follow_up_at = s.due
    FROM (
        SELECT p.id, (
            SELECT due FROM leads_follow_up WHERE lead_id = p.id AND state = 'open'
            ORDER BY due LIMIT 1) AS due
        FROM leads_lead p WHERE p.id = ANY (those)
    ) s
    WHERE l.id = s.id AND l.next_follow_up_at IS DISTINCT FROM s.due
$$;

CREATE FUNCTION leads_follow_up_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM leads_follow_up_due(ARRAY(
            SELECT DISTINCT lead_id FROM new_rows WHERE lead_id IS NOT NULL));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM leads_follow_up_due(ARRAY(
            SELECT DISTINCT lead_id FROM old_rows WHERE lead_id IS NOT NULL));
    ELSE
        PERFORM leads_follow_up_due(ARRAY(
            SELECT lead_id FROM new_rows WHERE lead_id IS NOT NULL
            UNION SELECT lead_id FROM old_rows WHERE lead_id IS NOT NULL));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER standing_insert AFTER INSERT ON leads_follow_up REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_follow_up_stands();
CREATE TRIGGER standing_update AFTER UPDATE ON leads_follow_up
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_follow_up_stands();
CREATE TRIGGER standing_delete AFTER DELETE ON leads_follow_up REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_follow_up_stands();
