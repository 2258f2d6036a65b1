-- Who moved, when, why, and how long they had stayed: written whoever moves a stage, and however.

CREATE FUNCTION leads_stage_since() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.stage_since := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER stage_since BEFORE UPDATE OF stage_id ON leads_lead
FOR EACH ROW WHEN (OLD.stage_id <> NEW.stage_id) EXECUTE FUNCTION leads_stage_since();

-- Runs with its owner's rights: the application may read the history and write nothing there.
CREATE FUNCTION leads_stage_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    why text := coalesce(current_setting('porchlight.why', true), '');
    operation uuid := nullif(current_setting('porchlight.operation', true), '')::uuid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO leads_stage_change (lead, from_stage, to_stage, at, stayed, why, actor, operation)
        SELECT id, NULL, stage_id, stage_since, NULL, why, crm_trail_actor(), operation
        FROM new_rows;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO leads_stage_change (lead, from_stage, to_stage, at, stayed, why, actor, operation)
        SELECT n.id, o.stage_id, n.stage_id, n.stage_since, n.stage_since - o.stage_since, why,
            crm_trail_actor(), operation
        FROM old_rows o JOIN new_rows n USING (id) WHERE o.stage_id <> n.stage_id;
    ELSE
        DELETE FROM leads_stage_change WHERE lead IN (SELECT id FROM old_rows);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stage_begun AFTER INSERT ON leads_lead REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_stage_changed();
CREATE TRIGGER stage_changed AFTER UPDATE ON leads_lead
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_stage_changed();
CREATE TRIGGER stage_forgotten AFTER DELETE ON leads_lead REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_stage_changed();

-- How many stand where, and what they would spend: differences, so that no row is fought over.
CREATE FUNCTION leads_worth(low numeric, high numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce(high, low, 0);

CREATE FUNCTION leads_tally() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO leads_stage_tally (stage, kind, currency, leads, worth)
        SELECT stage_id, kind, currency, count(*), sum(leads_worth(budget_min, budget_max))
        FROM new_rows WHERE state = 'present' GROUP BY 1, 2, 3;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO leads_stage_tally (stage, kind, currency, leads, worth)
        SELECT stage_id, kind, currency, -count(*), -sum(leads_worth(budget_min, budget_max))
        FROM old_rows WHERE state = 'present' GROUP BY 1, 2, 3;
    ELSE
        INSERT INTO leads_stage_tally (stage, kind, currency, leads, worth)
        SELECT stage_id, kind, currency, sum(leads), sum(worth) FROM (
            SELECT stage_id, kind, currency, 1 AS leads, leads_worth(budget_min, budget_max) AS worth
            FROM new_rows WHERE state = 'present'
            UNION ALL
            SELECT stage_id, kind, currency, -1, -leads_worth(budget_min, budget_max)
            FROM old_rows WHERE state = 'present') both_sides
        GROUP BY 1, 2, 3 HAVING sum(leads) <> 0 OR sum(worth) <> 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tally_begun AFTER INSERT ON leads_lead REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_tally();
CREATE TRIGGER tally_changed AFTER UPDATE ON leads_lead
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_tally();
CREATE TRIGGER tally_ended AFTER DELETE ON leads_lead REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION leads_tally();

-- Many differences become one row; those of running transactions are left for the next time.
CREATE FUNCTION leads_fold_tallies() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    folded bigint;
BEGIN
    WITH taken AS (
        DELETE FROM leads_stage_tally WHERE id IN (
            SELECT id FROM leads_stage_tally ORDER BY id LIMIT 100000 FOR UPDATE SKIP LOCKED)
        RETURNING *
    ), put AS (
        INSERT INTO leads_stage_tally (stage, kind, currency, leads, worth)
        SELECT stage, kind, currency, sum(leads), sum(worth) FROM taken GROUP BY 1, 2, 3
        HAVING sum(leads) <> 0 OR sum(worth) <> 0
    )
    SELECT count(*) INTO folded FROM taken;
    RETURN folded;
END $$;
