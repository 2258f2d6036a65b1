-- Whom an undo moves back has stood there all the time: since when they had, before they left.
-- Their history says when it was moved back, as of any move.

CREATE OR REPLACE FUNCTION leads_stage_since() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    doing uuid := nullif(current_setting('porchlight.operation', true), '')::uuid;
    undone uuid := (SELECT undoes_id FROM crm_operation WHERE id = doing);
    stood timestamptz;
BEGIN
    IF undone IS NOT NULL THEN
        SELECT min(c.at - c.stayed) INTO stood FROM leads_stage_change c
        WHERE c.lead = NEW.id AND c.operation = undone AND c.from_stage = NEW.stage_id;
    END IF;
    NEW.stage_since := coalesce(stood, clock_timestamp());
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION leads_stage_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    why text := coalesce(current_setting('porchlight.why', true), '');
    operation uuid := nullif(current_setting('porchlight.operation', true), '')::uuid;
    going_back boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO leads_stage_change (lead, from_stage, to_stage, at, stayed, why, actor, operation)
        SELECT id, NULL, stage_id, stage_since, NULL, why, crm_trail_actor(), operation
        FROM new_rows;
    ELSIF TG_OP = 'UPDATE' THEN
        going_back := EXISTS (
            SELECT FROM crm_operation o WHERE o.id = operation AND o.undoes_id IS NOT NULL);
        INSERT INTO leads_stage_change (lead, from_stage, to_stage, at, stayed, why, actor, operation)
        SELECT id, was, stage, moved, moved - since, why, crm_trail_actor(), operation
        FROM (
            SELECT n.id, o.stage_id AS was, n.stage_id AS stage, o.stage_since AS since,
                CASE WHEN going_back THEN clock_timestamp() ELSE n.stage_since END AS moved
            FROM old_rows o JOIN new_rows n USING (id) WHERE o.stage_id <> n.stage_id
        ) changed;
    ELSE
        DELETE FROM leads_stage_change WHERE lead IN (SELECT id FROM old_rows);
    END IF;
    RETURN NULL;
END $$;
